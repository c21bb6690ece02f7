import type { EpochMs } from './part.ts';
import type { StoredSession } from './session.ts';
import type { TokenType } from './usage.ts';

/** What a session and its sub-agents used of one model in one hour, as the ledger booked it: what an agent tells its hub. */
export interface HourUse {
  /** '' for one that the records do not name. */
  readonly model: string;
  /** Hours since 1970 UTC. */
  readonly hour: number;
  /** A kind that no call reported is absent. */
  readonly tokens: Readonly<Partial<Record<TokenType, number>>>;
  /** Those of the tokens whose model had no price. */
  readonly unpriced: Readonly<Partial<Record<TokenType, number>>>;
  readonly requests: number;
  /** Undefined: no call had a price. */
  readonly microUsd?: number;
}

export interface SessionHours {
  readonly id: string;
  readonly hours: readonly HourUse[];
}

/** The counts of a session that have no hour of their own. */
export type SessionTotals = Pick<StoredSession, 'id' | 'project' | 'startedAt' | 'lastActivityAt' | 'turns' | 'linesAdded' | 'linesRemoved' | 'errors' | 'toolCalls'>;

export interface PastUse {
  readonly totals: SessionTotals;
  readonly hours: readonly HourUse[];
}

/** A place in the list of all sessions, the most recently active first. */
export interface PastCursor {
  readonly last: EpochMs;
  readonly id: string;
}

/** The ledger, seen by one who reports from it. */
export interface UseBook {
  /** Use of some sessions, by the hour. */
  readonly hoursOf: (ids: readonly string[]) => Promise<readonly SessionHours[]>;
  /** The next sessions behind the cursor, from the most recent on; no `next`: these were the last. */
  readonly past: (after: PastCursor | undefined, limit: number) => Promise<{ readonly sessions: readonly PastUse[]; readonly next?: PastCursor }>;
}
