import type Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import type { BookedCall } from '../session/booked.ts';
import type { History, Used } from '../session/history.ts';
import type { PastCursor, PastUse, SessionHours } from '../session/hour-use.ts';
import type { EpochMs, Part } from '../session/part.ts';
import type { StoredSession } from '../session/session.ts';
import type { FleetHistogram, FleetSeries, LedgerStatus } from '../session/snapshot.ts';
import type { Tool } from '../session/tool.ts';
import { bookReport } from './booking.ts';
import { loadBooks } from './books.ts';
import type { Books } from './books.ts';
import type { LabelCaps } from './fleet.ts';
import { isRoot } from './kin.ts';
import { logPages, openDatabase } from './open.ts';
import type { OpenOptions } from './open.ts';
import { readCalls } from './read-calls.ts';
import { readSessions } from './read-sessions.ts';
import { isStricter, relabel } from './relabel.ts';
import type { KeptAs, Retelling } from './relabel.ts';
import type { SourceReport } from './report.ts';
import { historyOf, usedIn } from './rollups.ts';
import type { UsedBy } from './rollups.ts';
import { preparedOnce } from './statements.ts';
import type { Sql } from './statements.ts';
import { indexCallsBySession, sessionsAfter, useByHour } from './use-by-hour.ts';
import { verifyLedger } from './verify.ts';
import { changeWords } from './words.ts';
import type { Words, WordsChange } from './words.ts';

export interface LedgerOptions extends OpenOptions {
  readonly caps?: LabelCaps;
}

/** What an earlier read of a source left, to continue from. */
export interface Resume {
  readonly fingerprint: string;
  readonly tail?: object;
  readonly memo: { [key: string]: unknown };
  readonly parts: readonly Part[];
}

/** The memory of what has been counted (DESIGN.md section 5). One process writes it; others may read. */
export class Ledger {
  readonly #db: Database.Database;
  readonly #now: () => EpochMs;
  readonly #path: string;
  readonly #caps: LabelCaps;
  readonly #sql: Sql;
  /** Which file it is; undefined in memory. */
  readonly #file: string | undefined;
  #books: Books;
  readonly id: string;
  readonly createdAt: EpochMs;

