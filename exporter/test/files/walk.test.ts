import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { walk } from '../../src/files/walk.ts';
import type { WalkOptions } from '../../src/files/walk.ts';
import { temporaryFolder } from './folder.ts';

const folder = temporaryFolder();

const make = (...paths: string[]): void => {
  for (const path of paths) {
    mkdirSync(dirname(folder.at(path)), { recursive: true });
    writeFileSync(folder.at(path), 'x');
  }
};

const jsonl: WalkOptions = { accept: (relative) => relative.endsWith('.jsonl') };

describe.each([{ blocking: false }, { blocking: true }])('walk: the files below a root ($blocking)', ({ blocking }) => {
  const found = async (root: string, depth: number, options = jsonl) => {
    const { files, folders, problems } = await walk({ path: folder.at(root), depth }, { ...options, blocking });
    const below = (path: string): string => path.slice(folder.path.length + 1);
    return { files: files.map((file) => file.relative).sort(), folders: folders.map(below).sort(), problems: problems.map(({ path, problem }) => `${problem}: ${below(path)}`).sort() };
  };

  it('finds what is accepted, as deep as it may go, with what identifies it', async () => {
    make('a/1.jsonl', 'a/x/2.jsonl', 'a/x/y/3.jsonl', 'a/x/4.txt');
    expect((await found('a', 0)).files).toEqual(['1.jsonl']);
    expect(await found('a', 1)).toEqual({ files: ['1.jsonl', 'x/2.jsonl'], folders: ['a', 'a/x'], problems: [] });
    expect((await found('a', 9)).files).toEqual(['1.jsonl', 'x/2.jsonl', 'x/y/3.jsonl']);
    const { files: [file] } = await walk({ path: folder.at('a'), depth: 0 }, { ...jsonl, blocking });
    expect(file).toEqual({ path: folder.at('a/1.jsonl'), relative: '1.jsonl', stat: { dev: expect.any(Number), ino: expect.any(Number), size: 1, mtimeMs: expect.any(Number), birthtimeMs: expect.any(Number) } });
  });

  it('does not enter what is skipped', async () => {
    make('b/1.jsonl', 'b/node_modules/2.jsonl');
    expect((await found('b', 9, { ...jsonl, skips: (relative) => relative === 'node_modules' })).folders).toEqual(['b']);
  });

  it('follows no link below the root and says so; cycles are impossible', async () => {
    make('c/1.jsonl', 'outside/secret.jsonl');
    for (const [name, target] of [['out', '../outside'], ['secret.jsonl', '../outside/secret.jsonl'], ['loop', '.'], ['dangling', 'nowhere']]) {
      rmSync(folder.at('c', name!), { force: true });
      symlinkSync(target!, folder.at('c', name!));
    }
    expect(await found('c', 9)).toEqual({ files: ['1.jsonl'], folders: ['c'], problems: ['symlink: c/dangling', 'symlink: c/loop', 'symlink: c/out', 'symlink: c/secret.jsonl'] });
  });

  it('takes a root that is itself a link, once', async () => {
    make('d/x/1.jsonl');
    rmSync(folder.at('to-d'), { force: true });
    symlinkSync('d', folder.at('to-d'));
    const walked = await walk({ path: folder.at('to-d'), depth: 1 }, { ...jsonl, blocking });
    expect(walked.root).toBe(folder.at('d'));
    expect(walked.files.map((file) => file.path)).toEqual([folder.at('d/x/1.jsonl')]);
  });

  it('finds nothing in a root that does not exist, and calls a file no folder', async () => {
    make('e.jsonl');
    expect(await walk({ path: folder.at('nowhere'), depth: 1 }, { ...jsonl, blocking })).toEqual({ files: [], folders: [], problems: [] });
    expect((await found('e.jsonl', 1)).problems).toEqual(['not_a_folder: e.jsonl']);
  });

  it('names a folder it may not read, and reads the others', async () => {
    make('f/closed/1.jsonl', 'f/open/2.jsonl');
    chmodSync(folder.at('f/closed'), 0);
    try {
      // root may read everything: the walk is done by nobody then
      const walked = process.getuid!() === 0 ? asNobody(folder.path, { root: folder.at('f'), blocking }) : await walk({ path: folder.at('f'), depth: 1 }, { ...jsonl, blocking });
      expect(walked.files.map((file) => file.relative)).toEqual(['open/2.jsonl']);
      expect(walked.problems).toEqual([{ path: folder.at('f/closed'), problem: 'no_permission' }]);
    } finally {
      chmodSync(folder.at('f/closed'), 0o755);
    }
  });

  it('names a pipe that bears the name of a log', async () => {
    mkdirSync(folder.at('g'), { recursive: true });
    rmSync(folder.at('g/pipe.jsonl'), { force: true });
    execFileSync('mkfifo', [folder.at('g/pipe.jsonl')]);
    expect((await found('g', 0)).problems).toEqual(['not_a_file: g/pipe.jsonl']);
  });

  it('leaves out what vanishes meanwhile', async () => {
    make(...Array.from({ length: 200 }, (_, n) => `h/${n % 20}/${n}.jsonl`));
    const walking = found('h', 1);
    rmSync(folder.at('h'), { recursive: true });
    expect((await walking).problems).toEqual([]);
  });

  it('finds 2,000 files in 200 folders, each once', async () => {
    make(...Array.from({ length: 2000 }, (_, n) => `i/${n % 200}/${n}.jsonl`));
    const { files, folders } = await found('i', 1);
    expect(new Set(files).size).toBe(2000);
    expect([files.length, folders.length]).toEqual([2000, 201]);
  });
});

const asNobody = (writable: string, { root, blocking }: { root: string; blocking: boolean }): Awaited<ReturnType<typeof walk>> => {
  chmodSync(writable, 0o755);
  const script = `
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    const walked = await walk({ path: ${JSON.stringify(root)}, depth: 1 }, { accept: (relative) => relative.endsWith('.jsonl'), blocking: ${blocking} });
    console.log(JSON.stringify(walked));`;
  const load = `import { walk } from ${JSON.stringify(new URL('../../src/files/walk.ts', import.meta.url).href)};`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--no-warnings', '-e', load + script]).toString()) as Awaited<ReturnType<typeof walk>>;
};
