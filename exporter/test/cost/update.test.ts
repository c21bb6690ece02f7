import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { formatTable, updateTable } from '../../../scripts/prices/update.ts';
import type { LiteLlm } from '../../../scripts/prices/litellm.ts';
import { aRow, aTable } from './a-table.ts';

/** In the shape of LiteLLM's file, made by hand. */
const file: LiteLlm = {
  sample_spec: { litellm_provider: 'one of https://…', mode: 'one of: chat, embedding' },
  'claude-testa-4-20250514': {
    litellm_provider: 'anthropic', mode: 'chat', max_input_tokens: 200_000, max_output_tokens: 64_000,
    input_cost_per_token: 3e-6, output_cost_per_token: 1.5e-5, cache_read_input_token_cost: 3e-7, cache_creation_input_token_cost: 3.75e-6, cache_creation_input_token_cost_above_1hr: 6e-6,
    input_cost_per_token_above_200k_tokens: 6e-6, output_cost_per_token_above_200k_tokens: 2.25e-5, cache_read_input_token_cost_above_200k_tokens: 6e-7,
    provider_specific_entry: { us: 1.1, fast: 6 },
    search_context_cost_per_query: { search_context_size_high: 0.01, search_context_size_low: 0.01, search_context_size_medium: 0.01 },
  },
  'gpt-7': {
    litellm_provider: 'openai', mode: 'responses', max_input_tokens: 272_000, input_cost_per_token: 1.25e-6, output_cost_per_token: 1e-5, cache_read_input_token_cost: 1.25e-7,
    input_cost_per_token_priority: 2.5e-6, output_cost_per_token_priority: 2e-5, cache_read_input_token_cost_priority: 2.5e-7,
    search_context_cost_per_query: { search_context_size_high: 0.05, search_context_size_low: 0.03 },
  },
  'gpt-7-2027-01-01': { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 1.25e-6, output_cost_per_token: 1e-5, cache_read_input_token_cost: 1.25e-7 },
  'gpt-7-2026-01-01': { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 9e-6, output_cost_per_token: 1e-5 },
  'gpt-7-realtime': { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 1e-6, output_cost_per_token: 1e-5 },
  'gpt-image-9': { litellm_provider: 'openai', mode: 'image_generation', input_cost_per_token: 1e-6, output_cost_per_token: 1e-5 },
  'text-embedding-9': { litellm_provider: 'openai', mode: 'embedding', input_cost_per_token: 1e-6, output_cost_per_token: 0 },
  'reseller/gpt-7': { litellm_provider: 'reseller', mode: 'chat', input_cost_per_token: 9e-6, output_cost_per_token: 9e-5 },
  'gemini/gemini-9-pro': { litellm_provider: 'gemini', mode: 'chat', max_input_tokens: 1_048_576, input_cost_per_token: 2e-6, output_cost_per_token: 1.2e-5 },
  'gemini-9-pro': { litellm_provider: 'vertex_ai-language-models', mode: 'chat', input_cost_per_token: 4e-6, output_cost_per_token: 1.2e-5 },
  'xai/grok-9-latest': { litellm_provider: 'xai', mode: 'chat', input_cost_per_token: 2e-7, output_cost_per_token: 5e-7, input_cost_per_token_above_128k_tokens: 4e-7, output_cost_per_token_above_128k_tokens: 1e-6 },
  'dashscope/qwen9-coder': {
    litellm_provider: 'dashscope', mode: 'chat',
    tiered_pricing: [{ range: [0, 32_000], input_cost_per_token: 1e-6, output_cost_per_token: 5e-6 }, { range: [32_000, 128_000], input_cost_per_token: 1.8e-6, output_cost_per_token: 9e-6, cache_read_input_token_cost: 1.8e-7 }],
  },
  'zai/glm-9-flash': { litellm_provider: 'zai', mode: 'chat', input_cost_per_token: 0, output_cost_per_token: 0 },
  'zai/glm-9': { litellm_provider: 'zai', mode: 'chat', input_cost_per_token: 6e-7, output_cost_per_token: 2.2e-6, cache_creation_input_token_cost: 0 },
  'github_copilot/claude-testa-4.5': { litellm_provider: 'github_copilot', mode: 'chat', max_input_tokens: 128_000 },
};

