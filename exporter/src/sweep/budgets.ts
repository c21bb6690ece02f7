import type { EpochMs } from '../session/part.ts';
import type { BudgetStatus } from '../session/snapshot.ts';

/** A budget of the configuration. */
export interface Budget {
  readonly scope: 'user' | 'project' | 'team';
  readonly name: string;
  readonly period: 'day' | 'week' | 'month';
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
}

export interface BudgetSurroundings {
  readonly now: EpochMs;
  /** IANA name; PromQL knows no local midnight, so the bounds are exported. @default the machine's */
  readonly timeZone?: string | undefined;
  readonly used: (from: EpochMs, to: EpochMs, project?: string) => { readonly usd: number; readonly tokens: number };
}

/** What was used of a budget in its running period, which begins at local midnight (weeks on Monday). */
export const budgetStatus = (budget: Budget, { now, timeZone, used }: BudgetSurroundings): BudgetStatus => {
  const { startsAt, endsAt } = periodAround(budget.period, now, timeZone);
  const { usd, tokens } = used(startsAt, endsAt, budget.scope === 'project' ? budget.name : undefined);
  return {
    scope: budget.scope, name: budget.name, period: budget.period, startsAt, endsAt, usedUsd: usd, usedTokens: tokens,
    ...(budget.usd === undefined ? {} : { limitUsd: budget.usd }),
    ...(budget.tokens === undefined ? {} : { limitTokens: budget.tokens }),
  };
};

/** Bounds of the day, week or month around a moment in a time zone, summer time included. */
export const periodAround = (period: Budget['period'], now: EpochMs, timeZone?: string): { readonly startsAt: EpochMs; readonly endsAt: EpochMs } => {
  const today = localDate(now, timeZone);
  switch (period) {
    case 'day': return { startsAt: midnight(today, timeZone), endsAt: midnight({ ...today, day: today.day + 1 }, timeZone) };
    case 'week': {
      const monday = { ...today, day: today.day - ((today.weekday + 6) % 7) };
      return { startsAt: midnight(monday, timeZone), endsAt: midnight({ ...monday, day: monday.day + 7 }, timeZone) };
    }
    case 'month': return { startsAt: midnight({ ...today, day: 1 }, timeZone), endsAt: midnight({ ...today, month: today.month + 1, day: 1 }, timeZone) };
    default: throw new Error(`unknown period ${String(period satisfies never)}`);
  }
};

interface LocalDate { readonly year: number; readonly month: number; readonly day: number; readonly weekday: number }

const localDate = (at: EpochMs, timeZone: string | undefined): LocalDate => {
  const shifted = new Date(at + offsetAt(at, timeZone));
  return { year: shifted.getUTCFullYear(), month: shifted.getUTCMonth(), day: shifted.getUTCDate(), weekday: shifted.getUTCDay() };
};

/** The first moment of a local day; the second look is for days on which the clocks change. */
const midnight = ({ year, month, day }: Omit<LocalDate, 'weekday'>, timeZone: string | undefined): EpochMs => {
  const utc = Date.UTC(year, month, day);
  const guess = utc - offsetAt(utc, timeZone);
  return utc - offsetAt(guess, timeZone);
};

/** Milliseconds by which local time is ahead of UTC. */
const offsetAt = (at: EpochMs, timeZone: string | undefined): number => {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(at);
  const value = (type: string): number => Number(parts.find((part) => part.type === type)!.value);
  return Date.UTC(value('year'), value('month') - 1, value('day'), value('hour'), value('minute'), value('second')) - Math.floor(at / 1000) * 1000;
};
