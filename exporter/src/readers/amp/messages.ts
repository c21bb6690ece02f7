import type { Draft } from '../../session/draft.ts';
import type { EpochMs, ErrorKind } from '../../session/part.ts';
import type { Book } from '../book.ts';
import { callName } from '../calls/mcp-name.ts';
import { makesCommit } from '../claude/git-commit.ts';
import { list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';

/** A thread while it is read. */
export interface Thread {
  readonly draft: Draft;
  readonly book: Book;
  /** Calls by id: their results say nothing of the file they worked on. */
  readonly calls: Map<string, Json>;
}

/** One message of a thread: what was said, which tools were called and how they ended. */
export const readMessage = (thread: Thread, message: Json): void => {
  const at = time(object(message.usage)?.timestamp) ?? time(object(message.meta)?.sentAt);
  switch (message.role) {
    case 'user': return fromUser(thread, message, at);
    case 'assistant': return answer(thread, message, at);
    case 'info': return thread.draft.seen(at); // summaries and notes of Amp itself
    default: return thread.book.unknown();
  }
};

/** Results of tools come back as the user's message. */
const fromUser = (thread: Thread, message: Json, at: EpochMs | undefined): void => {
  const { draft } = thread;
  const blocks = blocksOf(message);
  const results = blocks.filter((block) => block.type === 'tool_result');
  for (const result of results) readResult(thread, result, at);
  if (results.length > 0 && results.length === blocks.length) return;
  draft.message('user', at);
  draft.turnStarted(at);
};

const answer = (thread: Thread, message: Json, at: EpochMs | undefined): void => {
  const { draft } = thread;
  draft.message('assistant', at);
  const calls = blocksOf(message).filter((block) => block.type === 'tool_use');
  for (const call of calls) startCall(thread, call, at);
  const state = text(object(message.state)?.type);
  if (state === 'cancelled') draft.error('interrupted', at);
  if (state === 'error') draft.error('api', at);
  if (calls.length > 0 || state === 'streaming') draft.turnContinues(at);
  else draft.turnEnded(at);
};

const startCall = ({ draft, calls }: Thread, call: Json, at: EpochMs | undefined): void => {
  const name = text(call.name) ?? 'unknown';
  const id = text(call.id) ?? name;
  const input = object(call.input);
  draft.toolCall({ id, name: callName(name), at, input: JSON.stringify(call.input ?? null) });
  if (name === 'Task') draft.subagentStarted();
  calls.set(id, { ...input, name });
};

const readResult = ({ draft, calls }: Thread, block: Json, at: EpochMs | undefined): void => {
  const id = text(block.toolUseID) ?? text(block.tool_use_id);
  const run = object(block.run);
  const status = text(run?.status);
  if (id === undefined || (status !== undefined && unfinished.has(status))) {
    if (status === 'blocked-on-user') draft.waitsFor('permission');
    return;
  }
  const error = status === undefined ? undefined : failures.get(status);
  draft.toolResult(id, at, error === undefined ? {} : { error });
  draft.turnContinues(at);
  const call = calls.get(id);
  if (call && error === undefined) readWork(draft, call, run, at);
};

const unfinished = new Set(['queued', 'in-progress', 'blocked-on-user']);
const failures = new Map<string, ErrorKind>([['error', 'tool'], ['rejected-by-user', 'permission_denied'], ['cancelled', 'interrupted']]);

const readWork = (draft: Draft, call: Json, run: Json | undefined, at: EpochMs | undefined): void => {
  if (call.name === 'Bash' && makesCommit(call.cmd ?? call.command)) draft.committed();
  const path = text(call.path);
  if (path === undefined) return;
  if (call.name === 'Read') draft.read(path, at);
  if (call.name === 'create_file') draft.edit({ path, at, created: true, linesAdded: linesIn(text(call.content) ?? '') });
  if (call.name === 'edit_file') draft.edit({ path, at, ...signsIn(text(object(run?.result)?.diff) ?? text(run?.result) ?? '') });
};

const linesIn = (content: string): number => (content === '' ? 0 : content.split('\n').length - (content.endsWith('\n') ? 1 : 0));

const signsIn = (diff: string): { linesAdded: number; linesRemoved: number } => {
  const lines = diff.split('\n').filter((line) => !/^(\+\+\+|---) /.test(line));
  return { linesAdded: lines.filter((line) => line.startsWith('+')).length, linesRemoved: lines.filter((line) => line.startsWith('-')).length };
};

const blocksOf = (message: Json): readonly Json[] => list(message.content).map(object).filter((block) => block !== undefined);
