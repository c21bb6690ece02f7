import type { EpochMs } from './part.ts';
import { weekDays } from './week-day.ts';
import type { WeekDay } from './week-day.ts';

export type Period = 'day' | 'week' | 'month';

export interface Calendar {
  /** IANA name. @default the machine's */
  readonly timeZone?: string | undefined;
  /** @default 'monday' */
  readonly weekStart?: WeekDay | undefined;
}

/** Bounds of the day, week or month around a moment in a time zone: from one local midnight to another, however the clocks change between them. */
export const periodAround = (period: Period, now: EpochMs, { timeZone, weekStart = 'monday' }: Calendar = {}): { readonly startsAt: EpochMs; readonly endsAt: EpochMs } => {
  const today = localDay(now, timeZone);
  const from = (first: number, after: number) => ({ startsAt: midnight(first, timeZone), endsAt: midnight(after, timeZone) });
  switch (period) {
    case 'day': return from(today, today + dayMs);
    case 'week': {
      const first = today - ((new Date(today).getUTCDay() - weekDays.indexOf(weekStart) + 7) % 7) * dayMs;
      return from(first, first + 7 * dayMs);
    }
    case 'month': {
      const date = new Date(today);
      return from(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1), Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
    }
    default: throw new Error(`unknown period ${String(period satisfies never)}`);
  }
};

/** Whether this runtime knows a time zone of that name. */
export const isTimeZone = (name: string): boolean => {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
};

const dayMs = 86_400_000;

/** The local day of a moment, named by its midnight in UTC: days can be counted and compared. */
const localDay = (at: EpochMs, timeZone: string | undefined): number => Math.floor((at + offsetAt(at, timeZone)) / dayMs) * dayMs;

/**
 * The first moment of a local day. Where the clocks change at midnight itself there are two, or none: Havana begins 8 March 2026 at 01:00 and has
 * 00:00 of 1 November 2026 twice.
 */
const midnight = (day: number, timeZone: string | undefined): EpochMs => {
  const candidates = [day - offsetAt(day - dayMs, timeZone), day - offsetAt(day + dayMs, timeZone)].sort((a, b) => a - b);
  return candidates.find((at) => localDay(at, timeZone) >= day) ?? candidates[1]!;
};

/** Milliseconds by which local time is ahead of UTC. */
const offsetAt = (at: EpochMs, timeZone: string | undefined): number => {
  const values: Record<string, number> = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(at)) values[type] = Number(value);
  return Date.UTC(values.year!, values.month! - 1, values.day, values.hour, values.minute, values.second) - Math.floor(at / 1000) * 1000;
};

/** Made once per zone: it costs a hundred times what asking it does. */
const clockOf = (timeZone: string | undefined): Intl.DateTimeFormat => {
  let clock = clocks.get(timeZone);
  if (!clock) clocks.set(timeZone, (clock = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })));
  return clock;
};
const clocks = new Map<string | undefined, Intl.DateTimeFormat>();
