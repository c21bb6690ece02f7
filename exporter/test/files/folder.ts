import { afterAll, beforeAll } from '@jest/globals';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real, empty folder for a suite; gone afterwards. */
export const temporaryFolder = (): { readonly path: string; readonly at: (...names: string[]) => string } => {
  let path = '';
  beforeAll(() => {
    path = realpathSync(mkdtempSync(join(tmpdir(), 'watchroom-files-')));
  });
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    at: (...names) => join(path, ...names),
  };
};
