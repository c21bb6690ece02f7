import type { Platform } from '../processes/process-table.ts';
import type { AgentProcess } from '../processes/match.ts';
import type { LiveClaim } from '../readers/reader.ts';
import type { EpochMs, RateLimit } from '../session/part.ts';
import type { Session, SessionState, StoredSession } from '../session/session.ts';
import type { LedgerStatus, Snapshot, SourceStatus } from '../session/snapshot.ts';
import type { Tool } from '../session/tool.ts';
import type { EngineUpdate } from './engine.ts';
import { createJoin } from './join.ts';
import { neverLower } from './never-lower.ts';

export interface SceneOptions {
  readonly platform: Platform;
  readonly idleAfterMs: number;
  /** Ended sessions stay this long after their last activity. */
  readonly exportWindowMs: number;
  /** At most this many sessions are exported. */
  readonly exportLimit: number;
  readonly durable: boolean;
  readonly ledgerProblem?: string;
}

/** What was seen of the machine's processes. */
export interface ProcessView {
  /** Undefined: the table could not be read. */
  readonly agents: readonly AgentProcess[] | undefined;
  readonly claims: readonly LiveClaim[];
  readonly status: SourceStatus;
}

/** The present picture: what the ledger's thread tells, joined with what runs. Every snapshot of it is immutable. */
export class Scene {
  readonly #options: SceneOptions;
  readonly #stored = new Map<string, StoredSession>();
  readonly #join = createJoin();
  #update: EngineUpdate | undefined;
  #fleet: Snapshot['fleet'] = [];
  #fleetHistograms: Snapshot['fleetHistograms'] = [];
  #processes: ProcessView | undefined;
  #held = 0;
  #heard: Snapshot['rateLimits'] = [];
  /** What was joined last, until something new is told; and its picture, once somebody asked for it. */
  #joined: Joined | undefined;

  constructor(options: SceneOptions) {
    this.#options = options;
  }

