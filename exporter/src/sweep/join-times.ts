import type { AgentProcess } from '../processes/match.ts';
import type { EpochMs } from '../session/part.ts';
import type { StoredSession } from '../session/session.ts';

/** Clocks and start times agree only so far. */
export const startSlackMs = 5_000;

/** The session went on after the process started, so the process may have written it. */
export const isActiveSince = ({ lastActivityAt }: StoredSession, { startedAt }: AgentProcess): boolean => lastActivityAt !== undefined && startedAt !== undefined && lastActivityAt >= startedAt - startSlackMs;

/** The session began after this time, as far as clocks agree. */
export const isBegunSince = ({ startedAt }: StoredSession, since: EpochMs | undefined): boolean => startedAt !== undefined && since !== undefined && startedAt >= since - startSlackMs;

/** The session that was active last; undefined of none. */
export const newestOf = (sessions: readonly StoredSession[]): StoredSession | undefined =>
  sessions.reduce<StoredSession | undefined>((newest, session) => (newest && (newest.lastActivityAt ?? 0) >= (session.lastActivityAt ?? 0) ? newest : session), undefined);

/** Servers keep conversations in memory long after the last word (FORMATS.md 2.5). */
const hostKeepsMs = 30 * 60_000;

/** A server may still be at work on the session. */
export const isRecent = ({ lastActivityAt }: StoredSession, now: EpochMs): boolean => lastActivityAt !== undefined && now - lastActivityAt < hostKeepsMs;
