import type { Tool } from './tool.ts';

/** Milliseconds since 1970 UTC, as the tool recorded it. */
export type EpochMs = number;

export const errorKinds = ['api', 'overloaded', 'rate_limit', 'tool', 'permission_denied', 'interrupted'] as const;
export type ErrorKind = (typeof errorKinds)[number];

export type Role = 'user' | 'assistant' | 'system';
export type Counts = Readonly<Record<string, number>>;

/** What a session did to one file of the project. */
export interface FileWork {
  readonly reads: number;
  readonly edits: number;
  readonly created: boolean;
  readonly linesAdded: number;
  readonly linesRemoved: number;
  readonly lastAt: EpochMs;
  /** When it was last edited; the conflict radar compares these. */
  readonly editedAt?: EpochMs;
}

/** The context window at the newest request of the main conversation. */
export interface Context {
  readonly used: number;
  /** Window size, where the tool or its catalogue states one. */
  readonly limit?: number;
  /** Size at which the tool compacts by itself. */
  readonly compactAt?: number;
  readonly at?: EpochMs;
  /** The most that was ever used: a window that held it is at least that large. */
  readonly peak?: number;
}

/** An account's rate limit as the tool reported it; never guessed (TRAPS.md 46). */
export interface RateLimit {
  /** '5h', '7d', '30d' … by the length of the window. */
  readonly window: string;
  readonly usedRatio: number;
  readonly resetsAt?: EpochMs;
  readonly reportedAt: EpochMs;
}

/** What goes on at the end of the transcript: the ground for working / waiting. */
export interface Present {
  /** The human asked and the answer is not finished. */
  readonly turnOpen: boolean;
  /** When the open turn began: its end may stand in a later read. */
  readonly turnSince?: EpochMs;
  /** Tool calls without a result yet, oldest first. */
  readonly pendingTools: readonly { readonly id: string; readonly name: string; readonly since: EpochMs }[];
  /** The tool said that it waits for the human ("permission", "input"). */
  readonly waitingFor?: string;
  /** The last thing that happened was an error. */
  readonly lastWasError?: boolean;
  /** The tool recorded its own clean end. */
  readonly endedAt?: EpochMs;
}

/** Signs of context rot inside the window of the last calls (FEATURES H3). */
export interface Rot {
  /** Failing calls repeated without progress. */
  readonly repeatedFailures?: number;
  /** Part of the edited lines that were edited again, 0–1. */
  readonly editChurn?: number;
  /** Cache reads ÷ input side over the last requests, 0–1. */
  readonly cacheHitRatio?: number;
  /** The cache-hit ratio fell to under half of what it was before. */
  readonly cacheCollapsed?: boolean;
}

/**
 * What one source (a transcript, a row of a database) says of one session: absolute numbers, plain JSON.
 * Reading more of the source replaces its part. A session is the sum of its parts.
 */
export interface Part {
  readonly tool: Tool;
  readonly nativeId: string;
  /** A sub-agent's transcript adds use and errors to the session, but not context, title or turns. */
  readonly role: 'main' | 'subagent';
  /** Several sources may each tell this conversation whole (a migrated file, an archived copy): of parts with a rank only the highest counts. */
  readonly copyRank?: number;
  readonly cwd?: string;
  /** Repository or workspace the tool named, when it is not to be derived from cwd. */
  readonly project?: string;
  readonly gitBranch?: string;
  /** A title the tool itself gave. Never a prompt. */
  readonly title?: string;
  readonly toolVersion?: string;
  /** Model of the newest main-chain request. */
  readonly model?: string;
  /** Native id of the session it was started or forked from. A sub-agent's use is billed to it. */
  readonly parentId?: string;
  readonly startedAt?: EpochMs;
  readonly lastActivityAt?: EpochMs;
  /** Sum of the gaps between records that are no longer than the idle limit. */
  readonly activeMs: number;
  readonly context?: Context;
  readonly messages: Readonly<Partial<Record<Role, number>>>;
  readonly turns?: number;
  readonly toolCalls: Counts;
  readonly toolErrors: Counts;
  readonly errors: Readonly<Partial<Record<ErrorKind, number>>>;
  /** Times of the newest errors (at most 100), for the health of the last hour. */
  readonly errorTimes: readonly EpochMs[];
  readonly compactions?: number;
  readonly subagents?: number;
  readonly linesAdded?: number;
  readonly linesRemoved?: number;
  /** By path as the tool wrote it; at most `maxFiles`, the least recent forgotten first. */
  readonly files: Readonly<Record<string, FileWork>>;
  /** How many distinct files were edited, also beyond that bound. */
  readonly filesEdited?: number;
  readonly commits?: number;
  readonly rateLimits?: readonly RateLimit[];
  readonly present: Present;
  readonly rot: Rot;
  /** js-tiktoken counts where the tool reports none; a metric of their own. */
  readonly estimatedTokens?: { readonly input?: number; readonly output?: number };
  /** Seconds, cumulative histogram buckets by tool name and for turns. */
  readonly durations?: Durations;
}

export interface Histogram {
  /** Observations per bucket of `durationBounds`, the last one for everything above. */
  readonly buckets: readonly number[];
  readonly sum: number;
}
export interface Durations {
  readonly tools: Readonly<Record<string, Histogram>>;
  readonly turns?: Histogram;
}
/** Upper bounds in seconds. */
export const durationBounds = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600] as const;
