import { describe, expect, it } from '@jest/globals';
import { createPrices } from '../../src/cost/prices.ts';
import { loadPriceTable } from '../../src/cost/table.ts';

const { windowOf } = createPrices(loadPriceTable());

describe('[FEATURES T4] the context window', () => {
  it.each(['claude-opus-4-7', 'claude-opus-4-8', 'claude-opus-5', 'claude-opus-5-5', 'claude-sonnet-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-fable-5', 'claude-fable-5-2'])('[T17] of %s is a million by nature', (model) => {
    expect(windowOf('claude', model)).toEqual({ limit: 1_000_000, compactAt: 967_000 });
  });

  it.each(['claude-opus-4-5-20251101', 'claude-opus-4-1', 'claude-opus-4-20250514', 'claude-haiku-4-5-20251001'])('[T17] of %s is 200,000, and it compacts at 167,000', (model) => {
    expect(windowOf('claude', model)).toEqual({ limit: 200_000, compactAt: 167_000 });
  });

  it.each(['claude-opus-4-6', 'claude-sonnet-4-20250514', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-6'])('[T17] of %s is 200,000 until more than that was used', (model) => {
    expect(windowOf('claude', model, 200_000)).toEqual({ limit: 200_000, compactAt: 167_000 });
    expect(windowOf('claude', model, 200_001)).toEqual({ limit: 1_000_000, compactAt: 967_000 });
  });

  it('[T17] is a million where the name ends in [1m]', () => {
    expect(windowOf('claude', 'claude-sonnet-4-5[1m]').limit).toBe(1_000_000);
  });

  it('of a Claude model leaves less room for models with short answers', () => {
    expect(windowOf('claude', 'claude-3-haiku-20240307')).toEqual({ limit: 200_000, compactAt: 200_000 - 4096 - 13_000 });
  });

  it.each([['claude', 'claude-opus-9'], ['claude', 'fixture-model'], ['opencode', 'big-pickle'], ['copilot-cli', 'claude-opus-4.8'], ['gemini', 'unheard-of'], ['claude', undefined]] as const)('of %s with %s is not known, and none is guessed', (tool, model) => {
    expect(windowOf(tool, model)).toEqual({});
  });

  it('that is smaller than what the session held is not the right one', () => {
    expect(windowOf('claude', 'claude-opus-4-5', 200_001)).toEqual({});
    expect(windowOf('opencode', 'kimi-k2.5', 262_145)).toEqual({});
  });

  it('of another vendor\'s model behind Claude Code is that model\'s, without a threshold', () => {
    expect(windowOf('claude', 'glm-4.7')).toEqual({ limit: 200_000 });
  });

  it('of Gemini CLI is the one of its own table, compressed at half', () => {
    expect(windowOf('gemini', 'gemini-3.5-flash')).toEqual({ limit: 1_048_576, compactAt: 524_288 });
    expect(windowOf('gemini', 'gemma-4-31b-it').limit).toBe(256_000);
  });

  it('of Copilot is Copilot\'s own, smaller than the provider\'s', () => {
    expect(windowOf('copilot-cli', 'claude-sonnet-4.5')).toEqual({ limit: 128_000 });
    expect(windowOf('vscode-copilot', 'copilot/gpt-5-mini')).toEqual({ limit: 128_000 });
  });

  it('of OpenCode, Qwen Code and Aider is the provider\'s', () => {
    expect(windowOf('opencode', 'moonshotai/kimi-k2.5')).toEqual({ limit: 262_144 });
    expect(windowOf('qwen', 'qwen3-coder-plus')).toEqual({ limit: 997_952 });
  });

  it('[T18] of Codex stands in its files only: the provider\'s is larger', () => {
    expect(windowOf('codex', 'gpt-5.4')).toEqual({});
  });
});
