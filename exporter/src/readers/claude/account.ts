import type { Call } from '../../session/call.ts';
import type { Draft } from '../../session/draft.ts';
import type { Book } from '../book.ts';
import type { Source } from '../reader.ts';
import type { Answer, Asked, Entry, Failure, Head, Moved, Title, ToolUse } from './entry.ts';
import { Memory } from './memory.ts';
import type { SessionMemory } from './memory.ts';
import { inputOf } from './tokens.ts';
import { outputIsPlaceholder } from './version.ts';

/** One session's account in this file, with what was last written into it. */
interface Opened {
  readonly id: string;
  readonly draft: Draft;
  /** A sub-agent's: use, tools and errors count, its context, title and turns do not. */
  readonly isMain: boolean;
  readonly memory: SessionMemory;
  cwd: string | undefined;
  gitBranch: string | undefined;
  version: string | undefined;
  model: string | undefined;
}

/** Writes the entries of one transcript into its book, in their order. */
export class Account {
  readonly #book: Book;
  readonly #memory: Memory;
  readonly #agentFile: boolean;
  readonly #replay: boolean;
  readonly #workflowAgent: boolean;
  readonly #opened = new Map<string, Opened>();
  #last: Opened | undefined;
  #lastSession: string | undefined;

  constructor(book: Book, source: Source) {
    this.#book = book;
    this.#memory = new Memory(book.memo, sessionOfPath(source.relative));
    this.#agentFile = isAgentFile(source.relative);
    this.#replay = isReplayFile(source.relative);
    this.#workflowAgent = source.relative.includes('/subagents/workflows/');
  }

  /** @param position byte offset of the entry's line in the file */
  enter(entry: Entry, position: number): void {
    this.#book.record();
    switch (entry.kind) {
      case 'answer': return this.#answer(entry, position);
      case 'asked': return this.#asked(entry, position);
      case 'passing': return this.#passing(entry.head);
      case 'moved': return this.#moved(entry);
      case 'failure': return this.#failure(entry);
      case 'title': return this.#title(entry);
      case 'turn-end': return this.#turnEnd(entry.head, entry.seconds);
      case 'compaction': return this.#compaction(entry.head);
      case 'unknown':
        this.#book.unknown();
        return this.#passing(entry.head);
    }
  }

  #answer(answer: Answer, position: number): void {
    const { head } = answer;
    const opened = this.#open(head);
    const { draft, isMain, memory } = opened;
    this.#leaf(opened, head.uuid);
    draft.seen(head.at);
    if (answer.model === '<synthetic>') {
      // Not a call: the program speaks in the agent's place.
      if (isMain) draft.turnEnded(head.at);
      return;
    }
    const isNew = answer.message === undefined || answer.message !== memory.message;
    if (isNew) memory.searched = answer.webSearches > 0;
    if (isMain) this.#mainAnswer(answer, opened, isNew);
    if (!this.#replay) for (const tool of answer.tools) this.#toolUse(tool, head, opened);
    // Some rows of 2.1.63 lack the request of their siblings (tokscale#563).
    memory.request = answer.request ?? (isNew ? undefined : memory.request);
    memory.message = answer.message;
    memory.stopped = false;
    this.#call(answer, opened, position);
  }

