import Database from 'better-sqlite3';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who writes a ledger: told to whoever comes second. */
export interface Owner {
  readonly pid: number;
  /** Epoch ms. */
  readonly since: number;
  /** Where its pages and metrics are, once it listens. */
  readonly address?: string;
  /** Where commands may ask it to write (wiring/owner-line.ts). */
  readonly line?: string;
  /** A command that reads on and looks: it ends soon, by itself. */
  readonly brief?: true;
  /** It has not yet found everything that was there when it began. */
  readonly scanning?: boolean;
}

/** The right to write the ledger of a state folder, for as long as this process lives or until `release`. */
export interface Ownership {
  /** Tells the others more about this owner, or something else than before. */
  readonly describe: (more: Partial<Owner>) => void;
  readonly release: () => void;
}

/**
 * Takes the ownership of a state folder; returns the present owner instead when there is one.
 * The lock is an exclusive transaction on an empty SQLite file: the operating system ends it with the process, however that dies.
 */
export const takeOwnership = (folder: string, me: Owner): Ownership | { readonly owner: Owner | undefined } => {
  const lock = new Database(join(folder, 'owner.lock'), { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return { owner: ownerOf(folder) };
    throw new Error(`cannot lock the state folder ${folder}`, { cause: error });
  }
  const card = join(folder, 'owner.json');
  try {
    writeFileSync(card, JSON.stringify(me));
  } catch (error) {
    lock.close();
    throw new Error(`cannot write ${card}`, { cause: error });
  }
  let told = me;
  return {
    describe: (more) => {
      const now = { ...told, ...more };
      if (JSON.stringify(now) === JSON.stringify(told)) return;
      told = now;
      try {
        writeFileSync(card, JSON.stringify(now));
      } catch {
        // A courtesy to those who come second; the lock holds without it.
      }
    },
    release: () => {
      rmSync(card, { force: true });
      lock.close();
    },
  };
};

/** The owner that left its card; it may have died since. */
export const ownerOf = (folder: string): Owner | undefined => {
  try {
    return JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
};
