import type { Used } from '../../session/history.ts';
import type { BudgetOutlook } from '../../sweep/budget-forecast.ts';
import { clockTime, percent, shortNumber, usd } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import { renderTable } from '../table.ts';
import type { Look, Style } from '../terminal.ts';
import { unknown } from './marks.ts';

/** One limit of a budget: a budget in dollars and tokens is two accounts. */
export interface Account {
  readonly outlook: BudgetOutlook;
  readonly unit: 'usd' | 'tokens';
  readonly limit: number;
  readonly spent: number;
  readonly atThisPace: number | undefined;
  readonly asLastWeek: number;
}

export const accountsOf = (outlooks: readonly BudgetOutlook[]): readonly Account[] =>
  outlooks.flatMap((outlook) => (['usd', 'tokens'] as const).flatMap((unit) => {
    const limit = outlook.budget[unit];
    return limit === undefined ? [] : [{ outlook, unit, limit, spent: outlook.used[unit], atThisPace: outlook.atThisPace?.[unit], asLastWeek: outlook.asLastWeek[unit] }];
  }));

/** An account for programs: times as text, numbers as they are. */
export const budgetData = ({ outlook: { budget, startsAt, endsAt, elapsed, used }, unit, limit, spent, atThisPace, asLastWeek }: Account) => ({
  scope: budget.scope,
  name: budget.name,
  period: budget.period,
  startsAt: new Date(startsAt).toISOString(),
  endsAt: new Date(endsAt).toISOString(),
  elapsedRatio: elapsed,
  unit,
  limit,
  spent,
  left: limit - spent,
  ...(limit > 0 ? { spentRatio: spent / limit } : {}),
  forecast: { ...(atThisPace === undefined ? {} : { atThisPace }), asLastWeek },
  unpricedTokens: used.unpricedTokens,
});

export interface BudgetView extends Look {
  readonly timeZone: string;
}

/** The accounts as a table that fits the terminal. */
export const budgetTable = (accounts: readonly Account[], view: BudgetView): string =>
  renderTable(accounts, [
    { head: 'BUDGET', cell: ({ outlook: { budget } }) => safeText(budget.scope === 'all' ? budget.name : `${budget.scope} ${budget.name}`), least: 12, most: 32 },
    { head: 'PERIOD', cell: ({ outlook: { budget } }) => budget.period },
    { head: 'SPENT', cell: (account) => view.paint(styleOf(account.spent, account), amount(account, account.spent, account.outlook.used)), align: 'right' },
    { head: 'OF', cell: (account) => amount(account, account.limit), align: 'right' },
    { head: '', cell: ({ spent, limit }) => (limit > 0 ? percent(spent / limit) : ''), align: 'right', dropped: 4 },
    { head: 'LEFT', cell: (account) => leftText(account, view), align: 'right' },
    { head: 'AT THIS PACE', cell: (account) => forecastText(account, account.atThisPace, view), align: 'right', dropped: 1 },
    { head: 'AS LAST WEEK', cell: (account) => forecastText(account, account.asLastWeek, view), align: 'right', dropped: 2 },
    { head: 'ENDS', cell: ({ outlook: { endsAt } }) => clockTime(endsAt, view.timeZone).slice(0, 16), dropped: 3 },
  ], view);

/** Dollars of calls without a price are not in the sum: ≥. */
const amount = ({ unit }: Account, value: number, used?: Used): string =>
  unit === 'usd' ? `${used && used.unpricedTokens > 0 ? '≥' : ''}${usd(value)}` : shortNumber(value);

const leftText = (account: Account, { paint }: Look): string => {
  const left = account.limit - account.spent;
  return left < 0 ? paint('red', `${amount(account, -left)} over`) : amount(account, left);
};

const forecastText = (account: Account, value: number | undefined, { paint }: Look): string =>
  value === undefined ? unknown : paint(styleOf(value, account), amount(account, value, account.outlook.used));

const styleOf = (value: number, { limit }: Account): Style => (value > limit ? 'red' : value > 0.9 * limit ? 'yellow' : 'green');
