import type { EpochMs, ErrorKind } from '../../session/part.ts';
import { awaited, expectResult } from '../calls/awaited.ts';
import { callName } from '../calls/mcp-name.ts';
import { makesCommit } from '../claude/git-commit.ts';
import { count, object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import { draftOf, partsOf } from './records.ts';
import type { Chat, QwenRecord } from './records.ts';

/** A call that has no result yet. */
export interface OpenCall {
  readonly name: string;
  readonly path?: string;
  readonly commit?: boolean;
}

/** A functionCall of an answer. */
export const startCall = (chat: Chat, call: Json, at: EpochMs | undefined): void => {
  const name = text(call.name);
  if (name === undefined) return chat.book.bad('bad_shape');
  const id = text(call.id) ?? name;
  const args = object(call.args);
  const draft = draftOf(chat);
  draft.toolCall({ id, name: callName(name), at, input: JSON.stringify(call.args ?? null) });
  if (name === 'task' || name === 'agent') draft.subagentStarted();
  if (name === 'ask_user_question') draft.waitsFor('input');
  const path = text(args?.file_path) ?? text(args?.absolute_path);
  const open: OpenCall = { name, ...(path === undefined ? {} : { path }), ...(name === 'run_shell_command' && makesCommit(args?.command) ? { commit: true } : {}) };
  expectResult((chat.memo.open ??= {}), id, open);
};

/** A tool_result record. */
export const readResult = (chat: Chat, { fields, at }: QwenRecord): void => {
  const { memo } = chat;
  const draft = draftOf(chat);
  const result = object(fields.toolCallResult) ?? {};
  const response = partsOf(fields).map((part) => object(part.functionResponse)).find((part) => part !== undefined);
  const id = text(result.callId) ?? text(response?.id) ?? text(response?.name);
  if (id === undefined) return chat.book.bad('bad_shape');
  const open = awaited(memo.open, id);
  if (open) delete memo.open![id];
  const error = failureOf(result, object(response?.response));
  draft.toolResult(id, at, error === undefined ? {} : { error });
  draft.waitsFor(undefined);
  draft.turnContinues(at);
  if (open && error === undefined) readWork(chat, open, object(result.resultDisplay), at);
};

const failureOf = ({ status, errorType }: Json, response: Json | undefined): ErrorKind | undefined => {
  if (errorType === 'execution_denied') return 'permission_denied';
  if (status === 'cancelled') return /not allow|declin|reject/i.test(text(response?.error) ?? '') ? 'permission_denied' : 'interrupted';
  return status === 'error' || (status === undefined && response?.error !== undefined) ? 'tool' : undefined;
};

const readWork = (chat: Chat, open: OpenCall, display: Json | undefined, at: EpochMs | undefined): void => {
  const draft = draftOf(chat);
  if (open.commit) draft.committed();
  if (open.path === undefined) return;
  if (open.name === 'read_file') draft.read(open.path, at);
  const stat = object(display?.diffStat);
  if (!stat) return;
  const lines = (change: string): number => (count(stat[`model_${change}_lines`]) ?? 0) + (count(stat[`user_${change}_lines`]) ?? 0);
  draft.edit({ path: open.path, at, linesAdded: lines('added'), linesRemoved: lines('removed'), created: display?.originalContent === null });
};
