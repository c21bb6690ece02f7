import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { budgetOutlook } from '../../src/sweep/budget-forecast.ts';
import { budgetStatus } from '../../src/sweep/budgets.ts';
import type { Budget, BudgetSurroundings } from '../../src/sweep/budgets.ts';
import { aReport } from '../ledger/a-report.ts';
import { aLedger } from '../sweep/a-home.ts';

const at = (iso: string): number => Date.parse(iso);
const day = 86_400_000;
let ledger: Ledger;
let calls = 0;

beforeEach(() => { ledger = aLedger({ path: ':memory:', now: () => at('2027-01-01T00:00Z') }); });
afterEach(() => ledger.close());

/** A call with so many output tokens (and one of input), at a cent for every ten. */
const use = (iso: string, output: number, { project = 'shop', tool = 'claude', priced = true } = {}): void => {
  calls += 1;
  const report = aReport({ path: `/${tool}/${calls}.jsonl`, session: `s${calls}`, project, calls: [{ message: `m${calls}`, at: at(iso), usage: { input: 1, output } }], ...(priced ? { price: 1000 } : {}) });
  ledger.commit([{ ...report, tool: tool as 'claude', parts: report.parts.map((part) => ({ ...part, session: `${tool}/s${calls}` })), calls: { ...report.calls, sessions: [`${tool}/s${calls}`] } }]);
};
const around = (now: string, more: Partial<BudgetSurroundings> = {}): BudgetSurroundings => ({ now: at(now), timeZone: 'Europe/Berlin', used: (from, to, by) => ledger.usedBetween(from, to, by), ...more });
const aBudget = (budget: Partial<Budget> = {}): Budget => ({ scope: 'all', name: 'everything', period: 'day', usd: 10, ...budget });

describe('what was used of a budget', () => {
  it('[T6] is exactly what the ledger has between two local midnights, on a day of 23 hours and on one of 25', () => {
    use('2026-03-28T22:59:59.999Z', 1_000); // 23:59:59.999 the day before
    use('2026-03-28T23:00:00.000Z', 20);
    use('2026-03-29T21:59:59.999Z', 300);
    use('2026-03-29T22:00:00.000Z', 4_000); // midnight
    expect(budgetStatus(aBudget(), around('2026-03-29T08:00Z'))).toEqual({ scope: 'all', name: 'everything', period: 'day', limitUsd: 10, usedUsd: 0.32, usedTokens: 322, startsAt: at('2026-03-28T23:00Z'), endsAt: at('2026-03-29T22:00Z') });
    use('2026-10-24T21:59:59.999Z', 1_000);
    use('2026-10-24T22:00:00.000Z', 50);
    use('2026-10-25T00:30:00.000Z', 600); // 02:30, for the first time
    use('2026-10-25T01:30:00.000Z', 7_000); // 02:30, for the second
    use('2026-10-25T22:59:59.999Z', 80_000);
    use('2026-10-25T23:00:00.000Z', 900_000);
    expect(budgetStatus(aBudget(), around('2026-10-25T08:00Z')).usedTokens).toBe(87_650 + 4);
  });

  it('[T6] is that of the project, the tool, or everything on this machine', () => {
    use('2026-11-20T10:00Z', 10);
    use('2026-11-20T10:00Z', 200, { project: 'garden' });
    use('2026-11-20T10:00Z', 3000, { tool: 'codex' });
    const used = (budget: Partial<Budget>): number => budgetStatus(aBudget(budget), around('2026-11-20T12:00Z')).usedUsd;
    expect(used({ scope: 'project', name: 'shop' })).toBe(3.01);
    expect(used({ scope: 'project', name: 'garden' })).toBe(0.2);
    expect(used({ scope: 'project', name: 'nobody knows it' })).toBe(0);
    expect(used({ scope: 'tool', name: 'codex' })).toBe(3);
    expect(used({ scope: 'all' })).toBe(3.21);
    expect(used({ scope: 'user', name: 'ada' })).toBe(3.21);
  });

  it('begins its week on the configured day', () => {
    use('2026-11-15T12:00Z', 1000); // a Sunday
    use('2026-11-16T12:00Z', 20);
    const used = (weekStart: BudgetSurroundings['weekStart']): number => budgetStatus(aBudget({ period: 'week' }), around('2026-11-20T12:00Z', { weekStart })).usedTokens;
    expect([used(undefined), used('monday'), used('sunday')]).toEqual([21, 21, 1022]);
  });

  it('begins its month on the first', () => {
    use('2026-01-31T22:59:59Z', 1000);
    use('2026-01-31T23:00:00Z', 20);
    use('2026-02-28T22:59:59Z', 300);
    use('2026-02-28T23:00:00Z', 4000);
    expect(budgetStatus(aBudget({ period: 'month' }), around('2026-02-28T12:00Z')).usedTokens).toBe(322);
  });
});

describe('what may be expected of a budget', () => {
  const outlook = (now: string, budget: Partial<Budget> = {}) => budgetOutlook(aBudget(budget), around(now, { timeZone: 'UTC' }));

  it('at the pace since its start: what was used, by the part of the period that has passed', () => {
    use('2026-11-05T12:00Z', 1000);
    const { elapsed, used, atThisPace } = outlook('2026-11-11T00:00Z', { period: 'month' });
    expect(elapsed).toBeCloseTo(10 / 30, 12);
    expect(used).toEqual({ usd: 1, tokens: 1001, unpricedTokens: 0 });
    expect(atThisPace).toEqual({ usd: expect.closeTo(3, 9), tokens: expect.closeTo(3003, 6), unpricedTokens: 0 });
  });

  it('on a day of 25 hours the pace is that of 25 hours', () => {
    use('2026-10-24T23:00Z', 999);
    const { elapsed, atThisPace } = budgetOutlook(aBudget(), around('2026-10-25T08:00Z'));
    expect([elapsed, atThisPace!.tokens]).toEqual([10 / 25, 2500]);
  });

  it('as the last seven days were: what was used, and their rate for the rest', () => {
    use('2026-10-28T12:00Z', 7000); // last month, within seven days
    use('2026-11-02T12:00Z', 699);
    const { used, asLastWeek } = outlook('2026-11-04T00:00Z', { period: 'month' });
    expect(used.tokens).toBe(700);
    expect(asLastWeek.tokens).toBeCloseTo(700 + ((7001 + 700) / 7) * 27, 6);
    use('2026-10-27T23:59Z', 50_000); // eight days ago
    expect(outlook('2026-11-04T00:00Z', { period: 'month' }).asLastWeek.tokens).toBe(asLastWeek.tokens);
  });

  it('says nothing of the pace while one session would decide it', () => {
    use('2026-11-20T00:05Z', 1000);
    expect(outlook('2026-11-20T00:20Z').atThisPace).toBeUndefined();
    expect(outlook('2026-11-20T00:30Z').atThisPace).toBeDefined();
  });

  it('[T26] knows how many tokens have no price', () => {
    use('2026-11-20T10:00Z', 100);
    use('2026-11-20T10:00Z', 49, { priced: false });
    expect(outlook('2026-11-20T12:00Z').used).toEqual({ usd: 0.1, tokens: 151, unpricedTokens: 50 });
    expect(outlook('2026-11-21T00:00Z', { period: 'week' }).endsAt - at('2026-11-16T00:00Z')).toBe(7 * day);
  });
});
