import { awaited } from '../calls/awaited.ts';
import { count, list, object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { ErrorKind } from '../../session/part.ts';
import { draftOf } from './log.ts';
import type { CopilotEvent, SessionLog } from './log.ts';
import { tellsOutput } from './output-told.ts';
import { readShutdown } from './shutdown.ts';
import { toolCompleted, toolStarted } from './tools.ts';

/** One event of a session. */
export const readEvent = (log: SessionLog, event: CopilotEvent): void => {
  const read = handlers.get(event.type);
  if (read) return read(log, event);
  if (!known.has(event.type)) log.book.unknown();
};

const started = (log: SessionLog, { data }: CopilotEvent): void => {
  const draft = draftOf(log);
  const context = object(data.context);
  draft.ended(undefined); // a resume takes the end back
  draft.set({ cwd: text(context?.cwd), gitBranch: text(context?.branch), toolVersion: text(data.copilotVersion), model: realModel(data.selectedModel) });
};

const modelChanged = (log: SessionLog, { data }: CopilotEvent): void => draftOf(log).set({ model: realModel(data.newModel) });

/** "auto" is a route: each answer names the model it took. */
const realModel = (value: unknown): string | undefined => (value === 'auto' ? undefined : text(value));

const userMessage = (log: SessionLog, { data, at, agent }: CopilotEvent): void => {
  const draft = draftOf(log);
  draft.message('user', at);
  if (agent !== undefined) return;
  log.memo.asked = 0;
  log.memo.permissions = {};
  // Copilot itself also speaks as the user: system reminders, autopilot going on, orders to sub-agents.
  if ((data.source === undefined || data.source === 'user') && data.isAutopilotContinuation !== true) draft.turnStarted(at);
  else draft.turnContinues(at);
};

const answered = (log: SessionLog, event: CopilotEvent): void => {
  const { data, at, agent } = event;
  const draft = draftOf(log);
  if (!count(data.chunkIndex)) draft.message('assistant', at); // a long answer comes in chunks
  log.memo.tellsOutput ??= tellsOutput(data);
  if (log.memo.tellsOutput) bookOutput(log, event);
  if (agent !== undefined) return;
  log.memo.asked = list(data.toolRequests).length;
  draft.set({ model: text(data.model) });
};

/** Live there is output alone; input and caches come from the store or at shutdown. */
const bookOutput = ({ book, memo }: SessionLog, { data, at, id, position }: CopilotEvent): void => {
  const output = count(data.outputTokens);
  if (output === undefined) return;
  const call = text(data.apiCallId) ?? text(data.messageId) ?? id ?? String(position);
  const model = text(data.model) ?? '';
  book.call(memo.session!, { message: `${memo.session!}:${call}`, request: '', at: at ?? 0, model: model === '' ? undefined : model, usage: { output }, position });

  const again = memo.call?.id === call ? memo.call.output : undefined; // another chunk of the same call
  const written = memo.written && Object.hasOwn(memo.written, model) ? memo.written[model]! : { output: 0, requests: 0 };
  const grown = { output: written.output + Math.max(0, output - (again ?? 0)), requests: written.requests + (again === undefined ? 1 : 0) };
  memo.call = { id: call, output: Math.max(output, again ?? 0) };
  if (model !== '__proto__') memo.written = { ...memo.written, [model]: grown };
};

const turnStarts = (log: SessionLog, { at, agent }: CopilotEvent): void => {
  if (agent !== undefined) return;
  log.memo.asked = 0;
  draftOf(log).turnContinues(at);
};

/** Copilot's "turn" is one answer: the human's turn is over when the answer asked for no tools. */
const turnEnds = (log: SessionLog, { at, agent }: CopilotEvent): void => {
  if (agent === undefined && !log.memo.asked) draftOf(log).turnEnded(at);
};

/** Autopilot's last answer calls the tool task_complete: nothing comes after it. */
const taskComplete = (log: SessionLog): void => {
  log.memo.asked = 0;
};

const aborted = (log: SessionLog, { data, at }: CopilotEvent): void => {
  const draft = draftOf(log);
  if (data.reason !== 'autopilot_credit_limit') draft.error('interrupted', at); // else nobody broke in: its own limit was reached
  log.memo.permissions = {};
  draft.turnEnded(at);
  draft.waitsFor(undefined);
};

const failed = (log: SessionLog, { data, at, agent }: CopilotEvent): void => {
  const draft = draftOf(log);
  draft.error(errorKindOf(data), at);
  if (agent === undefined) draft.turnEnded(at);
};

const errorKindOf = ({ errorType, statusCode }: Json): ErrorKind => {
  if (errorType === 'rate_limit' || errorType === 'quota' || statusCode === 429) return 'rate_limit';
  return statusCode === 529 || statusCode === 503 ? 'overloaded' : 'api';
};

const compacted = (log: SessionLog, { data, at }: CopilotEvent): void => {
  if (data.success !== true) return;
  const { memo } = log;
  const draft = draftOf(log);
  draft.compaction(at);
  memo.compacted = true;
  memo.tokenLimit = count(data.tokenLimit) || memo.tokenLimit || 0;
  if (!memo.tokenLimit) delete memo.tokenLimit;
  const used = count(data.postCompactionTokens);
  if (used !== undefined) draft.context({ used, ...(memo.tokenLimit === undefined ? {} : { limit: memo.tokenLimit }), ...(at === undefined ? {} : { at }) });
};

const truncated = (log: SessionLog, { data }: CopilotEvent): void => {
  const limit = count(data.tokenLimit);
  if (limit) log.memo.tokenLimit = limit;
};

const permissionAsked = (log: SessionLog, { data }: CopilotEvent): void => {
  const request = text(data.requestId);
  if (request === undefined || request === '__proto__') return;
  log.memo.permissions = { ...log.memo.permissions, [request]: text(object(data.permissionRequest)?.toolCallId) ?? '' };
  draftOf(log).waitsFor('permission');
};

const permissionAnswered = (log: SessionLog, { data, at }: CopilotEvent): void => {
  const { memo } = log;
  const draft = draftOf(log);
  const { [text(data.requestId) ?? '']: call, ...others } = memo.permissions ?? {};
  memo.permissions = others;
  if (Object.keys(others).length === 0) draft.waitsFor(undefined);
  if (!/^denied/.test(text(object(data.result)?.kind) ?? '')) return;
  const denied = text(data.toolCallId) ?? call;
  const open = awaited(memo.open, denied);
  if (open) memo.open![denied!] = { ...open, denied: true }; // told by the result of the call
  else draft.error('permission_denied', at);
};

const waits = (log: SessionLog): void => draftOf(log).waitsFor('input');
const goesOn = (log: SessionLog): void => draftOf(log).waitsFor(undefined);

const titled = (log: SessionLog, { data }: CopilotEvent): void => draftOf(log).set({ title: text(data.title) });

type Handler = (log: SessionLog, event: CopilotEvent) => void;

const handlers = new Map<string, Handler>([
  ['session.start', started],
  ['session.resume', started],
  ['session.context_changed', started],
  ['session.model_change', modelChanged],
  ['session.title_changed', titled],
  ['session.task_complete', taskComplete],
  ['session.error', failed],
  ['session.compaction_complete', compacted],
  ['session.truncation', truncated],
  ['session.shutdown', readShutdown],
  ['user.message', userMessage],
  ['assistant.turn_start', turnStarts],
  ['assistant.message', answered],
  ['assistant.turn_end', turnEnds],
  ['abort', aborted],
  ['tool.execution_start', toolStarted],
  ['tool.execution_complete', toolCompleted],
  ['subagent.started', (log) => draftOf(log).subagentStarted()],
  ['permission.requested', permissionAsked],
  ['permission.completed', permissionAnswered],
  ['user_input.requested', waits],
  ['user_input.completed', goesOn],
  ['elicitation.requested', waits],
  ['elicitation.completed', goesOn],
  ['exit_plan_mode.requested', waits],
  ['exit_plan_mode.completed', goesOn],
]);

/** Known, and of no use here (session events of @github/copilot-sdk 1.0.14). session.usage_checkpoint counts credits, not tokens. */
const known = new Set([
  'session.info', 'session.warning', 'session.idle', 'session.mode_changed', 'session.mode_notice_delivered', 'session.permissions_changed', 'session.auto_mode_resolved', 'session.auto_tier_recommendation',
  'session.auto_tier_switch_failed', 'session.autopilot_objective_changed', 'session.remote_steerable_changed', 'session.schedule_created', 'session.schedule_cancelled', 'session.schedule_rearmed',
  'session.session_limits_changed', 'session.plan_changed', 'session.todos_changed', 'session.workspace_file_changed', 'session.handoff', 'session.snapshot_rewind', 'session.usage_checkpoint',
  'session.usage_info', 'session.context_cleared', 'session.compaction_start', 'session.completion_receipt', 'session.fusion_route_started', 'session.fusion_route_failed', 'session.fusion_resolved',
  'session.fusion_completed', 'session.binary_asset', 'session.canvas.recorded', 'session.canvas.removed', 'session.canvas.opened', 'session.canvas.closed', 'session.canvas.unavailable', 'session.canvas.registry_changed',
  'session.managed_settings_resolved', 'session.managed_settings_enforced', 'session.tools_updated', 'session.background_tasks_changed', 'session.skills_loaded', 'session.custom_agents_updated', 'session.custom_notification',
  'session.mcp_servers_loaded', 'session.mcp_server_status_changed', 'session.mcp_server_removed', 'session.mcp_server_needs_reconnect', 'session.extensions_loaded', 'session.extensions.attachments_pushed',
  'pending_messages.modified', 'assistant.intent', 'assistant.reasoning', 'assistant.idle', 'assistant.usage', 'assistant.server_tool_progress', 'assistant.fusion_phase_started', 'assistant.fusion_phase_activity',
  'assistant.fusion_phase_completed', 'assistant.fusion_phase_failed', 'model.call_failure', 'model.call_finished', 'tool.user_requested', 'tool.execution_partial_result', 'tool.execution_progress', 'tool_search.activated',
  'skill.invoked', 'subagent.configured', 'subagent.completed', 'subagent.failed', 'subagent.selected', 'subagent.deselected', 'hook.start', 'hook.end', 'hook.progress', 'system.message', 'system.notification',
  'permission.carriedForward', 'permission.messageAuthorization', 'permission.messageAuthorizationRead', 'permission.messageAuthorizationDegraded', 'permission.assentDetected', 'permission.contextualAuthorization',
  'sampling.requested', 'sampling.completed', 'external_tool.requested', 'external_tool.completed', 'command.queued', 'command.execute', 'command.completed', 'commands.changed', 'capabilities.changed',
  'auto_mode_switch.requested', 'auto_mode_switch.completed', 'session_limits_exhausted.requested', 'session_limits_exhausted.completed', 'factory.run_started', 'factory.run_updated', 'factory.run_settled',
  'mcp.oauth_required', 'mcp.oauth_completed', 'mcp.headers_refresh_required', 'mcp.headers_refresh_completed', 'mcp.tools.list_changed', 'mcp.resources.list_changed', 'mcp.prompts.list_changed', 'mcp_app.tool_call_complete',
]);
