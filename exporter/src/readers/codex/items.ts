import { awaited, expectResult } from '../calls/awaited.ts';
import { callName } from '../calls/mcp-name.ts';
import { makesCommit } from '../claude/git-commit.ts';
import { parseObject, text } from '../fields.ts';
import { estimateItem } from './estimate.ts';
import { failureOf } from './outcome.ts';
import { draftOf } from './rollout.ts';
import type { Rollout, RolloutRecord } from './rollout.ts';

/** A `response_item`: what went between Codex and the model. */
export const readItem = (rollout: Rollout, record: RolloutRecord): void => {
  const { payload, at } = record;
  const draft = draftOf(rollout);
  if (rollout.memo.estimating) estimateItem(draft, payload);
  switch (payload.type) {
    case 'message': return message(rollout, record);
    case 'function_call':
    case 'custom_tool_call':
    case 'local_shell_call': return call(rollout, record);
    case 'function_call_output':
    case 'custom_tool_call_output': return output(rollout, record);
    case 'web_search_call':
    case 'tool_search_call':
    case 'image_generation_call': return callAtTheProvider(rollout, record);
    case 'reasoning':
    case 'tool_search_output':
    case 'ghost_snapshot':
    case 'compaction':
    case 'compaction_summary':
    case 'context_compaction':
    case 'agent_message':
    case 'other': return draft.seen(at);
    default: return rollout.book.unknown();
  }
};

/** Human messages are counted by their event: as items they stand among injected ones (AGENTS.md, environment). */
const message = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  const draft = draftOf(rollout);
  if (payload.role !== 'assistant') return draft.seen(at);
  draft.message('assistant', at);
  // Files without task_complete: an answer ends the turn until the next call shows that it went on.
  if (!rollout.memo.tasks) draft.turnEnded(at, unknownSeconds);
};

const call = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  const { memo } = rollout;
  const draft = draftOf(rollout);
  const id = text(payload.call_id);
  if (id === undefined) return rollout.book.bad('bad_shape');
  const name = text(payload.name) ?? (payload.type === 'local_shell_call' ? 'local_shell' : 'unknown');
  const input = text(payload.arguments) ?? text(payload.input);
  if (!memo.tasks) draft.turnContinues(at);
  draft.toolCall({ id, name: callName(text(payload.namespace)?.startsWith('mcp__') ? `${text(payload.namespace)}__` : name), at, ...(input === undefined ? {} : { input }) });
  if (name === 'spawn_agent') draft.subagentStarted();
  if (name === 'request_user_input') draft.waitsFor('input');
  expectResult((memo.open ??= {}), id, isCommit(name, input) ? { commit: true } : {});
};

const output = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  const draft = draftOf(rollout);
  const id = text(payload.call_id);
  if (id === undefined) return rollout.book.bad('bad_shape');
  const open = awaited(rollout.memo.open, id);
  const error = failureOf(payload.output) ?? (open?.failed ? 'tool' : undefined);
  draft.toolResult(id, at, error === undefined ? {} : { error });
  draft.waitsFor(undefined);
  if (open?.commit && error === undefined) draft.committed();
  if (open) delete rollout.memo.open![id];
};

/** Done inside the model's answer: there is a call and no output of its own. */
const callAtTheProvider = (rollout: Rollout, { payload, at, position }: RolloutRecord): void => {
  const draft = draftOf(rollout);
  const id = text(payload.call_id) ?? text(payload.id) ?? `at ${position}`;
  draft.toolCall({ id, name: String(payload.type).replace(/_call$/, ''), at });
  draft.toolResult(id, at, { seconds: unknownSeconds });
};

/** Draft.turnEnded and toolResult observe no duration that is not a number. */
const unknownSeconds = Number.NaN;

/** exec_command has its command as `cmd`, shell as the last word of `command`. */
const isCommit = (name: string, input: string | undefined): boolean => {
  if (!shells.has(name) || !input?.includes('commit')) return false;
  const { cmd, command } = parseObject(input) ?? {};
  return makesCommit(cmd ?? (Array.isArray(command) ? command.at(-1) : command));
};
const shells = new Set(['exec_command', 'shell', 'shell_command']);
