import type { Watcher } from '../files/watch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SourceReport } from '../ledger/report.ts';
import type { Words, WordsChange } from '../ledger/words.ts';
import type { Reader } from '../readers/reader.ts';
import { releaseCalls } from '../session/packed-calls.ts';
import type { EpochMs } from '../session/part.ts';
import type { StoredSession } from '../session/session.ts';
import type { BudgetStatus, FleetHistogram, FleetSeries, LedgerStatus, SourceStatus } from '../session/snapshot.ts';
import type { Tool } from '../session/tool.ts';
import type { WeekDay } from '../session/week-day.ts';
import type { Budget } from './budgets.ts';
import { budgetStatus } from './budgets.ts';
import { claimedFile } from './claimed-file.ts';
import { listSources, withoutFiles } from './listing.ts';
import type { Listed, ListedRoot, SeenRoot } from './listing.ts';
import { ParsePool } from './parse-pool.ts';
import { fingerprintOf, readSource } from './read-source.ts';
import type { Job, ReadOutcome, Reading } from './read-source.ts';
import type { ReadingSettings } from './reading.ts';
import { SourceStates } from './source-states.ts';
import { foldersToWatch } from './watched-folders.ts';

export interface EngineOptions {
  readonly readers: readonly Reader[];
  readonly settings: ReadingSettings;
  readonly reading: Reading;
  readonly ledger: Ledger;
  readonly now: () => EpochMs;
  /** More folders to look in, from the configuration. */
  readonly extraRoots?: readonly { readonly tool: Tool; readonly path: string }[];
  /** Sessions handed out, by last activity. */
  readonly recent: number;
  /** Sessions active within this time are counted, handed out or not. @default 24 hours */
  readonly windowMs?: number;
  /** Threads that read in a long scan, the engine's own among them; 0 or 1: no others. */
  readonly threads: number;
  /** The first scan is likely a long one: its threads start while the files are listed. @default false */
  readonly expectsMuch?: boolean;
  readonly budgets?: readonly Budget[];
  readonly timeZone?: string;
  readonly weekStart?: WeekDay | undefined;
  /** Fills in what only the price table knows (the context window). */
  readonly complete: (session: StoredSession) => StoredSession;
  /** Sees changes between rescans; absent: one scan only. */
  readonly watcher?: Watcher;
  readonly onUpdate: (update: EngineUpdate) => void;
  /** Takes most sessions of a large update in pieces ahead of it. @default the update has them all */
  readonly onSessions?: (sessions: readonly StoredSession[]) => void;
  /** The first scan or a long one is over: what it needed can be given back. */
  readonly onRest?: () => void;
}

/** What changed since the last update. Plain data: it crosses threads. */
export interface EngineUpdate {
  readonly sessions: readonly StoredSession[];
  /** Absent: unchanged. */
  readonly fleet?: readonly FleetSeries[];
  readonly fleetHistograms?: readonly FleetHistogram[];
  readonly counts: Readonly<Partial<Record<Tool, number>>>;
  /** Sessions active within the export window. */
  readonly inWindow: number;
  readonly sources: readonly SourceStatus[];
  /** Roots that exist, as the readers name them. */
  readonly presentRoots: readonly string[];
  readonly corrections: Readonly<Record<string, number>>;
  readonly budgets: readonly BudgetStatus[];
  /** `problem`: what was read last could not be booked; it is tried again at the next scan. */
  readonly ledger: Omit<LedgerStatus, 'durable'>;
  readonly complete: boolean;
  /** Part of the first scan that is done, 0–1. */
  readonly scanned: number;
}

const threadsFromBytes = 24 * 2 ** 20;
/** Sources in one transaction; a long scan writes each page of the ledger less often when they are many. */
const commitReports = 256;
const scanReports = 512;
/** Towards the end of a long scan they are fewer: the threads are done together, and not all but the one that books. */
const fewReports = 64;
const publishEveryMs = 500;
const sessionsAtOnce = 50;
const quietMs = 10_000;
const weekMs = 7 * 86_400_000;

