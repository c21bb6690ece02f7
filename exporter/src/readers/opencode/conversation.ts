import type { Draft } from '../../session/draft.ts';
import type { EpochMs, ErrorKind } from '../../session/part.ts';
import { inputSide, totalTokens } from '../../session/usage.ts';
import type { Book } from '../book.ts';
import { amount, count, list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { usageOf } from './usage.ts';

/** A session as either layout tells it, in the shape of OpenCode's own session object. */
export interface ToldSession {
  readonly id: string;
  readonly info: Json;
  /** In the order of the conversation. */
  readonly messages: Iterable<ToldMessage>;
  /** Which layout wins when both tell the session. */
  readonly copyRank: number;
}

export interface ToldMessage {
  readonly id: string;
  readonly info: Json;
  readonly parts: Iterable<{ readonly id: string; readonly part: Json }>;
}

/** Counts a session from its start: OpenCode changes messages and parts in place, so what was told before is forgotten. */
export const tellSession = ({ id, info, messages, copyRank }: ToldSession, book: Book): void => {
  const parentId = text(info['parentID']);
  const draft = book.restart(id, parentId === undefined ? 'main' : 'subagent');
  const createdAt = time(object(info['time'])?.['created']);
  draft.seen(createdAt);
  draft.set({ copyRank, parentId, cwd: text(info['directory']), title: text(info['title']), toolVersion: text(info['version']) });
  let position = 0;
  for (const message of messages) {
    book.record();
    tellMessage(message, { book, draft, createdAt, position });
    position += 1;
  }
  draft.seen(time(object(info['time'])?.['updated']));
  linesChanged(info, draft);
};

interface Telling {
  readonly book: Book;
  readonly draft: Draft;
  readonly createdAt: EpochMs | undefined;
  readonly position: number;
}

const tellMessage = (message: ToldMessage, telling: Telling): void => {
  switch (message.info['role']) {
    case 'user': return tellPrompt(message, telling);
    case 'assistant': return tellAnswer(message, telling);
    default: return telling.book.unknown();
  }
};

const tellPrompt = ({ info, parts }: ToldMessage, { draft }: Telling): void => {
  const at = time(object(info['time'])?.['created']);
  draft.message('user', at);
  let written = false;
  let other = false;
  for (const { part } of parts) {
    // "synthetic" text and compaction requests are OpenCode's own; a file or a sub-task was attached by the human.
    if ((part['type'] === 'text' && part['synthetic'] !== true) || part['type'] === 'file' || part['type'] === 'subtask') written = true;
    else other = true;
  }
  if (written || !other) draft.turnStarted(at);
  else draft.turnContinues(at);
};

const tellAnswer = (message: ToldMessage, telling: Telling): void => {
  const { info } = message;
  const { draft } = telling;
  const [at, completedAt] = [time(object(info['time'])?.['created']), time(object(info['time'])?.['completed'])];
  draft.message('assistant', at);
  const isCompaction = info['summary'] === true;
  if (isCompaction) draft.compaction(at);
  draft.set({ model: text(info['modelID']) });
  tellRequest(message, telling, isCompaction);
  for (const { id, part } of message.parts) if (part['type'] === 'tool') tellTool(part, { id, draft, askedAt: at });
  draft.seen(completedAt);
  const error = object(info['error']);
  if (error) draft.error(errorKind(error), completedAt ?? at);
  if (isCompaction && completedAt !== undefined) return draft.turnEnded(completedAt, NaN); // an automatic one is followed by the answer
  if (error || (completedAt !== undefined && info['finish'] !== 'tool-calls')) draft.turnEnded(completedAt ?? at);
  else draft.turnContinues(completedAt ?? at);
};

const tellRequest = ({ id, info }: ToldMessage, { book, draft, createdAt, position }: Telling, isCompaction: boolean): void => {
  const tokens = object(info['tokens']);
  if (!tokens) return;
  const usage = usageOf(tokens);
  const at = time(object(info['time'])?.['created']) ?? draft.get('lastActivityAt');
  if (!usage) return book.bad('impossible_value');
  if (totalTokens(usage) === 0) return; // aborted before anything was answered
  if (at === undefined) return book.bad('bad_shape');
  const sent = inputSide(usage);
  if (!isCompaction) draft.context({ used: sent, at });
  draft.request(usage.cache_read ?? 0, sent);
  // A fork copies the messages under new ids but with their times: what is older than the session was billed to another one.
  if (createdAt !== undefined && at < createdAt) return;
  const cost = amount(info['cost']);
  book.call(draft.nativeId, { message: id, request: '', at, model: text(info['modelID']), usage, wins: 'newest', position, ...(cost ? { reportedCostUsd: cost } : {}) });
};

const tellTool = (part: Json, { id, draft, askedAt }: { id: string; draft: Draft; askedAt: EpochMs | undefined }): void => {
  const [name, state] = [text(part['tool']), object(part['state'])];
  if (!name || !state) return;
  const [startedAt, endedAt] = [time(object(state['time'])?.['start']), time(object(state['time'])?.['end'])];
  const callId = text(part['callID']) ?? id;
  draft.toolCall({ id: callId, name, at: startedAt ?? askedAt, input: JSON.stringify(state['input'] ?? null) });
  if (state['status'] !== 'completed' && state['status'] !== 'error') return name === 'question' ? draft.waitsFor('input') : undefined;
  if (name === 'question') draft.waitsFor(undefined);
  const error = toolError(name, state);
  draft.toolResult(callId, endedAt, { name, ...(error ? { error } : {}), ...(startedAt === undefined ? { seconds: NaN } : {}) });
  if (!error) tellFiles(name, state, draft, endedAt ?? startedAt ?? askedAt);
};

/** A shell's failure and a call of a tool that does not exist are "completed" (TRAPS.md 21). */
const toolError = (name: string, state: Json): ErrorKind | undefined => {
  if (state['status'] === 'error') {
    const words = text(state['error']) ?? '';
    if (/rejected permission|rejected the|prevents you from using/i.test(words)) return 'permission_denied';
    return /abort|cancel/i.test(words) ? 'interrupted' : 'tool';
  }
  const exit = object(state['metadata'])?.['exit'];
  return name === 'invalid' || (typeof exit === 'number' && exit !== 0) ? 'tool' : undefined;
};

const tellFiles = (name: string, state: Json, draft: Draft, at: EpochMs | undefined): void => {
  const [input, metadata] = [object(state['input']), object(state['metadata'])];
  const path = text(input?.['filePath']);
  if (name === 'read' && path) draft.read(path, at);
  if (name === 'edit') tellEdit(object(metadata?.['filediff']), path, draft, at);
  if (name === 'multiedit') for (const result of list(metadata?.['results'])) tellEdit(object(object(result)?.['filediff']), path, draft, at);
  if (name === 'apply_patch') for (const file of list(metadata?.['files'])) tellEdit(object(file), undefined, draft, at);
  if (name === 'write') {
    const written = text(metadata?.['filepath']) ?? path;
    const created = metadata?.['exists'] === false;
    // What a rewritten file held before is not told, so only a new file's lines are known.
    if (written) draft.edit({ path: written, at, created, ...(created ? { linesAdded: lineCount(text(input?.['content'])) } : {}) });
  }
};

const tellEdit = (diff: Json | undefined, fallback: string | undefined, draft: Draft, at: EpochMs | undefined): void => {
  const path = text(diff?.['file']) ?? text(diff?.['filePath']) ?? fallback;
  if (path) draft.edit({ path, at, linesAdded: count(diff?.['additions']) ?? 0, linesRemoved: count(diff?.['deletions']) ?? 0, created: diff?.['type'] === 'add' });
};

const lineCount = (content: string | undefined): number => {
  if (content === undefined) return 0;
  const ends = content.split('\n').length - 1;
  return content.endsWith('\n') ? ends : ends + 1;
};

/**
 * The session's own summary is the net change of its folder and wins, where there is one: with snapshots switched off it says
 * 0 files whatever was edited (seen in 1.18), and then the edits of the tools are all that is known.
 */
const linesChanged = (info: Json, draft: Draft): void => {
  const summary = object(info['summary']);
  const files = count(summary?.['files']);
  if (!files && (draft.get('filesEdited') ?? 0) > 0) return;
  draft.set({ linesAdded: count(summary?.['additions']), linesRemoved: count(summary?.['deletions']), filesEdited: files });
};

const errorKind = (error: Json): ErrorKind => {
  if (error['name'] === 'MessageAbortedError') return 'interrupted';
  const status = object(error['data'])?.['statusCode'];
  if (status === 429) return 'rate_limit';
  return status === 503 || status === 529 ? 'overloaded' : 'api';
};
