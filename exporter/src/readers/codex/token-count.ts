import { count, object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import { limitsOf } from './limits.ts';
import type { CodexMemo } from './memo.ts';
import { draftOf } from './rollout.ts';
import type { Rollout, RolloutRecord } from './rollout.ts';
import { advance, inheritedBefore, totalsOf, usedBetween } from './usage.ts';
import type { Totals } from './usage.ts';

/** A token_count event: use since the last one, the context window and the account's limits. */
export const readTokenCount = (rollout: Rollout, record: RolloutRecord): void => {
  const { book, memo } = rollout;
  const draft = draftOf(rollout);
  draft.seen(record.at);
  const limits = limitsOf(record.payload.rate_limits, record.at);
  if (limits.length) draft.rateLimits(limits);
  const info = object(record.payload.info);
  if (!info) return; // the first event of a session has limits only
  const total = totalsOf(info.total_token_usage);
  if (!total) return book.bad('bad_shape');
  const window = count(info.model_context_window);
  if (window) memo.window = window;
  readContextWindow(rollout, totalsOf(info.last_token_usage), record);
  bookUse(rollout, total, totalsOf(info.last_token_usage), record);
};

/** Moves the counter to the total of an event without booking anything (the copied history of a fork). */
export const readTotals = (memo: CodexMemo, payload: Json): void => {
  const total = totalsOf(object(payload.info)?.total_token_usage);
  if (total) memo.counter = advance(memo.counter, total);
};

const bookUse = (rollout: Rollout, total: Totals, last: Totals | undefined, { at, position, payload }: RolloutRecord): void => {
  const { book, memo } = rollout;
  const draft = draftOf(rollout);
  const inherited = memo.counter === undefined && draft.get('parentId') !== undefined ? inheritedBefore(total, last) : undefined;
  const before = inherited ? { epoch: 0, at: inherited } : memo.counter;
  const after = advance(before, total);
  memo.counter = after;
  const usage = usedBetween(before, after);
  if (!usage) return;
  if (memo.estimating) {
    delete memo.estimating;
    draft.set({ estimatedTokens: {} });
  }
  book.call(memo.session!, {
    // Cumulative, so it names the call: a re-emit and an archived copy of the file have the same.
    message: `${memo.unproven ?? memo.session!}:${after.epoch}:${total.total}`,
    // Forks of one lost parent share its copied calls, never their own: whole vectors of two calls do not meet by chance.
    request: memo.unproven === undefined ? '' : `${total.input}.${total.cached ?? 0}.${total.output}.${total.reasoning ?? 0}`,
    at: at ?? draft.get('lastActivityAt') ?? 0,
    model: text(object(payload.info)?.model) ?? memo.model,
    usage,
    position,
  });
  draft.request(usage.cache_read ?? 0, (usage.input ?? 0) + (usage.cache_read ?? 0) + (usage.cache_creation_5m ?? 0));
};

/** Used is what the last call sent and got; after a compaction Codex states its estimate of what is left there. */
const readContextWindow = (rollout: Rollout, last: Totals | undefined, { at }: RolloutRecord): void => {
  const { book, memo } = rollout;
  if (!last || last.total === 0) return;
  // Values larger than the window were persisted by several versions (openai/codex#24089).
  if (memo.window !== undefined && last.total > memo.window) return book.bad('impossible_value');
  draftOf(rollout).context({ used: last.total, ...(memo.window === undefined ? {} : { limit: memo.window }), ...(at === undefined ? {} : { at }) });
};
