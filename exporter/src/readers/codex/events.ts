import { awaited } from '../calls/awaited.ts';
import { amount, count, object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { ErrorKind } from '../../session/part.ts';
import { editsOf } from './patch.ts';
import { draftOf } from './rollout.ts';
import type { Rollout, RolloutRecord } from './rollout.ts';
import { readTokenCount } from './token-count.ts';

/** An `event_msg`: what the user interface was told. */
export const readEvent = (rollout: Rollout, record: RolloutRecord): void => {
  const kind = text(record.payload.type) ?? '';
  const read = events.get(kind);
  if (read) return read(rollout, record);
  if (known.has(kind) || kind.startsWith('collab_')) return draftOf(rollout).seen(record.at);
  rollout.book.unknown();
};

const turnStarted = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  rollout.memo.tasks = true;
  rollout.memo.open = {};
  const window = count(payload.model_context_window);
  if (window) rollout.memo.window = window;
  draftOf(rollout).turnStarted(at);
};

const turnComplete = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  const tookMs = amount(payload.duration_ms);
  draftOf(rollout).turnEnded(at, tookMs === undefined ? undefined : tookMs / 1000);
};

const turnAborted = (rollout: Rollout, record: RolloutRecord): void => {
  // "replaced" and the like: the next turn took over, nobody broke in.
  if (record.payload.reason === 'interrupted') draftOf(rollout).error('interrupted', record.at);
  turnComplete(rollout, record);
};

const userMessage = (rollout: Rollout, { at }: RolloutRecord): void => {
  rollout.memo.userMessages = true;
  draftOf(rollout).message('user', at);
  if (!rollout.memo.tasks) draftOf(rollout).turnStarted(at);
};

/** Since 0.147 the human's words are an item; a file with user_message events says them there. */
const itemCompleted = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  const draft = draftOf(rollout);
  if (object(payload.item)?.type === 'UserMessage' && !rollout.memo.userMessages) draft.message('user', at);
  else draft.seen(at);
};

const patchApplied = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  const draft = draftOf(rollout);
  draft.seen(at);
  if (payload.success === true) for (const edit of editsOf(payload.changes, at)) draft.edit(edit);
  else patchFailed(rollout, payload, at);
};

/** The call's own output follows and brings the failure; a patch inside a script (0.147) has none. */
const patchFailed = (rollout: Rollout, payload: Json, at: number | undefined): void => {
  const call = awaited(rollout.memo.open, text(payload.call_id));
  if (call) call.failed = true;
  else draftOf(rollout).error('tool', at);
};

const failed = (rollout: Rollout, { payload, at }: RolloutRecord): void => draftOf(rollout).error(errorKindOf(payload), at);

/** codex_error_info is a word or an object keyed by one (protocol.rs). */
const errorKindOf = ({ codex_error_info: info }: Json): ErrorKind => {
  const kind = typeof info === 'string' ? info : Object.keys(object(info) ?? {})[0];
  if (kind === 'usage_limit_exceeded' || kind === 'rate_limit_exceeded') return 'rate_limit';
  return kind === 'server_overloaded' ? 'overloaded' : 'api';
};

const threadNamed = (rollout: Rollout, { payload, at }: RolloutRecord): void => {
  const draft = draftOf(rollout);
  draft.seen(at);
  draft.set({ title: text(payload.thread_name) });
};

type Handler = (rollout: Rollout, record: RolloutRecord) => void;

const events = new Map<string, Handler>([
  ['task_started', turnStarted],
  ['turn_started', turnStarted],
  ['task_complete', turnComplete],
  ['turn_complete', turnComplete],
  ['turn_aborted', turnAborted],
  ['user_message', userMessage],
  ['item_completed', itemCompleted],
  ['token_count', readTokenCount],
  ['patch_apply_end', patchApplied],
  ['thread_name_updated', threadNamed],
  ['error', failed],
]);

/** Known, and told better by another record or of no use here. exec_command_end (0.118–0.125 only) repeats the output's exit code. */
const known = new Set([
  'agent_message', 'agent_message_delta', 'agent_reasoning', 'agent_reasoning_delta', 'agent_reasoning_raw_content', 'agent_reasoning_section_break', 'reasoning_content_delta',
  'exec_command_begin', 'exec_command_end', 'exec_command_output_delta', 'terminal_interaction', 'patch_apply_begin', 'patch_apply_updated', 'turn_diff', 'plan_update', 'plan_delta',
  'mcp_tool_call_begin', 'mcp_tool_call_end', 'mcp_startup_update', 'mcp_startup_complete', 'mcp_list_tools_response', 'dynamic_tool_call_request', 'dynamic_tool_call_response',
  'web_search_begin', 'web_search_end', 'view_image_tool_call', 'image_generation_begin', 'image_generation_end', 'context_compacted', 'thread_rolled_back', 'thread_settings_applied',
  'thread_goal_updated', 'item_started', 'entered_review_mode', 'exited_review_mode', 'background_event', 'stream_error', 'warning', 'guardian_warning', 'guardian_assessment', 'deprecation_notice',
  'model_reroute', 'model_verification', 'session_configured', 'undo_started', 'undo_completed', 'hook_started', 'hook_completed', 'sub_agent_activity', 'shutdown_complete',
  'exec_approval_request', 'apply_patch_approval_request', 'request_user_input', 'request_permissions', 'elicitation_request', 'skills_update_available', 'raw_response_item',
]);
