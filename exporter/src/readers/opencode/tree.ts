import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Book } from '../book.ts';
import { object, parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { Source } from '../reader.ts';
import { tellSession } from './conversation.ts';
import type { ToldMessage } from './conversation.ts';

const largestFile = 16 * 1024 * 1024;

/**
 * Reads a session of the old layout: storage/session/<project>/<session>.json is the document, storage/message/<session>/<message>.json
 * and storage/part/<message>/<part>.json are read with it.
 */
export const readTree = (bytes: Buffer, book: Book, source: Source): void => {
  const info = parseObject(bytes);
  if (!info) return book.bad('bad_json');
  const id = text(info['id']) ?? source.relative.split('/').at(-1)!.slice(0, -'.json'.length);
  if (!isName(id)) return book.bad('bad_shape');
  tellSession({ id, info, messages: messagesOf(id, source, book), copyRank: 1 }, book);
};

const messagesOf = (session: string, source: Source, book: Book): readonly ToldMessage[] => {
  const storage = join(source.root.path, 'storage');
  return documentsIn(join(storage, 'message', session), book)
    .sort((a, b) => (createdAt(a.info) ?? 0) - (createdAt(b.info) ?? 0) || (a.id < b.id ? -1 : 1))
    .map(({ id, info }) => ({ id, info, parts: partsOf(join(storage, 'part', id), book) }));
};

/** Read when asked for, one message's parts at a time. */
const partsOf = (folder: string, book: Book): ToldMessage['parts'] => ({
  [Symbol.iterator]: () => documentsIn(folder, book).map(({ id, info }) => ({ id, part: info }))[Symbol.iterator](),
});

const createdAt = (info: Json): number | undefined => time(object(info['time'])?.['created']);

/** The JSON files of a folder by name, which is their order; links and what vanishes meanwhile are left out. */
const documentsIn = (folder: string, book: Book): { id: string; info: Json }[] => {
  const documents = [];
  for (const name of filesIn(folder)) {
    const id = name.slice(0, -'.json'.length);
    const bytes = readFile(join(folder, name), book);
    const info = bytes && parseObject(bytes);
    if (info && isName(id)) documents.push({ id, info });
    else if (bytes) book.bad('bad_json');
  }
  return documents;
};

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.json')).map((entry) => entry.name).sort();
  } catch {
    return [];
  }
};

const readFile = (path: string, book: Book): Buffer | undefined => {
  try {
    if (statSync(path).size <= largestFile) return readFileSync(path);
    book.bad('too_large');
  } catch {
    // gone between listing and reading
  }
  return undefined;
};

/** Ids become folder names here: nothing that leads elsewhere. */
const isName = (id: string): boolean => /^[A-Za-z0-9_-]+$/.test(id);
