import { object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import { countedSince } from './estimate.ts';
import { draftOf } from './rollout.ts';
import type { Rollout, RolloutRecord } from './rollout.ts';

/**
 * The session a rollout belongs to. A fork repeats its parent's session_meta on line 2, so only the first counts;
 * a recording can hold several sessions one after the other, and there each begins a new one.
 */
export const beginSession = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  const { memo, book } = rollout;
  const id = text(payload.id) ?? text(payload.session_id);
  if (id === undefined) return book.bad('bad_shape');
  const again = memo.session === id;
  if (memo.session !== undefined && !again && isFork(rollout)) return;
  if (!again) startOver(rollout, id, payload);
  const draft = draftOf(rollout);
  draft.seen(at);
  const parent = parentOf(payload);
  draft.set({ cwd: text(payload.cwd), gitBranch: text(object(payload.git)?.branch), toolVersion: text(payload.cli_version), parentId: parent });
  if (again) return;
  if (parent !== undefined && at !== undefined) memo.replay = { parent, began: at, last: at, counts: 0 };
  if (at !== undefined && at < countedSince) memo.estimating = true;
};

const startOver = ({ memo }: Rollout, id: string, payload: Json): void => {
  for (const key of Object.keys(memo)) delete memo[key as keyof typeof memo];
  memo.session = id;
  // A thread_spawn works for its parent and is billed to it; a fork that a human made is a session of its own.
  memo.role = spawnOf(payload) !== undefined ? 'subagent' : 'main';
};

const isFork = (rollout: Rollout): boolean => draftOf(rollout).get('parentId') !== undefined;

const parentOf = (payload: Json): string | undefined => spawnOf(payload) ?? text(payload.forked_from_id);

const spawnOf = (payload: Json): string | undefined => text(object(object(object(payload.source)?.subagent)?.thread_spawn)?.parent_thread_id);
