import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Draft } from '../../session/draft.ts';
import type { EpochMs, ErrorKind } from '../../session/part.ts';
import type { Usage } from '../../session/usage.ts';
import type { Book } from '../book.ts';
import { amount, count, list, object, parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { folderOfUri } from '../places/editor-folders.ts';
import type { Source } from '../reader.ts';

/** `modelState.value` of a request. */
const states = { pending: 0, complete: 1, cancelled: 2, failed: 3, needsInput: 4 } as const;

interface Telling {
  readonly book: Book;
  readonly source: Source;
  readonly copyRank: number;
}

/** Counts one chat. A chat in which nothing was asked is none. */
export const tellChat = (chat: Json, { book, source, copyRank }: Telling): void => {
  const requests = list(chat['requests']);
  const id = text(chat['sessionId']) ?? source.relative.split('/').at(-1)!.replace(/\.jsonl?$/, '');
  if (requests.length === 0) return;
  const draft = book.draft(id);
  draft.seen(time(chat['creationDate']));
  draft.set({ copyRank, title: text(chat['customTitle']), ...workspaceOf(source) });
  for (const [position, entry] of requests.entries()) {
    const request = object(entry);
    if (request) tellRequest(request, { book, draft, position });
    else book.bad('bad_shape');
  }
  draft.seen(time(chat['lastMessageDate']));
};

interface TellingRequest {
  readonly book: Book;
  readonly draft: Draft;
  readonly position: number;
}

const tellRequest = (request: Json, { book, draft, position }: TellingRequest): void => {
  const at = time(request['timestamp']);
  const end = endOf(request, at);
  draft.set({ toolVersion: text(object(request['agent'])?.['extensionVersion']) });
  draft.message('user', at);
  draft.turnStarted(at);
  const answered = object(request['result']) !== undefined || list(request['response']).length > 0 || usageOf(request) !== undefined;
  if (answered) draft.message('assistant', end.at);
  tellUse(request, { book, draft, position }, at);
  tellTools(request, draft, at);
  tellEdits(request, draft, at);
  const error = errorOf(request, end.state);
  if (error) draft.error(error, end.at ?? at);
  if (end.state === states.pending) return;
  if (end.state === states.needsInput) return draft.waitsFor('input');
  draft.turnEnded(end.at, end.seconds);
};

/** When and how a request ended. Before 1.109 there is no state: a result, or being cancelled, is the end. */
const endOf = (request: Json, at: EpochMs | undefined): { readonly state: number; readonly at: EpochMs | undefined; readonly seconds?: number } => {
  const told = object(request['modelState']);
  const elapsed = amount(object(object(request['result'])?.['timings'])?.['totalElapsed']);
  const state = count(told?.['value']) ?? (request['isCanceled'] === true ? states.cancelled : object(request['result']) ? states.complete : states.pending);
  const endedAt = time(told?.['completedAt']) ?? (at !== undefined && elapsed !== undefined ? at + Math.trunc(elapsed) : undefined);
  return { state, at: endedAt, ...(elapsed === undefined ? {} : { seconds: elapsed / 1000 }) };
};

const tellUse = (request: Json, { book, draft, position }: TellingRequest, at: EpochMs | undefined): void => {
  const model = modelOf(request);
  draft.set({ model });
  const usage = usageOf(request);
  const id = text(request['requestId']);
  if (!usage) return;
  const when = at ?? draft.get('lastActivityAt');
  if (!id || when === undefined) return book.bad('bad_shape');
  book.call(draft.nativeId, { message: id, request: '', at: when, model, usage, wins: 'newest', position });
  if (usage.input !== undefined) draft.context({ used: usage.input, at: when });
};

/**
 * The tokens of a request, which versions keep in different places; the cached part of the prompt is told nowhere.
 * @returns output alone where only `completionTokens` stands; undefined when nothing is told
 */
const usageOf = (request: Json): Usage | undefined => {
  const result = object(request['result']);
  const places = [request, object(request['usage']), object(result?.['usage']), object(result?.['metadata'])];
  const first = (...names: readonly string[]): number | undefined => {
    for (const place of places) for (const name of names) if (count(place?.[name]) !== undefined) return count(place?.[name]);
    return undefined;
  };
  const [input, output] = [first('promptTokens'), first('outputTokens', 'completionTokens')];
  if (!input && !output) return undefined;
  return { ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) };
};

