import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPrices } from '../../src/cost/prices.ts';
import type { PricedCall } from '../../src/cost/prices.ts';
import { loadPriceTable } from '../../src/cost/table.ts';
import { tokenTypes } from '../../src/session/usage.ts';
import { aRow, aTable } from './a-table.ts';

const million = 1_000_000;
const day = (text: string): number => Date.parse(text);
const shipped = createPrices(loadPriceTable());

/** Micro-dollars by the shipped table. */
const cost = (model: string, usage: PricedCall['usage'], rest: Partial<PricedCall> = {}): number | undefined => shipped.costOf({ model, usage, at: day('2026-11-01'), ...rest })?.microUsd;

describe('[FEATURES T3] what a request costs', () => {
  it('is the sum over the kinds of tokens, in whole micro-dollars', () => {
    expect(cost('claude-opus-4-6', { input: 1000, output: 500, cache_read: 10_000, cache_creation_5m: 2000, cache_creation_1h: 100 })).toBe(5000 + 12_500 + 5000 + 12_500 + 1000);
  });

  it('never adds reasoning to the output it is part of', () => {
    expect(cost('gpt-5.4', { output: 100, reasoning: 90 })).toBe(1500);
  });

  it('is rounded once per request, not once per kind', () => {
    const prices = createPrices(aTable({ m: aRow({ input: 0.3, output: 0.3, cacheRead: 0.3 }) }));
    expect(prices.costOf({ model: 'm', at: 0, usage: { input: 1, output: 1, cache_read: 1 } })?.microUsd).toBe(1);
  });

  it('keeps prices far below a cent exact', () => {
    expect(cost('deepseek-v4-pro', { cache_read: million })).toBe(3625);
  });

  it('[T26] is unknown for a model without a price or without a name, never 0', () => {
    expect(shipped.costOf({ model: 'who-knows', at: 0, usage: { input: 1 } })).toBeUndefined();
    expect(shipped.costOf({ model: undefined, at: 0, usage: { input: 1 } })).toBeUndefined();
    expect(shipped.microUsdOf({ model: undefined, at: 0, usage: { input: 1 } })).toBeUndefined();
  });

  it('is the same with and without the words, never negative and never less for more tokens', () => {
    const kinds = fc.record(Object.fromEntries(tokenTypes.map((kind) => [kind, fc.nat(2_000_000)])), { requiredKeys: [] });
    fc.assert(fc.property(fc.constantFrom('claude-sonnet-4-5', 'gpt-5.4', 'gemini-2.5-pro', 'qwen3-coder-plus'), kinds, fc.constantFrom(...tokenTypes), (model, usage, kind) => {
      const call = { model, usage, at: 0 };
      const microUsd = shipped.microUsdOf(call)!;
      expect(Number.isSafeInteger(microUsd)).toBe(true);
      expect(shipped.costOf(call)?.microUsd).toBe(microUsd);
      expect(shipped.microUsdOf({ ...call, usage: { ...usage, [kind]: (usage[kind] ?? 0) + 1000 } })).toBeGreaterThanOrEqual(microUsd);
    }));
  });
});

describe('[T6] cache writes', () => {
  it('cost what the row says', () => {
    expect(cost('claude-opus-4-5', { cache_creation_5m: million })).toBe(6_250_000);
    expect(cost('claude-opus-4-5', { cache_creation_1h: million })).toBe(10_000_000);
  });

  it('of Claude cost 1.25 and 2 times the input, reads a tenth, where the row is silent', () => {
    const prices = createPrices(aTable({ 'claude-next': aRow() }));
    const of = (kind: string): number | undefined => prices.costOf({ model: 'claude-next', at: 0, usage: { [kind]: million } })?.microUsd;
    expect([of('cache_creation_5m'), of('cache_creation_1h'), of('cache_read')]).toEqual([3_750_000, 6_000_000, 300_000]);
  });

  it('and reads of any other provider cost the input where the row is silent: no discount is guessed', () => {
    const prices = createPrices(aTable({ other: aRow() }));
    expect(prices.costOf({ model: 'other', at: 0, usage: { cache_creation_1h: million, cache_read: million } })?.microUsd).toBe(6_000_000);
  });
});

