import type { Usage } from '../../session/usage.ts';
import { count } from '../fields.ts';
import type { Json } from '../fields.ts';

/**
 * Gemini's token counts as disjoint kinds. `input` includes `cached`; `thoughts` and `tool` stand beside `input` and `output`
 * (total = input + output + thoughts + tool in 171 of 171 messages, FORMATS.md 3). Thoughts are billed as output, tool use prompts as input.
 * @returns undefined when a count is missing, or more is cached than was sent
 */
export const usageOf = (tokens: Json): Usage | undefined => {
  const [input, output] = [count(tokens['input']), count(tokens['output'])];
  const [cached, thoughts, tool] = [optional(tokens['cached']), optional(tokens['thoughts']), optional(tokens['tool'])];
  if (input === undefined || output === undefined || cached === undefined || thoughts === undefined || tool === undefined || cached > input) return undefined;
  return { input: input - cached + tool, cache_read: cached, output: output + thoughts, reasoning: thoughts };
};

const optional = (value: unknown): number | undefined => (value === undefined || value === null ? 0 : count(value));
