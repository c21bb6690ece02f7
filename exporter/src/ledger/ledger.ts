import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import type { BookedCall } from '../session/booked.ts';
import type { Growth } from '../session/draft.ts';
import type { History, Used } from '../session/history.ts';
import type { PastCursor, PastUse, SessionHours } from '../session/hour-use.ts';
import { callFlags } from '../session/packed-calls.ts';
import type { EpochMs, Part } from '../session/part.ts';
import { sessionId } from '../session/session.ts';
import type { StoredSession } from '../session/session.ts';
import type { FleetHistogram, FleetSeries, LedgerStatus } from '../session/snapshot.ts';
import type { Tool } from '../session/tool.ts';
import type { Usage } from '../session/usage.ts';
import { boundGrowth, highest, totalsOf } from './booked-growth.ts';
import type { BookedTotals } from './booked-growth.ts';
import { CallBooks } from './call-books.ts';
import type { CallRow } from './call-books.ts';
import { Fleet } from './fleet.ts';
import type { LabelCaps } from './fleet.ts';
import { Names } from './names.ts';
import { readSessions } from './read-sessions.ts';
import { isStricter, relabel } from './relabel.ts';
import type { KeptAs, Retelling } from './relabel.ts';
import type { PartReport, SourceReport } from './report.ts';
import { historyOf, usedIn } from './rollups.ts';
import type { UsedBy } from './rollups.ts';
import { createSchema, schemaVersion } from './schema.ts';
import { indexCallsBySession, sessionsAfter, useByHour } from './use-by-hour.ts';
import { changeWords } from './words.ts';
import type { Words, WordsChange } from './words.ts';

export interface LedgerOptions {
  /** File, or ':memory:'. */
  readonly path: string;
  readonly now: () => EpochMs;
  /** For commands that look beside a running exporter. @default false */
  readonly readonly?: boolean;
  readonly caps?: LabelCaps;
  /** Sees every statement before it runs; what it throws fails the statement. For the tests that stop the ledger anywhere. */
  readonly onStatement?: (sql: string) => void;
}

/** What an earlier read of a source left, to continue from. */
export interface Resume {
  readonly fingerprint: string;
  readonly tail?: object;
  readonly memo: { [key: string]: unknown };
  readonly parts: readonly Part[];
}

/** With what a source claims the calls of a session. */
interface Claim {
  readonly startedAt: EpochMs;
  readonly project: string | undefined;
}

/** What is kept in memory of the tables; made anew from them when a transaction failed. */
interface Books {
  readonly names: Names;
  readonly fleet: Fleet;
  readonly calls: CallBooks;
  readonly sources: Map<string, { readonly id: number; readonly born: EpochMs; readonly fingerprint: string }>;
  readonly bornOf: Map<number, EpochMs>;
  readonly pathOf: Map<number, string>;
  readonly sessionKeys: Map<number, string>;
  readonly sessionIds: Map<string, { readonly id: number; readonly tool: string }>;
  /** A sub-agent's session → the one above, and back; by key. */
  readonly parentOf: Map<string, string>;
  readonly childrenOf: Map<string, Set<string>>;
  /** When the parts of a source say that a session began, by role; of those that were asked for lately. */
  readonly starts: Map<string, Map<Part['role'], EpochMs | null>>;
  readonly tallies: Map<string, number>;
  readonly dirtyTallies: Set<string>;
  /** Asked at every change and true until a session appears. */
  known: { counts?: ReadonlyMap<Tool, number>; leastRecent?: { readonly limit: number; readonly at: EpochMs | undefined } };
}

/** The memory of what has been counted (DESIGN.md section 5). One process writes it; others may read. */
export class Ledger {
  readonly #db: Database.Database;
  readonly #now: () => EpochMs;
  readonly #path: string;
  readonly #caps: LabelCaps;
  readonly #statements = new Map<string, Database.Statement>();
  #books: Books;
  #pageSize: number | undefined;
  readonly id: string;
  readonly createdAt: EpochMs;

