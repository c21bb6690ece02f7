import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { object, parseObject } from '../fields.ts';
import type { Source } from '../reader.ts';

const largestFile = 1024 * 1024;

/**
 * The project's folder. It stands in no transcript: newer builds keep it in tmp/<slug>/.project_root and in projects.json
 * ({projects: {<path>: <slug>}}), older ones name the project by the sha256 of its path alone.
 * @param candidates folders the session names itself (`directories`)
 */
export const projectFolder = (source: Source, projectHash: string | undefined, candidates: readonly string[]): string | undefined => {
  const name = source.relative.split('/')[0]!;
  const marker = readSmall(join(source.root.path, name, '.project_root'))?.toString('utf8').trim();
  if (marker) return marker;
  const registered = object(parseObject(readSmall(join(dirname(source.root.path), 'projects.json')) ?? '')?.['projects']) ?? {};
  const known = Object.keys(registered);
  const bySlug = known.filter((path) => registered[path] === name);
  if (bySlug.length === 1) return bySlug[0];
  const hashes = new Set([name, projectHash]);
  return [...candidates, ...known].find((path) => hashes.has(createHash('sha256').update(path).digest('hex')));
};

/** The bytes of a small file; undefined when it is not there. */
const readSmall = (path: string): Buffer | undefined => {
  try {
    return statSync(path).size <= largestFile ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
};