  constructor(options: LedgerOptions) {
    this.#path = options.path;
    this.#now = options.now;
    this.#db = openDatabase(options);
    this.#file = options.path === ':memory:' ? undefined : fileAt(options.path);
    this.#sql = preparedOnce(this.#db);
    this.id = this.#meta('id')!;
    this.createdAt = Number(this.#meta('created_at'));
    this.#caps = options.caps ?? { projects: 50, toolNames: 20 };
    this.#books = this.#load();
  }

  // Booking

  /** Events at or after this moment are news and move the fleet counters. */
  freshAfter(): EpochMs {
    return Math.max(this.createdAt, this.#now() - 3_600_000);
  }

  /** The fingerprint under which a source was last read; undefined when it never was. */
  fingerprint(path: string): string | undefined {
    return this.#books.sources.at(path)?.fingerprint;
  }

  resume(path: string): Resume | undefined {
    const source = this.#books.sources.at(path);
    if (!source) return undefined;
    const row = this.#sql('SELECT fingerprint, tail, memo FROM sources WHERE id = ?').get(source.id) as { fingerprint: string; tail: string | null; memo: string };
    const parts = this.#sql('SELECT part FROM parts WHERE source = ?').all(source.id) as { part: string }[];
    return { fingerprint: row.fingerprint, memo: JSON.parse(row.memo), parts: parts.map(({ part }) => JSON.parse(part)), ...(row.tail === null ? {} : { tail: JSON.parse(row.tail) }) };
  }

  /** Books reports in one transaction: facts and offsets together, or neither. Returns the ids of the sessions that changed. */
  commit(reports: readonly SourceReport[]): ReadonlySet<string> {
    const changed = new Set<string>();
    if (reports.length === 0) return changed;
    this.#allOrNothing(({ calls, kin, fleet, tallies }) => {
      const desk = { sql: this.#sql, books: this.#books, now: this.#now(), freshAfter: this.freshAfter() };
      for (const report of reports) bookReport(report, desk, changed);
      for (const session of calls.touched) changed.add(kin.rootOf(kin.keyOf(session)!));
      calls.touched.clear();
      calls.save();
      for (const [reason, count] of calls.corrections) tallies.add('corrections', reason, count);
      calls.corrections.clear();
      fleet.save();
      tallies.save(this.#sql);
    });
    return changed;
  }

  /** A source that could not be opened is counted, with the records that could not be read. */
  noteUnreadable(tool: Tool): void {
    this.#books.tallies.add('bad', `${tool} unreadable`, 1);
    this.#books.tallies.save(this.#sql);
  }

  /** Keeps what people say of a session; returns all that is said of it now. */
  say(change: WordsChange): Words {
    return changeWords(this.#db, change);
  }

  /** Gives the project label's slots to the most used projects of the last 30 days. */
  dealProjects(): void {
    const since = Math.floor((this.#now() - 30 * 86_400_000) / 900_000);
    const rows = this.#sql('SELECT names.name FROM rollups JOIN names ON names.id = project WHERE quarter >= ? GROUP BY project ORDER BY sum(input + output + cache_creation_5m + cache_creation_1h) DESC LIMIT 50').all(since) as { name: string }[];
    if (rows.length >= 50) this.#books.fleet.dealProjects(rows.map(({ name }) => name));
  }

  /**
   * Keeps paths and projects in this mode from now on. A stricter mode than before re-labels what is kept: series of the fleet begin anew under the new label.
   * Returns whether it did.
   */
  keepPlacesAs(mode: KeptAs, tell: Retelling): boolean {
    const before = (this.#meta('places') ?? mode) as KeptAs;
    const stricter = isStricter(mode, before);
    if (stricter) relabel(this.#db, tell);
    this.#sql('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run('places', mode);
    if (stricter) this.#books = this.#load();
    return stricter;
  }

  // Sessions

  /** Sessions with their parts and use put together, the most recently active first. */
  sessions(which: { readonly ids: Iterable<string> } | { readonly recent: number } | 'all'): StoredSession[] {
    const { kin, names } = this.#books;
    const ids = typeof which === 'object' && 'ids' in which ? [...which.ids] : this.recentIds(which === 'all' ? -1 : which.recent);
    return readSessions(ids, { sql: this.#sql, familyOf: (id) => kin.familyOf(id), pathOf: (source) => this.#pathOf(source), modelOf: (model) => names.name(model) });
  }

  /** Ids of the most recently active sessions, those first; -1: of all. */
  recentIds(limit: number): readonly string[] {
    return this.#sql(`SELECT key FROM sessions WHERE ${isRoot} ORDER BY last DESC, key LIMIT ?`).pluck().all(limit) as string[];
  }

  /** Of some sessions those among the most recently active ones of all. */
  mostRecent(ids: readonly string[], limit: number): readonly string[] {
    if (ids.length === 0) return ids;
    const least = this.#leastRecent(limit);
    if (least === undefined) return ids;
    const find = this.#sql('SELECT last FROM sessions WHERE key = ?');
    return ids.filter((id) => ((find.get(id) as { last: number | null } | undefined)?.last ?? 0) >= least);
  }

  /** When the last of the most recent sessions was active. It only rises, so one that is kept for a while lets too many pass, never too few. */
  #leastRecent(limit: number): EpochMs | undefined {
    const kept = this.#books.known.leastRecent;
    if (kept?.limit === limit) return kept.at;
    const row = this.#sql(`SELECT last FROM sessions WHERE ${isRoot} ORDER BY last DESC LIMIT 1 OFFSET ?`).get(limit - 1) as { last: number | null } | undefined;
    const at = row && (row.last ?? 0);
    this.#books.known.leastRecent = { limit, at };
    return at;
  }

  /** How many sessions (sub-agents within their parents) each tool has. */
  sessionCounts(): ReadonlyMap<Tool, number> {
    return (this.#books.known.counts ??= this.#countSessions());
  }

  #countSessions(): ReadonlyMap<Tool, number> {
    const rows = this.#sql(`SELECT tool, count(*) AS n FROM sessions WHERE ${isRoot} GROUP BY tool`).all() as { tool: Tool; n: number }[];
    return new Map(rows.map(({ tool, n }) => [tool, n]));
  }

  /** How many sessions (sub-agents within their parents) were active at or after a moment. */
  countSince(at: EpochMs): number {
    return (this.#sql(`SELECT count(*) AS n FROM sessions WHERE last >= ? AND ${isRoot}`).get(at) as { n: number }).n;
  }

  /** Every call of a session and its sub-agents as it was booked, by time. */
  callsOf(id: string): BookedCall[] {
    return readCalls(this.#books.kin.familyOf(id), { sql: this.#sql, names: this.#books.names });
  }

  /** What each source says of a session and its sub-agents. */
  partsOf(id: string): { readonly source: string; readonly part: Part }[] {
    const rows = this.#sql('SELECT part, path FROM parts JOIN sources ON sources.id = parts.source WHERE session IN (SELECT value FROM json_each(?)) ORDER BY role, sources.id')
      .all(JSON.stringify(this.#books.kin.familyOf(id))) as { part: string; path: string }[];
    return rows.map(({ part, path }) => ({ source: path, part: JSON.parse(part) as Part }));
  }

  // Sums

  fleet(): FleetSeries[] {
    return this.#books.fleet.series();
  }

  fleetHistograms(): FleetHistogram[] {
    return this.#books.fleet.histograms();
  }

  get fleetVersion(): number {
    return this.#books.fleet.version;
  }

  /** Durable counts beside the fleet: 'corrections' by reason, 'late_tokens', 'records', 'bytes', 'unknown' and 'bad <reason>' by tool. */
  tallies(name: string): ReadonlyMap<string, number> {
    return this.#books.tallies.of(name);
  }

  /** Cost and tokens used in [from, to), of one project, one tool or everything. */
  usedBetween(from: EpochMs, to: EpochMs, by: UsedBy = {}): Used {
    return usedIn(this.#db, { from, to, ...by });
  }

  /** What happened in [from, to), in slices of time: for `backfill`. */
  history(from: EpochMs, to: EpochMs, sliceMs: number): History {
    return historyOf(this.#db, { from, to, sliceMs, createdAt: this.createdAt });
  }

  /** Use of some sessions by the hour, for a hub. */
  hoursOf(ids: readonly string[]): SessionHours[] {
    const { kin, names } = this.#books;
    indexCallsBySession(this.#db);
    return ids.map((id) => ({ id, hours: useByHour(this.#db, kin.familyOf(id), (model) => names.name(model)) }));
  }

  /** The sessions behind a place in the list of all, with all of their use. */
  past(after: PastCursor | undefined, limit: number): { readonly sessions: readonly PastUse[]; readonly next?: PastCursor } {
    const page = sessionsAfter(this.#db, { after, limit, isRoot });
    const totals = this.sessions({ ids: page.map(({ id }) => id) });
    const hours = new Map(this.hoursOf(totals.map(({ id }) => id)).map((one) => [one.id, one.hours]));
    const sessions = totals.map(({ id, project, startedAt, lastActivityAt, turns, linesAdded, linesRemoved, errors, toolCalls }) => ({
      totals: onlyKnown({ id, errors, toolCalls, project, startedAt, lastActivityAt, turns, linesAdded, linesRemoved }), hours: hours.get(id) ?? [],
    }));
    return { sessions, ...(page.length < limit ? {} : { next: page.at(-1)! }) };
  }

  // The file

  status(): Omit<LedgerStatus, 'durable' | 'problem'> {
    const sizeBytes = this.#sql('SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()').pluck().get() as number;
    return { id: this.id, createdAt: this.createdAt, sizeBytes, ...(this.#path === ':memory:' ? {} : { path: this.#path }) };
  }

  /** The file is no longer where it was opened: somebody removed or replaced it, and what is booked now goes with this process. */
  isGone(): boolean {
    return this.#file !== undefined && fileAt(this.#path) !== this.#file;
  }

  sourcePaths(): readonly string[] {
    return this.#books.sources.paths();
  }

  /** Problems found, none when the ledger is sound. */
  verify(): readonly string[] {
    return verifyLedger(this.#db);
  }

  /** A long scan begins. */
  expectMuch(): void {
    this.#db.pragma(`wal_autocheckpoint = ${logPages.inLongScan}`);
  }

  /** It is over: its memory is given back, and its log is copied into the file. */
  rest(): void {
    this.#db.pragma(`wal_autocheckpoint = ${logPages.atRest}`);
    this.#db.pragma('shrink_memory');
    this.#db.pragma('wal_checkpoint(PASSIVE)');
  }

  /** Gives back free space. Returns the size in bytes before and after. */
  compact(): { readonly before: number; readonly after: number } {
    const before = this.status().sizeBytes;
    this.#db.exec('VACUUM');
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
    return { before, after: this.status().sizeBytes };
  }

  /** A consistent copy beside a running exporter, by SQLite's own backup. */
  async backup(file: string): Promise<void> {
    await this.#db.backup(file);
  }

  close(): void {
    this.#db.close();
  }

  #load(): Books {
    return loadBooks(this.#db, { createdAt: this.createdAt, caps: this.#caps });
  }

  #allOrNothing(work: (books: Books) => void): void {
    try {
      this.#db.transaction(() => work(this.#books))();
    } catch (error) {
      this.#books = this.#load(); // the tables were rolled back, so is what was kept of them
      throw error;
    }
  }

  /** Of a source that another process has made since, the table knows it. */
  #pathOf(source: number): string {
    return this.#books.sources.pathOf(source) ?? (this.#sql('SELECT path FROM sources WHERE id = ?').pluck().get(source) as string | undefined) ?? '(unknown source)';
  }

  #meta(key: string): string | undefined {
    return this.#sql('SELECT value FROM meta WHERE key = ?').pluck().get(key) as string | undefined;
  }
}

const fileAt = (path: string): string | undefined => {
  const seen = statSync(path, { throwIfNoEntry: false });
  return seen && `${seen.dev} ${seen.ino}`;
};

const onlyKnown = <Facts extends object>(facts: Facts): { [Name in keyof Facts]: Exclude<Facts[Name], undefined> } =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as { [Name in keyof Facts]: Exclude<Facts[Name], undefined> };
