import Database from 'better-sqlite3';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Row = { readonly [key: string]: any }; // eslint-disable-line @typescript-eslint/no-explicit-any -- other people's JSON
/** The output of `opencode export`, from which both layouts can be made. */
export interface Exported { readonly info: Row; readonly messages: readonly { readonly info: Row; readonly parts: readonly Row[] }[] }

/** The tables as OpenCode 1.2 and later make them, without the columns nobody reads. */
const schema = `
  CREATE TABLE project (id text PRIMARY KEY, worktree text NOT NULL);
  CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, parent_id text, slug text, directory text NOT NULL, title text NOT NULL, version text NOT NULL,
    share_url text, summary_additions integer, summary_deletions integer, summary_files integer, summary_diffs text, revert text, permission text,
    time_created integer NOT NULL, time_updated integer NOT NULL, time_compacting integer, time_archived integer);
  CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
  CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
  CREATE INDEX message_session_idx ON message (session_id);
  CREATE INDEX part_message_idx ON part (message_id);
  CREATE INDEX part_session_idx ON part (session_id);`;

/** A database with these sessions, left open so that its log stays beside it; close it. */
export const makeDatabase = (path: string, sessions: readonly Exported[]): Database.Database => {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec(schema);
  for (const session of sessions) putSession(db, session);
  return db;
};

export const putSession = (db: Database.Database, { info, messages }: Exported): void => {
  db.prepare('INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, NULL, ?, NULL, ?, ?, NULL, NULL)').run(
    info.id, info.projectID, info.parentID ?? null, info.slug ?? null, info.directory, info.title, info.version,
    info.summary?.additions ?? null, info.summary?.deletions ?? null, info.summary?.files ?? null, info.revert ? JSON.stringify(info.revert) : null, info.time.created, info.time.updated,
  );
  for (const { info: message, parts } of messages) {
    const { id, sessionID, ...data } = message;
    db.prepare('INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)').run(id, sessionID, message.time.created, message.time.completed ?? message.time.created, JSON.stringify(data));
    for (const part of parts) putPart(db, part, message.time.completed ?? message.time.created);
  }
};

export const putPart = (db: Database.Database, part: Row, at: number): void => {
  const { id, sessionID, messageID, ...data } = part;
  db.prepare('INSERT INTO part VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data, time_updated = excluded.time_updated').run(id, messageID, sessionID, at, at, JSON.stringify(data));
};

/** The same session in the old layout below a data folder. @returns the session's document */
export const makeTree = (data: string, { info, messages }: Exported): string => {
  const put = (relative: string, document: Row): string => {
    const path = join(data, 'storage', relative);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, JSON.stringify(document));
    return path;
  };
  for (const { info: message, parts } of messages) {
    put(`message/${info.id}/${message.id}.json`, message);
    for (const part of parts) put(`part/${message.id}/${part.id}.json`, part);
  }
  return put(`session/${info.projectID}/${info.id}.json`, info);
};