  #mainAnswer(answer: Answer, opened: Opened, isNew: boolean): void {
    const { draft } = opened;
    const { at } = answer.head;
    if (isNew) {
      draft.message('assistant', at);
      if (answer.usage) draft.request(answer.usage.cache_read ?? 0, inputOf(answer.usage) ?? 0);
    }
    if (answer.contextUsed !== undefined) draft.context(at === undefined ? { used: answer.contextUsed } : { used: answer.contextUsed, at });
    if (answer.model !== undefined && answer.model !== opened.model) draft.set({ model: (opened.model = answer.model) });
    if (endsTurn(answer.stopReason)) draft.turnEnded(at);
    else draft.turnContinues(at);
  }

  #toolUse(tool: ToolUse, head: Head, { draft, isMain, memory }: Opened): void {
    draft.toolCall({ id: tool.id, name: tool.name, at: head.at, input: tool.input });
    // Task was renamed Agent in 2.1.x. Agents of a workflow have no call of their own: their files count (#open).
    if (tool.name === 'Task' || tool.name === 'Agent') draft.subagentStarted();
    if (tool.commits) memory.commits = [...(memory.commits ?? []).slice(-19), tool.id];
    if (isMain && asksHuman.has(tool.name)) {
      draft.waitsFor('input');
      memory.asking = tool.id;
    }
  }

  #call(answer: Answer, { id, memory }: Opened, position: number): void {
    if (!answer.usage) return;
    const identity = answer.message ?? answer.head.uuid;
    if (identity === undefined || answer.head.at === undefined) return this.#book.bad('bad_shape');
    this.#book.call(id, callOf(answer, { message: identity, request: memory.request ?? '', at: answer.head.at, aside: this.#replay || (answer.head.sidechain && !answer.head.agent && !this.#agentFile), position }));
  }

  #asked(asked: Asked, position: number): void {
    const { head } = asked;
    const opened = this.#open(head);
    const { draft, isMain, memory } = opened;
    this.#leaf(opened, head.uuid);
    draft.seen(head.at);
    if (this.#replay) return;
    for (const { id, error } of asked.results) {
      draft.toolResult(id, head.at, error === undefined ? undefined : { error });
      if (error === 'permission_denied' || error === 'interrupted') memory.stopped = true;
      if (memory.asking === id) {
        draft.waitsFor(undefined);
        memory.asking = undefined;
      }
      if (memory.commits?.includes(id)) {
        memory.commits = memory.commits.filter((pending) => pending !== id);
        if (error === undefined) draft.committed();
      }
    }
    if (asked.work?.did === 'read') draft.read(asked.work.path, head.at);
    else if (asked.work) draft.edit({ ...asked.work, at: head.at });
    if (asked.searches > 0) this.#searches(asked, opened, position);
    if (isMain) says(asked, opened);
  }

  /** The search's own model call is in no file; its fee is known: a call that carries nothing but searches, named by the tool call. */
  #searches({ searches, results, head }: Asked, { id, draft, memory, model }: Opened, position: number): void {
    const search = results[0];
    if (memory.searched || search === undefined || head.at === undefined) return;
    this.#book.call(id, { message: `search:${search.id}`, request: '', at: head.at, model: model ?? draft.get('model'), usage: {}, requests: 0, webSearches: searches, position });
  }

  #passing(head: Head): void {
    if (head.at !== undefined) this.#open(head).draft.seen(head.at);
  }

  #moved({ head, cwd }: Moved): void {
    const opened = this.#open(head);
    opened.draft.set({ cwd: (opened.cwd = cwd) });
  }

  #failure({ head, error, retried }: Failure): void {
    const { draft, isMain } = this.#open(head);
    draft.error(error, head.at);
    if (isMain && !retried) draft.turnEnded(head.at);
  }

  #turnEnd(head: Head, seconds: number | undefined): void {
    const { draft, isMain } = this.#open(head);
    draft.seen(head.at);
    if (isMain) draft.turnEnded(head.at, seconds);
  }

  #compaction(head: Head): void {
    const { draft, isMain } = this.#open(head);
    draft.seen(head.at);
    if (isMain) draft.compaction(head.at);
  }

  #title({ head, title, from, leaf }: Title): void {
    if (from === 'summary') return this.#summary(title, leaf);
    this.#entitle(this.#open(head), title, from === 'custom' ? 3 : 2);
  }

  /** A summary may tell of another conversation: it counts when the leaf it names is in this file (FORMATS.md 1.2). */
  #summary(title: string, leaf: string | undefined): void {
    if (leaf === undefined) return;
    if (this.#memory.hasLeaf(leaf)) this.#entitle(this.#openSession(this.#memory.session), title, 1);
    else this.#memory.expectLeaf(leaf, title);
  }

  #entitle({ draft, isMain, memory }: Opened, title: string, rank: number): void {
    if (!isMain || rank < (memory.titleRank ?? 0)) return;
    memory.titleRank = rank;
    draft.set({ title });
  }

  /** The account an entry belongs to, told where the entry was written. */
  #open(head: Head): Opened {
    const opened = this.#openSession(this.#sessionOf(head), this.#agentFile || head.sidechain);
    // The folder it was started in: later ones come and go with every `cd` in a shell.
    if (opened.cwd === undefined && head.cwd !== undefined) opened.draft.set({ cwd: (opened.cwd = head.cwd) });
    if (head.gitBranch !== undefined && head.gitBranch !== opened.gitBranch) {
      opened.gitBranch = head.gitBranch;
      if (head.gitBranch !== '' && head.gitBranch !== 'HEAD') opened.draft.set({ gitBranch: head.gitBranch });
    }
    if (head.version !== undefined && head.version !== opened.version) opened.draft.set({ toolVersion: (opened.version = head.version) });
    return opened;
  }

  #sessionOf({ session }: Head): string {
    if (session === undefined) return this.#memory.session;
    return session === this.#lastSession || isSessionId(session) ? session : this.#memory.session;
  }

  #leaf(opened: Opened, uuid: string | undefined): void {
    if (uuid === undefined || !opened.isMain) return;
    const title = this.#memory.sawLeaf(uuid);
    if (title !== undefined) this.#entitle(opened, title, 1);
  }

  #openSession(id: string, isSub = this.#agentFile): Opened {
    if (this.#last && this.#lastSession === id && this.#last.isMain !== isSub) return this.#last;
    const key = isSub ? `sub ${id}` : id;
    let opened = this.#opened.get(key);
    if (!opened) {
      const draft = this.#book.draft(id, isSub ? 'subagent' : 'main');
      const memory = this.#memory.of(id, isSub);
      if (this.#workflowAgent && memory.counted !== true) {
        memory.counted = true;
        draft.subagentStarted();
      }
      opened = { id, draft, isMain: !isSub, memory, cwd: draft.get('cwd'), gitBranch: draft.get('gitBranch'), version: draft.get('toolVersion'), model: draft.get('model') };
      this.#opened.set(key, opened);
    }
    this.#last = opened;
    this.#lastSession = this.#memory.session = id;
    return opened;
  }
}

