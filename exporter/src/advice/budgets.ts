import type { Advice } from './advice.ts';
import { dollars, percent, tokens } from './figures.ts';

/** One limit of a budget with what was spent and what may be expected. */
export interface BudgetAccount {
  /** "all", "project shop" … */
  readonly name: string;
  readonly period: string;
  readonly unit: 'usd' | 'tokens';
  readonly limit: number;
  readonly spent: number;
  /** At the end of the period, at the pace since its start; undefined: too early to say. */
  readonly atThisPace?: number | undefined;
  readonly asLastWeek: number;
}

/** Spent, nearly spent, or on the way there. */
export const budgetAdvice = (accounts: readonly BudgetAccount[]): readonly Advice[] => accounts.flatMap(adviceOn);

const nearlyRatio = 0.9;

const adviceOn = (account: BudgetAccount): readonly Advice[] => {
  const { name, period, unit, limit, spent } = account;
  if (limit <= 0) return [];
  const amount = unit === 'usd' ? dollars : tokens;
  const about = (urgency: Advice['urgency'], reason: string, value: number): readonly Advice[] =>
    [{ kind: 'budget', urgency, sessions: [], reason, number: { name: 'budget_ratio', value, unit: 'ratio', limit: 1 }, command: { run: 'watchroom budget', where: 'shell' } }];
  const budget = `the budget of ${name} for this ${period} (${amount(limit)})`;
  if (spent >= limit) return about('now', `${budget} is spent: ${amount(spent)}`, spent / limit);
  if (spent >= nearlyRatio * limit) return about('soon', `${percent(spent / limit)} of ${budget} is spent`, spent / limit);
  const expected = Math.max(account.atThisPace ?? 0, account.asLastWeek);
  return expected > limit ? about('soon', `${budget} will not last: ${amount(expected)} by its end at the present pace`, expected / limit) : [];
};
