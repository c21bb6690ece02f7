import type { EpochMs } from '../session/part.ts';
import type { SessionState, StoredSession } from '../session/session.ts';
import type { Live } from './join-owners.ts';
import { startSlackMs } from './join-times.ts';

export interface PresentState {
  readonly state: SessionState;
  readonly endedAt?: EpochMs;
}

interface Times {
  readonly now: EpochMs;
  readonly idleAfterMs: number;
}

/** Where nothing but time tells: an open turn this old is over, a chat this old has ended. */
const openTurnMs = 2 * 60_000;
const endedAfterMs = 2 * 60 * 60_000;

/**
 * The state of a session that a process runs. The tool's own word counts most, then what the transcript waits for.
 * A tool that runs long stays working: the age of the transcript alone proves nothing (TRAPS.md 45).
 */
export const presentOf = (session: StoredSession, live: Live, times: Times): PresentState => ({ state: liveState(session, live, times) });

const liveState = (session: StoredSession, { processes, claims: all }: Live, times: Times): SessionState => {
  const claims = all.filter((claim) => isFresh(claim, session));
  const statuses = claims.flatMap((claim) => claim.status ?? []);
  if (statuses.includes('working')) return 'working';
  if (statuses.includes('waiting')) return 'waiting';
  if (statuses.includes('idle')) return waitingOrIdle(session, processes, times);
  if (claims.some((claim) => claim.waitingFor !== undefined)) return 'waiting';
  const { present } = session;
  // What a crashed process left open is not what its successor (`--resume`) works on.
  if (isOfThisRun(session, processes)) {
    if (present.waitingFor !== undefined) return 'waiting';
    if (present.turnOpen || present.pendingTools.length > 0) return 'working';
  }
  if (processes.every((process) => process.oneShot)) return 'working'; // it waits for nobody: it answers and ends
  return waitingOrIdle(session, processes, times);
};

/** A hook tells a moment. When the transcript went on after it (a permission was given, somebody interrupted), the transcript knows better. */
const isFresh = ({ statusAt }: Live['claims'][number], { lastActivityAt }: StoredSession): boolean => statusAt === undefined || lastActivityAt === undefined || lastActivityAt <= statusAt + hookSlackMs;

/** The record that made Claude call the hook may be written a moment after it. */
const hookSlackMs = 1000;

const isOfThisRun = ({ lastActivityAt }: StoredSession, processes: Live['processes']): boolean =>
  lastActivityAt === undefined || processes.some(({ startedAt }) => startedAt === undefined || lastActivityAt >= startedAt - startSlackMs);

/** The start of a process is activity: somebody has just opened it. */
const waitingOrIdle = ({ lastActivityAt }: StoredSession, processes: Live['processes'], { now, idleAfterMs }: Times): SessionState => {
  const activityAt = Math.max(lastActivityAt ?? -Infinity, ...processes.map(({ startedAt }) => startedAt ?? -Infinity));
  return now - activityAt < idleAfterMs ? 'waiting' : 'idle';
};

/**
 * The state of a session that no process is known to run.
 * @param known the process table was read and would show one: the session has ended. Otherwise time is all there is to go by.
 */
export const presentWithoutProcesses = (session: StoredSession, { known, ...times }: Times & { readonly known: boolean }): PresentState => {
  const state = known ? 'ended' : stateByTime(session, times);
  const endedAt = session.present.endedAt ?? session.lastActivityAt;
  return { state, ...(state === 'ended' && endedAt !== undefined ? { endedAt } : {}) };
};

const stateByTime = ({ present, lastActivityAt }: StoredSession, { now, idleAfterMs }: Times): SessionState => {
  const age = now - (lastActivityAt ?? -Infinity);
  if (present.endedAt !== undefined || age >= endedAfterMs) return 'ended';
  if (present.waitingFor === undefined && (present.turnOpen || present.pendingTools.length > 0) && age < openTurnMs) return 'working';
  return age < idleAfterMs ? 'waiting' : 'idle';
};