describe('[T8] long context', () => {
  it('is decided by the whole input side, caches included, and strictly above the limit', () => {
    expect(cost('claude-sonnet-4-5', { input: 100_000, cache_read: 90_000, cache_creation_5m: 10_000, output: 1000 })).toBe(300_000 + 27_000 + 37_500 + 15_000);
    expect(cost('claude-sonnet-4-5', { input: 100_001, cache_read: 90_000, cache_creation_5m: 10_000, output: 1000 })).toBe(600_006 + 54_000 + 75_000 + 22_500);
  });

  it('is not reached by output tokens', () => {
    expect(cost('claude-sonnet-4-5', { input: 1, output: 300_000 })).toBe(3 + 4_500_000);
  });

  it('bills 1-hour writes in the band at twice the band\'s input price', () => {
    expect(cost('claude-sonnet-4-5', { cache_creation_1h: 300_000 })).toBe(3_600_000);
  });

  it('begins above 272,000 for OpenAI', () => {
    expect(cost('gpt-5.4', { input: 272_000 })).toBe(680_000);
    expect(cost('gpt-5.4', { input: 272_001 })).toBe(1_360_005);
  });

  it('begins at the limit itself for xAI', () => {
    expect(cost('grok-4-1-fast', { input: 127_999 })).toBe(25_600);
    expect(cost('grok-4-1-fast', { input: 128_000 })).toBe(51_200);
  });

  it('without a cache price of its own keeps the ratio of the price below it', () => {
    expect(cost('grok-4-1-fast', { cache_read: million })).toBe(100_000);
  });

  it('has several bands for Qwen, and the highest one reached holds for every token', () => {
    expect([32_000, 32_001, 128_001, 256_001].map((input) => cost('qwen3-coder-plus', { input }))).toEqual([32_000, 57_602, 384_003, 1_536_006]);
  });

  it('does not exist where the provider has one price', () => {
    expect(cost('claude-opus-4-7', { input: 900_000 })).toBe(4_500_000);
  });
});

describe('[T7] other surcharges', () => {
  it('the fast tier has prices of its own: six times for Opus 4.6, twice for Opus 5', () => {
    expect(cost('claude-opus-4-6', { input: million }, { fast: true })).toBe(30_000_000);
    expect(cost('claude-opus-5', { input: 100_000, cache_creation_1h: 100_000 }, { fast: true })).toBe(1_000_000 + 2_000_000);
  });

  it('the fast tier beyond its own prices is billed by the standard band', () => {
    const usage = { input: 272_000, output: 1000 };
    expect(cost('gpt-5.4', usage, { fast: true })).toBe(1_360_000 + 30_000);
    expect(cost('gpt-5.4', { ...usage, input: 272_001 }, { fast: true })).toBe(1_360_005 + 22_500);
  });

  it('a fast request whose fast price is not known costs the standard price and says so', () => {
    const slow = shipped.costOf({ model: 'claude-opus-5-5', at: 0, usage: { input: 10 }, fast: true });
    expect(slow?.microUsd).toBe(40);
    expect(slow?.rule).toContain('fast tier, whose price is not known: at the standard price, a lower bound');
  });

  it('web searches of Claude cost 10 USD per thousand', () => {
    expect(cost('claude-sonnet-5', {}, { webSearches: 3 })).toBe(30_000);
  });

  it('web searches without a known price are left out, and that is said', () => {
    const call = { model: 'gpt-5.4', at: 0, usage: { input: 10 }, webSearches: 2 };
    expect(shipped.costOf(call)).toEqual({ microUsd: 25, rule: expect.arrayContaining(['2 web searches, whose price is not known: left out']) });
  });
});

describe('[T26] the price at the time of use', () => {
  it('is the one that held on the day', () => {
    expect(cost('gpt-5.6-luna', { input: million / 10 }, { at: day('2026-07-29T23:59:59Z') })).toBe(100_000);
    expect(cost('gpt-5.6-luna', { input: million / 10 }, { at: day('2026-07-30T00:00:00Z') })).toBe(20_000);
  });

  it('is the first of several earlier prices whose end had not come', () => {
    const prices = createPrices(aTable({ m: aRow({ input: 1, earlier: [{ until: '2025-01-01', input: 3, output: 3 }, { until: '2026-01-01', input: 2, output: 2 }] }) }));
    expect(['2024-06-01', '2025-06-01', '2026-06-01'].map((at) => prices.costOf({ model: 'm', at: day(at), usage: { input: 1 } })?.microUsd)).toEqual([3, 2, 1]);
  });
});

it('[FEATURES T9] the rule tells row, source, tier, band and every price', () => {
  expect(shipped.costOf({ model: 'claude-sonnet-4-5-20250929', at: 0, usage: { input: 1000, output: 500, cache_read: 200_000, cache_creation_1h: 10 }, webSearches: 2 })).toEqual({
    microUsd: 157_370,
    rule: [
      'claude-sonnet-4-5-20250929: row claude-sonnet-4-5 (date removed), source: claude-code 2.1.329, 2026-11-19',
      'input side of 201010 tokens > 200000: the whole request at the long-context price',
      'input 1000 × 6 USD/M',
      'output 500 × 22.5 USD/M',
      'cache_read 200000 × 0.6 USD/M',
      'cache_creation_1h 10 × 12 USD/M',
      'web searches 2 × 0.01 USD',
    ],
  });
});
