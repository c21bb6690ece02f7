import type { Health } from './health-type.ts';
import type { EpochMs, RateLimit } from './part.ts';
import { publicSession } from './public.ts';
import type { PublicSession } from './public.ts';
import { sessionStates } from './session.ts';
import type { Session, SessionState } from './session.ts';
import type { BudgetStatus, Snapshot } from './snapshot.ts';
import type { Tool } from './tool.ts';

/** Version of the shape below (docs/monitor.md). */
export const nowSchema = 1;

/** How fast something is used, over the last minutes. */
export interface Burn {
  readonly tokensPerMinute: number;
  /** Of the calls that have a price; absent: none has. */
  readonly usdPerHour?: number;
}

/** The present of a machine in one answer: what `monitor` and `statusline` show. */
export interface NowPage {
  readonly schema: typeof nowSchema;
  readonly at: EpochMs;
  /** false until everything was read once. */
  readonly complete: boolean;
  /** Part of the first scan that is done, 0–1. */
  readonly scanned: number;
  /** All known sessions of the machine. */
  readonly counts: Readonly<Record<SessionState, number>>;
  readonly live: number;
  /** Of all sessions together. */
  readonly burn?: Burn;
  /** Tokens of the last minutes, the running one last. */
  readonly minutes: readonly number[];
  readonly rateLimits: readonly (RateLimit & { readonly tool: Tool })[];
  readonly budgets: readonly BudgetStatus[];
  /** The most recently active first. */
  readonly sessions: readonly NowSession[];
}

export type NowSession = PublicSession & { readonly burn?: Burn };

/** Which sessions an answer has. */
export interface NowAsk {
  /** This one, by its full id. */
  readonly session?: string;
  /** Those of a working folder; where there is none, all. */
  readonly cwd?: string;
  /** @default 200; live ones come before ended ones */
  readonly limit?: number;
}

export interface Measuring {
  readonly now: EpochMs;
  readonly healthOf: (session: Session, now: EpochMs) => Health;
  readonly burnOf: (session: Session) => Burn | undefined;
  readonly burn: Burn | undefined;
  readonly minutes: readonly number[];
}

/** The answer to `ask` from a snapshot that has past sessions as well. */
export const nowPage = (snapshot: Snapshot, ask: NowAsk, measuring: Measuring): NowPage => {
  const { now, burn, minutes } = measuring;
  return {
    schema: nowSchema, at: now, complete: snapshot.complete, scanned: snapshot.scanned, counts: countsOf(snapshot),
    live: snapshot.sessions.filter(isLiveSession).length,
    ...(burn ? { burn } : {}), minutes,
    rateLimits: snapshot.rateLimits, budgets: snapshot.budgets,
    sessions: askedFor(snapshot.sessions, ask).map((session) => told(session, measuring)),
  };
};

/** Somebody works in it; where a tool gives no way to tell, until it is idle. */
export const isLiveSession = ({ state, alive }: { readonly state: string; readonly alive?: boolean }): boolean => state !== 'ended' && (alive ?? state !== 'idle');

const usualLimit = 200;

const askedFor = (sessions: readonly Session[], { session: id, cwd, limit = usualLimit }: NowAsk): readonly Session[] => {
  if (id !== undefined) return sessions.filter((session) => session.id === id);
  const here = cwd === undefined ? [] : sessions.filter((session) => session.cwd === cwd);
  const chosen = here.length > 0 ? here : sessions;
  if (chosen.length <= limit) return chosen;
  return [...chosen.filter(({ state }) => state !== 'ended'), ...chosen.filter(({ state }) => state === 'ended')].slice(0, limit);
};

const told = (session: Session, { now, healthOf, burnOf }: Measuring): NowSession => {
  const burn = session.state === 'ended' ? undefined : burnOf(session);
  return { ...publicSession(session, healthOf(session, now)), ...(burn ? { burn } : {}) };
};

const countsOf = ({ sessionCounts }: Snapshot): NowPage['counts'] =>
  Object.fromEntries(sessionStates.map((state) => [state, Object.values(sessionCounts).reduce((sum, states) => sum + states[state], 0)])) as Record<SessionState, number>;
