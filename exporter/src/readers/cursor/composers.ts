import type { Database } from 'better-sqlite3';
import type { Book } from '../book.ts';
import { list, object, parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { columnsOf, openReadOnly } from '../sqlite/open.ts';
import { bubblesOf } from './bubbles.ts';
import { tellComposer } from './conversation.ts';

/** Larger values are a counted outcome, not read. */
const largestValue = 32 * 1024 * 1024;

/**
 * Reads the composers that were updated since the last time. The database holds gigabytes and secrets: only the keys named here are touched,
 * by key or key range (TRAPS.md 22).
 */
export const readComposers = (path: string, book: Book): void => {
  const db = openReadOnly(path);
  try {
    if (!columnsOf(db, 'cursorDiskKV').has('value')) return; // before 2024 Cursor kept chats elsewhere
    const headers = headersOf(db);
    const since = typeof book.memo['since'] === 'number' ? book.memo['since'] : undefined;
    const updated = updatedComposers(db, headers, since);
    const newest = [...updated.values()].reduce((a, b) => Math.max(a, b), since ?? 0);
    for (const id of updated.keys()) readComposer(db, { id, header: headers.get(id), newest }, book);
    book.memo['since'] = newest;
  } finally {
    db.close();
  }
};

const readComposer = (db: Database, { id, header, newest }: { readonly id: string; readonly header: Json | undefined; readonly newest: number }, book: Book): void => {
  const value = valueOf(db, `composerData:${id}`);
  if (value === undefined) return;
  if (value === null) return book.bad('too_large');
  const composer = parseObject(value);
  if (!composer) return book.bad('bad_json');
  tellComposer({ id, composer, header, newest, bubbles: bubblesOf({ db, id, composer }, book) }, book);
};

/** What Cursor lists of its composers: their workspace, name and times. Newer versions have a table for it. */
const headersOf = (db: Database): ReadonlyMap<string, Json> => {
  const headers = new Map<string, Json>();
  const note = (header: Json | undefined): void => {
    const id = text(header?.['composerId']);
    if (header && id) headers.set(id, { ...headers.get(id), ...header });
  };
  if (columnsOf(db, 'ItemTable').has('value')) {
    const stored = db.prepare("SELECT CAST(value AS TEXT) FROM ItemTable WHERE key = 'composer.composerHeaders'").pluck().get();
    for (const header of list(parseObject(typeof stored === 'string' ? stored : '')?.['allComposers'])) note(object(header));
  }
  const columns = columnsOf(db, 'composerHeaders');
  if (columns.has('composerId') && columns.has('value')) {
    for (const row of db.prepare('SELECT composerId, CAST(value AS TEXT) AS value FROM composerHeaders').iterate() as Iterable<{ composerId: unknown; value: unknown }>) {
      note({ ...parseObject(typeof row.value === 'string' ? row.value : ''), composerId: row.composerId });
    }
  }
  return headers;
};

/**
 * Composers updated at or after a time, with that time. The ones that are listed in the headers are told by them; of the others the value has to
 * be looked at.
 */
const updatedComposers = (db: Database, headers: ReadonlyMap<string, Json>, since: number | undefined): ReadonlyMap<string, number> => {
  const updated = new Map<string, number>();
  const note = (id: string, at: number): void => {
    if (since === undefined || at >= since) updated.set(id, at);
  };
  const updatedIn = db.prepare(`SELECT CASE WHEN json_valid(v) THEN json_extract(v, '$.lastUpdatedAt') END FROM (SELECT CAST(value AS TEXT) AS v FROM cursorDiskKV WHERE key = ?)`).pluck();
  // ';' follows ':' in the order of bytes: a key range, answered from the index alone.
  const keys = db.prepare("SELECT key FROM cursorDiskKV WHERE key >= 'composerData:' AND key < 'composerData;'").pluck().all() as unknown[];
  for (const key of keys) {
    if (typeof key !== 'string') continue;
    const id = key.slice('composerData:'.length);
    const header = headers.get(id);
    const times = header ? ['createdAt', 'lastUpdatedAt', 'conversationCheckpointLastUpdatedAt'].map((name) => header[name]) : [updatedIn.get(key)];
    note(id, Math.max(...times.map((at) => time(at) ?? 0)));
  }
  return updated;
};

/** undefined: no such key; null: too large. */
const valueOf = (db: Database, key: string): string | null | undefined => {
  const value = db.prepare(`SELECT CASE WHEN octet_length(value) <= ${largestValue} THEN CAST(value AS TEXT) END FROM cursorDiskKV WHERE key = ?`).pluck().get(key);
  return value === undefined || value === null ? value : String(value);
};
