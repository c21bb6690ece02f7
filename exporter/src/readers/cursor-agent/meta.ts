import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Draft } from '../../session/draft.ts';
import { parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { Source } from '../reader.ts';

/** What meta.json says of a session; the transcript, which tells more, ranks higher and takes these facts over. */
export const tellMeta = (meta: Json, draft: Draft, copyRank: number): void => {
  const model = text(meta['lastUsedModel']);
  draft.set({ copyRank, cwd: text(meta['cwd']), title: text(meta['title']), model: model === 'default' || model === 'auto' ? undefined : model });
  // The end first: what lies between two such times was not active time.
  draft.seen(time(meta['updatedAtMs']));
  draft.seen(time(meta['createdAtMs']));
};

/** The meta.json of a transcript's session: chats/<hash of the workspace>/<session>/ beside projects/. @returns undefined when the command line has no such session */
export const metaOf = (source: Source, session: string): Json | undefined => {
  const chats = join(dirname(source.root.path), 'chats');
  for (const workspace of foldersIn(chats)) {
    const folder = join(chats, workspace, session);
    const names = filesIn(folder);
    if (names.includes('meta.json')) return parseObject(readFileSync(join(folder, 'meta.json'))) ?? {};
    if (names.includes('store.db')) return {};
  }
  return undefined;
};

const foldersIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
};

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch {
    return [];
  }
};
