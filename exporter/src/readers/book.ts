import type { Call } from '../session/call.ts';
import { Draft } from '../session/draft.ts';
import type { Growth, Places } from '../session/draft.ts';
import type { EpochMs, Part } from '../session/part.ts';
import { sessionId } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';

/** Why a record was not counted. A fixed set: it is a label. */
export const parseErrorReasons = [
  'bad_json', 'bad_shape', 'bad_utf8', 'line_too_long', 'too_large', 'truncated', 'impossible_value', 'unreadable', 'unsupported',
] as const;
export type ParseErrorReason = (typeof parseErrorReasons)[number];

/** What reading (more of) one source brought. Plain data: it crosses threads and goes into the ledger. */
export interface Findings {
  readonly parts: readonly Part[];
  /** Calls first seen or changed by this read, by session id. */
  readonly calls: readonly { readonly session: string; readonly call: Call }[];
  /** What of the parts happened at or after `freshAfter`: the fleet counters grow by it. */
  readonly growth: readonly { readonly session: string; readonly role: Part['role']; readonly growth: Growth }[];
  readonly memo: Memo;
  readonly records: number;
  readonly unknownRecords: number;
  readonly parseErrors: Readonly<Partial<Record<ParseErrorReason, number>>>;
}
/** What a reader must remember of a source between two reads: small, plain JSON. */
export type Memo = { [key: string]: unknown };

/** What a reader writes into while it reads one source: a draft per session, the calls, and what could not be read. */
export class Book {
  /** The reader's own memory of this source; survives restarts with the source's offset. */
  readonly memo: Memo;
  readonly #tool: Tool;
  readonly #from: { readonly freshAfter: EpochMs; readonly places?: Places };
  readonly #drafts = new Map<string, Draft>();
  #calls = new Map<string, { session: string; call: Call }>();
  #lastCall: { session: string; call: Call } | undefined;
  #records = 0;
  #unknown = 0;
  #errors: Partial<Record<ParseErrorReason, number>> = {};

  /**
   * @param before what earlier reads of the same source left
   * @param freshAfter events older than this are history: they fill sessions, never the fleet counters. @default Infinity
   * @param places how paths and projects are told. @default as they are, no project
   */
  constructor(tool: Tool, before: { readonly parts?: readonly Part[]; readonly memo?: Memo } = {}, freshAfter: EpochMs = Infinity, places?: Places) {
    this.#tool = tool;
    this.#from = { freshAfter, ...(places ? { places } : {}) };
    this.memo = before.memo ?? {};
    for (const part of before.parts ?? []) this.#drafts.set(draftKey(part.nativeId, part.role), new Draft(part.tool, part.nativeId, part.role, { before: part, ...this.#from }));
  }

  /** The running account of one session in this source; made on first use. */
  draft(nativeId: string, role: Part['role'] = 'main'): Draft {
    const key = draftKey(nativeId, role);
    let draft = this.#drafts.get(key);
    if (!draft) this.#drafts.set(key, (draft = new Draft(this.#tool, nativeId, role, this.#from)));
    return draft;
  }

  /** Starts a session's account again, for sources that tell a session whole each time. */
  restart(nativeId: string, role: Part['role'] = 'main'): Draft {
    this.#drafts.delete(draftKey(nativeId, role));
    return this.draft(nativeId, role);
  }

  /** Books a call to a session; reports of one call inside this source are merged here, across sources in the ledger. */
  call(nativeId: string, call: Call): void {
    // Most often it is the last one's, whose key is not made again.
    const last = this.#lastCall;
    if (last && last.call.message === call.message && last.call.request === call.request) return void (last.call = mergeCalls(last.call, call));
    const key = callKey(call);
    const before = this.#calls.get(key);
    if (before) before.call = mergeCalls(before.call, call);
    else this.#calls.set(key, (this.#lastCall = { session: sessionId(this.#tool, nativeId), call }));
  }

  /** One record was read. */
  record(): void {
    this.#records += 1;
  }

  /** A record of a kind this reader does not know: format drift, worth a look. */
  unknown(): void {
    this.#unknown += 1;
  }

  /** A record that cannot be used. */
  bad(reason: ParseErrorReason): void {
    this.#errors[reason] = (this.#errors[reason] ?? 0) + 1;
  }

  /** Hands out what was found since the last time; drafts go on, calls and counts start again. */
  take(): Findings {
    const changed = [...this.#drafts.values()].filter((draft) => draft.changed);
    const findings: Findings = {
      growth: changed.flatMap((draft) => {
        const growth = draft.takeGrowth();
        return growth ? [{ session: sessionId(this.#tool, draft.nativeId), role: draft.role, growth }] : [];
      }),
      parts: changed.map((draft) => draft.toPart()),
      calls: [...this.#calls.values()],
      memo: this.memo,
      records: this.#records,
      unknownRecords: this.#unknown,
      parseErrors: this.#errors,
    };
    this.#calls = new Map();
    this.#lastCall = undefined;
    this.#records = this.#unknown = 0;
    this.#errors = {};
    return findings;
  }
}

/** The report of a call that stands when two reports of it meet; it is dated by the first. */
export const mergeCalls = (before: Call, after: Call): Call => {
  const newest = after.wins === 'newest';
  const winner = newest || (after.usage.output ?? 0) >= (before.usage.output ?? 0) ? after : before;
  const merged: { -readonly [Fact in keyof Call]: Call[Fact] } = { ...winner, at: Math.min(before.at, after.at) };
  if (before.webSearches || after.webSearches) merged.webSearches = Math.max(before.webSearches ?? 0, after.webSearches ?? 0);
  return merged;
};

const callKey = ({ message, request }: Call): string => `${message}\n${request}`;

const draftKey = (nativeId: string, role: Part['role']): string => `${role} ${nativeId}`;
