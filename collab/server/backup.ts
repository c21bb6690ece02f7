import SqliteDatabase from 'better-sqlite3';
import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { migrations } from './store/migrations.ts';
import { storeFile } from './store/store-file.ts';

/** A consistent copy of the store by SQLite's own backup, made while the hub runs. It holds keys and hashes, so only its owner may read it. */
export const backup = async ({ dataFolder, file }: { readonly dataFolder: string; readonly file: string }): Promise<{ readonly bytes: number }> => {
  const source = openHub(storeFile(dataFolder));
  const part = `${file}.part`;
  try {
    rmSync(part, { force: true });
    closeSync(openSync(part, 'wx', 0o600));
    await source.backup(part, { progress: () => 1000 });
    flush(part);
    renameSync(part, file);
    return { bytes: statSync(file).size };
  } catch (error) {
    rmSync(part, { force: true });
    throw new Error(`cannot copy the hub's store to ${file}`, { cause: error });
  } finally {
    source.close();
  }
};

/** Puts a copy in the place of the store of a hub that does not run. What was there is kept beside it, under its date. */
export const restore = async ({ dataFolder, file, now }: { readonly dataFolder: string; readonly file: string; readonly now: () => number }): Promise<{ readonly keptAt?: string }> => {
  check(file);
  const place = storeFile(dataFolder);
  const part = `${place}.part`;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  closeSync(openSync(part, 'w', 0o600));
  copyFileSync(file, part);
  asRestored(part);
  const keptAt = existsSync(place) ? `${place}.${new Date(now()).toISOString().replaceAll(/[:.]/g, '-')}` : undefined;
  if (keptAt !== undefined) for (const suffix of ['', '-wal', '-shm']) if (existsSync(place + suffix)) renameSync(place + suffix, keptAt + suffix);
  renameSync(part, place);
  return keptAt === undefined ? {} : { keptAt };
};

const openHub = (file: string): SqliteDatabase.Database => {
  if (!existsSync(file)) throw new Error(`there is no hub's store at ${file}. Is it the right folder (--data)?`);
  return new SqliteDatabase(file, { readonly: true, timeout: 10_000 });
};

/** Refuses what is no sound copy of a hub of this version or an older one, before anything is moved. */
const check = (file: string): void => {
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  let copy: SqliteDatabase.Database | undefined;
  try {
    copy = new SqliteDatabase(file, { readonly: true });
    const sound = copy.pragma('quick_check', { simple: true });
    if (sound !== 'ok') throw new Error(`${file} is damaged: ${String(sound)}. Take another copy`);
    const applied = copy.prepare('SELECT name FROM kysely_migration').pluck().all() as string[];
    const unknown = applied.filter((name) => !(name in migrations));
    if (unknown.length > 0) throw new Error(`${file} was made by a newer version of the hub (it has ${unknown.join(', ')}). Update first, then restore`);
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError) throw new Error(`${file} is no backup of a hub (${error.message}). Such a file is made by: watchroom hub backup FILE`);
    throw error;
  } finally {
    copy?.close();
  }
};

/** A hub that forgot something is a new one to its agents: they send again what they know (agents/hub-id.ts). */
const asRestored = (file: string): void => {
  const store = new SqliteDatabase(file);
  try {
    store.pragma('journal_mode = DELETE');
    store.prepare("DELETE FROM meta WHERE key = 'hub_id'").run();
  } finally {
    store.close();
  }
  flush(file);
};

const flush = (file: string): void => {
  const handle = openSync(file, 'r+');
  fsyncSync(handle);
  closeSync(handle);
};
