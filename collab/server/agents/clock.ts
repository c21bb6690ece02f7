import type { WireSession } from 'watchroom/wire';

// An agent's times are by its own clock. Its skew is learnt from `sentAt`; a report's way through the network looks like skew, so little of it is none.

const toleratedMs = 5_000;
/** Nothing that Watchroom reads is older: a clock that was never set says 1970. */
const oldestMs = Date.UTC(2015, 0, 1);

/** How far the hub's clock is ahead of the agent's. Small changes are taken for delays, so that times do not tremble from report to report. */
export const skewOf = ({ sentAt, receivedAt, before = 0 }: { readonly sentAt: number; readonly receivedAt: number; readonly before?: number }): number => {
  const measured = Math.round(receivedAt - sentAt);
  if (Math.abs(measured) <= toleratedMs) return 0;
  return Math.abs(measured - before) <= toleratedMs ? before : measured;
};

/** A time of an agent by the hub's clock: never in the future, and unknown when it cannot be true. */
export const hubTime = (at: number | undefined, { skew, now }: Clock): number | undefined =>
  at === undefined || at + skew < oldestMs ? undefined : Math.min(Math.round(at + skew), now);

export interface Clock {
  readonly skew: number;
  readonly now: number;
}

/** A session with its times by the hub's clock. */
export const inHubTime = (session: WireSession, clock: Clock): WireSession => {
  const { startedAt, lastActivityAt, endedAt, context, present, processes, edits, errorTimes, files, ...rest } = session;
  const time = (at: number | undefined): number | undefined => hubTime(at, clock);
  const last = time(lastActivityAt);
  const started = time(startedAt);
  return {
    ...rest,
    ...given('startedAt', started === undefined || last === undefined ? started : Math.min(started, last)),
    ...given('lastActivityAt', last),
    ...given('endedAt', time(endedAt)),
    ...(context === undefined ? {} : { context: { ...omit(context, 'at'), ...given('at', time(context.at)) } }),
    present: {
      ...omit(omit(present, 'turnSince'), 'endedAt'), ...given('turnSince', time(present.turnSince)), ...given('endedAt', time(present.endedAt)),
      pendingTools: present.pendingTools.map((call) => ({ ...call, since: time(call.since) ?? clock.now })),
    },
    processes: processes.map((one) => ({ ...omit(one, 'startedAt'), ...given('startedAt', time(one.startedAt)) })),
    edits: edits.flatMap((edit) => (time(edit.at) === undefined ? [] : [{ ...edit, at: time(edit.at)! }])),
    errorTimes: errorTimes.flatMap((at) => time(at) ?? []),
    files: filesIn(files, time),
  };
};

/** There may be hundreds; mostly their times are right. */
const filesIn = (files: WireSession['files'], time: (at: number | undefined) => number | undefined): WireSession['files'] => {
  const all = Object.entries(files);
  if (all.every(([, { lastAt, editedAt }]) => time(lastAt) === lastAt && time(editedAt) === editedAt)) return files;
  return Object.fromEntries(all.map(([path, work]) => [path, { ...omit(work, 'editedAt'), lastAt: time(work.lastAt) ?? 0, ...given('editedAt', time(work.editedAt)) }]));
};

const given = <Name extends string>(name: Name, value: number | undefined): Partial<Record<Name, number>> => (value === undefined ? {} : { [name]: value } as Record<Name, number>);

const omit = <Facts extends object, Name extends keyof Facts>(facts: Facts, name: Name): Omit<Facts, Name> => {
  const { [name]: _left, ...rest } = facts;
  return rest;
};