  constructor(options: LedgerOptions) {
    this.#path = options.path;
    this.#now = options.now;
    this.#db = new Database(options.path, { readonly: options.readonly ?? false, timeout: 10_000, ...(options.onStatement ? { verbose: (sql) => options.onStatement!(String(sql)) } : {}) });
    if (!options.readonly) this.#prepare();
    const version = this.#db.pragma('user_version', { simple: true }) as number;
    if (version !== schemaVersion) {
      this.#db.close();
      throw new Error(`the ledger ${options.path} has format ${version}, this Watchroom writes format ${schemaVersion}. Use the Watchroom that wrote it, or begin a new ledger: watchroom ledger reset`);
    }
    this.id = this.#meta('id')!;
    this.createdAt = Number(this.#meta('created_at'));
    this.#caps = options.caps ?? { projects: 50, toolNames: 20 };
    this.#books = this.#load();
  }

  /** Events at or after this moment are news and move the fleet counters. */
  freshAfter(): EpochMs {
    return Math.max(this.createdAt, this.#now() - 3_600_000);
  }

  /** The fingerprint under which a source was last read; undefined when it never was. */
  fingerprint(path: string): string | undefined {
    return this.#books.sources.get(path)?.fingerprint;
  }

  resume(path: string): Resume | undefined {
    const source = this.#books.sources.get(path);
    if (!source) return undefined;
    const row = this.#sql('SELECT fingerprint, tail, memo FROM sources WHERE id = ?').get(source.id) as { fingerprint: string; tail: string | null; memo: string };
    const parts = this.#sql('SELECT part FROM parts WHERE source = ?').all(source.id) as { part: string }[];
    return { fingerprint: row.fingerprint, memo: JSON.parse(row.memo), parts: parts.map(({ part }) => JSON.parse(part)), ...(row.tail === null ? {} : { tail: JSON.parse(row.tail) }) };
  }

  /** Books reports in one transaction: facts and offsets together, or neither. Returns the ids of the sessions that changed. */
  commit(reports: readonly SourceReport[]): ReadonlySet<string> {
    const changed = new Set<string>();
    if (reports.length === 0) return changed;
    const booking = this.#db.transaction(() => {
      for (const report of reports) this.#book(report, changed);
      for (const session of this.#books.calls.touched) changed.add(this.#rootOf(this.#books.sessionKeys.get(session)!));
      this.#books.calls.touched.clear();
      this.#books.calls.save();
      for (const [reason, count] of this.#books.calls.corrections) this.#tally('corrections', reason, count);
      this.#books.calls.corrections.clear();
      this.#books.fleet.save();
      this.#saveTallies();
    });
    try {
      booking();
    } catch (error) {
      this.#books = this.#load(); // the tables were rolled back, so is what was kept of them
      throw error;
    }
    return changed;
  }

  /** Sessions with their parts and use put together, the most recently active first. */
  sessions(which: { readonly ids: Iterable<string> } | { readonly recent: number } | 'all'): StoredSession[] {
    const ids = typeof which === 'object' && 'ids' in which ? [...which.ids] : this.recentIds(which === 'all' ? -1 : which.recent);
    return readSessions(ids, {
      sql: (text) => this.#sql(text),
      familyOf: (id) => (this.#books.sessionIds.has(id) ? this.#family(id).map((key) => this.#books.sessionIds.get(key)!.id) : []),
      pathOf: (source) => this.#books.pathOf.get(source) ?? this.#pathOf(source),
      modelOf: (model) => this.#books.names.name(model),
    });
  }

  /** Ids of the most recently active sessions, those first; -1: of all. */
  recentIds(limit: number): readonly string[] {
    const keys = this.#sql(`SELECT key FROM sessions WHERE ${isRoot} ORDER BY last DESC, key LIMIT ?`).all(limit) as { key: string }[];
    return keys.map(({ key }) => key);
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

  /** A source that could not be opened is counted, with the records that could not be read. */
  noteUnreadable(tool: Tool): void {
    this.#tally('bad', `${tool} unreadable`, 1);
    this.#saveTallies();
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
    const sessions = this.#family(id).map((key) => this.#books.sessionIds.get(key)!.id);
    const paths = new Map((this.#sql('SELECT id, path FROM sources').all() as { id: number; path: string }[]).map((row) => [row.id, row.path]));
    const rows = this.#sql(`SELECT * FROM calls WHERE session IN (${sessions.map(() => '?').join(',')}) ORDER BY at, position`).all(...sessions) as CallRow[];
    return rows.map((row) => this.#bookedCall(row, paths.get(row.source) ?? '(unknown source)'));
  }

  /** What each source says of a session and its sub-agents. */
  partsOf(id: string): { readonly source: string; readonly part: Part }[] {
    const sessions = this.#family(id).map((key) => this.#books.sessionIds.get(key)!.id);
    const rows = this.#db.prepare(`SELECT part, path FROM parts JOIN sources ON sources.id = parts.source WHERE session IN (${sessions.map(() => '?').join(',')}) ORDER BY role, sources.id`).all(...sessions) as { part: string; path: string }[];
    return rows.map(({ part, path }) => ({ source: path, part: JSON.parse(part) as Part }));
  }

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
    const found = new Map<string, number>();
    for (const [key, value] of this.#books.tallies) if (key.startsWith(`${name} `)) found.set(key.slice(name.length + 1), value);
    return found;
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
    indexCallsBySession(this.#db);
    return ids.map((id) => ({ id, hours: useByHour(this.#db, this.#family(id).map((key) => this.#books.sessionIds.get(key)!.id), (model) => this.#books.names.name(model)) }));
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

  status(): Omit<LedgerStatus, 'durable' | 'problem'> {
    const pages = this.#db.pragma('page_count', { simple: true }) as number;
    const pageSize = (this.#pageSize ??= this.#db.pragma('page_size', { simple: true }) as number);
    return { id: this.id, createdAt: this.createdAt, sizeBytes: pages * pageSize, ...(this.#path === ':memory:' ? {} : { path: this.#path }) };
  }

  sourcePaths(): readonly string[] {
    return [...this.#books.sources.keys()];
  }

  /** Problems found, none when the ledger is sound: SQLite's own check, and every sum against the calls it was made of. */
  verify(): readonly string[] {
    const sqlite = (this.#db.pragma('integrity_check') as { integrity_check: string }[]).map((row) => row.integrity_check).filter((line) => line !== 'ok');
    const sums = this.#sql(`SELECT sessions.key FROM session_use AS use JOIN sessions ON sessions.id = use.session LEFT JOIN (
        SELECT session, model, total(input) AS input, total(output) AS output, total(cache_read) AS cache_read, total(micro_usd) AS micro_usd, sum(requests) AS requests
        FROM calls WHERE flags & ${callFlags.dropped} = 0 GROUP BY session, model) AS truth ON truth.session = use.session AND truth.model = use.model
      WHERE ifnull(use.input, 0) != ifnull(truth.input, 0) OR ifnull(use.output, 0) != ifnull(truth.output, 0) OR ifnull(use.cache_read, 0) != ifnull(truth.cache_read, 0)
        OR use.micro_usd != ifnull(truth.micro_usd, 0) OR use.requests != ifnull(truth.requests, 0)`).all() as { key: string }[];
    const rollups = this.#sql(`SELECT (SELECT total(output) FROM rollups) AS rolled, (SELECT total(output) FROM calls WHERE flags & ${callFlags.dropped} = 0) AS booked`).get() as { rolled: number; booked: number };
    return [
      ...sqlite,
      ...sums.map(({ key }) => `the sums of session ${key} differ from its calls`),
      ...(rollups.rolled === rollups.booked ? [] : [`the roll-ups hold ${rollups.rolled} output tokens, the calls ${rollups.booked}`]),
    ];
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

  /** A long scan books all over the tables and needs many pages at hand; afterwards the system's own cache will do. */
  expect(work: 'much' | 'little'): void {
    this.#db.pragma(`cache_size = -${work === 'much' ? 4000 : 2000}`); // KiB
    if (work === 'little') this.#db.pragma('shrink_memory');
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
    const names = new Names(this.#db);
    const fleet = new Fleet(this.#db, this.#caps);
    const bornOf = new Map<number, EpochMs>();
    const sessionKeys = new Map<number, string>();
    const sessionIds = new Map<string, { id: number; tool: string }>();
    const books: Books = {
      names, fleet, bornOf, pathOf: new Map(), sessionKeys, sessionIds, parentOf: new Map(), childrenOf: new Map(), starts: new Map(), sources: new Map(), tallies: new Map(), dirtyTallies: new Set(), known: {},
      calls: new CallBooks({
        db: this.#db, names, fleet, createdAt: this.createdAt,
        bornOf: (source) => bornOf.get(source) ?? Infinity,
        keyOf: (session) => sessionKeys.get(session) ?? '',
        toolOf: (session) => sessionIds.get(sessionKeys.get(session) ?? '')?.tool ?? 'unknown',
      }),
    };
    for (const row of this.#db.prepare('SELECT id, path, born, fingerprint FROM sources').all() as { id: number; path: string; born: number; fingerprint: string }[]) rememberSource(books, row.path, row);
    for (const row of this.#db.prepare('SELECT id, key, tool, parent FROM sessions').all() as { id: number; key: string; tool: string; parent: string | null }[]) {
      rememberSession(books, row);
      if (row.parent !== null) rememberParent(books, row.key, row.parent);
    }
    for (const row of this.#db.prepare('SELECT name, label, value FROM tallies').all() as { name: string; label: string; value: number }[]) books.tallies.set(`${row.name} ${row.label}`, row.value);
    return books;
  }

  #prepare(): void {
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = NORMAL');
    this.#db.pragma('wal_autocheckpoint = 4000'); // pages: a first scan would else copy every page into the file again and again
    this.#db.pragma('journal_size_limit = 4194304');
    if (this.#db.pragma('user_version', { simple: true }) === 0) {
      this.#db.transaction(() => {
        createSchema(this.#db);
        const put = this.#db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
        put.run('id', randomUUID());
        put.run('created_at', String(this.#now()));
      })();
    }
  }

  #book(report: SourceReport, changed: Set<string>): void {
    const now = this.#now();
    const known = this.#books.sources.get(report.path);
    const source = this.#bookSource(report);
    const claims = claimsOf(report.parts);
    const booked = new Map<string, number>();
    const starts: string[] = [];
    for (const part of report.parts) booked.set(part.session, this.#bookSession(part, report.tool, starts));
    for (const key of report.calls.sessions) if (!booked.has(key)) booked.set(key, this.#books.sessionIds.get(key)?.id ?? this.#bookSession({ session: key, nativeId: key.slice(report.tool.length + 1), role: 'main', json: '' }, report.tool, starts));
    const projectOf = (key: string): string => this.#books.fleet.projectLabel(claims.get(key)?.project);
    const told = this.#bookParts(report, source, booked, known !== undefined);
    const repeated = this.#books.calls.book(report.calls, {
      tool: report.tool, source, born: report.born,
      sessions: report.calls.sessions.map((key) => ({ id: booked.get(key)!, key, started: Math.min(claims.get(key)?.startedAt ?? Infinity, known ? this.#startIn(source, booked.get(key)!) : Infinity, now), project: claims.get(key)?.project })),
    }, now);
    // A new transcript with calls of another session is a fork or a copy: the turns, lines and tools it begins with were counted there.
    const growth = known === undefined && repeated > 0 ? [] : told;
    for (const key of starts) this.#books.fleet.addSession(report.tool, projectOf(key), now);
    for (const { session, growth: grown } of growth) this.#books.fleet.addGrowth(report.tool, projectOf(session), grown, now);
    if (starts.length > 0 || growth.length > 0) this.#books.fleet.bearTool(report.tool, now);
    for (const key of booked.keys()) changed.add(this.#rootOf(key));
    this.#tally('records', report.tool, report.records);
    this.#tally('bytes', report.tool, report.bytes);
    this.#tally('unknown', report.tool, report.unknownRecords);
    for (const [reason, count] of Object.entries(report.parseErrors)) this.#tally('bad', `${report.tool} ${reason}`, count);
    this.#tally('late_tokens', report.tool, this.#books.calls.lateTokens);
    this.#books.calls.lateTokens = 0;
  }

  /** When a session began by the parts of a source; a report has only those that changed. */
  #startIn(source: number, session: number): EpochMs {
    const starts = this.#startsIn(source, session);
    return Math.min(...[...starts.values()].map((start) => start ?? Infinity));
  }

  /** Kept for the sources that grow: looking into the JSON of a part takes as long as writing it. */
  #startsIn(source: number, session: number): Map<Part['role'], EpochMs | null> {
    const { starts } = this.#books;
    const key = `${source} ${session}`;
    let known = starts.get(key);
    if (known) return known;
    const rows = this.#sql("SELECT role, part ->> '$.startedAt' AS started FROM parts WHERE source = ? AND session = ?").all(source, session) as { role: Part['role']; started: EpochMs | null }[];
    known = new Map(rows.map(({ role, started }) => [role, started]));
    if (starts.size >= mostStarts) starts.clear();
    starts.set(key, known);
    return known;
  }

  #bookSource(report: SourceReport): number {
    const row = this.#sql(`INSERT INTO sources (tool, path, fingerprint, tail, memo, born, records, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (path) DO UPDATE SET fingerprint = excluded.fingerprint, tail = excluded.tail, memo = excluded.memo, records = records + excluded.records, bytes = bytes + excluded.bytes
      RETURNING id, born`).get(report.tool, report.path, report.fingerprint, report.tail ? JSON.stringify(report.tail) : null, JSON.stringify(report.memo), report.born, report.records, report.bytes) as { id: number; born: number };
    rememberSource(this.#books, report.path, { ...row, fingerprint: report.fingerprint });
    return row.id;
  }

  /** Makes or updates a session's row; names it in `starts` when it began while this ledger was watching. */
  #bookSession(part: PartReport, tool: string, starts: string[]): number {
    const known = this.#books.sessionIds.get(part.session);
    const parent = part.role === 'subagent' && part.parentId !== undefined && part.parentId !== part.nativeId ? sessionId(tool as Tool, part.parentId) : null;
    const row = this.#sql(`INSERT INTO sessions (key, tool, native, parent, started, last, project) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET parent = ifnull(excluded.parent, parent), started = min(ifnull(started, excluded.started), ifnull(excluded.started, started)),
      last = max(ifnull(last, excluded.last), ifnull(excluded.last, last)), project = ifnull(excluded.project, project) RETURNING id`)
      .get(part.session, tool, part.nativeId, parent, part.startedAt ?? null, part.lastActivityAt ?? null, part.project === undefined ? null : this.#books.names.id(part.project)) as { id: number };
    if (!known || parent !== null) this.#books.known = {};
    if (!known) {
      rememberSession(this.#books, { id: row.id, key: part.session, tool });
      if (part.role === 'main' && part.startedAt !== undefined && part.startedAt >= this.freshAfter() && part.startedAt <= this.#now() + 3_600_000) starts.push(part.session);
    }
    if (parent !== null) rememberParent(this.#books, part.session, parent);
    if (parent !== null && part.lastActivityAt !== undefined) this.#sql('UPDATE sessions SET last = max(ifnull(last, 0), ?) WHERE key = ?').run(part.lastActivityAt, parent);
    return row.id;
  }

  /** Replaces the parts of a source and returns what of their growth is news, bounded by what was booked before. */
  #bookParts(report: SourceReport, source: number, booked: ReadonlyMap<string, number>, again: boolean): SourceReport['growth'] {
    const bounded = new Map<string, Growth>();
    const find = this.#sql('SELECT part, booked FROM parts WHERE session = ? AND source = ? AND role = ?');
    const put = this.#sql('INSERT OR REPLACE INTO parts (session, source, role, part, booked) VALUES (?, ?, ?, ?, ?)');
    for (const part of report.parts) {
      const session = booked.get(part.session)!;
      const before = again ? (find.get(session, source, part.role) as { part: string; booked: string | null } | undefined) : undefined;
      let high: BookedTotals | undefined;
      if (before && (report.restarted || before.booked !== null)) {
        const most = before.booked === null ? totalsOf(JSON.parse(before.part)) : (JSON.parse(before.booked) as BookedTotals);
        const totals = totalsOf(JSON.parse(part.json));
        const grown = report.growth.find((entry) => entry.session === part.session && entry.role === part.role)?.growth;
        if (grown) bounded.set(`${part.role} ${part.session}`, boundGrowth(grown, totals, most));
        high = highest(totals, most);
      }
      put.run(session, source, part.role, part.json, high ? JSON.stringify(high) : null);
      this.#books.starts.get(`${source} ${session}`)?.set(part.role, part.startedAt ?? null);
    }
    return report.growth.map((entry) => ({ ...entry, growth: bounded.get(`${entry.role} ${entry.session}`) ?? entry.growth }));
  }

  /** Of a source that another process has made since. */
  #pathOf(source: number): string {
    return (this.#sql('SELECT path FROM sources WHERE id = ?').get(source) as { path: string } | undefined)?.path ?? '(unknown source)';
  }

  /** A session and, below it, its sub-agents' sessions. */
  #family(id: string): string[] {
    const family = [id];
    for (let index = 0; index < family.length && index < 1000; index += 1) for (const key of this.#books.childrenOf.get(family[index]!) ?? []) if (!family.includes(key)) family.push(key);
    return family.filter((key) => this.#books.sessionIds.has(key));
  }

  #rootOf(key: string): string {
    let root = key;
    for (let depth = 0; depth < 20; depth += 1) {
      const parent = this.#books.parentOf.get(root);
      if (parent === undefined || !this.#books.sessionIds.has(parent)) return root;
      root = parent;
    }
    return root;
  }

  #bookedCall(row: CallRow, source: string): BookedCall {
    const has = (flag: number): boolean => (row.flags & flag) !== 0;
    return {
      at: row.at, model: this.#books.names.name(row.model), usage: usageOf(row), requests: row.requests, source, position: row.position, inFleet: has(callFlags.inFleet),
      ...(row.web_searches > 0 ? { webSearches: row.web_searches } : {}),
      ...(has(callFlags.fast) ? { fast: true } : {}),
      ...(has(callFlags.sidechain) ? { sidechain: true } : {}),
      ...(has(callFlags.outputLowerBound) ? { outputLowerBound: true } : {}),
      ...(row.micro_usd === null ? {} : { microUsd: row.micro_usd }),
      ...(has(callFlags.costReported) ? { costReported: true } : {}),
      ...(has(callFlags.dropped) ? { dropped: 'replayed_sidechain' as const } : {}),
    };
  }

  #tally(name: string, label: string, amount: number): void {
    if (amount === 0) return;
    const key = `${name} ${label}`;
    this.#books.tallies.set(key, (this.#books.tallies.get(key) ?? 0) + amount);
    this.#books.dirtyTallies.add(key);
  }

  #saveTallies(): void {
    const save = this.#sql('INSERT INTO tallies (name, label, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
    for (const key of this.#books.dirtyTallies) {
      const space = key.indexOf(' ');
      save.run(key.slice(0, space), key.slice(space + 1), this.#books.tallies.get(key));
    }
    this.#books.dirtyTallies.clear();
  }

  /** Preparing costs more than most statements take, so each is prepared once. */
  #sql(text: string): Database.Statement {
    let statement = this.#statements.get(text);
    if (!statement) this.#statements.set(text, (statement = this.#db.prepare(text)));
    return statement;
  }

  #meta(key: string): string | undefined {
    return (this.#sql('SELECT value FROM meta WHERE key = ?').get(key) as { value: string } | undefined)?.value;
  }
}

const rememberSource = ({ sources, bornOf, pathOf }: Books, path: string, row: { id: number; born: EpochMs; fingerprint: string }): void => {
  sources.set(path, { id: row.id, born: row.born, fingerprint: row.fingerprint });
  bornOf.set(row.id, row.born);
  pathOf.set(row.id, path);
};

const rememberSession = ({ sessionIds, sessionKeys }: Books, { id, key, tool }: { id: number; key: string; tool: string }): void => {
  sessionIds.set(key, { id, tool });
  sessionKeys.set(id, key);
};

const rememberParent = ({ parentOf, childrenOf }: Books, key: string, parent: string): void => {
  const before = parentOf.get(key);
  if (before === parent) return;
  if (before !== undefined) childrenOf.get(before)?.delete(key);
  parentOf.set(key, parent);
  childrenOf.set(parent, (childrenOf.get(parent) ?? new Set()).add(key));
};

/** More than anybody writes at a time. */
const mostStarts = 1000;

/** What the parts of a report, main and sub-agent, say together of the sessions in it. */
const claimsOf = (parts: readonly PartReport[]): ReadonlyMap<string, Claim> => {
  const claims = new Map<string, Claim>();
  for (const { session, role, startedAt, project } of parts) {
    const before = claims.get(session);
    claims.set(session, {
      startedAt: Math.min(before?.startedAt ?? Infinity, startedAt ?? Infinity),
      project: role === 'main' ? (project ?? before?.project) : (before?.project ?? project),
    });
  }
  return claims;
};

const onlyKnown = <Facts extends object>(facts: Facts): { [Name in keyof Facts]: Exclude<Facts[Name], undefined> } =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as { [Name in keyof Facts]: Exclude<Facts[Name], undefined> };

/** A sub-agent whose parent was never seen stands for itself. */
const isRoot = '(parent IS NULL OR NOT EXISTS (SELECT 1 FROM sessions AS above WHERE above.key = sessions.parent))';

const usageOf = (row: Pick<CallRow, 'input' | 'output' | 'cache_read' | 'cache_creation_5m' | 'cache_creation_1h' | 'reasoning'>): Usage => {
  const usage: { -readonly [Kind in keyof Usage]: number } = {};
  for (const kind of ['input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h', 'reasoning'] as const) if (row[kind] !== null) usage[kind] = row[kind];
  return usage;
};
