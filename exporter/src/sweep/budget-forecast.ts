import type { Used } from '../session/history.ts';
import type { EpochMs } from '../session/part.ts';
import { usedBy } from './budgets.ts';
import type { Budget, BudgetSurroundings } from './budgets.ts';
import { periodAround } from '../session/period.ts';

/** A budget with what was used and what may be expected. */
export interface BudgetOutlook {
  readonly budget: Budget;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  /** How much of the period has passed, 0–1. */
  readonly elapsed: number;
  readonly used: Used;
  /** At the end of the period, if it goes on as it went since its start; undefined: too little of it has passed to say. */
  readonly atThisPace: Used | undefined;
  /** At the end of the period, if the rest is used as the last seven days were. */
  readonly asLastWeek: Used;
}

/** What may be expected of a budget at the end of its running period. */
export const budgetOutlook = (budget: Budget, { now, timeZone, weekStart, used }: BudgetSurroundings): BudgetOutlook => {
  const { startsAt, endsAt } = periodAround(budget.period, now, { timeZone, weekStart });
  const sofar = used(startsAt, endsAt, usedBy(budget));
  const lastWeek = used(...lastSevenDays(now), usedBy(budget));
  const elapsed = (now - startsAt) / (endsAt - startsAt);
  return {
    budget, startsAt, endsAt, elapsed, used: sofar,
    atThisPace: elapsed < leastElapsed ? undefined : scaled(sofar, 1 / elapsed),
    asLastWeek: added(sofar, scaled(lastWeek, (endsAt - now) / weekMs)),
  };
};

/** Half an hour of a day, fourteen hours of a month: before that one session makes any forecast. */
const leastElapsed = 0.02;
const weekMs = 7 * 86_400_000;
const quarterMs = 900_000;

/** The ledger has quarters of an hour, and the running one belongs to it. */
const lastSevenDays = (now: EpochMs): [EpochMs, EpochMs] => {
  const end = Math.ceil(now / quarterMs) * quarterMs;
  return [end - weekMs, end];
};

const scaled = ({ usd, tokens, unpricedTokens }: Used, factor: number): Used => ({ usd: usd * factor, tokens: tokens * factor, unpricedTokens: unpricedTokens * factor });
const added = (a: Used, b: Used): Used => ({ usd: a.usd + b.usd, tokens: a.tokens + b.tokens, unpricedTokens: a.unpricedTokens + b.unpricedTokens });
