import type { Command } from 'commander';
import type { World } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { withProgress } from '../progress.ts';
import { viewOf, withBackend } from '../start.ts';
import { accountsOf, budgetData, budgetTable } from '../views/budget-table.ts';

/** watchroom budget */
export const addBudget = (program: Command, deps: Deps): void => {
  const command = program.command('budget').summary('spent, left and what to expect')
    .description('Shows what was spent of every budget in its running day, week or month, what is left, and two forecasts for its end: if it goes on as since its start (AT THIS PACE), and if the rest is used as the last seven days were (AS LAST WEEK).\nCosts are API-equivalent US dollars. Marks: ≥ at least, – too early to say. docs/budgets.md says how to set one.');
  addSettingFlags(addFormatFlag(command), [...lookingFlags, 'timezone']).action(({ format }: { readonly format: Format }) =>
    withBackend(command, deps, async (backend, world) => {
      const accounts = accountsOf(world.config.budgets.length === 0 ? [] : await withProgress(deps.stderr, 'Reading the ledger', backend.budgets()));
      print(deps, format, { text: () => (accounts.length > 0 ? budgetTable(accounts, viewOf(world, deps)) : noBudget(world)), data: () => accounts.map(budgetData) });
    }));
  withExamples(command, [['watchroom budget', 'where everybody stands'], ['watchroom budget --format json', 'for a program'], ["watchroom config set budgets '[{scope: all, period: month, usd: 500}]'", 'to set one']]);
};

const noBudget = ({ file }: World): string => [
  `No budget is set in ${file.path}${file.exists ? '' : ' (which is not there)'}. For example:`,
  '',
  'budgets:',
  '  - {scope: all, period: month, usd: 500}',
  '  - {scope: project, name: shop, period: week, usd: 80}',
  '  - {scope: tool, name: claude, period: day, tokens: 20000000}',
  '',
  "Or: watchroom config set budgets '[{scope: all, period: month, usd: 500}]'",
].join('\n');
