import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EpochMs } from '../session/part.ts';
import type { ListedRoot } from './listing.ts';

/** The roots, also those that do not exist yet, and the folders in which something happened since. */
export const foldersToWatch = (roots: readonly ListedRoot[], since: EpochMs): readonly string[] => {
  const wanted = roots.flatMap(({ files, folders, root }) => {
    const recent = new Set(files.filter((file) => file.stat.mtimeMs >= since).map((file) => dirname(file.path)));
    return [root.path, ...folders.filter((folder) => recent.has(folder) || hasChanged(folder, since))];
  });
  return [...new Set(wanted)];
};

const hasChanged = (folder: string, since: EpochMs): boolean => {
  try {
    return statSync(folder).mtimeMs >= since;
  } catch {
    return false;
  }
};
