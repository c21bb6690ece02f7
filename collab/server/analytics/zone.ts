// Days, weeks and months as people of a time zone have them: a day has 23, 24 or 25 hours. Use is kept by the hour of UTC, and an hour belongs to the day it begins in.

export const hourMs = 3_600_000;

export interface LocalTime {
  /** 2026-11-21 */
  readonly date: string;
  /** 0–23 */
  readonly hour: number;
  /** 1 Monday – 7 Sunday */
  readonly weekday: number;
}

/** Tells local times of a zone; each asked moment is worked out once. */
export const clockOf = (zone: string): ((at: number) => LocalTime) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', weekday: 'short' });
  const known = new Map<number, LocalTime>();
  return (at) => {
    let local = known.get(at);
    if (local === undefined) known.set(at, (local = localTime(format, at)));
    return local;
  };
};

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const localTime = (format: Intl.DateTimeFormat, at: number): LocalTime => {
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { date: `${parts.year!.padStart(4, '0')}-${parts.month}-${parts.day}`, hour: Number(parts.hour), weekday: weekdays.indexOf(parts.weekday!) + 1 };
};

/** The first moment of a local date (or of the next one that exists, where a zone has left one out). */
export const startOfDay = (date: string, zone: string): number => {
  const localDate = clockOf(zone);
  // Zones are at most 14 hours ahead of and 12 behind UTC; the local date only ever grows.
  let before = Date.parse(`${date}T00:00:00Z`) - 15 * hourMs;
  let after = before + 30 * hourMs;
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (localDate(middle).date < date) before = middle;
    else after = middle;
  }
  return after;
};

/** The date after a date. */
export const nextDate = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + 24 * hourMs).toISOString().slice(0, 10);

export const trendSteps = ['hour', 'day', 'week', 'month'] as const;
export type TrendStep = (typeof trendSteps)[number];

/** The name of the bucket that an hour falls into: the hour itself in UTC, or the first date of its day, week (from Monday) or month. */
export const bucketOf = (at: number, step: TrendStep, clock: (at: number) => LocalTime): string => {
  if (step === 'hour') return new Date(at).toISOString();
  const { date, weekday } = clock(at);
  if (step === 'day') return date;
  if (step === 'month') return `${date.slice(0, 7)}-01`;
  return new Date(Date.parse(`${date}T00:00:00Z`) - (weekday - 1) * 24 * hourMs).toISOString().slice(0, 10);
};
