import SqliteDatabase from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Dialect, Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

/** The hub's store, or one transaction of it. */
export type Store = Kysely<Database>;
export type Work = Transaction<Database>;

/**
 * Opens the store and brings it to the present form. Migrations go forward only, under a lock.
 * @param file path of the SQLite file, or ':memory:'
 */
export const openStore = async (file: string): Promise<Store> => {
  const sqlite = new SqliteDatabase(file, { timeout: 10_000 });
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL'); // what was acknowledged survives a power cut [R1]
  sqlite.pragma('foreign_keys = ON');
  return prepared(sqliteDialect(sqlite), file);
};

const prepared = async (dialect: Dialect, name: string): Promise<Store> => {
  const store = new Kysely<Database>({ dialect });
  const { error } = await new Migrator({ db: store, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error === undefined) return store;
  await store.destroy();
  throw new Error(`the hub's store ${name} cannot be brought to this version's form: ${error instanceof Error ? error.message : String(error)}. Restore a backup made by this version or an older one: watchroom hub restore`, { cause: error });
};
