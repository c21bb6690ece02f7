import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, copyFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addUsage } from '../../src/session/usage.ts';
import type { Usage } from '../../src/session/usage.ts';
import { aLedger, anEngine } from '../sweep/a-home.ts';

/** One row of ../shared/samples/expected.jsonl: what an independent reference counted in one file. */
interface Expected {
  readonly file: string;
  readonly tool: 'claude' | 'codex' | 'gemini' | 'copilot-cli' | 'opencode';
  readonly sessionId: string | null;
  /** Empty for a file without a call. */
  readonly totals: { input?: number; output?: number; cache_read?: number; cw5m?: number; cw1h?: number; calls?: number };
  readonly own_total?: { input_tokens: number; cached_input_tokens?: number; output_tokens: number; reasoning_output_tokens: number };
  readonly session_metas?: number;
  readonly tok_input?: number;
  readonly tok_output?: number;
  readonly tok_cached?: number;
  readonly tok_thoughts?: number;
  readonly tok_tool?: number;
  readonly output_tokens_messages?: number;
  readonly shutdowns?: readonly { modelMetrics: Record<string, { inputTokens: number; outputTokens: number; cacheReadTokens: number; cacheWriteTokens: number }> }[];
}

const samples = fileURLToPath(new URL('../../../../shared/samples/', import.meta.url));
const rows: Expected[] = existsSync(samples) ? readFileSync(join(samples, 'expected.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Expected) : [];
const homes: string[] = [];
afterAll(() => homes.forEach((home) => rmSync(home, { recursive: true })));

/** Where the tool would have written the file. */
const placeOf = ({ tool, file, sessionId }: Expected): string => {
  const id = sessionId ?? 'unnamed';
  switch (tool) {
    case 'claude': return `.claude/projects/-home-ada-shop/${basename(file) === 'transcript.jsonl' || /snapshots/.test(file) ? `${id}.jsonl` : basename(file)}`;
    case 'codex': return `.codex/sessions/2026/01/01/rollout-2026-01-01T00-00-00-${id}.jsonl`;
    case 'gemini': return `.gemini/tmp/shop/chats/session-2026-01-01T00-00-${id.slice(0, 8)}${file.endsWith('.jsonl') ? '.jsonl' : '.json'}`;
    default: return `.copilot/session-state/${id}/events.jsonl`;
  }
};

/** What the whole way (find, read, book) counts of a file that stands alone in a home. */
const counted = async (row: Expected, session?: string): Promise<{ usage: Usage; requests: number }> => {
  const home = mkdtempSync(join(tmpdir(), 'watchroom-sample-'));
  homes.push(home);
  const path = join(home, placeOf(row));
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(join(samples, row.file), path);
  const ledger = aLedger({ path: ':memory:' });
  await anEngine({ platform: 'linux', home, env: {} }, ledger, Date.now).engine.scan();
  const uses = ledger.sessions('all').filter(({ nativeId }) => session === undefined || nativeId === session).flatMap(({ models }) => Object.values(models));
  expect(ledger.verify()).toEqual([]);
  expect(ledger.fleet().every((series) => series.value === 0)).toBe(true);
  ledger.close();
  return { usage: uses.reduce<Usage>((sum, use) => addUsage(sum, use.usage), {}), requests: uses.reduce((sum, use) => sum + use.requests, 0) };
};

const zero = { input: 0, output: 0, cache_read: 0, cache_creation_5m: 0, cache_creation_1h: 0 };
const withoutReasoning = ({ reasoning: _subset, ...usage }: Usage): Usage => ({ ...zero, ...usage });

(rows.length > 0 ? describe : describe.skip)(`samples, from the file to the ledger${rows.length > 0 ? '' : ' (skipped: ../shared/samples is not beside the repository)'}`, () => {
  const of = (tool: Expected['tool']): [string, Expected][] => rows.filter((row) => row.tool === tool).map((row) => [row.file, row]);

  it.each(of('claude'))('[T1] Claude Code: %s', async (_file, row) => {
    const { usage, requests } = await counted(row);
    const { totals } = row;
    expect(withoutReasoning(usage)).toEqual({ input: totals.input ?? 0, output: totals.output ?? 0, cache_read: totals.cache_read ?? 0, cache_creation_5m: totals.cw5m ?? 0, cache_creation_1h: totals.cw1h ?? 0 });
    expect(requests).toBe(totals.calls ?? 0);
  });

  // Of a recording of several sessions the reference has the last one's totals; the reader's own test compares those.
  it.each(of('codex').filter(([, row]) => (row.session_metas ?? 0) <= 1))('[T1] Codex CLI: %s', async (_file, row) => {
    const { usage } = await counted(row);
    const own = row.own_total;
    expect(withoutReasoning(usage)).toEqual(own ? { ...zero, input: own.input_tokens - (own.cached_input_tokens ?? 0), cache_read: own.cached_input_tokens ?? 0, output: own.output_tokens } : zero);
  });

  it.each(of('gemini'))('[T1] Gemini CLI: %s', async (_file, row) => {
    const { usage } = await counted(row, row.sessionId ?? undefined);
    const { tok_input = 0, tok_cached = 0, tok_tool = 0, tok_output = 0, tok_thoughts = 0 } = row;
    expect(withoutReasoning(usage)).toEqual({ ...zero, input: tok_input - tok_cached + tok_tool, cache_read: tok_cached, output: tok_output + tok_thoughts });
  });

  it.each(of('copilot-cli').filter(([, row]) => (row.shutdowns?.length ?? 0) === 1))('[T1] Copilot CLI, one clean shutdown: %s', async (_file, row) => {
    const { usage } = await counted(row);
    const metrics = Object.values(row.shutdowns![0]!.modelMetrics);
    const sum = (pick: (metric: (typeof metrics)[number]) => number): number => metrics.reduce((total, metric) => total + pick(metric), 0);
    expect(usage.input ?? 0).toBe(sum((metric) => metric.inputTokens - metric.cacheReadTokens - metric.cacheWriteTokens));
    expect(usage.cache_read ?? 0).toBe(sum((metric) => metric.cacheReadTokens));
    expect(usage.output ?? 0).toBe(Math.max(sum((metric) => metric.outputTokens), row.output_tokens_messages ?? 0));
  });
});
