import { posix, win32 } from 'node:path';
import type { Machine } from '../files/machine.ts';
import { readDatabase } from './opencode/database.ts';
import { readTree } from './opencode/tree.ts';
import type { Format, Reader, Root } from './reader.ts';

/** OpenCode: one SQLite database of all sessions; before 1.2 a tree of small JSON files. Facts: README.md, "opencode". */
export const opencode: Reader = {
  tool: 'opencode',
  counts: ['turns', 'compactions', 'subagents', 'filesEdited', 'linesAdded', 'linesRemoved'],
  roots: (machine) => [...dataFolders(machine).map((path) => ({ path, depth: 3 })), ...namedDatabase(machine)],
  claim: (path, root) => {
    if (root.kind !== undefined) return path === root.kind ? database : undefined;
    if (/^opencode(-[A-Za-z0-9_-]+)?\.db$/.test(path)) return database;
    return /^storage\/session\/[^/]+\/[^/]+\.json$/.test(path) ? session : undefined;
  },
  // Messages and parts are read with their session, whose own file OpenCode writes again after every step.
  skips: (path) => !/^storage(\/session(\/[^/]+)?)?$/.test(path),
  sidecarOf: (path) => (path.endsWith('-wal') ? path.slice(0, -'-wal'.length) : undefined),
};

const database: Format = { kind: 'database', read: (path, book) => readDatabase(path, book) };
const session: Format = { kind: 'document', maxBytes: 64 * 1024 * 1024, read: readTree };

/** The same folder on every system; some Windows builds use the local application data. */
const dataFolders = (machine: Machine): readonly string[] => {
  const { join } = pathOf(machine);
  const usual = join(machine.env['XDG_DATA_HOME'] || join(machine.home, '.local', 'share'), 'opencode');
  const local = machine.platform === 'win32' ? [join(machine.env['LOCALAPPDATA'] || join(machine.home, 'AppData', 'Local'), 'opencode')] : [];
  return [...new Set([usual, join(machine.home, '.local', 'share', 'opencode'), ...local])];
};

/** OPENCODE_DB names another database, absolute or below the data folder. The root's kind is its file name. */
const namedDatabase = (machine: Machine): readonly Root[] => {
  const named = machine.env['OPENCODE_DB'];
  if (!named || named === ':memory:') return [];
  const { basename, dirname, resolve } = pathOf(machine);
  const [data] = dataFolders(machine);
  const path = resolve(data!, named);
  const foundAnyway = dirname(path) === data && opencode.claim(basename(path), { path: data!, depth: 0 }) !== undefined;
  return foundAnyway ? [] : [{ path: dirname(path), depth: 0, kind: basename(path) }];
};

const pathOf = (machine: Machine): typeof posix => (machine.platform === 'win32' ? win32 : posix);
