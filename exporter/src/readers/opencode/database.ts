import type { Database, Statement } from 'better-sqlite3';
import type { Book } from '../book.ts';
import { parseObject } from '../fields.ts';
import type { Json } from '../fields.ts';
import { columnsOf, openReadOnly, selectList } from '../sqlite/open.ts';
import { tellSession } from './conversation.ts';
import type { ToldMessage } from './conversation.ts';

/** Larger messages and parts (megabytes of tool output in one row) are a counted outcome, not read. */
const largestRow = 16 * 1024 * 1024;
/** Rows that are changed in place are among the last ones: the streaming answer and its tools. */
const recentRows = { message: 500, part: 5000 } as const;

/**
 * Reads the sessions that changed since the last time. The file's own time says nothing (TRAPS.md 21), and a scan of all parts for their times
 * would read gigabytes: so the sessions whose row changed, and those with a new or changed row at the end of message or part.
 */
export const readDatabase = (path: string, book: Book): void => {
  const db = openReadOnly(path);
  try {
    const columns = columnsOf(db, 'session');
    if (!columns.has('id') || !columnsOf(db, 'message').has('data')) throw new Error(`${path} has no tables "session" and "message" as OpenCode makes them; a newer version may keep its sessions elsewhere`);
    const seen = book.memo['seen'] as Cursor | undefined;
    const now = cursorOf(db); // before the sessions: what comes while they are read is read again next time
    const ids = seen ? changedSessions(db, seen, now) : allSessions(db);
    for (const id of ids) readSession(db, id, columns, book);
    book.memo['seen'] = now;
  } finally {
    db.close();
  }
};

/** How far the database was read. */
interface Cursor {
  readonly session: number;
  readonly message: TableEnd;
  readonly part: TableEnd;
}
interface TableEnd {
  readonly row: number;
  /** Newest time_updated among the recent rows, ms. */
  readonly updated: number;
}

const cursorOf = (db: Database): Cursor => ({
  session: numberOf(db.prepare('SELECT max(time_updated) AS value FROM session').get()),
  message: endOf(db, 'message'),
  part: endOf(db, 'part'),
});

const endOf = (db: Database, table: 'message' | 'part'): TableEnd => {
  if (!columnsOf(db, table).has('time_updated')) return { row: 0, updated: 0 };
  const row = numberOf(db.prepare(`SELECT max(rowid) AS value FROM ${table}`).get());
  return { row, updated: numberOf(db.prepare(`SELECT max(time_updated) AS value FROM ${table} WHERE rowid > ?`).get(row - recentRows[table])) };
};

const numberOf = (row: unknown): number => {
  const { value } = row as { value: unknown };
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
};

const allSessions = (db: Database): readonly string[] => db.prepare('SELECT id FROM session ORDER BY time_created').pluck().all() as string[];

const changedSessions = (db: Database, seen: Cursor, now: Cursor): readonly string[] => {
  const ids = new Set(db.prepare('SELECT id FROM session WHERE time_updated >= ?').pluck().all(seen.session) as string[]);
  for (const table of ['message', 'part'] as const) {
    if (!columnsOf(db, table).has('time_updated')) continue;
    const end = seen[table];
    const from = Math.min(end.row, now[table].row) - recentRows[table];
    const changed = db.prepare(`SELECT DISTINCT session_id FROM ${table} WHERE rowid > ? AND (rowid > ? OR time_updated >= ?)`).pluck().all(from, end.row, end.updated);
    for (const id of changed as string[]) ids.add(id);
  }
  return [...ids];
};

const sessionColumns = ['parent_id', 'directory', 'title', 'version', 'time_created', 'time_updated', 'summary_additions', 'summary_deletions', 'summary_files'] as const;

const readSession = (db: Database, id: string, columns: ReadonlySet<string>, book: Book): void => {
  const row = db.prepare(`SELECT ${selectList(columns, sessionColumns)} FROM session WHERE id = ?`).get(id) as { readonly [Column in (typeof sessionColumns)[number]]: unknown } | undefined;
  if (!row) return;
  const info: Json = {
    parentID: row.parent_id, directory: row.directory, title: row.title, version: row.version,
    time: { created: row.time_created, updated: row.time_updated },
    summary: { additions: row.summary_additions, deletions: row.summary_deletions, files: row.summary_files },
  };
  tellSession({ id, info, messages: messagesOf(db, id, book), copyRank: 2 }, book);
};

/** One message at a time: a session may hold hundreds of megabytes. */
function* messagesOf(db: Database, session: string, book: Book): Generator<ToldMessage> {
  const parts = columnsOf(db, 'part').has('message_id') ? db.prepare(`SELECT id, ${bounded('data')} FROM part WHERE message_id = ? ORDER BY id`) : undefined;
  for (const row of db.prepare(`SELECT id, ${bounded('data')} FROM message WHERE session_id = ? ORDER BY time_created, id`).iterate(session)) {
    const message = dataOf(row, book);
    if (message) yield { id: message.id, info: message.data, parts: parts ? partsOf(parts, message.id, book) : [] };
  }
}

function* partsOf(rows: Statement, message: string, book: Book): Generator<{ id: string; part: Json }> {
  for (const row of rows.iterate(message)) {
    const part = dataOf(row, book);
    if (part) yield { id: part.id, part: part.data };
  }
}

const bounded = (column: string): string => `CASE WHEN octet_length(${column}) <= ${largestRow} THEN ${column} END AS ${column}`;

const dataOf = (row: unknown, book: Book): { id: string; data: Json } | undefined => {
  const { id, data } = row as { id: unknown; data: unknown };
  if (data === null) return void book.bad('too_large');
  const parsed = typeof data === 'string' ? parseObject(data) : undefined;
  if (!parsed || typeof id !== 'string') return void book.bad('bad_json');
  return { id, data: parsed };
};
