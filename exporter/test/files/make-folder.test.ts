import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../src/files/make-folder.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'watchroom-make-')); });
afterEach(() => rmSync(folder, { recursive: true }));

describe('a folder that is made', () => {
  it('comes with those above it, all for their owner alone where that is asked', () => {
    makeFolder(join(folder, 'a/b/c'), 0o700);
    makeFolder(join(folder, 'a/b/c'), 0o700);
    for (const path of ['a', 'a/b', 'a/b/c']) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o700);
  });

  it('is refused below a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file/b'))).toThrow(/ENOTDIR/);
    expect(() => makeFolder(join(folder, 'file'))).toThrow(/EEXIST/);
  });

  (process.platform === 'linux' ? it : it.skip)('is refused at once where the system takes none, however deep', () => {
    expect(() => makeFolder('/proc/watchroom/state')).toThrow(/ENOENT|EACCES|EPERM/);
  });
});
