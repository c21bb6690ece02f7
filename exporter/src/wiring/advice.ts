import { adviceFor } from '../advice/advice.ts';
import type { Advice } from '../advice/advice.ts';
import type { BudgetAccount } from '../advice/budgets.ts';
import type { Backend, World } from '../cli/backend.ts';
import { accountsOf } from '../cli/views/budget-table.ts';
import type { Account } from '../cli/views/budget-table.ts';
import { healthSettings } from '../config/health-settings.ts';
import { createPrices } from '../cost/prices.ts';
import { loadPriceTable } from '../cost/table.ts';
import type { EpochMs } from '../session/part.ts';

/** What to do now on this machine. */
export const adviceNow = async ({ sessions, budgets }: Pick<Backend, 'sessions' | 'budgets'>, { config, machine }: World, now: EpochMs): Promise<readonly Advice[]> => {
  const table = loadPriceTable();
  return adviceFor({
    sessions: await sessions({ all: false }),
    budgets: config.budgets.length === 0 ? [] : accountsOf(await budgets()).map(accountOf),
    now, health: healthSettings(config), platform: machine.platform,
    models: { prices: createPrices(table, config.prices), names: Object.keys(table.models) },
  });
};

const accountOf = ({ outlook: { budget }, unit, limit, spent, atThisPace, asLastWeek }: Account): BudgetAccount =>
  ({ name: budget.scope === 'all' ? budget.name : `${budget.scope} ${budget.name}`, period: budget.period, unit, limit, spent, atThisPace, asLastWeek });
