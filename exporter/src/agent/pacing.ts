import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';

/** How often is reported; tests make it faster. */
export interface Pace {
  /** A session somebody looks at. */
  readonly watchedMs: number;
  /** A session that goes on. */
  readonly activeMs: number;
  /** Everything else, and the sign of life. */
  readonly idleMs: number;
  /** The next try after a token was refused. */
  readonly refusedMs: number;
  /** First and longest pause after a failure. */
  readonly backOffMs: number;
  readonly backOffMostMs: number;
  /** Between two reports of history. */
  readonly backlogMs: number;
  /** Length of one long poll. */
  readonly pollSeconds: number;
}

/** ROOMS.md section 6: every second while watched, 5 s while active, 60 s while idle. */
export const usualPace: Pace = { watchedMs: 1000, activeMs: 5000, idleMs: 60_000, refusedMs: 600_000, backOffMs: 1000, backOffMostMs: 60_000, backlogMs: 2000, pollSeconds: 30 };

/** The least time between two reports of a session that changes. */
export const paceOf = (session: Session, { isWatched, now, pace }: { readonly isWatched: boolean; readonly now: EpochMs; readonly pace: Pace }): number => {
  if (isWatched) return pace.watchedMs;
  return isActive(session, now) ? pace.activeMs : pace.idleMs;
};

/** Something happens in it; also where no process tells that it lives. */
export const isActive = (session: Session, now: EpochMs): boolean => session.state === 'working' || now - (session.lastActivityAt ?? 0) < 60_000;

/** Full jitter: many agents that lost their hub at once do not come back at once. A hub's Retry-After is the least. */
export const backOff = (failures: number, { pace, random, retryAfterMs = 0 }: { readonly pace: Pace; readonly random: () => number; readonly retryAfterMs?: number | undefined }): number => {
  const most = Math.min(pace.backOffMostMs, pace.backOffMs * 2 ** Math.min(failures, 20));
  return Math.min(retryAfterMs, 3_600_000) + Math.max(most / 10, random() * most);
};
