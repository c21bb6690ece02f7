import { count, object } from '../fields.ts';
import type { Usage } from '../../session/usage.ts';

/** A token usage as Codex writes it: cached and cache_write are part of input, reasoning is part of output. */
export interface Totals {
  readonly input: number;
  readonly output: number;
  readonly total: number;
  readonly cached?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
}

/** How far the cumulative total of a session was counted. */
export interface Counter {
  /** Grows when the total falls: a lost or new counter of the tool. */
  readonly epoch: number;
  readonly at: Totals;
}

/** `total_token_usage` or `last_token_usage`; undefined when its numbers are missing or impossible. */
export const totalsOf = (value: unknown): Totals | undefined => {
  const usage = object(value);
  const input = count(usage?.input_tokens);
  const output = count(usage?.output_tokens);
  if (!usage || input === undefined || output === undefined) return undefined;
  const cached = count(usage.cached_input_tokens);
  const cacheWrite = count(usage.cache_write_input_tokens);
  const reasoning = count(usage.reasoning_output_tokens);
  return {
    input, output,
    total: count(usage.total_tokens) ?? input + output,
    ...(cached === undefined ? {} : { cached }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
};

/** Usage that only marks a full context window (protocol.rs fill_to_context_window): nothing was billed, the counter starts again. */
export const isFillMark = (totals: Totals): boolean => totals.input === 0 && totals.output === 0 && totals.total > 0;

/** The counter after a new cumulative total; a total that fell begins a new epoch at nothing. */
export const advance = (counter: Counter | undefined, now: Totals): Counter => {
  if (isFillMark(now)) return { epoch: (counter?.epoch ?? 0) + 1, at: nothing };
  const fell = counter !== undefined && (now.input < counter.at.input || now.output < counter.at.output);
  return { epoch: (counter?.epoch ?? 0) + (fell ? 1 : 0), at: now };
};

/** What was used between two states of the counter, in disjoint kinds; undefined for a re-emit of the same total (TRAPS.md 11). */
export const usedBetween = (before: Counter | undefined, after: Counter): Usage | undefined => {
  const from = before?.epoch === after.epoch ? before.at : nothing;
  const input = after.at.input - from.input;
  const output = after.at.output - from.output;
  if (input <= 0 && output <= 0) return undefined;
  const cached = grown(from.cached, after.at.cached, input);
  const cacheWrite = grown(from.cacheWrite, after.at.cacheWrite, input - (cached ?? 0));
  const reasoning = grown(from.reasoning, after.at.reasoning, output);
  return {
    input: input - (cached ?? 0) - (cacheWrite ?? 0),
    output,
    ...(cached === undefined ? {} : { cache_read: cached }),
    ...(cacheWrite === undefined ? {} : { cache_creation_5m: cacheWrite }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
};

/** What a fork had inherited when its first own total was written, told by the last call alone. */
export const inheritedBefore = (total: Totals, last: Totals | undefined): Totals | undefined => {
  if (!last || last.input + last.output === 0 || last.input > total.input || last.output > total.output) return undefined;
  const less = (whole: number | undefined, part: number | undefined): number => Math.max(0, (whole ?? 0) - (part ?? 0));
  return { input: less(total.input, last.input), output: less(total.output, last.output), total: less(total.total, last.total), cached: less(total.cached, last.cached), cacheWrite: less(total.cacheWrite, last.cacheWrite), reasoning: less(total.reasoning, last.reasoning) };
};

const nothing: Totals = { input: 0, output: 0, total: 0 };

/** Growth of a part of a number that itself grew by `most`; unknown stays unknown. */
const grown = (before: number | undefined, after: number | undefined, most: number): number | undefined =>
  after === undefined ? undefined : Math.min(Math.max(0, after - (before ?? 0)), Math.max(0, most));
