import type { Draft } from '../../session/draft.ts';
import type { EpochMs } from '../../session/part.ts';
import type { Book } from '../book.ts';
import type { Json } from '../fields.ts';
import type { Source } from '../reader.ts';
import type { CodexMemo } from './memo.ts';
import type { History } from './parent.ts';

/** One rollout file while it is read. */
export interface Rollout {
  readonly book: Book;
  readonly source: Source;
  readonly memo: CodexMemo;
  readonly copyRank: number;
  /** The parent's history, looked for once when a fork is read; null: not to be found. */
  history?: History | null;
  /** The account of the running session, once it was looked up. */
  draft?: Draft;
}

/** A line in its envelope: `{timestamp, type, payload}`. */
export interface RolloutRecord {
  readonly type: string | undefined;
  readonly payload: Json;
  readonly at: EpochMs | undefined;
  readonly position: number;
}

/** The account of the thread the lines belong to. Before a session_meta: the file's name tells the thread. */
export const draftOf = (rollout: Rollout): Draft => {
  const { book, source, memo, copyRank, draft: before } = rollout;
  if (before && before.nativeId === memo.session && before.role === (memo.role ?? 'main')) return before;
  memo.session ??= sessionFromName(source.relative);
  const draft = book.draft(memo.session, memo.role);
  if (draft.get('copyRank') === undefined) draft.set({ copyRank });
  return (rollout.draft = draft);
};

/** "rollout-2026-04-10T20-02-04-<thread id>.jsonl" → the thread id; another name as it is. */
const sessionFromName = (relative: string): string => {
  const name = relative.slice(relative.lastIndexOf('/') + 1).replace(/\.jsonl(\.zst)?$/, '');
  return /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.exec(name)?.[0] ?? name;
};
