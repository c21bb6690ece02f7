import type { EpochMs, ErrorKind } from '../../session/part.ts';
import type { Usage } from '../../session/usage.ts';

/** What every record of a conversation says about itself. Absent and unusable fields are undefined. */
export interface Head {
  readonly session: string | undefined;
  readonly at: EpochMs | undefined;
  /** `isSidechain`: a sub-agent, or an aside (`/btw`) that replays the main chain. */
  readonly sidechain: boolean;
  /** It names the sub-agent that wrote it. */
  readonly agent: boolean;
  readonly cwd: string | undefined;
  /** As written: '' outside git, 'HEAD' when detached. */
  readonly gitBranch: string | undefined;
  readonly version: string | undefined;
  readonly uuid: string | undefined;
}

/** One row of an answer: an API call is written as several rows with the same message and request. */
export interface Answer {
  readonly kind: 'answer';
  readonly head: Head;
  readonly message: string | undefined;
  readonly request: string | undefined;
  readonly model: string | undefined;
  readonly stopReason: string | undefined;
  /** Undefined: the row carries no usage. */
  readonly usage: Usage | undefined;
  /** Input side of what the context window holds at this call (FORMATS.md 1.5). */
  readonly contextUsed: number | undefined;
  readonly webSearches: number;
  readonly fast: boolean;
  readonly tools: readonly ToolUse[];
}

export interface ToolUse {
  readonly id: string;
  readonly name: string;
  /** Hash of the arguments as they are written in the line. */
  readonly input: string;
  /** A shell command that makes a git commit. */
  readonly commits: boolean;
}

/** A `user` row: a human's prompt, results of tools, or something the program put in. */
export interface Asked {
  readonly kind: 'asked';
  readonly head: Head;
  readonly says: Says;
  readonly results: readonly ToolOutcome[];
  readonly work: Work | undefined;
  /** Searches of the WebSearch tool, which the answer's own counter does not know (TRAPS.md 7). */
  readonly searches: number;
}

/** prompt: a human asked. interrupted: a human stopped the turn. notice: the program wakes the agent. nothing: bookkeeping. */
export type Says = 'prompt' | 'interrupted' | 'notice' | 'nothing';

export interface ToolOutcome {
  readonly id: string;
  readonly error: ErrorKind | undefined;
}

/** What a tool did to a file, from `toolUseResult`. */
export type Work =
  | { readonly did: 'read'; readonly path: string }
  | { readonly did: 'edit'; readonly path: string; readonly linesAdded: number; readonly linesRemoved: number; readonly created: boolean };

/** An answer that is an error message of the program (`isApiErrorMessage`). */
export interface Failure {
  readonly kind: 'failure';
  readonly head: Head;
  readonly error: ErrorKind;
  /** The program retries by itself (`system/api_error`): the turn goes on. */
  readonly retried: boolean;
}

export interface Title {
  readonly kind: 'title';
  readonly head: Head;
  readonly title: string;
  /** custom before ai before a summary; a summary counts only for the conversation that holds its leaf. */
  readonly from: 'custom' | 'ai' | 'summary';
  readonly leaf: string | undefined;
}

/** The end of a turn as the program measured it. */
export interface TurnEnd {
  readonly kind: 'turn-end';
  readonly head: Head;
  readonly seconds: number | undefined;
}

export interface Compaction {
  readonly kind: 'compaction';
  readonly head: Head;
}

/** Known, and nothing in it counts but the time it was written, and where. */
export interface Passing {
  readonly kind: 'passing';
  readonly head: Head;
}

/** The conversation goes on in another folder. */
export interface Moved {
  readonly kind: 'moved';
  readonly head: Head;
  readonly cwd: string;
}

export interface Unknown {
  readonly kind: 'unknown';
  readonly head: Head;
}

export type Entry = Answer | Asked | Failure | Title | TurnEnd | Compaction | Passing | Moved | Unknown;