/** "copilot/auto" lets Copilot choose; what it chose stands in the result. */
const modelOf = (request: Json): string | undefined => {
  const asked = text(request['modelId']);
  const chosen = text(object(object(request['result'])?.['metadata'])?.['resolvedModel']);
  return asked === undefined || asked.endsWith('/auto') ? chosen ?? asked : asked;
};

/** Calls stand in the rounds of the result; until there is one, as parts of the response (under other names and ids). */
const tellTools = (request: Json, draft: Draft, at: EpochMs | undefined): void => {
  const parts = list(request['response']).map(object).filter((part) => part?.['kind'] === 'toolInvocationSerialized') as Json[];
  const rounds = list(object(object(request['result'])?.['metadata'])?.['toolCallRounds']).flatMap((round) => list(object(round)?.['toolCalls'])).map(object).filter((call) => call !== undefined);
  const calls = rounds.length > 0 ? rounds.map((call) => ({ id: text(call['id']), name: text(call['name']), input: call['arguments'], done: true }))
    : parts.map((part) => ({ id: text(part['toolCallId']), name: text(part['toolId']), input: undefined, done: part['isComplete'] !== false }));
  for (const [index, { id, name, input, done }] of calls.entries()) {
    if (!name) continue;
    const key = id ?? `${index}`;
    draft.toolCall({ id: key, name, at, ...(input === undefined ? {} : { input: typeof input === 'string' ? input : JSON.stringify(input) }) });
    if (done) draft.toolResult(key, at, { name, seconds: NaN }); // calls carry no times
    const path = text((typeof input === 'string' ? parseObject(input) : object(input))?.['filePath']);
    if (name === 'read_file' && path) draft.read(path, at);
  }
  for (const part of parts) if (part['isConfirmed'] === false || object(part['isConfirmed'])?.['type'] === 0) draft.error('permission_denied', at);
};

/** Lines as the edits replace and bring them: not a diff, a line put back as it was counts on both sides. */
const tellEdits = (request: Json, draft: Draft, at: EpochMs | undefined): void => {
  for (const entry of list(request['response'])) {
    const part = object(entry);
    const path = part?.['kind'] === 'textEditGroup' ? pathOf(object(part['uri'])) : undefined;
    if (!part || !path) continue;
    const edits = list(part['edits']).flatMap(list).map(object).filter((edit) => edit !== undefined);
    if (edits.length === 0) continue;
    const sum = (lines: (edit: Json) => number): number => edits.reduce((total, edit) => total + lines(edit), 0);
    draft.edit({ path, at, linesAdded: sum((edit) => linesIn(text(edit['text']))), linesRemoved: sum((edit) => linesOf(object(edit['range']))) });
  }
};

const pathOf = (uri: Json | undefined): string | undefined => text(uri?.['fsPath']) ?? text(uri?.['path']);

const linesIn = (words: string | undefined): number => (words === undefined ? 0 : words.split('\n').length - (words.endsWith('\n') ? 1 : 0));

const linesOf = (range: Json | undefined): number => {
  const [from, to, fromColumn, toColumn] = [count(range?.['startLineNumber']), count(range?.['endLineNumber']), count(range?.['startColumn']), count(range?.['endColumn'])];
  if (from === undefined || to === undefined || to < from || (from === to && fromColumn === toColumn)) return 0;
  return to - from + (toColumn === 1 ? 0 : 1);
};

const errorOf = (request: Json, state: number): ErrorKind | undefined => {
  const details = object(object(request['result'])?.['errorDetails']);
  if (state === states.cancelled || request['isCanceled'] === true || details?.['code'] === 'canceled') return 'interrupted';
  if (!details) return state === states.failed ? 'api' : undefined;
  const limited = details['isRateLimited'] === true || details['isQuotaExceeded'] === true || /rate.?limit|quota/i.test(text(details['code']) ?? '');
  return limited ? 'rate_limit' : 'api';
};

/** workspace.json beside chatSessions: one folder, or a .code-workspace file of several, which has a name but no folder. */
const workspaceOf = (source: Source): { readonly cwd?: string; readonly project?: string } => {
  const storage = /^workspaceStorage\/[^/]+(?=\/)/.exec(source.relative)?.[0];
  const workspace = storage === undefined ? undefined : parseObject(readText(join(source.root.path, storage, 'workspace.json')));
  const folder = folderOfUri(text(workspace?.['folder']) ?? '');
  if (folder) return { cwd: folder };
  const file = folderOfUri(text(workspace?.['workspace']) ?? '');
  return file ? { project: basename(file.replaceAll('\\', '/'), '.code-workspace') } : {};
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
