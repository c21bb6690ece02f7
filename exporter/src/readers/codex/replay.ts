import { object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { EpochMs } from '../../session/part.ts';
import type { History } from './parent.ts';
import { totalsOf } from './usage.ts';

/** A fork begins with a copy of its parent's history, re-stamped at the time of the fork (TRAPS.md 13). This says how far the copy was followed. */
export interface Replay {
  readonly parent: string;
  /** Time of line 1. */
  readonly began: EpochMs;
  /** Time of the last line that belonged to the copy. */
  last: EpochMs;
  /** token_count events in the copy. */
  counts: number;
  /** Which of the parent's totals the next copied one must equal. */
  next?: number;
  /** Start of a turn in the copy that was not seen to end: when only the clock tells, it may be the fork's own. */
  turn?: EpochMs;
}

/** Lines of a copy lie within milliseconds; a model answers more slowly. */
const burstMs = 100;

/** Whether a record is still part of the copy of the parent's history. Follows the copy in `replay`. */
export const isReplayed = (replay: Replay, record: { readonly type: string | undefined; readonly payload: Json; readonly at: EpochMs | undefined }, history: History | undefined): boolean => {
  const copied = history?.turns.size ? byTurn(record, history) : history && isTokenCount(record) ? byTotal(replay, record.payload, history) : byClock(replay, record.at);
  if (copied) follow(replay, record);
  return copied;
};

/** Until the first turn that the parent never had. */
const byTurn = ({ type, payload }: { readonly type: string | undefined; readonly payload: Json }, history: History): boolean => {
  const turn = type === 'turn_context' || payload.type === 'task_started' || payload.type === 'turn_started' ? text(payload.turn_id) : undefined;
  return turn === undefined || history.turns.has(turn);
};

/** Rollouts without turn ids: as long as the totals are the parent's, one after the other. */
const byTotal = (replay: Replay, payload: Json, history: History): boolean => {
  const totals = totalsOf(object(payload.info)?.total_token_usage);
  if (!totals) return true;
  const index = replay.next === undefined ? history.totals.indexOf(totalKey(totals)) : history.totals[replay.next] === totalKey(totals) ? replay.next : -1;
  if (index < 0) return false;
  replay.next = index + 1;
  return true;
};

/** The parent is gone: what was written in the second of line 1, or in one burst with it. */
const byClock = (replay: Replay, at: EpochMs | undefined): boolean =>
  at === undefined || Math.floor(at / 1000) === Math.floor(replay.began / 1000) || (at >= replay.last && at - replay.last <= burstMs);

const follow = (replay: Replay, { payload, at }: { readonly payload: Json; readonly at: EpochMs | undefined }): void => {
  if (at !== undefined && at > replay.last) replay.last = at;
  if (payload.type === 'token_count' && totalsOf(object(payload.info)?.total_token_usage)) replay.counts += 1;
  if (payload.type === 'task_started' || payload.type === 'turn_started') replay.turn = at ?? replay.last;
  if (payload.type === 'task_complete' || payload.type === 'turn_complete' || payload.type === 'turn_aborted') delete replay.turn;
};

const isTokenCount = ({ type, payload }: { readonly type: string | undefined; readonly payload: Json }): boolean => type === 'event_msg' && payload.type === 'token_count';

/** One cumulative total as a key to compare histories by. */
export const totalKey = (totals: { readonly input: number; readonly output: number; readonly cached?: number; readonly reasoning?: number }): string =>
  `${totals.input} ${totals.cached ?? ''} ${totals.output} ${totals.reasoning ?? ''}`;
