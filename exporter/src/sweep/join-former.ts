import type { AgentProcess } from '../processes/match.ts';
import type { EpochMs } from '../session/part.ts';
import type { StoredSession } from '../session/session.ts';
import { startSlackMs } from './join-times.ts';
import type { KnownSessions } from './known-sessions.ts';

/** By session id: which process had it, how that was known, and when it was last seen with it. */
export type FormerOwners = ReadonlyMap<string, { readonly process: string; readonly byName: boolean; readonly seenAt: EpochMs }>;

/** The process had this session when it was last looked at. */
export const hadBefore = (former: FormerOwners, process: AgentProcess, session: StoredSession): boolean => former.get(session.id)?.process === keyOf(process);

/** A process that was named as the owner is gone, and nobody has gone on since: a one-shot run in the same folder, for instance. */
export const belongedToAnother = (former: FormerOwners, process: AgentProcess, session: StoredSession): boolean => {
  const before = former.get(session.id);
  return before !== undefined && before.byName && before.process !== keyOf(process) && (session.lastActivityAt ?? 0) <= before.seenAt + startSlackMs;
};

/** The owners to remember for the next look: the present ones, and former ones of sessions that are still known. */
export const rememberOwners = (former: FormerOwners, { owners, sessions, now }: {
  readonly owners: Iterable<{ readonly process: AgentProcess; readonly id: string; readonly byName: boolean }>;
  readonly sessions: Pick<KnownSessions, 'has'>;
  readonly now: EpochMs;
}): FormerOwners => {
  const next = new Map<string, { process: string; byName: boolean; seenAt: EpochMs }>();
  for (const [id, before] of former) if (sessions.has(id)) next.set(id, before);
  for (const { process, id, byName } of owners) next.set(id, { process: keyOf(process), byName, seenAt: now });
  return next;
};

/** A process is its pid and its start, because pids are used again. */
const keyOf = ({ pid, startTicks, startedAt }: AgentProcess): string => `${pid} ${startTicks ?? startedAt}`;
