import { lstatSync } from 'node:fs';
import { sep } from 'node:path';
import { fileStat } from '../files/identity.ts';
import type { Reader } from '../readers/reader.ts';
import type { Listed, ListedRoot } from '../sweep/listing.ts';

/** A path as a listing would show it now; undefined: it is gone, or no reader claims it. */
export const listedPath = (path: string, roots: readonly ListedRoot[], readers: readonly Reader[]): Listed | undefined => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  for (const { tool, root, resolved } of roots) {
    if (resolved === undefined || !path.startsWith(resolved + sep)) continue;
    const relative = path.slice(resolved.length + 1).replaceAll(sep, '/');
    const format = readers.find((reader) => reader.tool === tool)?.claim(relative, root);
    if (format) return { tool, path, relative, root, stat: fileStat(stat), kind: format.kind };
  }
  return undefined;
};
