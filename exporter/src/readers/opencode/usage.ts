import type { Usage } from '../../session/usage.ts';
import { count, object } from '../fields.ts';
import type { Json } from '../fields.ts';

/**
 * A message's tokens as disjoint kinds. Input and both cache counts are disjoint. Newer versions keep `reasoning` out of `output`, up to 1.3
 * `output` held it already: `total`, which providers state, tells which. Without a total they are taken as separate (FORMATS.md 0).
 * @returns undefined when a count is missing or impossible
 */
export const usageOf = (tokens: Json): Usage | undefined => {
  const cache = object(tokens['cache']);
  const [input, output, reasoning] = [count(tokens['input']), count(tokens['output']), count(tokens['reasoning'] ?? 0)];
  const [read, write] = [count(cache?.['read'] ?? 0), count(cache?.['write'] ?? 0)];
  if (input === undefined || output === undefined || reasoning === undefined || read === undefined || write === undefined) return undefined;
  const holdsReasoning = count(tokens['total']) === input + output + read + write && reasoning <= output;
  return { input, cache_read: read, cache_creation_5m: write, output: holdsReasoning ? output : output + reasoning, reasoning };
};
