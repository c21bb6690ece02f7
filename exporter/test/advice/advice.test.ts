import { describe, expect, it } from '@jest/globals';
import { adviceFor } from '../../src/advice/advice.ts';
import type { Advice, Situation } from '../../src/advice/advice.ts';
import { createPrices } from '../../src/cost/prices.ts';
import { loadPriceTable } from '../../src/cost/table.ts';
import type { Session } from '../../src/session/session.ts';
import { aSession, minutesAgo, now } from '../a-session.ts';

const table = loadPriceTable();
const models = { prices: createPrices(table), names: Object.keys(table.models) };
const advised = (sessions: readonly Session[], more: Partial<Situation> = {}): readonly Advice[] => adviceFor({ sessions, now, ...more });
const live = (told: Partial<Session>): Session => aSession({ state: 'working', alive: true, sources: ['/t'], context: { used: 10_000, limit: 200_000 }, startedAt: minutesAgo(60), lastActivityAt: minutesAgo(1), ...told });
const kinds = (advice: readonly Advice[]): string[] => advice.map(({ kind, urgency }) => `${urgency} ${kind}`);

describe('recommend', () => {
  it('a healthy machine gets no advice, and an ended session none', () => {
    expect(advised([live({})], { models })).toEqual([]);
    expect(advised([aSession({ state: 'ended', context: { used: 199_000, limit: 200_000 }, rot: { repeatedFailures: 9 } })])).toEqual([]);
  });

  it('restart: failing calls repeated, a critical score, a collapsed cache after compactions, lines edited again', () => {
    expect(advised([live({ rot: { repeatedFailures: 4 } })])).toMatchObject([{ kind: 'restart', urgency: 'now', reason: 'the same failing call was repeated 4 times without progress', number: { value: 4, limit: 3 }, command: { run: '/clear', where: 'session' } }]);
    const ill = live({ context: { used: 199_000, limit: 200_000 }, startedAt: minutesAgo(30 * 60), errors: { tool: 30 }, errorTimes: Array.from({ length: 30 }, () => minutesAgo(2)) });
    expect(advised([ill])).toMatchObject([{ kind: 'restart', urgency: 'now', number: { name: 'health_score', limit: 40 } }]);
    expect(kinds(advised([live({ compactions: 2, rot: { cacheCollapsed: true } })]))).toEqual(['soon restart']);
    expect(kinds(advised([live({ rot: { editChurn: 0.6 } })]))).toEqual(['soon restart']);
  });

  it('[T4] compact: by the size at which the tool compacts itself, else by the window; an unknown window gives none', () => {
    expect(advised([live({ context: { used: 130_000, limit: 200_000, compactAt: 167_000 } })])).toMatchObject([{ kind: 'compact', urgency: 'soon', reason: 'its context is at 77 % of the 167k tokens at which it compacts by itself', command: { run: '/compact', where: 'session' } }]);
    expect(advised([live({ tool: 'gemini', context: { used: 950_000, limit: 1_048_576 } })])).toMatchObject([{ urgency: 'now', command: { run: '/compress' } }]);
    expect(advised([live({ context: { used: 950_000 } })])).toEqual([]);
  });

  it('close: a process that nobody spoke to for two hours', () => {
    const idle = live({ state: 'idle', lastActivityAt: minutesAgo(180), startedAt: minutesAgo(200), processes: [{ pid: 42, residentBytes: 300 * 2 ** 20 }] });
    expect(advised([idle])).toMatchObject([{ kind: 'close', reason: 'nobody has spoken to it for 3 h, and it holds 300 MiB', number: { value: 10_800, unit: 'seconds' }, command: { run: '/exit' } }]);
    expect(advised([{ ...idle, tool: 'windsurf' }])).toMatchObject([{ command: { run: 'kill 42', where: 'shell' } }]);
    expect(advised([{ ...idle, tool: 'windsurf' }], { platform: 'win32' })).toMatchObject([{ command: { run: 'taskkill /PID 42' } }]);
    expect(advised([{ ...idle, lastActivityAt: minutesAgo(60) }])).toEqual([]);
    expect(advised([{ ...idle, processes: [] }])).toEqual([]);
  });

  it('merge: the same repository, and overlapping files or titles; not the same name in another place', () => {
    const edit = { reads: 0, edits: 2, created: false, linesAdded: 1, linesRemoved: 0, lastAt: now };
    const a = live({ nativeId: 'a', cwd: '/w/shop', files: { '/w/shop/a.ts': edit, '/w/shop/b.ts': edit }, lastActivityAt: minutesAgo(9) });
    const b = live({ nativeId: 'b', cwd: '/w/shop/src', files: { '/w/shop/b.ts': edit }, lastActivityAt: minutesAgo(2) });
    expect(advised([b, a])).toMatchObject([{ kind: 'merge', urgency: 'soon', sessions: ['claude/a', 'claude/b'], number: { value: 1 }, command: { run: 'watchroom export claude/a --with-content --output handover.md' } }]);
    expect(advised([b, { ...a, cwd: '/other/shop' }])).toEqual([]);
    expect(advised([b, { ...a, files: { '/w/shop/b.ts': { ...edit, edits: 0, reads: 5 } } }])).toEqual([]);
    expect(kinds(advised([{ ...b, files: {}, title: 'Fix the login redirect loop' }, { ...a, files: {}, title: 'Fix login redirect' }]))).toEqual(['consider merge']);
    expect(advised([{ ...b, files: {}, title: 'Login' }, { ...a, files: {}, title: 'Login' }])).toEqual([]);
  });

  it('[T3] switch model: a newer one of the line for less, or a smaller one for reading; the sum by the price table, and nothing below half a dollar', () => {
    const use = (requests: number) => ({ 'claude-opus-4-1': { usage: { input: 1000 * requests, output: 500 * requests, cache_read: 20_000 * requests }, requests, unpricedTokens: 0 } });
    const [advice] = advised([live({ model: 'claude-opus-4-1', models: use(100) })], { models });
    // Input, output and cache reads at 15, 75 and 1.50 USD per million, and at 4, 20 and what the table says of the cache.
    const cached = models.prices.priceOf('claude-opus-5-5')!.tariff.cacheRead!;
    expect(advice).toMatchObject({ kind: 'switch-model', number: { name: 'saved_usd', unit: 'usd' }, command: { run: '/model claude-opus-5-5', where: 'session' } });
    expect(advice!.number.value).toBeCloseTo((0.1 * 15 + 0.05 * 75 + 2 * 1.5) - (0.1 * 4 + 0.05 * 20 + 2 * cached), 6);
    expect(advised([live({ model: 'claude-opus-4-1', models: use(2) })], { models })).toEqual([]);
    const reading = live({ model: 'claude-opus-5-5', models: { 'claude-opus-5-5': { usage: { input: 1e6, output: 1e5 }, requests: 50, unpricedTokens: 0 } }, turns: 3, toolCalls: { Read: 20 } });
    expect(advised([reading], { models })).toMatchObject([{ kind: 'switch-model', reason: expect.stringContaining('it has only read so far, with claude-opus-5-5: on claude-sonnet-5') }]);
    expect(advised([{ ...reading, linesAdded: 3 }], { models })).toEqual([]);
    expect(advised([live({ model: 'my-own-model', models: { 'my-own-model': { usage: { input: 5000 }, requests: 1, unpricedTokens: 5000 } } })], { models })).toEqual([]);
  });

  it('[T6] budgets: spent, nearly, on the way; [T5] limits that the tools report; models without a price', () => {
    const budget = { name: 'project shop', period: 'week', unit: 'usd', limit: 80, asLastWeek: 0 } as const;
    expect(advised([], { budgets: [{ ...budget, spent: 81 }] })).toMatchObject([{ urgency: 'now', reason: 'the budget of project shop for this week ($80.00) is spent: $81.00', command: { run: 'watchroom budget' } }]);
    expect(kinds(advised([], { budgets: [{ ...budget, spent: 73 }, { ...budget, spent: 10, atThisPace: 90 }, { ...budget, spent: 10 }] }))).toEqual(['soon budget', 'soon budget']);
    const limited = live({ rateLimits: [{ window: '5h', usedRatio: 0.96, reportedAt: minutesAgo(1), resetsAt: now + 40 * 60_000 }, { window: '7d', usedRatio: 0.99, reportedAt: minutesAgo(9), resetsAt: minutesAgo(1) }] });
    expect(advised([limited])).toMatchObject([{ kind: 'tokens', urgency: 'now', reason: 'Claude Code reports 96 % of its 5h limit used; it begins anew in 40 min' }]);
    expect(advised([live({ models: { 'x-1': { usage: { input: 20_000 }, requests: 1, unpricedTokens: 20_000 } } })])).toMatchObject([{ kind: 'tokens', urgency: 'consider', number: { value: 20_000, unit: 'tokens' } }]);
  });

  it('the most urgent comes first, and each has a reason, a number and a command', () => {
    const advice = advised([live({ nativeId: 'a', rot: { editChurn: 0.9 } }), live({ nativeId: 'b', rot: { repeatedFailures: 5 } })], { budgets: [{ name: 'all', period: 'day', unit: 'tokens', limit: 100, spent: 200, asLastWeek: 0 }] });
    expect(kinds(advice)).toEqual(['now budget', 'now restart', 'soon restart']);
    for (const { reason, number, command } of advice) expect([reason.length > 10, Number.isFinite(number.value), command.run.length > 3]).toEqual([true, true, true]);
  });
});
