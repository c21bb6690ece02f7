import { createHash } from 'node:crypto';
import type { Draft } from '../../session/draft.ts';
import type { EpochMs, ErrorKind } from '../../session/part.ts';
import { inputSide } from '../../session/usage.ts';
import type { Usage } from '../../session/usage.ts';
import type { Book } from '../book.ts';
import { count, list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { Source } from '../reader.ts';
import { projectFolder } from './project.ts';
import { usageOf } from './usage.ts';

/** Messages and tool calls remembered per session, to know a repeated record from a new one. Updates come right after their record. */
const remembered = 2000;
/** A prompt that sends less than this part of the one before it follows a compression (the default keeps about a third)… */
const clearDrop = 0.6;
/** …unless there was little to compress. */
const smallContext = 20_000;

/** What is known of a message that was read. */
interface Known {
  /** Tokens its request sent; 0: not a request. */
  readonly context: number;
  /** No longer part of the conversation (rewound or compressed away). */
  readonly gone?: true;
}

/** Reads the records of one Gemini session into its draft. Every id counts once, whatever is appended again; rewound requests stay billed. */
export class Conversation {
  readonly #book: Book;
  readonly #source: Source;
  readonly #rank: number;
  readonly #messages: Map<string, Known>;
  /** Tool calls by identity: whether the result was seen. */
  readonly #tools: Map<string, boolean>;

  constructor(book: Book, source: Source, rank: number) {
    this.#book = book;
    this.#source = source;
    this.#rank = rank;
    this.#messages = new Map((book.memo['messages'] ?? []) as [string, Known][]);
    this.#tools = new Map((book.memo['tools'] ?? []) as [string, boolean][]);
  }

  /** The session's own facts: the first line of a log, a `$set`, or the document itself. */
  about(record: Json): void {
    const memo = this.#book.memo;
    const sessionId = text(record['sessionId']);
    if (sessionId) this.#startSession(sessionId);
    const kind = text(record['kind']);
    if (kind) memo['kind'] = kind;
    const draft = this.#draft();
    draft.seen(time(record['startTime']));
    draft.set({ title: text(record['summary'])?.slice(0, 200), copyRank: this.#rank, parentId: this.#parentId() });
    if ('projectHash' in record && draft.get('cwd') === undefined) draft.set({ cwd: this.#folder(record) });
  }

  /** A recording may hold several sessions, and the first message of each has the same id. */
  #startSession(sessionId: string): void {
    const memo = this.#book.memo;
    if (memo['session'] === sessionId) return;
    for (const name of ['kind', 'context', 'compressed', 'askedAt', 'answeredAt']) delete memo[name];
    memo['session'] = sessionId;
    this.#messages.clear();
    this.#tools.clear();
  }

  /** When the session was last written, after everything before it was read: active time is counted forwards. */
  touched(at: unknown): void {
    this.#draft().seen(time(at));
  }

  /** One message, new or told again with more in it. */
  message(record: Json, position: number): void {
    const [id, type, at] = [text(record['id']), text(record['type']), time(record['timestamp'])];
    if (!id || !type) return this.#book.bad('bad_shape');
    if (!messageTypes.has(type)) return this.#book.unknown();
    const key = shortened(id);
    const isNew = !this.#messages.has(key);
    if (isNew) this.#messages.set(key, { context: 0 });
    if (type === 'gemini') this.#answer(record, { id, key, at, isNew, position });
    else if (isNew && type === 'user') this.#fromUser(record['content'], at);
    else if (isNew) this.#notice(type, record['content'], at);
  }

  /** The conversation as it is now, told whole: what is missing from it was compressed away. */
  checkpoint(messages: readonly unknown[], position: number): void {
    const told = new Set<string>();
    for (const entry of messages) {
      const message = object(entry);
      const id = text(message?.['id']);
      if (!message || !id) {
        this.#book.bad('bad_shape');
        continue;
      }
      told.add(shortened(id));
      this.message(message, position);
    }
    let compressed = false;
    for (const [key, known] of this.#messages) {
      if (known.gone || told.has(key)) continue;
      if (known.context > 0) compressed = true;
      this.#messages.set(key, { ...known, gone: true });
    }
    if (compressed) this.#compaction(undefined);
  }

  /** Drops a message and everything after it from the conversation; an unknown id drops all. What was sent stays billed and counted. */
  rewindTo(id: unknown): void {
    const target = typeof id === 'string' ? shortened(id) : undefined;
    let dropping = target === undefined || !this.#messages.has(target);
    for (const [key, known] of this.#messages) {
      dropping ||= key === target;
      if (dropping) this.#messages.set(key, { ...known, gone: true });
    }
    const last = [...this.#messages.values()].findLast((known) => !known.gone && known.context > 0)?.context;
    this.#book.memo['context'] = last ?? 0;
    const draft = this.#draft();
    if (draft.role === 'main') draft.context(last === undefined ? undefined : { used: last });
    this.#closeTurn();
    draft.turnEnded(undefined, NaN);
  }

  /** Writes what must survive until the next read. */
  remember(): void {
    this.#book.memo['messages'] = [...this.#messages].slice(-remembered);
    this.#book.memo['tools'] = [...this.#tools].slice(-remembered);
  }

  #folder(record: Json): string | undefined {
    const named = list(record['directories']).filter((path) => typeof path === 'string');
    return projectFolder(this.#source, text(record['projectHash']), named);
  }

  #answer(record: Json, { id, key, at, isNew, position }: { id: string; key: string; at: EpochMs | undefined; isNew: boolean; position: number }): void {
    const draft = this.#draft();
    if (isNew) draft.message('assistant', at);
    const model = text(record['model']);
    if (model) draft.set({ model });
    const tokens = object(record['tokens']);
    if (tokens) this.#request(tokens, { id, key, at, model, position });
    const calls = list(record['toolCalls']);
    for (const [index, entry] of calls.entries()) this.#tool(object(entry), `${key} ${index}`, at);
    if (calls.length > 0) return draft.turnContinues(at);
    if (!isNew) return;
    // Whether tool calls follow is known only when they are appended; the length of a turn only when the next one begins.
    this.#book.memo['answeredAt'] = at;
    draft.turnEnded(at, NaN);
  }

  #request(tokens: Json, { id, key, at: recordedAt, model, position }: { id: string; key: string; at: EpochMs | undefined; model: string | undefined; position: number }): void {
    const draft = this.#draft();
    const usage = usageOf(tokens);
    const at = recordedAt ?? draft.get('lastActivityAt');
    if (!usage) return this.#book.bad('impossible_value');
    if (at === undefined) return this.#book.bad('bad_shape');
    this.#book.call(draft.nativeId, { message: `${draft.nativeId}:${id}`, request: '', at, model, usage, wins: 'newest', position });
    this.#contextIs(count(tokens['input'])!, usage, key, at);
  }

  #contextIs(sent: number, usage: Usage, key: string, at: EpochMs): void {
    const before = this.#messages.get(key)!;
    if (sent === 0 || before.context === sent || before.gone) return;
    const draft = this.#draft();
    const last = this.#book.memo['context'];
    if (before.context === 0) draft.request(usage.cache_read ?? 0, inputSide(usage));
    if (before.context === 0 && typeof last === 'number' && last >= smallContext && sent < last * clearDrop) this.#compaction(at);
    this.#messages.set(key, { context: sent });
    this.#book.memo['context'] = sent;
    this.#book.memo['compressed'] = false;
    if (draft.role === 'main') draft.context({ used: sent, at });
  }

  /** A compression shows twice: as a checkpoint and as a smaller next prompt. */
  #compaction(at: EpochMs | undefined): void {
    if (this.#book.memo['compressed'] !== true) this.#draft().compaction(at);
    this.#book.memo['compressed'] = true;
  }

  #fromUser(content: unknown, at: EpochMs | undefined): void {
    const draft = this.#draft();
    draft.message('user', at);
    const parts = typeof content === 'string' ? [{ text: content }] : list(content).map((part) => (typeof part === 'string' ? { text: part } : object(part) ?? {}));
    if (parts.length > 0 && parts.every((part) => 'functionResponse' in part)) return draft.turnContinues(at);
    // The first record tells the model about the machine: no human wrote it.
    if (parts.some((part) => text(part['text'])?.startsWith('<session_context>'))) return;
    this.#closeTurn();
    this.#book.memo['askedAt'] = at;
    draft.turnStarted(at);
  }

  #notice(type: string, content: unknown, at: EpochMs | undefined): void {
    const draft = this.#draft();
    const words = typeof content === 'string' ? content : text(object(list(content)[0])?.['text']) ?? '';
    draft.message('system', at);
    const failure = type === 'error' ? apiError(words) : type === 'info' && words.startsWith('Request cancelled') ? 'interrupted' : undefined;
    if (!failure) return;
    draft.error(failure, at);
    this.#book.memo['answeredAt'] = at;
    draft.turnEnded(at, NaN);
  }

  #closeTurn(): void {
    const { askedAt, answeredAt } = this.#book.memo;
    delete this.#book.memo['askedAt'];
    delete this.#book.memo['answeredAt'];
    if (typeof askedAt !== 'number' || typeof answeredAt !== 'number' || answeredAt < askedAt) return;
    const draft = this.#draft();
    draft.turnContinues(answeredAt);
    draft.turnEnded(answeredAt, (answeredAt - askedAt) / 1000);
  }

  #tool(call: Json | undefined, key: string, askedAt: EpochMs | undefined): void {
    const name = text(call?.['name']);
    if (!call || !name) return this.#book.bad('bad_shape');
    const draft = this.#draft();
    const id = text(call['id']) ?? key;
    const at = time(call['timestamp']) ?? askedAt;
    if (!this.#tools.has(key)) {
      this.#tools.set(key, false);
      draft.toolCall({ id, name, at: askedAt, input: JSON.stringify(call['args'] ?? null) });
    }
    const status = text(call['status']);
    if (this.#tools.get(key) || !status || !finished.has(status)) return;
    this.#tools.set(key, true);
    const error = status === 'error' ? 'tool' : status === 'cancelled' ? cancellation(call) : undefined;
    // Older builds stamp a call with its message's time: no duration can be told from that.
    draft.toolResult(id, at, { name, ...(error ? { error } : {}), ...(at === askedAt ? { seconds: NaN } : {}) });
    if (status === 'success') this.#fileWork(name, call, at);
  }

  #fileWork(name: string, call: Json, at: EpochMs | undefined): void {
    const path = text(object(call['args'])?.['file_path']);
    if (name === 'read_file' && path) this.#draft().read(path, at);
    if (name !== 'replace' && name !== 'write_file') return;
    const display = object(call['resultDisplay']);
    const stat = object(display?.['diffStat']);
    const edited = path ?? text(display?.['filePath']);
    if (!display || !stat || !edited) return;
    const lines = (kind: string): number => (count(stat[`model_${kind}_lines`]) ?? 0) + (count(stat[`user_${kind}_lines`]) ?? 0);
    this.#draft().edit({ path: edited, at, linesAdded: lines('added'), linesRemoved: lines('removed'), created: display['isNewFile'] === true });
  }

  #draft(): Draft {
    const { session, kind } = this.#book.memo;
    const nativeId = typeof session === 'string' ? session : this.#source.relative.split('/').at(-1)!.replace(/\.jsonl?$/, '');
    return this.#book.draft(nativeId, kind === 'subagent' || this.#parentId() ? 'subagent' : 'main');
  }

  /** chats/<parent session>/<session>.jsonl */
  #parentId(): string | undefined {
    return /^[^/]+\/chats\/([^/]+)\/[^/]+$/.exec(this.#source.relative)?.[1];
  }
}

const messageTypes = new Set(['user', 'gemini', 'info', 'error', 'warning']);
const finished = new Set(['success', 'error', 'cancelled']);

/** Which failure an error message reports: Google's status words and HTTP codes. */
const apiError = (words: string): ErrorKind => {
  if (/"?code"?:\s*429|RESOURCE_EXHAUSTED|quota/i.test(words)) return 'rate_limit';
  if (/"?code"?:\s*503|UNAVAILABLE|overloaded/i.test(words)) return 'overloaded';
  return 'api';
};

/** A cancelled call was either not allowed by the human or stopped half-way. */
const cancellation = (call: Json): ErrorKind => {
  const response = object(object(object(list(call['result'])[0])?.['functionResponse'])?.['response']);
  return /not allow/i.test(text(response?.['error']) ?? '') ? 'permission_denied' : 'interrupted';
};

/** 60 bits of an id: enough to tell the messages of one session apart. */
const shortened = (id: string): string => createHash('sha1').update(id).digest('base64url').slice(0, 10);
