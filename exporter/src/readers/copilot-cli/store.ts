import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import type { EpochMs } from '../../session/part.ts';
import type { Usage } from '../../session/usage.ts';
import type { Book } from '../book.ts';
import { count, text, time } from '../fields.ts';
import { columnsOf, openReadOnly, selectList } from '../sqlite/open.ts';
import { noMetrics, plus } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { outputTold } from './output-told.ts';

/**
 * Reads the new rows of `assistant_usage_events` in session-store.db: one a model call, written as it happens.
 * Sessions whose messages tell their output take only input, cache and reasoning from here, so that nothing counts twice.
 */
export const readStore = (path: string, book: Book): void => {
  const db = openReadOnly(path);
  try {
    const columns = columnsOf(db, 'assistant_usage_events');
    if (columns.has('session_id') && columns.has('id')) bookRows(db, columns, dirname(path), book);
  } finally {
    db.close();
  }
};

const wanted = ['id', 'session_id', 'model', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'reasoning_tokens', 'created_at'] as const;
type Row = Readonly<Record<(typeof wanted)[number], unknown>>;
/** With so many rows and still no message, the log is not one that tells output. */
const enoughRows = 3;

const bookRows = (db: Database.Database, columns: ReadonlySet<string>, home: string, book: Book): void => {
  const top = (db.prepare('SELECT max(id) AS id FROM assistant_usage_events').get() as { id: number | null }).id ?? 0;
  const from = Number(book.memo.cursor ?? 0) <= top ? Number(book.memo.cursor ?? 0) : 0; // a new store counts from 1 again
  const rows = db.prepare(`SELECT ${selectList(columns, wanted)} FROM assistant_usage_events WHERE id > ? ORDER BY id`).all(from) as Row[];
  const sessions = new Map<string, Row[]>();
  for (const row of rows) {
    const session = text(row.session_id);
    if (session === undefined) book.bad('bad_shape');
    else sessions.set(session, [...(sessions.get(session) ?? []), row]);
  }
  let cursor = top;
  for (const [session, some] of sessions) {
    const told = outputTold(home, session);
    // Not to be known yet: these rows are read again, with the message that is about to be written.
    if (told === 'undecided' && some.length < enoughRows) cursor = Math.min(cursor, Number(some[0]!.id) - 1);
    else for (const row of some) bookRow(book, session, row, told === 'by messages');
    if (told === 'no log') tellSession(db, book, session, some);
  }
  book.memo.cursor = cursor;
};

const bookRow = (book: Book, session: string, row: Row, outputElsewhere: boolean): void => {
  book.record();
  const at = timeOf(row.created_at);
  const usage = usageOfRow(row, outputElsewhere);
  if (at === undefined || !usage) return book.bad('bad_shape');
  book.call(session, {
    message: `${session}:store:${String(row.id)}:${String(row.created_at)}`,
    request: '',
    at,
    model: text(row.model),
    usage,
    requests: outputElsewhere ? 0 : 1,
    wins: 'newest',
    position: Number(row.id),
  });
};

/** A column that is NULL is not known. */
const usageOfRow = (row: Row, outputElsewhere: boolean): Usage | undefined => {
  const [input, output, read, written, reasoning] = [row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens, row.reasoning_tokens].map(count);
  const cached = (read ?? 0) + (written ?? 0);
  if ((input === undefined && output === undefined) || (input ?? cached) < cached) return undefined;
  return {
    ...(input === undefined ? {} : { input: input - cached }),
    ...(output === undefined || outputElsewhere ? {} : { output }),
    ...(read === undefined ? {} : { cache_read: read }),
    ...(written === undefined ? {} : { cache_creation_5m: written }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
};

/** Of a session whose log is gone the store tells what little it knows. */
const tellSession = (db: Database.Database, book: Book, session: string, rows: readonly Row[]): void => {
  const draft = book.draft(session);
  for (const row of rows) draft.seen(timeOf(row.created_at));
  const columns = columnsOf(db, 'sessions');
  const facts = columns.has('id') ? (db.prepare(`SELECT ${selectList(columns, ['cwd', 'branch'])} FROM sessions WHERE id = ?`).get(session) as Readonly<Record<string, unknown>> | undefined) : undefined;
  draft.set({ model: text(rows.at(-1)?.model), cwd: text(facts?.cwd), gitBranch: text(facts?.branch) });
};

/** "2026-07-01 12:34:56" is UTC (SQLite's datetime('now')); ISO text in some versions. */
const timeOf = (value: unknown): EpochMs | undefined => {
  const written = text(value);
  return written === undefined ? undefined : time(/[TZ+]/.test(written) ? written : `${written.replace(' ', 'T')}Z`);
};

/**
 * What the store holds of a session in a span of time, by model: a shutdown's report is corrected by it.
 * @param withOutput false: the session's messages tell their output themselves
 */
export const storedBetween = (home: string, session: string, span: { readonly after: EpochMs; readonly upTo: EpochMs }, withOutput: boolean): ReadonlyMap<string, Metrics> => {
  const models = new Map<string, Metrics>();
  for (const { at, model, metrics } of storedCalls(home).get(session) ?? []) {
    if (at <= span.after || at > span.upTo) continue; // whole seconds, rounded down: a row is never later than the shutdown it belongs to
    models.set(model, plus(models.get(model) ?? noMetrics, withOutput ? metrics : { ...metrics, output: 0, requests: 0 }));
  }
  return models;
};

interface StoredCall { readonly at: EpochMs; readonly model: string; readonly metrics: Metrics }
type StoredCalls = ReadonlyMap<string, readonly StoredCall[]>;

/** Every log of a first scan asks the same store: its calls are kept as long as it does not change. */
let kept: { readonly print: string; readonly calls: StoredCalls } | undefined;

const storedCalls = (home: string): StoredCalls => {
  const path = join(home, 'session-store.db');
  const print = fingerprint(path);
  if (print === undefined) return new Map();
  if (kept?.print !== print) kept = { print, calls: readCalls(path) };
  return kept.calls;
};

const fingerprint = (path: string): string | undefined => {
  if (!existsSync(path)) return undefined;
  return [path, `${path}-wal`].map((one) => {
    const { mtimeMs, size, ino } = statSync(one, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0, ino: 0 };
    return `${one} ${ino} ${size} ${mtimeMs}`;
  }).join('\n');
};

const readCalls = (path: string): StoredCalls => {
  const calls = new Map<string, StoredCall[]>();
  let db: Database.Database | undefined;
  try {
    db = openReadOnly(path);
    const columns = columnsOf(db, 'assistant_usage_events');
    if (!columns.has('session_id')) return calls;
    for (const row of db.prepare(`SELECT ${selectList(columns, wanted)} FROM assistant_usage_events ORDER BY id`).iterate() as IterableIterator<Row>) {
      const session = text(row.session_id);
      const at = timeOf(row.created_at);
      if (session === undefined || at === undefined || !usageOfRow(row, false)) continue;
      const call = { at, model: text(row.model) ?? '', metrics: { requests: 1, input: count(row.input_tokens) ?? 0, output: count(row.output_tokens) ?? 0, cacheRead: count(row.cache_read_tokens) ?? 0, cacheWrite: count(row.cache_write_tokens) ?? 0, reasoning: count(row.reasoning_tokens) ?? 0 } };
      const before = calls.get(session);
      if (before) before.push(call);
      else calls.set(session, [call]);
    }
  } catch {
    return new Map(); // readStore reports an unreadable store; it books nothing either
  } finally {
    db?.close();
  }
  return calls;
};
