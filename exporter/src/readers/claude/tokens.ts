import type { Usage } from '../../session/usage.ts';
import { count, list, object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { Complain } from './record.ts';

/** What `message.usage` says of one call. */
export interface Tokens {
  readonly usage: Usage | undefined;
  readonly contextUsed: number | undefined;
  readonly webSearches: number;
  readonly fast: boolean;
}

/** Reads `message.usage`. Counts that cannot be are left out and complained about. */
export const tokensOf = (value: unknown, complain: Complain): Tokens => {
  const raw = object(value);
  if (!raw) return { usage: undefined, contextUsed: undefined, webSearches: 0, fast: false };
  const counted = (from: Json | undefined, name: string): number | undefined => {
    const tokens = count(from?.[name]);
    if (tokens === undefined && from?.[name] !== undefined && from[name] !== null) complain('impossible_value');
    return tokens;
  };
  const split = object(raw.cache_creation);
  const usage = usageOf(
    counted(raw, 'input_tokens'), counted(raw, 'output_tokens'), counted(raw, 'cache_read_input_tokens'),
    counted(raw, 'cache_creation_input_tokens'), counted(split, 'ephemeral_5m_input_tokens'), counted(split, 'ephemeral_1h_input_tokens'),
  );
  return {
    usage,
    contextUsed: lastIteration(raw.iterations) ?? inputOf(usage),
    webSearches: count(object(raw.server_tool_use)?.web_search_requests) ?? 0,
    fast: raw.speed === 'fast',
  };
};

/**
 * Anthropic's counts as disjoint kinds.
 * The flat count of cache writes could be 0 while its split was set (before 2.1.152): the greater one counts,
 * an hour's share is at most the whole, and without a split everything is of the five-minute kind (TRAPS.md 6).
 */
export const usageOf = (
  input: number | undefined, output: number | undefined, cacheRead: number | undefined,
  written: number | undefined, written5m: number | undefined, written1h: number | undefined,
): Usage => {
  const usage: { -readonly [Kind in keyof Usage]: number } = {};
  if (input !== undefined) usage.input = input;
  if (output !== undefined) usage.output = output;
  if (cacheRead !== undefined) usage.cache_read = cacheRead;
  const split = written5m !== undefined || written1h !== undefined;
  if (!split && written === undefined) return usage;
  const total = Math.max(written ?? 0, (written5m ?? 0) + (written1h ?? 0));
  const oneHour = Math.min(written1h ?? 0, total);
  usage.cache_creation_5m = total - oneHour;
  if (split) usage.cache_creation_1h = oneHour;
  return usage;
};

/** All that the request sent, or undefined when nothing of it is known. */
export const inputOf = (usage: Usage): number | undefined => {
  if (usage.input === undefined && usage.cache_read === undefined && usage.cache_creation_5m === undefined) return undefined;
  return (usage.input ?? 0) + (usage.cache_read ?? 0) + (usage.cache_creation_5m ?? 0) + (usage.cache_creation_1h ?? 0);
};

/** Of several iterations inside one call the last one that is not an advisor's or a compaction's fills the window (FORMATS.md 1.5). */
const lastIteration = (value: unknown): number | undefined => {
  const iteration = list(value).map(object).findLast((entry) => entry !== undefined && text(entry.type) !== 'advisor_message' && text(entry.type) !== 'compaction');
  if (!iteration) return undefined;
  const [input, written, read] = [count(iteration.input_tokens), count(iteration.cache_creation_input_tokens), count(iteration.cache_read_input_tokens)];
  return input === undefined && written === undefined && read === undefined ? undefined : (input ?? 0) + (written ?? 0) + (read ?? 0);
};
