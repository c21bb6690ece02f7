import type { Draft } from '../../session/draft.ts';
import type { EpochMs } from '../../session/part.ts';
import type { AwaitedCalls } from '../calls/awaited.ts';
import type { Book } from '../book.ts';
import type { Json } from '../fields.ts';
import type { Source } from '../reader.ts';
import type { Metrics } from './metrics.ts';

/** One events.jsonl while it is read. */
export interface SessionLog {
  readonly book: Book;
  readonly source: Source;
  readonly memo: CopilotMemo;
  readonly copyRank: number;
}

/** `{type, data, id, timestamp, parentId, agentId?}`. */
export interface CopilotEvent {
  readonly type: string;
  readonly data: Json;
  readonly id: string | undefined;
  readonly at: EpochMs | undefined;
  readonly position: number;
  /** Of a sub-agent: the id of the call that started it. */
  readonly agent: string | undefined;
}

/** What the reader remembers of a log between two reads: plain JSON in the book's memo. */
export interface CopilotMemo {
  session?: string;
  /** First and last event of every session in the file: a copy of one begins with the same event again. */
  spans?: Record<string, { first: string; last: string }>;
  /** Inside a copy: up to and including this event everything was read before. */
  skipTo?: string;
  /** Whether the session's messages tell their output tokens (up to about 1.0.78), by the first of them. */
  tellsOutput?: boolean;
  /** Tool calls the newest answer of the main conversation asked for: the turn goes on after them. */
  asked?: number;
  /** The newest call by a message, and the output it was booked with. */
  call?: { id: string; output: number };
  /** Booked by messages since the last shutdown, by model. */
  written?: Record<string, { output: number; requests: number }>;
  /** Reported by the last shutdown of the running counter, by model. */
  reported?: Record<string, Metrics>;
  /** When that was. */
  reportedAt?: EpochMs;
  /** The context was compacted since the last shutdown: its counters may have started again. */
  compacted?: boolean;
  /** Lines changed: of earlier counters, and by the last report of the running one. */
  lines?: { before: Lines; now: Lines };
  tokenLimit?: number;
  /** Tool calls without a result, by id. */
  open?: AwaitedCalls<OpenTool>;
  /** Permissions asked for and not yet answered: request → tool call. */
  permissions?: Record<string, string>;
}

export interface Lines { readonly added: number; readonly removed: number }

export interface OpenTool {
  readonly name: string;
  readonly path?: string;
  /** Lines in the text it writes. */
  readonly lines?: number;
  readonly commit?: boolean;
  readonly denied?: boolean;
}

/** The account of the session the events belong to. Before a session.start: the folder's name is the session. */
export const draftOf = ({ book, source, memo, copyRank }: SessionLog): Draft => {
  memo.session ??= sessionFromPath(source.relative);
  const draft = book.draft(memo.session);
  if (draft.get('copyRank') === undefined) draft.set({ copyRank });
  return draft;
};

const sessionFromPath = (relative: string): string => {
  const names = relative.split('/');
  return names.at(-1) === 'events.jsonl' && names.length > 1 ? names.at(-2)! : names.at(-1)!.replace(/\.jsonl$/, '');
};
