import type { Database } from 'better-sqlite3';
import { statSync } from 'node:fs';
import type { Reader } from '../readers/reader.ts';
import type { EpochMs } from '../session/part.ts';
import { listSources } from '../sweep/listing.ts';
import type { Listed, ListedRoot } from '../sweep/listing.ts';
import { catchUp } from './catch-up.ts';
import type { CatchUp, CaughtUp } from './catch-up.ts';
import { changedSources } from './changed.ts';
import type { Changed } from './changed.ts';
import { isExcluded } from './excluded.ts';
import { find } from './find.ts';
import type { Hit, SearchAsk } from './find.ts';
import { indexExists, openIndex, removeIndex } from './index-file.ts';
import { isIndexOn, keepSetting, settingOf } from './index-settings.ts';
import { keeperIn, readerIn, tellKeeper, tellReader } from './keeper.ts';
import type { Keeper, ReaderOfIndex } from './keeper.ts';
import type { KeepSettings } from './keep-settings.ts';
import { listedPath } from './listed-path.ts';
import { addNote, listNotes, removeNote } from './notes.ts';
import type { Note } from './notes.ts';
import { Writer } from './writer.ts';

export interface SearchOptions extends Omit<KeepSettings, 'disabledTools'> {
  readonly readers: readonly Reader[];
  readonly now: () => EpochMs;
}

export interface IndexStatus {
  /** A person said yes to it. */
  readonly on: boolean;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sources: number;
  readonly sessions: number;
  readonly texts: number;
  readonly notes: number;
  readonly caughtUpAt?: EpochMs;
}

/** What has still to be read. */
export interface Ahead {
  readonly changed: readonly Changed[];
  readonly bytes: number;
}

