import { count, list, object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { Work } from './entry.ts';

/** What a `toolUseResult` says was done to a file (FORMATS.md 1.2); undefined for results of other tools. */
export const workOf = (value: unknown): Work | undefined => {
  const result = object(value);
  if (!result) return undefined;
  const path = text(result.filePath);
  if (path !== undefined && Array.isArray(result.structuredPatch)) return editOf(path, result, result.structuredPatch);
  const notebook = text(result.notebook_path);
  if (notebook !== undefined && text(result.error) === undefined) return { did: 'edit', path: notebook, linesAdded: 0, linesRemoved: 0, created: false };
  const read = text(object(result.file)?.filePath);
  return read === undefined ? undefined : { did: 'read', path: read };
};

/** Searches of the WebSearch tool. */
export const searchesOf = (value: unknown): number => Math.min(count(object(value)?.searchCount) ?? 0, 1000);

const editOf = (path: string, result: Json, patch: readonly unknown[]): Work => {
  let linesAdded = 0;
  let linesRemoved = 0;
  for (const hunk of patch) {
    for (const line of list(object(hunk)?.lines)) {
      if (typeof line !== 'string') continue;
      if (line.startsWith('+')) linesAdded += 1;
      else if (line.startsWith('-')) linesRemoved += 1;
    }
  }
  const created = result.type === 'create';
  // A new file comes with its content and an empty patch.
  if (created && patch.length === 0 && typeof result.content === 'string') linesAdded = linesOf(result.content);
  return { did: 'edit', path, linesAdded, linesRemoved, created };
};

const linesOf = (content: string): number => {
  if (content === '') return 0;
  let lines = content.endsWith('\n') ? 0 : 1;
  for (let at = content.indexOf('\n'); at >= 0; at = content.indexOf('\n', at + 1)) lines += 1;
  return lines;
};