  /** Takes in what the engine found. */
  apply(update: EngineUpdate): void {
    this.#joined = undefined;
    this.#update = update;
    if (update.fleet) this.#fleet = update.fleet;
    if (update.fleetHistograms) this.#fleetHistograms = update.fleetHistograms;
    for (const told of update.sessions) {
      const { session, held } = neverLower(this.#stored.get(told.id), told);
      this.#held += held;
      this.#stored.set(told.id, session);
    }
    this.#forgetBeyond(this.#options.exportLimit * 2);
  }

  /** Takes in the process table. */
  see(processes: ProcessView): void {
    this.#joined = undefined;
    this.#processes = processes;
  }

  /** Takes in rate limits that no transcript has. */
  hear(limits: Snapshot['rateLimits']): void {
    this.#joined = undefined;
    this.#heard = limits;
  }

  get seen(): ProcessView | undefined {
    return this.#processes;
  }

  /** Sessions with their present state, most recently active first; the ones outside the export window too. */
  sessions(now: EpochMs): readonly Session[] {
    return this.#joinedAt(now).sessions;
  }

  #joinedAt(now: EpochMs): Joined {
    const age = now - (this.#joined?.at ?? -Infinity);
    if (age < 0 || age >= joinedForMs) this.#joined = { at: now, sessions: this.#joinNow(now) };
    return this.#joined!;
  }

  #joinNow(now: EpochMs): readonly Session[] {
    const { sessions } = this.#join({
      sessions: [...this.#stored.values()],
      processes: this.#processes?.agents,
      claims: this.#processes?.claims ?? [],
      now,
      idleAfterMs: this.#options.idleAfterMs,
      platform: this.#options.platform,
    });
    // While the first scan runs, a process without a transcript is one whose transcript was not read yet.
    const known = this.#update?.complete ? sessions : sessions.filter((session) => this.#stored.has(session.id));
    return known.toSorted((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0));
  }

  snapshot(now: EpochMs): Snapshot {
    const joined = this.#joinedAt(now);
    return { at: now, ...(joined.picture ??= this.#pictureOf(joined.sessions, now)) };
  }

  #pictureOf(all: readonly Session[], now: EpochMs): Omit<Snapshot, 'at'> {
    const inWindow = all.filter((session) => session.state !== 'ended' || (session.lastActivityAt ?? 0) >= now - this.#options.exportWindowMs);
    const live = inWindow.filter((session) => session.state !== 'ended');
    const ended = inWindow.filter((session) => session.state === 'ended');
    const exported = [...live, ...ended].slice(0, this.#options.exportLimit).sort((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0));
    const sessionCounts = countStates(all, this.#update?.counts ?? {});
    const known = Object.values(sessionCounts).reduce((sum, states) => sum + states.working + states.waiting + states.idle + states.ended, 0);
    // The ledger knows more sessions inside the window than are kept here; a live one may be older than the window.
    const olderButLive = live.filter((session) => (session.lastActivityAt ?? 0) < now - this.#options.exportWindowMs).length;
    const limited = Math.max(inWindow.length, (this.#update?.inWindow ?? 0) + olderButLive) - exported.length;
    return {
      sessions: exported,
      dropped: { window: Math.max(0, known - exported.length - limited), limit: limited },
      sessionCounts,
      fleet: this.#fleet,
      fleetHistograms: this.#fleetHistograms,
      rateLimits: newestLimits([...all.flatMap(({ tool, rateLimits = [] }) => rateLimits.map((limit) => ({ ...limit, tool }))), ...this.#heard], now),
      budgets: this.#update?.budgets ?? [],
      sources: [...(this.#update?.sources ?? []), ...(this.#processes ? [this.#processes.status] : [])],
      corrections: { ...this.#update?.corrections, ...(this.#held > 0 ? { session_counter_held: this.#held } : {}) },
      ledger: this.#ledgerStatus(),
      complete: this.#update?.complete ?? false,
      scanned: this.#update?.scanned ?? 0,
    };
  }

  /** The picture for a person: past sessions outside the export window are in it, up to the export limit. */
  page(now: EpochMs): Snapshot {
    return { ...this.snapshot(now), sessions: this.sessions(now).slice(0, this.#options.exportLimit) };
  }

  isRootPresent(path: string): boolean {
    return this.#update?.presentRoots.includes(path) ?? false;
  }

  #ledgerStatus(): LedgerStatus {
    const { durable, ledgerProblem } = this.#options;
    const told = this.#update?.ledger;
    const problem = told?.problem ?? ledgerProblem;
    return { id: '', createdAt: 0, sizeBytes: 0, ...told, durable: durable && told?.problem === undefined, ...(problem === undefined ? {} : { problem }) };
  }

  /** Memory is bounded by what can be exported, not by history. */
  #forgetBeyond(most: number): void {
    if (this.#stored.size <= most) return;
    const oldestFirst = [...this.#stored.values()].sort((a, b) => (a.lastActivityAt ?? 0) - (b.lastActivityAt ?? 0));
    for (const session of oldestFirst.slice(0, this.#stored.size - most)) this.#stored.delete(session.id);
  }
}

interface Joined {
  readonly at: EpochMs;
  readonly sessions: readonly Session[];
  picture?: Omit<Snapshot, 'at'>;
}

/** With time alone only states change, and those after minutes: those who ask at once get the same picture. */
const joinedForMs = 250;

type StateCounts = Record<SessionState, number>;

const countStates = (sessions: readonly Session[], known: EngineUpdate['counts']): Snapshot['sessionCounts'] => {
  const counts = new Map<Tool, StateCounts>();
  const of = (tool: Tool): StateCounts => {
    let states = counts.get(tool);
    if (!states) counts.set(tool, (states = { working: 0, waiting: 0, idle: 0, ended: 0 }));
    return states;
  };
  for (const session of sessions) of(session.tool)[session.state] += 1;
  // The ledger knows more ended sessions than are kept here.
  for (const [tool, total] of Object.entries(known) as [Tool, number][]) {
    const states = of(tool);
    states.ended = Math.max(states.ended, total - states.working - states.waiting - states.idle);
  }
  return Object.fromEntries(counts);
};

/** The newest word on each account window; one whose reset has passed says nothing any more. */
const newestLimits = (told: Snapshot['rateLimits'], now: EpochMs): Snapshot['rateLimits'] => {
  const limits = new Map<string, RateLimit & { tool: Tool }>();
  for (const limit of told) {
    const key = `${limit.tool} ${limit.window}`;
    if ((limit.resetsAt === undefined || limit.resetsAt > now) && !((limits.get(key)?.reportedAt ?? -1) >= limit.reportedAt)) limits.set(key, limit);
  }
  return [...limits.values()];
};