/** Full-text search over the transcripts of this machine, and notes. Transcripts are read only once somebody has said yes. */
export class Search {
  readonly #options: SearchOptions;
  #db: Database | undefined;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    const db = this.#existing();
    return db !== undefined && isIndexOn(db);
  }

  /** The index that is open is still the one at its place, and on: it may be forgotten while somebody reads into it. */
  get isStill(): boolean {
    return this.#db !== undefined && indexExists(this.#options.path) && isIndexOn(this.#db);
  }

  turnOn(): void {
    keepSetting(this.#open(), 'on', 'yes');
  }

  /** Whoever keeps the index current says so here; undefined: no longer. */
  tellKeeper(keeper: Keeper | undefined): void {
    tellKeeper(this.#open(), keeper);
  }

  /** Whoever said last that it keeps the index current, with the same transcripts as this search; it may be dead. */
  keeper(): Keeper | undefined {
    const db = this.#existing();
    const keeper = db && keeperIn(db);
    return keeper?.coverage === this.#options.coverage ? keeper : undefined;
  }

  /** Whoever said last that it reads into the index; it may be dead. */
  reader(): ReaderOfIndex | undefined {
    const db = this.#existing();
    return db && readerIn(db);
  }

  /** A command that reads for a while says so, and that it has ended. */
  tellReader(reader: ReaderOfIndex | undefined): void {
    tellReader(this.#open(), reader);
  }

  /** @returns undefined: no word to look for */
  find(ask: SearchAsk): readonly Hit[] | undefined {
    const db = this.#existing();
    return db ? find(db, ask) : [];
  }

  /** What the index has not yet. */
  async ahead(): Promise<Ahead & { readonly roots: readonly ListedRoot[] }> {
    const roots = await listSources(this.#options.readers, this.#options.machine, this.#options.extraRoots);
    return { ...this.#changed(roots.flatMap(({ files }) => files)), roots };
  }

  /** The same of some paths alone, below the roots of an earlier look. */
  aheadOf(paths: readonly string[], roots: readonly ListedRoot[]): Ahead {
    return this.#changed(paths.map((path) => listedPath(path, roots, this.#options.readers)).filter((file) => file !== undefined));
  }

  /** What an index would read, without making one. */
  async size(): Promise<{ readonly files: number; readonly bytes: number }> {
    const files = (await listSources(this.#options.readers, this.#options.machine, this.#options.extraRoots)).flatMap((root) => root.files).filter(({ path }) => !isExcluded(path, this.#options.excluded));
    return { files: files.length, bytes: files.reduce((sum, { stat }) => sum + stat.size, 0) };
  }

  /** Reads it. */
  async catchUp({ changed }: Ahead, watching: Pick<CatchUp, 'onProgress' | 'isStopped' | 'restMs'> = {}): Promise<CaughtUp> {
    const { machine, excluded, now } = this.#options;
    const db = this.#open();
    const forgotten = this.#forgetExcluded(db);
    const done = await catchUp({ db, home: machine.home, changed, excluded, now, ...watching });
    if (!done.stopped) keepSetting(db, 'caughtUpAt', String(now()));
    if (forgotten > 0 || done.texts > manyTexts) db.pragma('wal_checkpoint(TRUNCATE)');
    return done;
  }

  /** Everything of transcripts goes; notes stay. */
  forget(): void {
    const db = this.#existing();
    if (!db) return;
    if (listNotes(db).length === 0) {
      this.close();
      return removeIndex(this.#options.path);
    }
    this.#forgetTranscripts(db);
    db.prepare('DELETE FROM settings').run();
    db.exec('VACUUM');
    db.pragma('wal_checkpoint(TRUNCATE)');
  }

  /** Begins anew: the next catching up reads everything. */
  empty(): void {
    const db = this.#existing();
    if (db) this.#forgetTranscripts(db);
  }

  addNote(note: Omit<Note, 'number' | 'at'>): Note {
    return addNote(this.#open(), { ...note, at: this.#options.now() });
  }

  notes(): readonly Note[] {
    const db = this.#existing();
    return db ? listNotes(db) : [];
  }

  removeNote(number: number): boolean {
    const db = this.#existing();
    return db !== undefined && removeNote(db, number);
  }

  status(): IndexStatus {
    const { path } = this.#options;
    const db = this.#existing();
    const counted = (table: string): number => (db ? (db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number) : 0);
    const caughtUpAt = db && settingOf(db, 'caughtUpAt');
    return {
      on: this.isOn, path,
      sizeBytes: ['', '-wal'].reduce((sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0), 0),
      sources: counted('sources'), sessions: counted('sessions'), texts: counted('texts'), notes: counted('notes'),
      ...(caughtUpAt === undefined ? {} : { caughtUpAt: Number(caughtUpAt) }),
    };
  }

  close(): void {
    this.#db?.close();
    this.#db = undefined;
  }

  #open(): Database {
    const { path } = this.#options;
    try {
      return (this.#db ??= openIndex(path));
    } catch (error) {
      throw new Error(`the index ${path} cannot be opened (${(error as Error).message}). A damaged one can only go: delete the file, then watchroom search --yes makes it again; its notes are lost`, { cause: undefined });
    }
  }

  #existing(): Database | undefined {
    return this.#db ?? (indexExists(this.#options.path) ? this.#open() : undefined);
  }

  #changed(files: readonly Listed[]): Ahead {
    const changed = changedSources(this.#open(), files, this.#options.excluded);
    return { changed, bytes: changed.reduce((sum, each) => sum + each.bytes, 0) };
  }

  #forgetTranscripts(db: Database): void {
    db.transaction(() => {
      const notes = db.prepare("SELECT t.id, n.text, n.at, n.project, n.session, n.tags FROM notes n JOIN texts t ON t.id = n.text_id ORDER BY n.number").all() as { id: number }[];
      if (notes.length === 0) db.exec("INSERT INTO words (words) VALUES ('delete-all')");
      else for (const id of db.prepare("SELECT id FROM texts WHERE voice <> 'note'").pluck().all()) db.prepare('DELETE FROM words WHERE rowid = ?').run(id);
      db.exec("DELETE FROM texts WHERE voice <> 'note'; DELETE FROM sources; DELETE FROM sessions;");
      db.prepare("DELETE FROM settings WHERE name = 'caughtUpAt'").run();
    }).immediate();
    db.exec("INSERT INTO words (words) VALUES ('optimize')");
  }

  /** A folder that was excluded after it had been read. */
  #forgetExcluded(db: Database): number {
    const { excluded } = this.#options;
    if (excluded.length === 0) return 0;
    const sources = (db.prepare('SELECT id, path FROM sources').all() as { id: number; path: string }[]).filter(({ path }) => isExcluded(path, excluded));
    const sessions = (db.prepare('SELECT number, cwd FROM sessions WHERE cwd IS NOT NULL').all() as { number: number; cwd: string }[]).filter(({ cwd }) => isExcluded(cwd, excluded));
    if (sources.length + sessions.length === 0) return 0;
    return db.transaction(() => {
      const writer = new Writer(db);
      for (const { id } of sources) {
        writer.clear(id);
        db.prepare('DELETE FROM sources WHERE id = ?').run(id);
      }
      for (const { number } of sessions) {
        for (const id of db.prepare('SELECT id FROM texts WHERE session = ?').pluck().all(number)) db.prepare('DELETE FROM words WHERE rowid = ?').run(id);
        db.prepare('DELETE FROM texts WHERE session = ?').run(number);
        db.prepare('DELETE FROM sessions WHERE number = ?').run(number);
      }
      return sources.length + sessions.length;
    }).immediate();
  }
}

const manyTexts = 10_000;
