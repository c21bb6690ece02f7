import { describe, expect, it } from '@jest/globals';
import { createPrices } from '../../src/cost/prices.ts';
import { loadPriceTable } from '../../src/cost/table.ts';
import { aRow, aTable } from './a-table.ts';

describe('[T25] which row prices a model', () => {
  const prices = createPrices(loadPriceTable());

  it.each([
    ['claude-opus-4-6', 'claude-opus-4-6'],
    ['Claude-Opus-4-6', 'claude-opus-4-6'],
    ['claude-opus-4-6[1m]', 'claude-opus-4-6'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-3-7-sonnet-latest', 'claude-3-7-sonnet'],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
    ['claude-opus-4-0', 'claude-opus-4'],
    ['anthropic/claude-opus-4.8', 'claude-opus-4-8'],
    ['openrouter/anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'claude-opus-4-5'],
    ['bedrock/anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['vertex_ai/claude-opus-4-1@20250805', 'claude-opus-4-1'],
    ['claude-sonnet-5@default', 'claude-sonnet-5'],
    ['copilot/claude-haiku-4.5', 'claude-haiku-4-5'],
    ['claude-opus-41', 'claude-opus-4-1'],
    ['claude-4.5-sonnet-thinking', 'claude-sonnet-4-5'],
    ['claude-3.5-sonnet', 'claude-3-5-sonnet'],
    ['gpt-5', 'gpt-5'],
    ['openai/gpt-5.5', 'gpt-5.5'],
    ['gpt-5-4-mini', 'gpt-5.4-mini'],
    ['gpt-5.4-mini-2026-03-17', 'gpt-5.4-mini'],
    ['gpt-5.1-codex-max', 'gpt-5.1-codex-max'],
    ['gpt-5.1-codex-max-xhigh', 'gpt-5.1-codex-max'],
    ['models/gemini-2.5-flash', 'gemini-2.5-flash'],
    ['gemini-2.5-pro-preview-06-05', 'gemini-2.5-pro'],
    ['gemini-3-pro-preview', 'gemini-3-pro-preview'],
    ['moonshotai/kimi-k2.5', 'kimi-k2.5'],
    ['MiniMax-M2.5', 'minimax-m2.5'],
    ['deepseek-v3.2-exp', 'deepseek-v3.2'],
    ['zai.glm-5', 'glm-5'],
    ['qwen3-coder-plus', 'qwen3-coder-plus'],
  ])('%s has the price of %s', (model, row) => {
    expect(prices.priceOf(model)?.model).toBe(row);
  });

  it.each([
    'gpt-5.4-mini-foo', 'gpt-5.9', 'gpt-5.4-turbo', 'claude-sonnet-4-5-foo', 'claude-sonnet-6', 'claude-haiku-5-5', 'claude-opus-5-6', 'my-claude-opus-4-6',
    'sonnet', 'fixture-model', '', '<synthetic>', 'copilot/auto', 'lmstudio/gpt-5', 'openai-gpt-5', 'ollama/qwen3-coder-plus', 'deepseek-v4-flash-free', 'grok-4-fast',
  ])('%j has no price: a wrong one is worse than none', (model) => {
    expect(prices.priceOf(model)).toBeUndefined();
    expect(prices.costOf({ model, at: 0, usage: { input: 1000 } })).toBeUndefined();
  });

  it('a name is never matched by a part of it, only whole names without known endings', () => {
    const few = createPrices(aTable({ 'gpt-5': aRow() }));
    expect(few.priceOf('gpt-5-2025-08-07')?.model).toBe('gpt-5');
    expect(few.priceOf('gpt-5.4-mini')).toBeUndefined();
    expect(few.priceOf('gpt-5-mini')).toBeUndefined();
    expect(few.priceOf('gpt-5-codex')).toBeUndefined();
  });

  it('a row of the very name wins over one that a shorter name would find', () => {
    const both = createPrices(aTable({ 'gpt-4o': aRow({ input: 2.5 }), 'gpt-4o-2024-05-13': aRow({ input: 5 }) }));
    expect(both.priceOf('gpt-4o-2024-05-13')?.row.input).toBe(5);
    expect(both.priceOf('gpt-4o-2024-11-20')?.row.input).toBe(2.5);
  });

  it('[FEATURES T9] says how the row was found and where it comes from', () => {
    expect(prices.priceOf('us.anthropic.claude-opus-4-5-20251101-v1:0')?.rule)
      .toBe('us.anthropic.claude-opus-4-5-20251101-v1:0: row claude-opus-4-5 (Bedrock region, provider and version removed, date removed), source: claude-code 2.1.329, 2026-11-19');
  });

  it('a name that says "fast" is the fast tier of the model, if that has one', () => {
    const usage = { input: 1_000_000 };
    expect(prices.costOf({ model: 'claude-opus-4.6-fast', at: 0, usage })?.microUsd).toBe(prices.costOf({ model: 'claude-opus-4-6', at: 0, usage, fast: true })?.microUsd);
    expect(prices.priceOf('claude-haiku-4.5-fast')).toBeUndefined();
  });
});

describe('[FEATURES T3] prices of the user', () => {
  it('win over the table, for every spelling of the model, and the window stays the table\'s', () => {
    const prices = createPrices(loadPriceTable(), [{ model: 'claude-sonnet-4-5', input: 1, output: 2 }]);
    expect(prices.priceOf('us.anthropic.claude-sonnet-4-5-20250929-v1:0')?.row).toEqual({ input: 1, output: 2, contextWindow: 200_000, maxOutput: 64_000, webSearch: 0.01, source: 'the configuration', date: '' });
    expect(prices.costOf({ model: 'claude-sonnet-4.5', at: 0, usage: { input: 300_000, output: 1 } })?.microUsd).toBe(300_002);
    expect(prices.priceOf('claude-sonnet-4')?.row.source).not.toBe('the configuration');
  });

  it('price models that the table does not know, and give them a window', () => {
    const prices = createPrices(aTable({}), [{ model: 'Local-Model', input: 0, output: 0, contextWindow: 32_000 }]);
    expect(prices.costOf({ model: 'local-model', at: 0, usage: { input: 5 } })?.microUsd).toBe(0);
    expect(prices.windowOf('opencode', 'local-model')).toEqual({ limit: 32_000 });
  });

  it('of one model do not reach another that has a row of its own', () => {
    const prices = createPrices(loadPriceTable(), [{ model: 'kimi-k2', input: 9, output: 9 }]);
    expect(prices.priceOf('kimi-k2-thinking')?.row.input).toBe(0.6);
  });

  it('of one provider hold for that provider only', () => {
    const prices = createPrices(loadPriceTable(), [{ model: 'openrouter/anthropic/claude-opus-4.8', input: 4, output: 20 }]);
    expect(prices.priceOf('openrouter/anthropic/claude-opus-4.8')?.row.input).toBe(4);
    expect(prices.priceOf('claude-opus-4-8')?.row.input).toBe(5);
  });
});
