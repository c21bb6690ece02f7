import type { AwaitedCalls } from '../calls/awaited.ts';
import type { Counter } from './usage.ts';
import type { Replay } from './replay.ts';

/** What the reader remembers of a rollout between two reads. Lies in the book's memo: plain JSON. */
export interface CodexMemo {
  /** The thread the lines belong to now. */
  session?: string;
  role?: 'main' | 'subagent';
  /** Of the newest turn_context. */
  model?: string;
  /** Context window as the file states it. */
  window?: number;
  /** The file marks its turns with task_started; older ones do not. */
  tasks?: boolean;
  /** The file has user_message events; since 0.147 it has item_completed instead. */
  userMessages?: boolean;
  counter?: Counter;
  /** Present while the lines are a copy of the parent's history. */
  replay?: Replay;
  /** A fork whose parent is gone and whose history could not be told from its own use: counted in full, under the parent's name. */
  unproven?: string;
  /** Calls without an output yet: what is to be done with it. */
  open?: AwaitedCalls<OpenCall>;
  /** Estimated tokens are booked because nothing reported any. */
  estimating?: boolean;
}

export interface OpenCall {
  /** The patch did not apply, said before the output came. */
  failed?: boolean;
  /** A shell command with `git commit` in it. */
  commit?: boolean;
}