/**
 * Finds, reads and books everything the readers claim, and goes on with what changes. Owns the ledger.
 * It runs in a thread of its own beside an exporter, and on the main thread of a command.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #readers: ReadonlyMap<Tool, Reader>;
  readonly #sources: SourceStates;
  readonly #waiting = new Map<string, Listed>();
  /** Being read now; a change meanwhile puts the file back among the waiting. */
  readonly #reading = new Map<string, Listed>();
  readonly #unreadable = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #pool: ParsePool;
  #roots: readonly SeenRoot[] = [];
  #complete = false;
  #bytesToScan = 0;
  #bytesScanned = 0;
  #fleetVersion = -1;
  #publishedAt = -Infinity;
  #working: Promise<void> | undefined;
  #dealtAt = 0;
  #ledgerProblem: string | undefined;
  #isLedgerGone = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#readers = new Map(options.readers.map((reader) => [reader.tool, reader]));
    this.#sources = new SourceStates(options.readers);
    this.#pool = new ParsePool(options);
  }

  /** Lists every root and reads what is new; resolves when all of it is booked and published. */
  async scan(): Promise<void> {
    const first = !this.#complete && this.#roots.length === 0;
    if (first && this.#options.expectsMuch) this.#pool.start();
    if (first) this.#tellWhatIsKnown();
    try {
      await this.#watch(await this.#list());
      await this.#work();
    } finally {
      await this.#pool.stop();
    }
    this.#isLedgerGone = this.#options.ledger.isGone();
    this.#complete = true;
    this.#deal();
    this.#publish();
    if (first && this.#options.watcher) await this.#catchUp();
    if (first) this.#options.onRest?.();
  }

  /** A file was made or written: reads what is new in it. */
  async fileChanged(path: string): Promise<void> {
    const file = claimedFile(path, this.#roots, this.#readers);
    if (file && this.#isNew(file)) this.#waiting.set(file.path, file);
    await this.#work();
    if (this.#changed.size > 0) this.#publishSoon();
  }

  /** Keeps what people say of a session, and tells everybody. */
  say(change: WordsChange): Words {
    const words = this.#options.ledger.say(change);
    this.#changed.add(change.session);
    this.#publish();
    return words;
  }

  /** Waits until nothing is being read. */
  async settle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Every place that was looked at, for `doctor`. */
  get roots(): readonly SeenRoot[] {
    return this.#roots;
  }

  /** The state of each source, as the update tells it. */
  sources(): readonly SourceStatus[] {
    return this.#sources.statuses(this.#options.ledger, (tool) => this.#backlog(tool));
  }

  /** The first picture is the ledger's: a counter that was shown before the restart must not be missing from the first scrape after it. */
  #tellWhatIsKnown(): void {
    for (const id of this.#options.ledger.recentIds(this.#options.recent)) this.#changed.add(id);
    this.#publish();
  }

  async #list(): Promise<readonly ListedRoot[]> {
    const { readers, settings, extraRoots } = this.#options;
    const started = performance.now();
    const listed = await listSources(readers, settings.machine, extraRoots);
    this.#roots = listed.map(withoutFiles);
    this.#sources.countPlaces(this.#roots, this.#options.watcher);
    this.#sources.noteListing(this.#roots, { seconds: (performance.now() - started) / 1000, at: this.#options.now() });
    for (const root of listed) for (const file of root.files) if (this.#isNew(file)) this.#waiting.set(file.path, file);
    return listed;
  }

  /** What was written between the first listing and the first watch told no one. */
  async #catchUp(): Promise<void> {
    await this.#list();
    await this.#work();
    if (this.#changed.size > 0) this.#publish();
  }

  #isNew(file: Listed): boolean {
    return this.#options.ledger.fingerprint(file.path) !== fingerprintOf(file.path, file.stat, file.kind === 'database') && !this.#unreadable.has(unreadableKey(file));
  }

  /** Works off what waits, one run at a time; what arrives meanwhile is taken up by the same run. */
  async #work(): Promise<void> {
    this.#working ??= this.#workOff().finally(() => (this.#working = undefined));
    await this.#working;
  }

  async #workOff(): Promise<void> {
    while (this.#waiting.size > 0) {
      const files = [...this.#waiting.values()].sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs); // live sessions first
      this.#waiting.clear();
      for (const file of files) this.#reading.set(file.path, file);
      const jobs = files.map((file) => this.#jobOf(file));
      const bytes = jobs.reduce((sum, job) => sum + newBytes(job), 0);
      this.#bytesToScan += bytes;
      if (bytes >= threadsFromBytes && this.#options.threads > 1) await this.#readInThreads(jobs);
      else await this.#readHere(jobs);
      this.#bytesScanned += bytes;
      this.#reading.clear();
    }
  }

  async #readHere(jobs: readonly Job[]): Promise<void> {
    let outcomes: ReadOutcome[] = [];
    let since = performance.now();
    for (const job of jobs) {
      outcomes.push(readSource(job, this.#options.reading));
      if (performance.now() - since < 20 && outcomes.length < commitReports) continue;
      this.#book(outcomes);
      outcomes = [];
      await new Promise(setImmediate); // events and requests between two batches
      since = performance.now();
    }
    this.#book(outcomes);
  }

  async #readInThreads(jobs: readonly Job[]): Promise<void> {
    const { ledger, reading, onRest } = this.#options;
    let waiting: ReadOutcome[] = [];
    let since = performance.now();
    ledger.expectMuch();
    await this.#pool.read(jobs, (outcomes, left) => {
      waiting.push(...outcomes);
      if (waiting.length < Math.min(scanReports, fewReports + left / 2) && performance.now() - since < publishEveryMs) return;
      this.#book(waiting);
      waiting = [];
      since = performance.now();
    });
    this.#book(waiting);
    reading.cutter.release();
    onRest?.();
  }

  /** Books what was read; facts and offsets in one transaction. */
  #book(outcomes: readonly ReadOutcome[]): void {
    const reports: SourceReport[] = [];
    for (const outcome of outcomes) {
      if (outcome.outcome === 'read') reports.push(outcome.report);
      else if (outcome.outcome === 'unreadable') this.#noteUnreadable(outcome.path, outcome.reason);
    }
    try {
      for (const id of this.#options.ledger.commit(reports)) this.#changed.add(id);
      if (reports.length > 0) this.#ledgerProblem = undefined;
    } catch (error) {
      // Nothing of it was booked: the sources look unread, and the next scan takes them up again.
      this.#ledgerProblem = `the ledger could not be written: ${error instanceof Error ? error.message : String(error)}`;
    }
    for (const { path, calls } of reports) {
      this.#reading.delete(path);
      releaseCalls(calls);
    }
    this.#publishSoon();
  }

  #jobOf(file: Listed): Job {
    const { ledger, now } = this.#options;
    const resume = ledger.resume(file.path);
    return {
      tool: file.tool, path: file.path, relative: file.relative, root: file.root, stat: file.stat,
      fingerprint: fingerprintOf(file.path, file.stat, file.kind === 'database'),
      ...(resume ? { resume } : {}),
      quiet: now() - file.stat.mtimeMs > quietMs,
      freshAfter: ledger.freshAfter(),
    };
  }

  /** Watches the folders in which something happened lately, and waits for the roots that do not exist yet. */
  async #watch(listed: readonly ListedRoot[]): Promise<void> {
    const { watcher, now } = this.#options;
    if (!watcher) return;
    await Promise.all(foldersToWatch(listed, now() - weekMs).map((folder) => watcher.watch(folder)));
    this.#sources.countPlaces(this.#roots, watcher);
  }

  #noteUnreadable(path: string, reason: string): void {
    const file = this.#reading.get(path);
    if (!file) return;
    this.#unreadable.add(unreadableKey(file));
    if (file.kind === 'database') this.#sources.noteProblem(file.tool, `${path} could not be read: ${reason}`);
    this.#options.ledger.noteUnreadable(file.tool);
  }

  #backlog(tool: Tool): number {
    let bytes = 0;
    for (const files of [this.#waiting, this.#reading]) for (const file of files.values()) if (file.tool === tool) bytes += file.stat.size;
    return bytes;
  }

  /** The project label's slots go to the most used, at most daily. */
  #deal(): void {
    if (this.#options.now() - this.#dealtAt < 86_400_000) return;
    this.#dealtAt = this.#options.now();
    this.#options.ledger.dealProjects();
  }

  /** During a long scan the picture is renewed twice a second; otherwise at once. */
  #publishSoon(): void {
    if (!this.#working || performance.now() - this.#publishedAt >= publishEveryMs) this.#publish();
  }

  #publish(): void {
    const { ledger, onUpdate, onSessions, complete } = this.#options;
    this.#publishedAt = performance.now();
    const fleetChanged = ledger.fleetVersion !== this.#fleetVersion;
    this.#fleetVersion = ledger.fleetVersion;
    let ids = ledger.mostRecent([...this.#changed], this.#options.recent);
    this.#changed.clear();
    for (; onSessions && ids.length > sessionsAtOnce; ids = ids.slice(sessionsAtOnce)) onSessions(ledger.sessions({ ids: ids.slice(0, sessionsAtOnce) }).map(complete));
    onUpdate({
      ...this.#situation(),
      sessions: ledger.sessions({ ids }).map(complete),
      ...(fleetChanged ? { fleet: ledger.fleet(), fleetHistograms: ledger.fleetHistograms() } : {}),
    });
  }

  /** Everything the ledger says now, for one who looks only once. */
  picture(): EngineUpdate {
    const { ledger, complete, recent } = this.#options;
    return { ...this.#situation(), complete: true, sessions: ledger.sessions({ recent }).map(complete), fleet: ledger.fleet(), fleetHistograms: ledger.fleetHistograms() };
  }

  #ledgerStatus(): EngineUpdate['ledger'] {
    const status = this.#options.ledger.status();
    const problem = this.#ledgerProblem ?? (this.#isLedgerGone ? `${status.path} was removed or replaced while Watchroom runs. Start Watchroom again: it then counts in the file that is there, or in a new one` : undefined);
    return { ...status, ...(problem === undefined ? {} : { problem }) };
  }

  #situation(): Omit<EngineUpdate, 'sessions' | 'fleet' | 'fleetHistograms'> {
    const { ledger, budgets = [], now, timeZone, weekStart, windowMs = 86_400_000 } = this.#options;
    return {
      counts: Object.fromEntries(ledger.sessionCounts()),
      inWindow: ledger.countSince(now() - windowMs),
      sources: this.sources(),
      presentRoots: this.#roots.flatMap(({ named, resolved }) => (resolved === undefined ? [] : [named])),
      corrections: Object.fromEntries(ledger.tallies('corrections')),
      budgets: budgets.map((budget) => budgetStatus(budget, { now: now(), timeZone, weekStart, used: (from, to, by) => ledger.usedBetween(from, to, by) })),
      ledger: this.#ledgerStatus(),
      complete: this.#complete,
      scanned: this.#complete || this.#bytesToScan === 0 ? 1 : this.#bytesScanned / this.#bytesToScan,
    };
  }
}

const newBytes = (job: Job): number => Math.max(0, job.stat.size - ((job.resume?.tail as { offset?: number } | undefined)?.offset ?? 0));

const unreadableKey = (file: Listed): string => `${file.path} ${file.stat.size} ${file.stat.mtimeMs}`;
