import { lstatSync } from 'node:fs';
import { join, relative as relativeTo, sep } from 'node:path';
import { fileStat } from '../files/identity.ts';
import type { Reader } from '../readers/reader.ts';
import type { Tool } from '../session/tool.ts';
import type { Listed, SeenRoot } from './listing.ts';

/** The file that a changed path belongs to, when a reader claims it below one of the roots. */
export const claimedFile = (path: string, roots: readonly SeenRoot[], readers: ReadonlyMap<Tool, Reader>): Listed | undefined => {
  for (const { tool, root, resolved } of roots) {
    const changed = resolved === undefined ? '..' : relativeTo(resolved, path).replaceAll(sep, '/');
    if (changed.startsWith('..')) continue;
    const reader = readers.get(tool)!;
    const relative = reader.sidecarOf?.(changed) ?? changed;
    if (relative.split('/').length - 1 > root.depth || isSkipped(reader, relative)) continue;
    const format = reader.claim(relative, root);
    const claimed = join(resolved!, relative);
    const stat = format && plainStat(claimed);
    if (stat) return { tool, path: claimed, relative, root, stat, kind: format.kind };
  }
  return undefined;
};

const isSkipped = (reader: Reader, relative: string): boolean => {
  if (!reader.skips) return false;
  const folders = relative.split('/').slice(0, -1);
  return folders.some((_, index) => reader.skips!(folders.slice(0, index + 1).join('/')));
};

const plainStat = (path: string): Listed['stat'] | undefined => {
  try {
    const seen = lstatSync(path);
    return seen.isFile() ? fileStat(seen) : undefined;
  } catch {
    return undefined;
  }
};
