import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from '../end-to-end/a-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchroom-one-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In a process of its own: the bundler does not know jest's globals for its own. */
const made = (command: string, checks: boolean): string => {
  const target = join(folder, `${command}.cjs`);
  const script = `import { makeOneFile } from ${JSON.stringify(pathToFileURL(join(repository, 'scripts/one-file.ts')))}; await makeOneFile(${JSON.stringify(join(repository, 'exporter/src/cli', command, 'quick.ts'))}, ${JSON.stringify(target)}, { checks: ${checks} });`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  return target;
};

describe('what is answered without the program', () => {
  it.each(['statusline', 'search'])('%s is one file, which needs nothing of ours beside it, neither commander nor zod', (command) => {
    const loads = [...readFileSync(made(command, false), 'utf8').matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name!);
    expect([...new Set(loads)].filter((name) => !name.startsWith('node:'))).toEqual(command === 'search' ? ['better-sqlite3'] : []);
  });

  it('answers as its sources do', () => {
    const script = `require(${JSON.stringify(made('statusline', false))}).quickly({ args: ['--tmux', '--state', ${JSON.stringify(folder)}], machine: { platform: 'linux', home: '/', env: { NO_COLOR: '1' } }, now: 0, pid: 1 }).then(({ text }) => console.log(text))`;
    expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('no exporter runs\n');
  });

  it('in a checkout names its sources, so that a change of one of them is seen', () => {
    const madeOf = JSON.parse(execFileSync(process.execPath, ['-p', `JSON.stringify(require(${JSON.stringify(made('statusline', true))}).madeOf)`], { encoding: 'utf8' })) as [string, number, number][];
    expect(madeOf.map(([path]) => path)).toContain(join(repository, 'exporter/src/cli/statusline/line.ts'));
    for (const [path, mtimeMs, size] of madeOf) expect(statSync(path)).toMatchObject({ mtimeMs, size });
  });
});
