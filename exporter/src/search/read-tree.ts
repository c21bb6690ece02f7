import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Listed } from '../sweep/listing.ts';
import { harvest } from './harvest.ts';
import type { Said } from './read-source.ts';
import { jsonObject, momentOf, objectOf, textOf } from './record.ts';
import type { Json } from './record.ts';

/** A session of OpenCode's older layout: storage/message/<session>/*.json, and storage/part/<message>/*.json with the words. */
export const readTree = (file: Listed, info: Json, say: (said: Said) => void): void => {
  const session = textOf(info['id']) ?? file.relative.split('/').at(-1)!.slice(0, -'.json'.length);
  const cwd = textOf(info['directory']);
  const storage = join(file.root.path, 'storage');
  if (!isName(session)) return;
  for (const message of documentsIn(join(storage, 'message', session))) {
    const id = textOf(message['id']);
    if (id === undefined || !isName(id)) continue;
    const at = momentOf(objectOf(message['time'])?.['created']) ?? file.stat.mtimeMs;
    for (const part of documentsIn(join(storage, 'part', id)))
      say({ session, at, words: harvest(part, message['role'] === 'user' ? 'user' : 'assistant'), ...(cwd === undefined ? {} : { cwd }) });
  }
};

/** An id becomes a folder's name: it may lead nowhere else. */
const isName = (id: string): boolean => /^[\w-]+$/.test(id);

const documentsIn = (folder: string): readonly Json[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.json')).map((entry) => entry.name).sort().flatMap((name) => { const found = jsonObject(readFileSync(join(folder, name))); return found ? [found] : []; });
  } catch {
    return []; // gone meanwhile, or never there
  }
};
