import { lstatSync, readdirSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hindranceOf } from './hindrance.ts';
import type { Hindrance } from './hindrance.ts';
import { fileStat } from './identity.ts';
import type { FileStat } from './identity.ts';
import { inBatches } from './in-batches.ts';

/** A tree to search. */
export interface WalkRoot {
  /** Absolute folder; may itself be a link. */
  readonly path: string;
  /** How many folders deep files may lie below it; 0: directly inside. */
  readonly depth: number;
}

export interface WalkOptions {
  /** Whether a file is wanted. @param relative below the root, with forward slashes on every system */
  readonly accept: (relative: string) => boolean;
  /** Whether a folder is left out with everything in it. @default none */
  readonly skips?: ((relative: string) => boolean) | undefined;
  /**
   * Looks at folders and files on the calling thread. Half the CPU and two thirds of the time of asking the thread pool, but a network mount that hangs
   * hangs the caller: for worker threads. @default false
   */
  readonly blocking?: boolean;
}

export interface FoundFile {
  /** Absolute, below the resolved root. */
  readonly path: string;
  /** Below the root, with forward slashes on every system. */
  readonly relative: string;
  readonly stat: FileStat;
}

/** Something below a root that was not read, and why. */
export interface WalkProblem {
  readonly path: string;
  readonly problem: Hindrance;
}

export interface Walk {
  /** The root with links resolved; undefined: there is no such folder, which is normal. */
  readonly root?: string;
  readonly files: readonly FoundFile[];
  /** Every folder that was read, the root first: what to watch for new entries. */
  readonly folders: readonly string[];
  readonly problems: readonly WalkProblem[];
}

/**
 * Finds the wanted files below a root. Links below the root are never followed, so nothing outside is read and no cycle is possible;
 * files and folders that vanish meanwhile are left out.
 */
export const walk = async (root: WalkRoot, options: WalkOptions): Promise<Walk> => {
  const found: Found = { files: [], folders: [], problems: [] };
  const resolved = await resolveRoot(root.path, found);
  if (resolved === undefined) return found;
  let level: Entry[] = [{ path: resolved, relative: '' }];
  for (let depth = 0; level.length > 0; depth += 1) {
    const entered = depth < root.depth;
    level = (await inBatches(level, (folder) => readFolder(folder, entered, options, found))).flat();
  }
  return { root: resolved, ...found };
};

interface Found { readonly files: FoundFile[]; readonly folders: string[]; readonly problems: WalkProblem[] }
interface Entry { readonly path: string; readonly relative: string }

const resolveRoot = async (path: string, found: Found): Promise<string | undefined> => {
  try {
    const resolved = await realpath(path);
    if ((await stat(resolved)).isDirectory()) return resolved;
    found.problems.push({ path, problem: 'not_a_folder' });
  } catch (error) {
    note(path, error, found);
  }
  return undefined;
};

/** Reads one folder; returns the folders in it that are to be read next. */
const readFolder = async (folder: Entry, entered: boolean, { accept, skips, blocking }: WalkOptions, found: Found): Promise<Entry[]> => {
  const entries = await entriesOf(folder, found, blocking);
  const deeper: Entry[] = [];
  const wanted: Entry[] = [];
  for (const entry of entries) {
    const relative = folder.relative === '' ? entry.name : `${folder.relative}/${entry.name}`;
    const path = join(folder.path, entry.name);
    if (entry.isDirectory()) {
      if (entered && !skips?.(relative)) deeper.push({ path, relative });
    } else if (entry.isSymbolicLink()) {
      if (!skips?.(relative)) found.problems.push({ path, problem: 'symlink' });
    } else if (accept(relative)) {
      if (entry.isFile()) wanted.push({ path, relative });
      else found.problems.push({ path, problem: 'not_a_file' });
    }
  }
  if (blocking) for (const file of wanted) lookAtNow(file, found);
  else await inBatches(wanted, (file) => lookAt(file, found));
  return deeper;
};

const entriesOf = async ({ path }: Entry, found: Found, blocking = false): Promise<Dirent[]> => {
  try {
    const entries = blocking ? readdirSync(path, { withFileTypes: true }) : await readdir(path, { withFileTypes: true });
    found.folders.push(path);
    return entries;
  } catch (error) {
    note(path, error, found);
    return [];
  }
};

const lookAt = async (file: Entry, found: Found): Promise<void> => {
  try {
    keep(file, await lstat(file.path), found);
  } catch (error) {
    note(file.path, error, found);
  }
};

const lookAtNow = (file: Entry, found: Found): void => {
  try {
    keep(file, lstatSync(file.path), found);
  } catch (error) {
    note(file.path, error, found);
  }
};

const keep = ({ path, relative }: Entry, seen: Stats, found: Found): void => {
  if (seen.isFile()) found.files.push({ path, relative, stat: fileStat(seen) });
  else found.problems.push({ path, problem: seen.isSymbolicLink() ? 'symlink' : 'not_a_file' });
};

const note = (path: string, error: unknown, found: Found): void => {
  const problem = hindranceOf(error);
  if (problem !== 'vanished') found.problems.push({ path, problem });
};
