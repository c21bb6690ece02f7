import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { nameForms, spell } from '../../src/cost/model-name.ts';
import { priceTableSchema } from '../../src/cost/schema.ts';
import { loadPriceTable, priceTableFile } from '../../src/cost/table.ts';
import { formatTable, updateTable } from '../../../scripts/prices/update.ts';
import type { LiteLlm } from '../../../scripts/prices/litellm.ts';

const table = loadPriceTable();
const rows = Object.entries(table.models);

describe('the committed price table', () => {
  it('has the shape that the program expects', () => {
    expect(priceTableSchema.parse(table)).toEqual(table);
  });

  it('is written as npm run prices writes it, sorted, one model per line', () => {
    expect(readFileSync(priceTableFile, 'utf8')).toBe(formatTable(table));
    expect(Object.keys(table.models)).toEqual(Object.keys(table.models).toSorted());
  });

  it('names every model once, whatever the spelling', () => {
    const names = rows.map(([model]) => spell(model));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('[T25] has a row under its own name for every model that a shorter name would price otherwise', () => {
    for (const [model] of rows) expect(nameForms(model).same[0]).toMatchObject({ name: spell(model) });
  });

  it('has bands and earlier prices in ascending order, and no band cheaper than the price below it', () => {
    for (const [model, row] of rows) {
      const limits = (row.above ?? []).map(({ over }) => over);
      expect([model, limits]).toEqual([model, limits.toSorted((a, b) => a - b)]);
      const days = (row.earlier ?? []).map(({ until }) => until);
      expect([model, days]).toEqual([model, days.toSorted()]);
      for (const band of row.above ?? []) expect(band.input).toBeGreaterThanOrEqual(row.input);
    }
  });

  it('[T26] holds prices exactly: whole pico-dollars per token', () => {
    for (const [, { input, output, cacheRead = 0 }] of rows) for (const usd of [input, output, cacheRead]) expect(usd).toBe(Math.round(usd * 1e6) / 1e6);
  });

  it('[T6] reads a cache no dearer than input and writes it no cheaper', () => {
    for (const [model, { input, cacheRead = 0, cacheWrite5m = input, cacheWrite1h = cacheWrite5m }] of rows)
      expect({ model, sound: cacheRead <= input && cacheWrite5m >= input && cacheWrite1h >= cacheWrite5m }).toEqual({ model, sound: true });
  });
});

const shared = new URL('../../../../shared/prices/', import.meta.url);
const litellm = new URL('litellm-2026-04.json', shared);
const codeburn = new URL('prices-2026-08.json', shared);
const withFacts = existsSync(litellm) ? describe : describe.skip;

withFacts('[T24] the committed price table against the collected facts (skipped where ../shared/prices is absent)', () => {
  it.each([
    ['claude-haiku-4-5', 1, 5, 0.1], ['claude-opus-4-6', 5, 25, 0.5], ['claude-sonnet-4-5', 3, 15, 0.3],
    ['gpt-5', 1.25, 10, 0.125], ['gpt-5.4', 2.5, 15, 0.25], ['o3', 2, 8, 0.5],
  ])('%s costs what LiteLLM says', (model, input, output, cacheRead) => {
    const fact = (JSON.parse(readFileSync(litellm, 'utf8')) as LiteLlm)[model]!;
    expect([fact.input_cost_per_token, fact.output_cost_per_token, fact.cache_read_input_token_cost].map(perMillion)).toEqual([input, output, cacheRead]);
    expect(table.models[model]).toMatchObject({ input, output, cacheRead });
  });

  it.each(['claude-opus-5', 'claude-opus-4-8', 'claude-sonnet-5', 'claude-fable-5', 'gpt-5.5', 'gpt-5.6-terra', 'gpt-5.6-luna', 'gemini-3.5-flash', 'gemini-3.6-flash', 'deepseek-v4-pro', 'grok-4.5'])('%s costs what the newer snapshot says', (model) => {
    const facts = JSON.parse(readFileSync(codeburn, 'utf8')) as Record<string, readonly (number | null)[]>;
    const [input, output, , cacheRead] = (facts[model] ?? facts[`deepseek/${model}`])!.map(perMillion);
    expect(table.models[model]).toMatchObject({ input, output, cacheRead });
  });

  it('is what the file makes of it: working the file in again changes nothing', () => {
    const { table: again, changes } = updateTable(table, JSON.parse(readFileSync(litellm, 'utf8')) as LiteLlm, '2026-04-21');
    expect(formatTable(again)).toBe(formatTable(table));
    expect(changes.filter((change) => !change.startsWith('kept'))).toEqual([]);
  });
});

const perMillion = (usd: unknown): number | undefined => (typeof usd === 'number' ? Math.round(usd * 1e12) / 1e6 : undefined);
