import type { Tool } from '../session/tool.ts';
import { nameForms } from './model-name.ts';
import type { PriceRow } from './row.ts';

export interface ContextWindow {
  /** Tokens that fit. */
  readonly limit?: number;
  /** Tokens at which the tool compacts by itself. */
  readonly compactAt?: number;
}

/** Where windows are looked up: the price table's rows, and Copilot's own windows. */
export interface Windows {
  readonly rowOf: (model: string) => PriceRow | undefined;
  readonly copilotWindows: Readonly<Record<string, number>>;
}

/**
 * The context window that a tool gives a model, for sessions whose transcript does not state it. Unknown stays absent.
 * @param usedSoFar the most the session's context has held: above 200k Claude's optional 1M window is on, and a window
 * smaller than what it held cannot be the right one
 */
export const windowIn = (windows: Windows, tool: Tool, model: string | undefined, usedSoFar = 0): ContextWindow => {
  const window = model === undefined ? {} : windowOf(windows, tool, model, usedSoFar);
  return window.limit !== undefined && window.limit < usedSoFar ? {} : window;
};

const windowOf = (windows: Windows, tool: Tool, model: string, usedSoFar: number): ContextWindow => {
  switch (tool) {
    case 'claude': return claudeWindow(windows, model, usedSoFar);
    case 'gemini': return geminiWindow(windows, model);
    case 'copilot-cli':
    case 'vscode-copilot': return limited(copilotLimit(windows, model));
    case 'opencode':
    case 'qwen':
    case 'aider': return limited(windows.rowOf(model)?.contextWindow);
    // These cut the provider's window by rules of their own and state it themselves (FORMATS 2.4, 8.1, 9); the table's would be a guess.
    case 'codex':
    case 'cursor':
    case 'cursor-agent':
    case 'amp':
    case 'windsurf': return {};
    default: return tool satisfies never;
  }
};

// The catalogue of Claude Code 2.1.329 (FORMATS 1.5).
const native1M = /^claude-(?:opus-(?:4-7|4-8|5|5-5)|sonnet-(?:5|5-5)|haiku-5-5|fable-(?:5|5-1|5-2))$/;
const optional1M = /^claude-(?:opus-4-6|sonnet-4|sonnet-4-5|sonnet-4-6)$/;
const only200k = /^claude-(?:opus-4|opus-4-1|opus-4-5|haiku-4-5)$/;

/** FORMATS 1.5: compacts where 13,000 tokens and the room for an answer (20,000, or the model's maximum) are left. */
const claudeWindow = (windows: Windows, model: string, usedSoFar: number): ContextWindow => {
  const { same, variants } = nameForms(model);
  const names = [...same, ...variants].map(({ name }) => name);
  const row = windows.rowOf(model);
  const limit = claudeLimit(model, names, usedSoFar) ?? row?.contextWindow;
  if (limit === undefined || !names.some((name) => name.startsWith('claude-'))) return limited(limit); // another vendor's model behind Claude Code
  return { limit, compactAt: limit - Math.min(row?.maxOutput ?? 20_000, 20_000) - 13_000 };
};

const claudeLimit = (model: string, names: readonly string[], usedSoFar: number): number | undefined => {
  const is = (catalogue: RegExp): boolean => names.some((name) => catalogue.test(name));
  if (/\[1m\]$/i.test(model.trim()) || is(native1M)) return 1_000_000;
  if (is(optional1M)) return usedSoFar > 200_000 ? 1_000_000 : 200_000;
  return is(only200k) ? 200_000 : undefined;
};

/** FORMATS 3: one window for all Gemini models (core/tokenLimits.ts); by default the CLI compresses at half of it. */
const geminiWindow = (windows: Windows, model: string): ContextWindow => {
  const limit = /^(?:models\/)?gemini-/.test(model) ? 1_048_576 : /^gemma-4/.test(model) ? 256_000 : windows.rowOf(model)?.contextWindow;
  return limit === undefined ? {} : { limit, compactAt: Math.floor(limit / 2) };
};

const copilotLimit = ({ copilotWindows }: Windows, model: string): number | undefined =>
  nameForms(model).same.map(({ name }) => (Object.hasOwn(copilotWindows, name) ? copilotWindows[name] : undefined)).find((window) => window !== undefined);

const limited = (limit: number | undefined): ContextWindow => (limit === undefined ? {} : { limit });
