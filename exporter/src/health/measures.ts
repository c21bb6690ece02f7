import type { HealthFactor } from '../session/health-type.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** A part of a session keeps the times of its newest errors up to this number (session/draft.ts). */
const keptErrorTimes = 100;

export type Measures = Readonly<Record<HealthFactor, number | undefined>>;

/** What the four curves are asked about, in their units (settings.ts); undefined is unknown. */
export const measuresOf = (session: Session, now: EpochMs): Measures => ({
  token_usage: contextRatio(session),
  duration: since(session.startedAt, now, hourMs),
  activity: since(session.lastActivityAt, now, minuteMs),
  errors: recentErrors(session),
});

const contextRatio = ({ context }: Session): number | undefined =>
  context?.limit === undefined || context.limit <= 0 ? undefined : context.used / context.limit;

/** A clock that runs behind the records' makes no negative age. */
const since = (at: EpochMs | undefined, now: EpochMs, unitMs: number): number | undefined =>
  at === undefined ? undefined : Math.max(0, now - at) / unitMs;

/** Errors of the last hour of activity; of the whole session when some carry no time. A session without a transcript tells nothing about errors. */
const recentErrors = (session: Session): number | undefined => {
  if (session.sources.length === 0) return undefined;
  const all = Object.values(session.errors).reduce((sum, count) => sum + count, 0);
  const times = session.errorTimes;
  const timed = times.length >= Math.min(all, keptErrorTimes);
  if (!timed || session.lastActivityAt === undefined) return all;
  const from = session.lastActivityAt - hourMs;
  return times.filter((at) => at >= from).length;
};
