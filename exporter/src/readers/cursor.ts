import { posix, win32 } from 'node:path';
import { readComposers } from './cursor/composers.ts';
import { userFolder } from './places/editor-folders.ts';
import type { DatabaseFormat, Reader } from './reader.ts';

/** Cursor's editor: one SQLite database of all composers. Facts: README.md, "cursor". */
export const cursor: Reader = {
  tool: 'cursor',
  counts: ['turns'],
  roots: (machine) => {
    const { join } = machine.platform === 'win32' ? win32 : posix;
    return [{ path: join(userFolder(machine, 'Cursor'), 'globalStorage'), depth: 0 }];
  },
  claim: (path) => (path === 'state.vscdb' ? database : undefined),
  sidecarOf: (path) => (path === 'state.vscdb-wal' ? 'state.vscdb' : undefined),
};

const database: DatabaseFormat = { kind: 'database', read: (path, book) => readComposers(path, book) };