describe('npm run prices', () => {
  const { table, changes } = updateTable(aTable({}), file, '2027-02-03');
  const from = { source: 'litellm', date: '2027-02-03' };

  it('makes a row of a vendor\'s model: USD per million, bands, tiers, windows, web search', () => {
    expect(table.models['claude-testa-4']).toEqual({
      input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6,
      above: [{ over: 200_000, input: 6, output: 22.5, cacheRead: 0.6 }],
      fast: { input: 18, output: 90, cacheRead: 1.8, cacheWrite5m: 22.5, cacheWrite1h: 36 },
      contextWindow: 200_000, maxOutput: 64_000, webSearch: 0.01, ...from,
    });
  });

  it('takes OpenAI\'s priority tier as the fast one, and no web search price that depends on the size of the search', () => {
    expect(table.models['gpt-7']).toEqual({ input: 1.25, output: 10, cacheRead: 0.125, fast: { input: 2.5, output: 20, cacheRead: 0.25 }, contextWindow: 272_000, ...from });
  });

  it('keeps a dated name only where its price is another', () => {
    expect(Object.keys(table.models).filter((model) => model.startsWith('gpt-7'))).toEqual(['gpt-7', 'gpt-7-2026-01-01']);
  });

  it('prefers the vendor\'s own offer and leaves resellers, images, audio and embeddings out', () => {
    expect(table.models['gemini-9-pro']?.input).toBe(2);
    expect(Object.keys(table.models)).toEqual(['claude-testa-4', 'gemini-9-pro', 'glm-9', 'gpt-7', 'gpt-7-2026-01-01', 'grok-9', 'qwen9-coder']);
  });

  it('[T8] begins xAI\'s bands at the limit itself and reads DashScope\'s tiers as bands', () => {
    expect(table.models['grok-9']?.above).toEqual([{ over: 128_000, inclusive: true, input: 0.4, output: 1 }]);
    expect(table.models['qwen9-coder']).toEqual({ input: 1, output: 5, above: [{ over: 32_000, input: 1.8, output: 9, cacheRead: 0.18 }], ...from });
  });

  it('[T26] takes a price of 0 for not known', () => {
    expect(table.models['glm-9-flash']).toBeUndefined();
    expect(table.models['glm-9']).toEqual({ input: 0.6, output: 2.2, ...from });
  });

  it('knows Copilot\'s windows', () => {
    expect(table.copilotWindows).toEqual({ 'claude-testa-4-5': 128_000 });
  });

  it('says what is new, and changes nothing the second time', () => {
    expect(changes).toContain('new      gpt-7: input 1.25, output 10, cache read 0.125');
    const again = updateTable(table, file, '2027-02-03');
    expect(again.changes).toEqual([]);
    expect(formatTable(again.table)).toBe(formatTable(table));
  });

  it('replaces an older row, says how, and keeps its note and earlier prices', () => {
    const earlier = [{ until: '2026-05-01', input: 7, output: 7 }];
    const before = aTable({ 'gpt-7': aRow({ input: 1, output: 10, note: 'see there', earlier }) });
    const after = updateTable(before, { 'gpt-7': file['gpt-7']! }, '2027-02-03');
    expect(after.table.models['gpt-7']).toMatchObject({ input: 1.25, note: 'see there', earlier, ...from });
    expect(after.changes).toEqual([expect.stringMatching(/^changed {2}gpt-7: input 1 → 1.25, cacheRead unknown → 0.125/)]);
  });

  it.each([
    ['pinned', aRow({ input: 1, pinned: true })],
    ['newer: 2027-03-01', aRow({ input: 1, date: '2027-03-01' })],
  ])('keeps a row that is %s and tells the difference', (why, row) => {
    const after = updateTable(aTable({ 'gpt-7': row, 'only-ours': aRow() }), { 'gpt-7': file['gpt-7']! }, '2027-02-03');
    expect(after.table.models).toEqual({ 'gpt-7': row, 'only-ours': aRow() });
    expect(after.changes).toEqual([expect.stringContaining(`kept     gpt-7 (${why}), the file says input 1 → 1.25`)]);
  });

  it('works on files: reads LiteLLM\'s, rewrites the table, prints the changes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'watchroom-prices-'));
    try {
      const target = join(folder, 'models.json');
      const source = join(folder, 'litellm.json');
      writeFileSync(target, formatTable(aTable({})));
      writeFileSync(source, JSON.stringify(file));
      const script = fileURLToPath(new URL('../../../scripts/prices.ts', import.meta.url));
      const out = execFileSync(process.execPath, [script, source, '--date', '2027-02-03', '--table', target], { encoding: 'utf8' });
      expect(readFileSync(target, 'utf8')).toBe(formatTable(table));
      expect(out.trimEnd().split('\n')).toEqual([...changes, `7 models, 7 differences to ${source} of 2027-02-03`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
