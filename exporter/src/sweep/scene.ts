import type { Platform } from '../processes/process-table.ts';
import type { AgentProcess } from '../processes/match.ts';
import type { LiveClaim } from '../readers/reader.ts';
import type { EpochMs, RateLimit } from '../session/part.ts';
import type { Session, SessionState } from '../session/session.ts';
import type { LedgerStatus, Snapshot, SourceStatus } from '../session/snapshot.ts';
import type { Tool } from '../session/tool.ts';
import type { EngineUpdate } from './engine.ts';
import { createJoin } from './join.ts';
import type { Joined } from './join.ts';
import { byActivity, KnownSessions } from './known-sessions.ts';
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
  readonly #known = new KnownSessions();
  /** What sessions say of their account's windows. */
  readonly #limits = new Map<string, Snapshot['rateLimits']>();
  readonly #join = createJoin();
  #update: EngineUpdate | undefined;
  #fleet: Snapshot['fleet'] = [];
  #fleetHistograms: Snapshot['fleetHistograms'] = [];
  #processes: ProcessView | undefined;
  #held = 0;
  #heard: Snapshot['rateLimits'] = [];
  /** What was joined last, until something new is told; and its picture, once somebody asked for it. */
  #latest: Latest | undefined;

  constructor(options: SceneOptions) {
    this.#options = options;
  }

  /** Takes in what the engine found. */
  apply(update: EngineUpdate): void {
    this.#latest = undefined;
    this.#update = update;
    if (update.fleet) this.#fleet = update.fleet;
    if (update.fleetHistograms) this.#fleetHistograms = update.fleetHistograms;
    for (const told of update.sessions) {
      const { session, held } = neverLower(this.#known.get(told.id), told);
      this.#held += held;
      this.#known.put(session);
      const { id, tool, rateLimits } = session;
      if (rateLimits) this.#limits.set(id, rateLimits.map((limit) => ({ ...limit, tool })));
      else this.#limits.delete(id);
    }
    // Memory is bounded by what can be exported, not by history.
    for (const { id } of this.#known.keep(this.#options.exportLimit * 2)) this.#limits.delete(id);
  }

  /** Takes in the process table. */
  see(processes: ProcessView): void {
    this.#latest = undefined;
    this.#processes = processes;
  }

  /** Takes in rate limits that no transcript has. */
  hear(limits: Snapshot['rateLimits']): void {
    this.#latest = undefined;
    this.#heard = limits;
  }

  get seen(): ProcessView | undefined {
    return this.#processes;
  }

  /** Sessions with their present state, most recently active first; the ones outside the export window too. */
  sessions(now: EpochMs): readonly Session[] {
    const latest = this.#joinedAt(now);
    return (latest.sessions ??= latest.all().filter(this.#isTold));
  }

  #joinedAt(now: EpochMs): Latest {
    const age = now - (this.#latest?.at ?? -Infinity);
    if (age < 0 || age >= joinedForMs) this.#latest = { at: now, ...this.#joinNow(now) };
    return this.#latest!;
  }

  #joinNow(now: EpochMs): Joined {
    return this.#join({
      sessions: this.#known,
      processes: this.#processes?.agents,
      claims: this.#processes?.claims ?? [],
      now,
      idleAfterMs: this.#options.idleAfterMs,
      platform: this.#options.platform,
    });
  }

  /** While the first scan runs, a process without a transcript is one whose transcript was not read yet. */
  readonly #isTold = ({ id }: Session): boolean => this.#update?.complete === true || this.#known.has(id);

  snapshot(now: EpochMs): Snapshot {
    const latest = this.#joinedAt(now);
    return { at: now, ...(latest.picture ??= this.#pictureOf(latest, now)) };
  }

  #pictureOf(joined: Joined, now: EpochMs): Omit<Snapshot, 'at'> {
    const windowFrom = now - this.#options.exportWindowMs;
    const live = joined.open.filter(this.#isTold).sort(byActivity);
    const ended = this.#known.since(windowFrom).map(joined.of).filter(({ state }) => state === 'ended');
    const exported = [...live, ...ended].slice(0, this.#options.exportLimit).sort(byActivity);
    const sessionCounts = countStates(live, this.#known, this.#update?.counts ?? {});
    const known = Object.values(sessionCounts).reduce((sum, states) => sum + states.working + states.waiting + states.idle + states.ended, 0);
    // The ledger knows more sessions inside the window than are kept here; a live one may be older than the window.
    const olderButLive = live.filter((session) => (session.lastActivityAt ?? 0) < windowFrom).length;
    const limited = Math.max(live.length + ended.length, (this.#update?.inWindow ?? 0) + olderButLive) - exported.length;
    return {
      sessions: exported,
      dropped: { window: Math.max(0, known - exported.length - limited), limit: limited },
      sessionCounts,
      fleet: this.#fleet,
      fleetHistograms: this.#fleetHistograms,
      rateLimits: newestLimits([...[...this.#limits.values()].flat(), ...this.#heard], now),
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
}

interface Latest extends Joined {
  readonly at: EpochMs;
  sessions?: readonly Session[];
  picture?: Omit<Snapshot, 'at'>;
}

/** With time alone only states change, and those after minutes: those who ask at once get the same picture. */
const joinedForMs = 250;

type StateCounts = Record<SessionState, number>;

/** Of each tool the open sessions by their state, and how many have ended: the ledger knows more of those than are kept here. */
const countStates = (open: readonly Session[], known: KnownSessions, counted: EngineUpdate['counts']): Snapshot['sessionCounts'] => {
  const tools = new Set<Tool>([...open.map(({ tool }) => tool), ...known.counts.keys(), ...(Object.keys(counted) as Tool[])]);
  return Object.fromEntries([...tools].sort().map((tool): [Tool, StateCounts] => {
    const states: StateCounts = { working: 0, waiting: 0, idle: 0, ended: 0 };
    const own = open.filter((session) => session.tool === tool);
    for (const { state } of own) states[state] += 1;
    const withTranscript = own.filter(({ id }) => known.has(id)).length;
    states.ended = Math.max((known.counts.get(tool) ?? 0) - withTranscript, (counted[tool] ?? 0) - own.length, 0);
    return [tool, states];
  }));
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
