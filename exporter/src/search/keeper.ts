import type { Database } from 'better-sqlite3';
import type { EpochMs } from '../session/part.ts';
import { indexExists, openIndex } from './index-file.ts';
import { keepSetting, settingOf } from './index-settings.ts';

/** The exporter that keeps an index current in the background; it says so in the index itself. */
export interface Keeper {
  readonly pid: number;
  /** coverageText of what it reads. */
  readonly coverage: string;
  /** When it said this. */
  readonly at: EpochMs;
  /** Of its present reading; undefined: everything it knows of is in the index. */
  readonly reading?: { readonly files: number; readonly ofFiles: number; readonly bytes: number; readonly ofBytes: number };
}

export const keeperIn = (db: Database): Keeper | undefined => parsed(settingOf(db, 'keeper')) as Keeper | undefined;
export const tellKeeper = (db: Database, keeper: Keeper | undefined): void => keepSetting(db, 'keeper', keeper && JSON.stringify(keeper));

/** The exporter goes, or keeps the index no longer. */
export const leaveIndex = (path: string, pid: number): void => {
  if (!indexExists(path)) return;
  const db = openIndex(path);
  try {
    if (keeperIn(db)?.pid === pid) tellKeeper(db, undefined);
  } finally {
    db.close();
  }
};

/** A command that reads into the index now; the keeper waits for its end. */
export interface ReaderOfIndex { readonly pid: number; readonly at: EpochMs }
export const readerIn = (db: Database): ReaderOfIndex | undefined => parsed(settingOf(db, 'reader')) as ReaderOfIndex | undefined;
export const tellReader = (db: Database, reader: ReaderOfIndex | undefined): void => keepSetting(db, 'reader', reader && JSON.stringify(reader));

const parsed = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};
