import { describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { parse } from 'yaml';
import type { Backend } from '../../src/cli/backend.ts';
import { budgetOutlook } from '../../src/sweep/budget-forecast.ts';
import type { Budget } from '../../src/sweep/budgets.ts';
import { aBackend, run } from '../cli/a-command-line.ts';
import { aHome } from '../sweep/a-home.ts';

const now = Date.UTC(2026, 10, 16);
const set = (budgets: string): { readonly variables: Record<string, string> } => ({ variables: { WATCHROOM_BUDGETS: budgets, WATCHROOM_TIMEZONE: 'UTC', NO_COLOR: '1' } });

/** A backend that spent the same of every budget. */
const spending = (usd: number, tokens: number, budgets: readonly Budget[], unpricedTokens = 0): Backend =>
  aBackend([], { budgets: async () => budgets.map((budget) => budgetOutlook(budget, { now, timeZone: 'UTC', used: () => ({ usd, tokens, unpricedTokens }) })) });
const month: Budget = { scope: 'all', name: 'everything', period: 'month', usd: 100 };
const text = '[{scope: all, period: month, usd: 100}]';

describe('watchroom budget', () => {
  it('[T6] prints spent, left and two forecasts', async () => {
    const { out, err, exitCode } = await run('budget', spending(62.5, 0, [month]), { ...set(text), columns: 120 });
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['BUDGET', 'PERIOD', 'SPENT', 'OF', 'LEFT', 'AT THIS PACE', 'AS LAST WEEK', 'ENDS'],
      // half of the month: twice as much at its end; 62.50 in seven days: 15 more days like these
      ['everything', 'month', '$62.50', '$100.00', '62 %', '$37.50', '$125.00', '$196.43', '2026-12-01 00:00'],
      [''],
    ]);
    expect([err, exitCode]).toEqual(['', 0]);
  });

  it('says by how much a budget is exceeded, and that a cost without all prices is a lower bound', async () => {
    const { out } = await run('budget', spending(120, 0, [month], 5), { ...set(text), columns: 120 });
    expect(out).toMatch(/everything +month +≥\$120\.00 +\$100\.00 +120 % +\$20\.00 over +≥\$240\.00/);
  });

  it('has a line for each limit of a budget, and calls scope and name', async () => {
    const budget: Budget = { scope: 'project', name: 'shop', period: 'month', usd: 1, tokens: 5000 };
    const { out } = await run('budget', spending(0.25, 1200, [budget]), { ...set('[{scope: project, name: shop, period: month, usd: 1, tokens: 5000}]'), columns: 120 });
    expect(out.split('\n').filter((line) => line.startsWith('project shop')).map((line) => line.split(/ {2,}/).slice(0, 6))).toEqual([
      ['project shop', 'month', '$0.25', '$1.00', '25 %', '$0.75'],
      ['project shop', 'month', '1.2k', '5.0k', '24 %', '3.8k'],
    ]);
  });

  it('fits a narrow terminal', async () => {
    const { out } = await run('budget', spending(62.5, 0, [month]), { ...set(text), columns: 50 });
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(50);
    expect(out).toContain('$37.50');
  });

  it.each<[string, (text: string) => unknown]>([['json', (out) => JSON.parse(out)], ['yaml', (out) => parse(out)]])('gives the same as %s', async (format, read) => {
    const { out } = await run(`budget --format ${format}`, spending(62.5, 4000, [month], 7), set(text));
    expect(read(out)).toEqual([{
      scope: 'all', name: 'everything', period: 'month', startsAt: '2026-11-01T00:00:00.000Z', endsAt: '2026-12-01T00:00:00.000Z', elapsedRatio: 0.5,
      unit: 'usd', limit: 100, spent: 62.5, left: 37.5, spentRatio: 0.625, forecast: { atThisPace: 125, asLastWeek: 62.5 + (62.5 * 15) / 7 }, unpricedTokens: 7,
    }]);
  });

  it('says when no budget is set, and how to set one; as data it is an empty list', async () => {
    const { out, exitCode } = await run('budget', aBackend(), { home: '/home/nobody' });
    expect(out).toContain('No budget is set in /home/nobody/.config/watchroom/config.yaml (which is not there)');
    expect(out).toContain("watchroom config set budgets '[{scope: all, period: month, usd: 500}]'");
    expect(exitCode).toBe(0);
    expect((await run('budget --format json')).out).toBe('[]\n');
  });

  it.each([
    ['[{scope: tool, name: claud, period: day, usd: 1}]', 'budgets[0].name must be one of claude, codex,', 'Did you mean claude?'],
    ['[{scope: all, period: year, usd: 1}]', 'budgets[0].period must be one of day, week, month, got "year"', ''],
    ['[{scope: user, period: day, usd: 1}]', 'budgets[0].name must be a text', ''],
    ['[{scope: all, period: day}]', 'budgets[0] must be a budget with usd, tokens or both', ''],
    ['[{scope: all, period: day, usd: 1}, {scope: all, period: day, tokens: 1}]', 'budgets must be a list with each scope, name and period once', ''],
    ['[{scope: all, period: day, usd: 1, eur: 2}]', 'budgets[0] has no eur', ''],
  ])('a mistake in %s says what was seen', async (budgets, sentence, hint) => {
    const { home, write } = aHome();
    write('.config/watchroom/config.yaml', `budgets: ${budgets}\n`);
    const { err, exitCode } = await run('budget', aBackend(), { home });
    expect(err).toContain(`config.yaml:1: ${sentence}`);
    expect(err).toContain(hint);
    expect(exitCode).toBe(4);
    rmSync(home, { recursive: true });
  });
});
