import type { Context, Counts, EpochMs, ErrorKind, FileWork, Durations, Present, RateLimit, Role, Rot } from './part.ts';
import type { Tool } from './tool.ts';
import type { Usage } from './usage.ts';

export const sessionStates = ['working', 'waiting', 'idle', 'ended'] as const;
/** working: the agent is busy. waiting: it is the human's turn. idle: nobody has touched it for a while. ended: over. */
export type SessionState = (typeof sessionStates)[number];

/** Use of one model by one session. */
export interface ModelUse {
  readonly usage: Usage;
  readonly requests: number;
  /** Integer micro-dollars booked for the priced calls; undefined when no call of the model had a price. */
  readonly microUsd?: number;
  /** Tokens of calls whose model has no price. */
  readonly unpricedTokens: number;
  /** The output is a lower bound (FORMATS.md 1.4). */
  readonly outputLowerBound?: boolean;
}

/** What is known of a session from its records alone, before the process table is looked at. */
export interface StoredSession {
  /** "<tool>/<native id>"; stable over scans, restarts and machines. */
  readonly id: string;
  readonly tool: Tool;
  readonly nativeId: string;
  readonly project?: string;
  readonly cwd?: string;
  readonly gitBranch?: string;
  readonly title?: string;
  readonly toolVersion?: string;
  readonly model?: string;
  readonly parentId?: string;
  readonly startedAt?: EpochMs;
  readonly lastActivityAt?: EpochMs;
  readonly activeMs?: number;
  readonly models: Readonly<Record<string, ModelUse>>;
  readonly context?: Context;
  readonly messages: Readonly<Partial<Record<Role, number>>>;
  readonly turns?: number;
  readonly toolCalls: Counts;
  readonly toolErrors: Counts;
  readonly errors: Readonly<Partial<Record<ErrorKind, number>>>;
  readonly errorTimes: readonly EpochMs[];
  readonly compactions?: number;
  readonly subagents?: number;
  readonly linesAdded?: number;
  readonly linesRemoved?: number;
  readonly files: Readonly<Record<string, FileWork>>;
  readonly filesEdited?: number;
  readonly commits?: number;
  readonly rateLimits?: readonly RateLimit[];
  readonly present: Present;
  readonly rot: Rot;
  readonly estimatedTokens?: { readonly input?: number; readonly output?: number };
  readonly durations?: Durations;
  /** Given by people: `watchroom tag`, `set-project`, `describe`. */
  readonly tags?: readonly string[];
  readonly projectName?: string;
  readonly description?: string;
  /** Paths of the sources it was read from, main transcript first. */
  readonly sources: readonly string[];
}

/** A process matched to a session. */
export interface SessionProcess {
  readonly pid: number;
  readonly startedAt?: EpochMs;
  readonly cpuSeconds?: number;
  readonly residentBytes?: number;
}

/** One conversation of one tool, as everything downstream sees it. */
export interface Session extends StoredSession {
  readonly state: SessionState;
  /** A process of it runs. undefined where the tool gives no way to tell (an editor's chat). */
  readonly alive?: boolean;
  readonly endedAt?: EpochMs;
  readonly processes: readonly SessionProcess[];
  /** Files it edits that another live session edits too. */
  readonly fileConflicts?: readonly string[];
  /** What was said in its room: a hub knows it, an exporter never does. */
  readonly room?: RoomTalk;
}

/** Messages of a room since it began; what was deleted since counts, too. */
export interface RoomTalk {
  /** Of people and of programs that post for them, comments included. */
  readonly messages: number;
  /** Part of them that stand at a line of code. */
  readonly comments: number;
}

/** "claude/1af7…" from its halves. */
export const sessionId = (tool: Tool, nativeId: string): string => `${tool}/${nativeId}`;


