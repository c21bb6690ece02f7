import type { Json } from '../fields.ts';
import { list, object, text, time } from '../fields.ts';
import { readItem } from './items.ts';
import { draftOf } from './rollout.ts';
import type { Rollout } from './rollout.ts';

/**
 * A line of the first rollouts, without envelope: `{id, timestamp, instructions, git}`, then `{"record_type":"state"}` between bare items.
 * They have no times, no model and no token counts: tokens are estimated.
 */
export const readBareLine = (rollout: Rollout, record: Json): void => {
  const { book, memo } = rollout;
  if (record.record_type === 'state') return;
  if (text(record.type) === undefined) return beginBare(rollout, record);
  if (memo.session === undefined || memo.tasks || memo.counter) return book.bad('bad_shape'); // an enveloped file with a broken line
  memo.estimating = true;
  readItem(rollout, { type: 'response_item', payload: record, at: undefined, position: 0 });
  if (record.type === 'message' && record.role === 'user' && !isInjected(record)) {
    draftOf(rollout).message('user', undefined);
    draftOf(rollout).turnStarted(undefined);
  }
};

const beginBare = (rollout: Rollout, record: Json): void => {
  const id = text(record.id);
  if (id === undefined || !('instructions' in record)) return rollout.book.unknown();
  rollout.memo.session = id;
  const draft = draftOf(rollout);
  draft.seen(time(record.timestamp));
  const branch = text(object(record.git)?.branch);
  if (branch !== undefined) draft.set({ gitBranch: branch });
};

/** Surroundings that Codex itself sends as the user's. */
const isInjected = (item: Json): boolean => /^\s*(?:<(?:user_instructions|environment_context)>|# AGENTS\.md)/.test(list(item.content).map((block) => text(object(block)?.text) ?? '').join(''));
