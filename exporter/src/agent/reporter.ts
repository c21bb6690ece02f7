import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import type { Snapshot } from '../session/snapshot.ts';
import type { AgentOptions } from './agent.ts';
import { Alarm } from './alarm.ts';
import { Backlog } from './backlog.ts';
import { editsOf } from './edits.ts';
import type { HubClient, Outcome } from './hub-client.ts';
import type { AgentMemory } from './memory.ts';
import { Outbox } from './outbox.ts';
import type { Batch } from './outbox.ts';
import { backOff, isActive } from './pacing.ts';
import type { Pace } from './pacing.ts';
import { toWire } from './to-wire.ts';
import { reportLimits, wireVersion } from './wire.ts';
import type { Report, ReportAnswer } from './wire.ts';

export interface ReporterOptions extends Pick<AgentOptions, 'hostName' | 'platform' | 'version' | 'url' | 'scenery' | 'log' | 'now'> {
  readonly shareTitles: boolean;
  readonly pace: Pace;
  readonly random: () => number;
  readonly client: HubClient;
  readonly memory: AgentMemory;
  readonly agentId: string;
  /** The hub takes reports, for the first time or again. */
  readonly onConnected: () => void;
}

const lastAnswerMs = 2000;

/** Tells the hub what has changed, as often as it is worth; when it is away, only the present is told afterwards. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #alarm = new Alarm();
  readonly #end = new AbortController();
  /** Nothing that is under way is waited for any longer. */
  readonly #cut = new AbortController();
  #post = new AbortController();
  readonly #outbox: Outbox;
  readonly #backlog: Backlog;
  readonly #startedAt: EpochMs;
  #watched: ReadonlySet<string> = new Set();
  #hub: string | undefined;
  #radarKey: string | undefined;
  /** The hub's wish. */
  #leastMs = 0;
  #since: EpochMs;
  #failures = 0;
  #connected = false;
  /** By `performance.now()`. */
  #notBefore = -Infinity;
  #reportedAt = -Infinity;
  #lookedAt = -Infinity;
  #pastAt = -Infinity;
  #nextDueAt = Infinity;
  /** How soon the last report said that the next one comes. */
  #promisedMs = 0;
  /** Fewer sessions at once, while one is looked for that the hub cannot take. */
  #most = Infinity;
  #present = '';
  #said: string | undefined;
  /** Why the hub does not take a session, as it was said. */
  readonly #refused = new Map<string, string>();
  #hasChanged = true;
  #running: Promise<void> | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
    const { scenery, pace, memory, now, log } = options;
    this.#startedAt = now();
    this.#since = this.#startedAt;
    this.#outbox = new Outbox({
      pace, healthOf: scenery.healthOf, toolCounts: scenery.toolCounts,
      hoursOf: (ids) => scenery.book.hoursOf(ids),
      clock: () => performance.now(),
      onProblem: (problem) => log.warn(problem),
      toWire: (session, health) => toWire(session, { health, shareTitles: options.shareTitles, edits: editsOf(session, { radarKey: this.#radarKey, placeOf: scenery.placeOf, now: now() }) }),
    });
    this.#backlog = new Backlog({ memory, book: scenery.book, toolCounts: scenery.toolCounts, now, random: options.random });
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  start(): void {
    this.#running ??= this.#loop();
  }

  /** Something has changed in the picture. */
  changed(): void {
    this.#hasChanged = true;
    this.#alarm.ring();
  }

  /** These sessions are looked at; one that is new among them is told at once. */
  watch(ids: readonly string[]): void {
    const isNews = ids.some((id) => !this.#watched.has(id));
    this.#watched = new Set(ids);
    if (isNews) this.#lookSoon();
  }

  /** A session is told whole again. */
  reportAgain(id: string): void {
    this.#outbox.forget(id);
    this.#lookSoon();
  }

  /** The machine slept: what was under way is dead, and the hub is tried at once. */
  wake(): void {
    this.#failures = 0;
    this.#notBefore = -Infinity;
    this.#reportedAt = -Infinity;
    this.#pastAt = -Infinity;
    this.#post.abort();
    this.#lookSoon();
  }

  /** Says goodbye, when the hub is there to hear it. A report under way may have been booked already, so its answer is waited for: a hub left without a goodbye goes on believing that we report. */
  async stop(): Promise<void> {
    this.#end.abort();
    this.#alarm.end();
    const late = setTimeout(() => this.#cut.abort(), lastAnswerMs);
    await this.#running;
    clearTimeout(late);
    if (this.#connected) await this.#sayGoodbye().catch(() => undefined);
  }

  #lookSoon(): void {
    this.#lookedAt = -Infinity;
    this.changed();
  }

  async #loop(): Promise<void> {
    while (!this.#end.signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await this.#turn();
      } catch (error) {
        if (this.#end.signal.aborted) return;
        this.#say(`a report could not be made: ${error instanceof Error ? error.message : String(error)}`);
        waitMs = this.#options.pace.activeMs;
      }
      await this.#alarm.wait(waitMs);
    }
  }

  /** Does what is due and returns how long nothing will be. */
  async #turn(): Promise<number> {
    const { scenery, now, pace } = this.#options;
    const earliest = Math.max(this.#notBefore, this.#reportedAt + this.#leastMs, this.#lookedAt + this.#lookEveryMs());
    if (performance.now() < earliest) return this.#waitUntil(earliest);
    if (!this.#hasChanged && performance.now() < Math.min(this.#nextDueAt, this.#signOfLifeAt(), this.#pastDueAt())) return this.#waitUntil(Math.min(this.#nextDueAt, this.#signOfLifeAt(), this.#pastDueAt()));
    this.#hasChanged = false;
    this.#lookedAt = performance.now();
    const snapshot = scenery.snapshot();
    if (!snapshot.complete) return this.#lookAgainIn(pace.watchedMs); // half a picture would look like sessions that have gone
    const at = now();
    const { sessions, nextMs } = this.#outbox.due(snapshot.sessions, { watched: this.#watched, now: at });
    this.#nextDueAt = performance.now() + nextMs;
    if (sessions.length > 0 || this.#presentOf(snapshot) !== this.#present || performance.now() >= this.#signOfLifeAt()) await this.#tell(snapshot, sessions);
    else if (performance.now() >= this.#pastDueAt()) await this.#tellPast(snapshot);
    return this.#waitUntil(Math.max(this.#notBefore, Math.min(this.#nextDueAt, this.#signOfLifeAt(), this.#pastDueAt())));
  }

  #lookAgainIn(ms: number): number {
    this.#hasChanged = true;
    this.#lookedAt += ms - this.#lookEveryMs();
    return ms;
  }

  #waitUntil(at: number): number {
    return Math.max(0, Math.min(at - performance.now(), this.#options.pace.idleMs));
  }

  /** Every change rings; pictures are taken no more often than their news can be sent. */
  #lookEveryMs(): number {
    return this.#watched.size > 0 ? this.#options.pace.watchedMs : this.#options.pace.activeMs;
  }

  #signOfLifeAt(): number {
    return this.#reportedAt + this.#promisedMs;
  }

  #pastDueAt(): number {
    return this.#connected ? this.#pastAt : Infinity;
  }

  async #tell(snapshot: Snapshot, due: readonly Session[]): Promise<void> {
    const batch = await this.#outbox.pack(due.slice(0, this.#most), this.#options.now());
    const report = this.#reportOf(snapshot, batch);
    const outcome = await this.#send(report);
    if (outcome.kind === 'bad') return this.#narrow(batch, outcome);
    if (outcome.kind !== 'ok') return this.#fail(outcome);
    this.#present = this.#presentOf(snapshot);
    this.#outbox.acknowledge(batch, this.#refusedOf(outcome.answer));
    this.#outbox.forgetBut(new Set(snapshot.sessions.map(({ id }) => id)));
    const isWhole = !batch.more && due.length <= this.#most;
    this.#succeed(outcome.answer, snapshot);
    if (isWhole) this.#toldAll(report, outcome.answer, snapshot);
    else this.#lookSoon();
    this.#most = this.#most < 500 ? this.#most * 2 : Infinity;
  }

  async #tellPast(snapshot: Snapshot): Promise<void> {
    const { pace } = this.#options;
    const [hub, ledger] = [this.#hub!, snapshot.ledger.id];
    const page = await this.#backlog.page(hub, ledger);
    if (!page) {
      this.#pastAt = performance.now() + 3_600_000;
      return;
    }
    const report = { ...this.#reportOf(snapshot, { parcels: [], more: false }), backlog: true, use: [...page.use], past: [...page.past] };
    const outcome = page.use.length === 0 ? undefined : await this.#send(report);
    if (outcome && outcome.kind !== 'ok') return this.#fail({ ...outcome, kind: outcome.kind === 'refused' ? 'refused' : 'away' });
    this.#backlog.acknowledge(hub, ledger);
    this.#pastAt = performance.now() + pace.backlogMs;
    if (outcome?.kind === 'ok') this.#succeed(outcome.answer, snapshot);
  }

  async #sayGoodbye(): Promise<void> {
    const snapshot = this.#options.scenery.snapshot();
    const batch = await this.#outbox.pack(this.#outbox.changed(snapshot.sessions, this.#options.now()), this.#options.now());
    await this.#options.client.report({ ...this.#reportOf(snapshot, batch), goodbye: true }, AbortSignal.timeout(3000));
  }

  async #send(report: Report): Promise<Outcome<ReportAnswer>> {
    this.#post = new AbortController();
    this.#reportedAt = performance.now();
    return this.#options.client.report(report, AbortSignal.any([this.#post.signal, this.#cut.signal]));
  }

  #reportOf(snapshot: Snapshot, { parcels }: Batch): Report {
    const { agentId, hostName, platform, version, url, now, pace } = this.#options;
    this.#promisedMs = Math.round(Math.max(this.#leastMs, 100, snapshot.sessions.some((session) => isActive(session, now())) ? pace.idleMs / 2 : pace.idleMs));
    return {
      v: wireVersion,
      agent: { id: agentId, hostName: hostName.slice(0, 255) || 'unknown', platform, version, ledgerId: snapshot.ledger.id, startedAt: this.#startedAt, ...(url === undefined ? {} : { url }) },
      sentAt: now(),
      since: this.#since,
      nextReportMs: this.#promisedMs,
      sessions: parcels.map(({ wire }) => wire),
      present: snapshot.sessions.slice(0, reportLimits.present).map(({ id }) => id),
      use: parcels.flatMap(({ rows }) => rows),
    };
  }

  #presentOf({ sessions }: Snapshot): string {
    return sessions.map(({ id }) => id).sort().join('\n');
  }

  #refusedOf({ refused = [] }: ReportAnswer): ReadonlySet<string> {
    for (const { id, reason } of refused) {
      if (this.#refused.get(id) !== reason) this.#options.log.info(`the hub does not take ${id}: ${reason}`);
      this.#refused.set(id, reason);
    }
    return new Set(refused.map(({ id }) => id));
  }

  #succeed(answer: ReportAnswer, snapshot: Snapshot): void {
    const { log, onConnected } = this.#options;
    const isFirst = !this.#connected;
    const isAnotherHub = this.#hub !== undefined && this.#hub !== answer.hub.id;
    if (this.#said !== undefined || this.#hub === undefined) log.info(this.#hub === undefined ? 'the hub takes the reports of this machine' : 'the hub is there again');
    this.#said = undefined;
    this.#failures = 0;
    this.#connected = true;
    this.#hub = answer.hub.id;
    this.#leastMs = answer.nextReportMs ?? 0;
    if (isAnotherHub) {
      this.#beginAgain();
      this.#backlog.forget();
    }
    if (this.#radarKey !== answer.radarKey) {
      this.#radarKey = answer.radarKey;
      for (const { id, state, files } of snapshot.sessions) if (state !== 'ended' && Object.keys(files).length > 0) this.#outbox.forget(id);
      this.#lookSoon();
    }
    this.watch(answer.watched);
    if (isFirst) {
      this.#pastAt = performance.now() + this.#options.pace.backlogMs;
      onConnected();
    }
  }

  /**
   * All that had changed is told: only then has news begun anew. After hours without a hub the rest of a long first telling would otherwise pass for history,
   * and for the same reason a hub that has forgotten something hears everything again only after that; it asks until then.
   */
  #toldAll({ sentAt }: Report, { resend }: ReportAnswer, { ledger }: Snapshot): void {
    this.#since = sentAt;
    if (!resend) return;
    this.#beginAgain();
    this.#backlog.sendAgainSoon(this.#hub!, ledger.id);
  }

  #beginAgain(): void {
    this.#outbox.forgetAll();
    this.#pastAt = performance.now() + this.#options.pace.backlogMs;
    this.#lookSoon();
  }

  /** Something in the report is wrong: half of it is tried, and in the end the one session is left alone until it changes, so that it does not hold up the others for ever. */
  #narrow(batch: Batch, { sentence, status }: { readonly sentence: string; readonly status: number }): void {
    const isAboutContent = status === 400 || status === 413 || status === 422;
    if (isAboutContent && batch.parcels.length > 1) this.#most = Math.ceil(batch.parcels.length / 2);
    else if (isAboutContent) this.#outbox.skip(batch);
    this.#fail({ kind: 'away', sentence });
  }

  #fail(outcome: { readonly kind: 'away'; readonly sentence: string; readonly retryAfterMs?: number } | { readonly kind: 'refused'; readonly sentence: string }): void {
    if (this.#post.signal.aborted || this.#end.signal.aborted) return;
    const { pace, random } = this.#options;
    this.#connected = false;
    this.#say(outcome.sentence);
    const waitMs = outcome.kind === 'refused' ? pace.refusedMs * (1 + random() / 10) : backOff(this.#failures, { pace, random, retryAfterMs: outcome.retryAfterMs });
    this.#failures += 1;
    this.#notBefore = performance.now() + waitMs;
    this.#lookSoon();
  }

  /** Once, not at every try. */
  #say(sentence: string): void {
    if (this.#said !== sentence) this.#options.log.warn(sentence);
    this.#said = sentence;
  }
}
