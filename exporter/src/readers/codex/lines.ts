import { object, parseObject, text, time } from '../fields.ts';
import { readEvent } from './events.ts';
import { readItem } from './items.ts';
import { readBareLine } from './legacy.ts';
import { historyOf } from './parent.ts';
import { isReplayed } from './replay.ts';
import { draftOf } from './rollout.ts';
import type { Rollout, RolloutRecord } from './rollout.ts';
import { beginSession } from './session-meta.ts';
import { readTotals } from './token-count.ts';

/** Reads one line of a rollout. */
export const readLine = (rollout: Rollout, line: Buffer, position: number): void => {
  const { book, memo } = rollout;
  book.record();
  const light = lightLine(line);
  if (light && !memo.replay && !memo.estimating && memo.session !== undefined) return draftOf(rollout).seen(time(light));
  const record = parseObject(line);
  if (!record) return book.bad('bad_json');
  const payload = object(record.payload);
  if (!payload) return readBareLine(rollout, record);
  readRecord(rollout, { type: text(record.type), payload, at: time(record.timestamp), position });
};

const readRecord = (rollout: Rollout, record: RolloutRecord): void => {
  const { book, memo } = rollout;
  if (record.type === 'session_meta') return beginSession(rollout, record);
  if (record.type === 'turn_context') readContext(rollout, record);
  if (memo.replay && stillReplayed(rollout, record)) return;
  switch (record.type) {
    case 'turn_context': return draftOf(rollout).seen(record.at);
    case 'event_msg': return readEvent(rollout, record);
    case 'response_item': return readItem(rollout, record);
    case 'compacted': return draftOf(rollout).compaction(record.at); // its event_msg/context_compacted says the same again
    case 'world_state': // the prompt's surroundings, since 0.147
    case 'inter_agent_communication':
    case 'inter_agent_communication_metadata': return draftOf(rollout).seen(record.at);
    default: return book.unknown();
  }
};

/** The model of the lines that follow. Also taken from a copied turn: the fork goes on with it. */
const readContext = (rollout: Rollout, { payload }: RolloutRecord): void => {
  const draft = draftOf(rollout);
  const model = text(payload.model);
  if (model !== undefined) rollout.memo.model = model;
  draft.set({ model, cwd: draft.get('cwd') === undefined ? text(payload.cwd) : undefined });
};

/** Follows the copy of the parent's history; at its end the counter stands at the last copied total, the baseline of the fork's own use. */
const stillReplayed = (rollout: Rollout, record: RolloutRecord): boolean => {
  const { memo } = rollout;
  const replay = memo.replay!;
  rollout.history ??= historyOf(replay.parent, rollout.source, replay.began) ?? null;
  const history = rollout.history ?? undefined;
  if (isReplayed(replay, record, history)) {
    if (record.payload.type === 'token_count') readTotals(memo, record.payload);
    return true;
  }
  delete memo.replay;
  delete rollout.history;
  if (!history && replay.counts === 0) memo.unproven = replay.parent;
  if (!history?.turns.size && replay.turn !== undefined) draftOf(rollout).turnStarted(replay.turn);
  return false;
};

/** Records of which only the time matters, recognised without parsing: they are half of a rollout's bytes. */
const lightLine = (line: Buffer): string | undefined => {
  if (line[line.length - 1] !== 125) return undefined;
  const head = /^\{"timestamp":"([^"]+)",(?:"ordinal":\d+,)?"type":"([a-z_]+)","payload":\{"type":"([a-z_]+)"/.exec(line.toString('latin1', 0, 160));
  return head && light.has(`${head[2]}/${head[3]}`) ? head[1] : undefined;
};
const light = new Set(['response_item/reasoning', 'event_msg/agent_message', 'event_msg/agent_reasoning', 'event_msg/context_compacted', 'event_msg/turn_diff']);
