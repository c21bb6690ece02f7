import type { Used } from '../session/history.ts';
import type { EpochMs } from '../session/part.ts';
import type { BudgetStatus } from '../session/snapshot.ts';
import type { WeekDay } from '../session/week-day.ts';
import { periodAround } from '../session/period.ts';
import type { Period } from '../session/period.ts';

/** A budget of the configuration. */
export interface Budget {
  /** What counts: everything on this machine (`user`, `all`), one project, one tool. */
  readonly scope: 'user' | 'project' | 'tool' | 'all';
  readonly name: string;
  readonly period: Period;
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
}

export interface BudgetSurroundings {
  readonly now: EpochMs;
  /** IANA name; PromQL knows no local midnight, so the bounds are exported. @default the machine's */
  readonly timeZone?: string | undefined;
  /** @default 'monday' */
  readonly weekStart?: WeekDay | undefined;
  /** What the ledger has of a time, of one project, one tool or everything. */
  readonly used: (from: EpochMs, to: EpochMs, by: { readonly project?: string; readonly tool?: string }) => Used;
}

/** What was used of a budget in its running period. */
export const budgetStatus = (budget: Budget, { now, timeZone, weekStart, used }: BudgetSurroundings): BudgetStatus => {
  const { startsAt, endsAt } = periodAround(budget.period, now, { timeZone, weekStart });
  const { usd, tokens } = used(startsAt, endsAt, usedBy(budget));
  return {
    scope: budget.scope, name: budget.name, period: budget.period, startsAt, endsAt, usedUsd: usd, usedTokens: tokens,
    ...(budget.usd === undefined ? {} : { limitUsd: budget.usd }),
    ...(budget.tokens === undefined ? {} : { limitTokens: budget.tokens }),
  };
};

/** Whose use a budget counts. */
export const usedBy = ({ scope, name }: Pick<Budget, 'scope' | 'name'>): { readonly project?: string; readonly tool?: string } => {
  switch (scope) {
    case 'project': return { project: name };
    case 'tool': return { tool: name };
    case 'user':
    case 'all': return {}; // one machine, one user
    default: throw new Error(`unknown scope ${String(scope satisfies never)}`);
  }
};
