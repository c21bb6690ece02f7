import { inputSide } from '../../session/usage.ts';
import type { Draft } from '../../session/draft.ts';
import type { EpochMs, ErrorKind } from '../../session/part.ts';
import type { Book } from '../book.ts';
import type { AwaitedCalls } from '../calls/awaited.ts';
import { count, list, object, parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { estimate } from './estimate.ts';
import { readResult, startCall } from './tools.ts';
import type { OpenCall } from './tools.ts';
import { usageOf } from './usage.ts';

/** One chat log while it is read. */
export interface Chat {
  readonly book: Book;
  readonly memo: QwenMemo;
  /** By the file's name; every record names it too. */
  readonly session: string;
  readonly role: 'main' | 'subagent';
}

export interface QwenMemo {
  session?: string;
  /** The newest records, to know one that is written again. */
  uuids?: string[];
  open?: AwaitedCalls<OpenCall>;
  /** A human named the session: what the model thinks of later does not count. */
  named?: boolean;
  /** Some record reported its tokens, so nothing is estimated. */
  counted?: boolean;
}

export interface QwenRecord {
  readonly fields: Json;
  readonly uuid: string;
  readonly at: EpochMs | undefined;
  readonly position: number;
}

const remembered = 300;

/** Reads one line of a chat log. */
export const readLine = (chat: Chat, line: Buffer, position: number): void => {
  const { book, memo } = chat;
  book.record();
  const fields = parseObject(line);
  const uuid = text(fields?.uuid);
  if (!fields) return book.bad('bad_json');
  if (uuid === undefined || text(fields.type) === undefined) return book.bad('bad_shape');
  if (memo.uuids?.includes(uuid)) return;
  memo.uuids = [...(memo.uuids ?? []).slice(-(remembered - 1)), uuid];
  memo.session = text(fields.sessionId) ?? memo.session ?? chat.session;
  const record = { fields, uuid, at: time(fields.timestamp), position };
  if (object(fields.forkedFrom)) return readCopied(chat, record);
  const draft = draftOf(chat);
  draft.seen(record.at);
  draft.set({ cwd: text(fields.cwd), gitBranch: text(fields.gitBranch), toolVersion: text(fields.version) });
  // Transcripts of sub-agents report no tokens at all (0.15).
  if (chat.role === 'subagent' && !memo.counted) estimate(draft, record.fields);
  readRecord(chat, record);
};

/** What a message consists of. */
export const partsOf = (fields: Json): readonly Json[] => list(object(fields.message)?.parts).map(object).filter((part) => part !== undefined);

export const draftOf = ({ book, memo, session, role }: Chat): Draft => book.draft(memo.session ?? session, role);

const readRecord = (chat: Chat, record: QwenRecord): void => {
  switch (record.fields.type) {
    case 'user': return userMessage(chat, record);
    case 'assistant': return answered(chat, record);
    case 'tool_result': return readResult(chat, record);
    case 'system': return readSystem(chat, record);
    default: return chat.book.unknown();
  }
};

/** /branch copies the parent's records word for word: their calls are the parent's, and nothing else of them is this session's. */
const readCopied = (chat: Chat, record: QwenRecord): void => {
  draftOf(chat).set({ parentId: text(object(record.fields.forkedFrom)?.sessionId), cwd: text(record.fields.cwd) });
  if (record.fields.type === 'assistant') bookCall(chat, record);
};

/** The program speaks as the user too: notifications, schedules, orders to agents. */
const userMessage = (chat: Chat, { fields, at }: QwenRecord): void => {
  const draft = draftOf(chat);
  draft.message('user', at);
  if (fields.subtype === undefined && fields.isSidechain !== true) draft.turnStarted(at);
  else draft.turnContinues(at);
};

const answered = (chat: Chat, record: QwenRecord): void => {
  const { fields, at } = record;
  const draft = draftOf(chat);
  draft.message('assistant', at);
  const usage = bookCall(chat, record);
  if (usage) readContext(chat, record);
  const calls = partsOf(fields).map((part) => object(part.functionCall)).filter((call) => call !== undefined);
  for (const call of calls) startCall(chat, call, at);
  if (calls.length === 0) draft.turnEnded(at);
  else draft.turnContinues(at);
};

const bookCall = (chat: Chat, { fields, uuid, at, position }: QwenRecord): boolean => {
  const metadata = object(fields.usageMetadata);
  if (!metadata) return false;
  const usage = usageOf(metadata);
  const draft = draftOf(chat);
  if (!usage) {
    chat.book.bad('impossible_value');
    return false;
  }
  if (!chat.memo.counted) draft.set({ estimatedTokens: draft.get('estimatedTokens') && {} });
  chat.memo.counted = true;
  // A copy in a branch keeps the uuid, so it is the same call.
  chat.book.call(draft.nativeId, { message: uuid, request: '', at: at ?? draft.get('lastActivityAt') ?? 0, model: text(fields.model), usage, position });
  draft.set({ model: text(fields.model) });
  draft.request(usage.cache_read ?? 0, inputSide(usage));
  return true;
};

const readContext = (chat: Chat, { fields, at }: QwenRecord): void => {
  const used = count(object(fields.usageMetadata)?.promptTokenCount);
  const limit = count(fields.contextWindowSize);
  if (chat.role === 'main' && used) draftOf(chat).context({ used, ...(limit ? { limit } : {}), ...(at === undefined ? {} : { at }) });
};

const readSystem = (chat: Chat, record: QwenRecord): void => {
  const { fields, at } = record;
  const payload = object(fields.systemPayload) ?? {};
  const draft = draftOf(chat);
  switch (fields.subtype) {
    case 'chat_compression': return compressed(chat, payload, at);
    case 'custom_title': return titled(chat, payload);
    case 'parent_session': return draft.set({ parentId: text(payload.parentSessionId) });
    case 'session_model': return draft.set({ model: text(payload.modelId) });
    case 'ui_telemetry': return readTelemetry(chat, object(payload.uiEvent) ?? {}, at);
    case 'goal_turn_end': return draft.turnEnded(at);
    default: if (!known.has(String(fields.subtype))) chat.book.unknown();
  }
};

const compressed = (chat: Chat, payload: Json, at: EpochMs | undefined): void => {
  const draft = draftOf(chat);
  draft.compaction(at);
  const used = count(object(payload.info)?.newTokenCount);
  const limit = draft.get('context')?.limit;
  if (used) draft.context({ used, ...(limit === undefined ? {} : { limit }), ...(at === undefined ? {} : { at }) });
};

/** Without a source a title was given by hand (before titles were made up). */
const titled = ({ memo, ...chat }: Chat, payload: Json): void => {
  const byHand = payload.titleSource !== 'auto';
  if (memo.named && !byHand) return;
  if (byHand) memo.named = true;
  draftOf({ memo, ...chat }).set({ title: text(payload.customTitle) });
};

/** Only errors: answers and tool calls are told again by records of their own. */
const readTelemetry = (chat: Chat, event: Json, at: EpochMs | undefined): void => {
  if (event['event.name'] !== 'qwen-code.api_error') return;
  draftOf(chat).error(errorKindOf(event), at);
  if (chat.role === 'main') draftOf(chat).turnEnded(at);
};

const errorKindOf = ({ status_code: status, error_type: type }: Json): ErrorKind => {
  if (status === 429 || type === 'rate_limit_error') return 'rate_limit';
  return status === 503 || status === 529 ? 'overloaded' : 'api';
};

/** Subtypes of no use here (packages/core/src/services/chatRecordingService.ts). */
const known = new Set([
  'session_notes', 'slash_command', 'at_command', 'attribution_snapshot', 'notification', 'background_task_completed', 'cron', 'mid_turn_user_message', 'session_source', 'session_execution_engine', 'omni_recall',
  'session_approval_mode', 'rewind', 'agent_bootstrap', 'agent_launch_prompt', 'agent_retry', 'agent_session_ready', 'file_history_snapshot', 'user_text_elements', 'session_artifact_event', 'session_artifact_snapshot',
  'session_sources_snapshot', 'branch_checkpoint', 'goal_state', 'goal_runtime', 'realtime_message', 'turn_result', 'managed_session_header_v1', 'managed_session_event_v1', 'managed_session_commit_v1',
]);
