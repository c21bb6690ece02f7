import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backfillText, seriesKey } from '../../src/metrics/backfill.ts';
import type { Backfill } from '../../src/metrics/backfill.ts';
import { fleetMetrics } from '../../src/metrics/fleet-metrics.ts';
import { backfillSeries } from '../../src/metrics/backfill-series.ts';
import type { History, UseSlice } from '../../src/session/history.ts';
import { requireServer } from '../servers.ts';

const sliceMs = 300_000;
const to = 4_000_000 * sliceMs;
const none = { input: 0, output: 0, cache_read: 0, cache_creation_5m: 0, cache_creation_1h: 0 };
const use = (slice: Partial<Omit<UseSlice, 'tokens'>> & { readonly tokens?: Partial<UseSlice['tokens']> } = {}): UseSlice => ({ slice: 3_999_000, tool: 'claude', model: 'opus', project: 'shop', inFleet: false, microUsd: 1_234_567, ...slice, tokens: { ...none, output: 10, ...slice.tokens } });
const history = (slices: readonly UseSlice[], starts: History['starts'] = []): History => ({ from: 0, to, sliceMs, use: slices, starts });
const total = (past: History, rules = { labelled: [] as string[], mostProjects: 50 }): Record<string, number> =>
  Object.fromEntries(backfillSeries(past, rules).map(({ metric, labels, increments }) => [seriesKey(metric, labels), increments.reduce((sum, { amount }) => sum + amount, 0)]));
const textOf = (backfill: Partial<Backfill>): string => [...backfillText({ history: history([use()]), target: { instance: 'box:1', job: 'watchroom' }, firstShown: new Map(), labelled: [], mostProjects: 50, ...backfill })].join('');

describe('the series of a past', () => {
  it('[T8] are those of the live counters, and only what was used has one', () => {
    expect(total(history([use({ tokens: { input: 3, cache_read: 900 } }), use({ tool: 'codex', model: undefined, project: undefined, microUsd: undefined, tokens: { output: 7 } })], [{ slice: 1, tool: 'claude', project: 'shop', inFleet: false, sessions: 2 }]))).toEqual({
      'ai_cost_usd_total{tool="claude",model="opus",project="shop"}': 1_234_567,
      'ai_sessions_started_total{tool="claude",project="shop"}': 2,
      'ai_tokens_total{tool="claude",model="opus",project="shop",token_type="cache_read"}': 900,
      'ai_tokens_total{tool="claude",model="opus",project="shop",token_type="input"}': 3,
      'ai_tokens_total{tool="claude",model="opus",project="shop",token_type="output"}': 10,
      'ai_tokens_total{tool="codex",model="unknown",project="unknown",token_type="output"}': 7,
      'ai_unpriced_tokens_total{tool="codex",model="unknown",token_type="output"}': 7,
    });
  });

  it('have the labels that the catalogue gives them', () => {
    for (const { metric, labels } of backfillSeries(history([use({ microUsd: undefined }), use()], [{ slice: 1, tool: 'claude', project: 'shop', inFleet: false, sessions: 1 }]), { labelled: [], mostProjects: 9 }))
      expect([...labels.matchAll(/(\w+)="/g)].map(([, name]) => name)).toEqual(fleetMetrics.find(({ name }) => name === metric)!.labels);
  });

  it('whoever has a label in the fleet keeps it; free slots go to the most used of the last 30 days, then of all time', () => {
    const monthAgo = 4_000_000 - 31 * 288;
    const past = history([
      use({ project: 'labelled', slice: monthAgo, tokens: { output: 1 } }),
      use({ project: 'huge long ago', slice: monthAgo, tokens: { output: 9000 } }),
      use({ project: 'small lately', tokens: { output: 20 } }),
      use({ project: 'cached a lot', tokens: { output: 1, cache_read: 1e9 } }),
    ]);
    const projects = (mostProjects: number): string[] => [...new Set(Object.keys(total(past, { labelled: ['labelled'], mostProjects })).map((series) => /project="([^"]*)"/.exec(series)![1]!))].sort();
    expect(projects(2)).toEqual(['labelled', 'other', 'small lately']);
    expect(projects(3)).toEqual(['cached a lot', 'labelled', 'other', 'small lately']);
    expect(projects(4)).toEqual(['cached a lot', 'huge long ago', 'labelled', 'small lately']);
    expect(projects(1)).toEqual(['labelled', 'other']);
  });
});

describe('the text of a past', () => {
  it('is OpenMetrics with the target\'s labels, times in seconds and money in dollars', () => {
    const lines = textOf({}).split('\n');
    expect(lines.slice(0, 3)).toEqual(['# HELP ai_tokens Tokens of all sessions, ended ones included.', '# TYPE ai_tokens counter', `ai_tokens_total{tool="claude",model="opus",project="shop",token_type="output",instance="box:1",job="watchroom"} 0 ${(3_999_001 * sliceMs - 8 * 3_600_000) / 1000}`]);
    expect(lines).toContain(`ai_cost_usd_total{tool="claude",model="opus",project="shop",instance="box:1",job="watchroom"} 1.234567 ${(3_999_001 * sliceMs) / 1000}`);
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
  });

  it('leads to the first live values, whose money is in dollars too', () => {
    const firstShown = new Map([['ai_cost_usd_total{tool="claude",model="opus",project="shop"}', 1.234567], ['ai_tokens_total{tool="claude",model="opus",project="shop",token_type="output"}', 4]]);
    const text = textOf({ history: history([use({ inFleet: true, slice: 3_999_999 })]), firstShown });
    expect(text).toMatch(/ai_cost_usd_total\{[^}]*\} 1\.234567 \S+\n(?!ai_cost)/);
    expect(text).toMatch(/ai_tokens_total\{[^}]*\} 4 \S+\n(?!ai_tokens)/);
  });

  it('nothing used is an empty page', () => {
    expect(textOf({ history: history([]) })).toBe('# EOF\n');
  });
});

requireServer('promtool')('promtool', () => {
  it.each([['a page that was cut off', (whole: string) => whole.slice(0, whole.length / 2), 1], ['an empty file', () => '', 1], ['a past of nothing', () => '# EOF\n', 0], ['a whole page', (whole: string) => whole, 0]])('takes %s for what it is', (_what, made, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'watchroom-past-'));
    writeFileSync(join(folder, 'past.om'), made(textOf({})));
    const { status } = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'past.om'), join(folder, 'data')]);
    rmSync(folder, { recursive: true });
    expect(status).toBe(expected);
  });
});
