import Database from 'better-sqlite3';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import type { EpochMs } from '../session/part.ts';
import { isIndexOn } from './index-settings.ts';

/** One text of the index. */
export interface Text {
  readonly source: number;
  /** Number of the session's row. */
  readonly session: number;
  readonly at: EpochMs;
  readonly voice: string;
  readonly text: string;
  /** The text as it is cut into words (words.ts). */
  readonly indexed: string;
}

/** The file of the index: texts of transcripts and notes of people, nothing else of Watchroom. It is made when it is asked for. */
export const openIndex = (path: string): Database.Database => {
  makeFolder(dirname(path), 0o700);
  const db = new Database(path, { timeout: 10_000 });
  try {
    if (process.platform !== 'win32') chmodSync(path, 0o600); // it holds what was said
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('secure_delete = ON'); // what is forgotten is gone from the file as well
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version > schemaVersion) throw new Error(`${path} was made by a newer Watchroom. Take that one, or begin anew: watchroom search --forget`);
    if (version < schemaVersion) db.transaction(() => { db.exec(schema); db.pragma(`user_version = ${schemaVersion}`); }).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** An index as it is, for reading alone; undefined: there is none, or not one of this version. */
export const openIndexToRead = (path: string): Database.Database | undefined => {
  if (!existsSync(path)) return undefined;
  const db = new Database(path, { readonly: true, timeout: 1000 });
  if (db.pragma('user_version', { simple: true }) === schemaVersion) return db;
  db.close();
  return undefined;
};

/** Whether a person has said yes to the index at this place. */
export const isIndexOnAt = (path: string): boolean => {
  try {
    const db = openIndexToRead(path);
    try {
      return db !== undefined && isIndexOn(db);
    } finally {
      db?.close();
    }
  } catch {
    return false; // just being made or deleted; or damaged, which whoever searches is told
  }
};

/** Takes the file away with everything beside it. */
export const removeIndex = (path: string): void => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
};

export const indexExists = (path: string): boolean => existsSync(path);

/**
 * The id of a text begins with its time, so that the newest matches come first without sorting (FTS5 walks its lists by id) and a
 * span of time is a span of ids.
 */
export const idsPerMs = 4096;

const schemaVersion = 1;
// The words are kept without their text (content=''): the text stands once, in texts.
const schema = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sources (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, tool TEXT NOT NULL, state TEXT NOT NULL, session INTEGER);
  CREATE TABLE IF NOT EXISTS sessions (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, tool TEXT NOT NULL, project TEXT, cwd TEXT);
  CREATE TABLE IF NOT EXISTS projects (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, session INTEGER NOT NULL, voice TEXT NOT NULL, text TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS texts_of_source ON texts (source);
  CREATE TABLE IF NOT EXISTS notes (number INTEGER PRIMARY KEY AUTOINCREMENT, text_id INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL, project TEXT, session TEXT, tags TEXT NOT NULL);
  CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, scope, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2");
`;
