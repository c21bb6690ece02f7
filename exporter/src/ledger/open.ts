import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import type { EpochMs } from '../session/part.ts';
import { createSchema, schemaVersion } from './schema.ts';

export interface OpenOptions {
  /** File, or ':memory:'. */
  readonly path: string;
  readonly now: () => EpochMs;
  /** For commands that look beside a running exporter. @default false */
  readonly readonly?: boolean;
  /** Sees every statement before it runs; what it throws fails the statement. For the tests that stop the ledger anywhere. */
  readonly onStatement?: (sql: string) => void;
}

/** Opens the ledger's database, made new where there is none. Throws a sentence for a database of somebody else, or of another Watchroom. */
export const openDatabase = ({ path, now, readonly = false, onStatement }: OpenOptions): Database.Database => {
  const db = new Database(path, { readonly, timeout: 10_000, ...(onStatement ? { verbose: (sql) => onStatement(String(sql)) } : {}) });
  try {
    refuseForeign(db, path);
    if (!readonly) prepare(db, now);
    const version = versionOf(db);
    if (version !== schemaVersion) throw new Error(`the ledger ${path} has format ${version}, this Watchroom writes format ${schemaVersion}. Use the Watchroom that wrote it, or begin a new ledger: watchroom ledger reset`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const versionOf = (db: Database.Database): number => db.pragma('user_version', { simple: true }) as number;

/** Somebody's database under our name is left as it is: nothing is written into it. */
const refuseForeign = (db: Database.Database, path: string): void => {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  if (tables.length > 0 && !tables.includes('sources')) throw new Error(`${path} is an SQLite database, but no ledger of Watchroom (its tables: ${tables.slice(0, 3).join(', ')}). Move it away, or name another folder with --state`);
};

/** How many pages may wait in the log before they are copied into the file. Each commit of a long scan writes most pages again: copied early, they are copied many times. */
export const logPages = { atRest: 4000, inLongScan: 16_000 } as const;

const prepare = (db: Database.Database, now: () => EpochMs): void => {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.pragma('cache_size = -1000'); // KiB: calls are written in the order of their table, and the system has its own cache; with 12,000 a first scan was no faster
  db.pragma(`wal_autocheckpoint = ${logPages.atRest}`);
  db.pragma('journal_size_limit = 4194304');
  if (versionOf(db) !== 0) return;
  db.transaction(() => {
    createSchema(db);
    const put = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
    put.run('id', randomUUID());
    put.run('created_at', String(now()));
  })();
};
