import Database from 'better-sqlite3';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

/** A clean database up to this size is read into memory instead of being opened. */
const largestInMemory = 32 * 1024 * 1024;
const busyMs = 2000;
/** Bytes 18 and 19 of a database's header: 2 says write-ahead log, 1 says rollback journal (sqlite.org/fileformat2.html). */
const journalBytes = [18, 19] as const;

/**
 * Opens another program's SQLite database for reading only; close it after use.
 *
 * In WAL mode even a reader makes -wal and -shm files when nobody has the database open, and fails to where the folder cannot be
 * written (a read-only mount). So a small one that nobody has open is read from a copy in memory, which touches nothing.
 */
export const openReadOnly = (path: string): Database.Database =>
  new Database(cleanCopy(path) ?? path, { readonly: true, fileMustExist: true, timeout: busyMs });

/** The names of a table's columns; empty when there is no such table. Versions of a tool differ in them. */
export const columnsOf = (db: Database.Database, table: string): ReadonlySet<string> =>
  new Set((db.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[]).map(({ name }) => name));

/** A list of columns to select in which those the table lacks are NULL. */
export const selectList = (present: ReadonlySet<string>, wanted: readonly string[]): string =>
  wanted.map((name) => (present.has(name) ? name : `NULL AS ${name}`)).join(', ');

const cleanCopy = (path: string): Buffer | undefined => {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(20);
    if (readSync(file, header, 0, 20, 0) < 20 || header[journalBytes[0]] !== 2 || fstatSync(file).size > largestInMemory || existsSync(`${path}-wal`)) return undefined;
    const bytes = readFileSync(file);
    for (const at of journalBytes) bytes[at] = 1; // a database in memory has no log beside it
    return bytes;
  } finally {
    closeSync(file);
  }
};
