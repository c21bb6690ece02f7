import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hindranceOf } from './hindrance.ts';
import { inBatches } from './in-batches.ts';

/** What lies in a folder: name → what changes when the file does, or 'folder'. Links are left out. */
export type Listing = ReadonlyMap<string, string>;

/** Looks at a folder without waiting for events. 'gone': it is no folder (any more); undefined: it cannot be read now. */
export const listFolder = async (folder: string): Promise<Listing | 'gone' | undefined> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const seen = await inBatches(entries, async (entry) => (entry.isDirectory() ? ([entry.name, 'folder'] as const) : await look(folder, entry.name)));
    return new Map(seen.filter((entry) => entry !== undefined));
  } catch (error) {
    return hindranceOf(error) === 'vanished' ? 'gone' : undefined;
  }
};

/** The names that differ between two looks: made, changed or removed. */
export const differences = (before: Listing, after: Listing): string[] => [
  ...[...after].filter(([name, mark]) => before.get(name) !== mark).map(([name]) => name),
  ...[...before.keys()].filter((name) => !after.has(name)),
];

const look = async (folder: string, name: string): Promise<readonly [string, string] | undefined> => {
  try {
    const seen = await lstat(join(folder, name));
    return seen.isFile() ? [name, `${seen.ino} ${seen.size} ${seen.mtimeMs}`] : undefined;
  } catch {
    return undefined; // vanished meanwhile
  }
};