const says = (asked: Asked, { draft, memory }: Opened): void => {
  const { at } = asked.head;
  switch (asked.says) {
    case 'prompt':
      draft.message('user', at);
      draft.turnStarted(at);
      break;
    case 'interrupted':
      // After a refused tool the same row follows: one deed, counted once.
      if (!memory.stopped) draft.error('interrupted', at);
      draft.turnEnded(at);
      break;
    case 'notice':
      draft.turnContinues(at);
      break;
    case 'nothing':
      return;
  }
  memory.stopped = false;
};

const callOf = (answer: Answer, { message, request, at, aside, position }: { message: string; request: string; at: number; aside: boolean; position: number }): Call => {
  const call: { -readonly [Fact in keyof Call]: Call[Fact] } = { message, request, at, model: answer.model, usage: answer.usage ?? {}, position };
  if (answer.webSearches > 0) call.webSearches = answer.webSearches;
  if (answer.fast) call.fast = true;
  if (aside) call.sidechain = true;
  if (answer.stopReason === undefined && outputIsPlaceholder(answer.head.version)) call.outputLowerBound = true;
  return call;
};

/** Tools that put a question to the human. */
const asksHuman = new Set(['AskUserQuestion', 'ExitPlanMode']);

const endsTurn = (stopReason: string | undefined): boolean => stopReason === 'end_turn' || stopReason === 'stop_sequence' || stopReason === 'refusal';

/** Tools write UUIDs; anything short and plain is taken, free text is not. */
const isSessionId = (id: string): boolean => id.length <= 128 && /^[\w.-]+$/.test(id) && id !== '__proto__';

const nameOf = (relative: string): string => relative.slice(relative.lastIndexOf('/') + 1);

const isAgentFile = (relative: string): boolean => nameOf(relative).startsWith('agent-');

/**
 * Side questions (`/btw`) and compactions: the program's own forks of a conversation, without tools.
 * Their files may begin with a copy of it, whose calls then stand under the same message, at times under another request (ccusage#913).
 */
const isReplayFile = (relative: string): boolean => /^agent-a(side_question|compact)-/.test(nameOf(relative));

/** Whose file it is, for records that do not say so: <session>.jsonl, or <session>/subagents/… */
const sessionOfPath = (relative: string): string => {
  const folders = relative.split('/');
  const subagents = folders.indexOf('subagents');
  return subagents > 0 ? folders[subagents - 1]! : nameOf(relative).replace(/\.jsonl$/, '');
};
