import type { Machine } from '../files/machine.ts';
import type { Tool } from '../session/tool.ts';
import type { Book } from './book.ts';

/** Everything Watchroom knows about one tool's files. One file here, one line in registry.ts. */
export interface Reader {
  readonly tool: Tool;
  /** Counts that the tool's records would show: a session without any has 0 of them, and not an unknown number. */
  readonly counts: readonly Counted[];
  /** Where the tool keeps its sessions on this machine: all places that exist in the wild, whether or not they exist here. */
  readonly roots: (machine: Machine) => readonly Root[];
  /**
   * Whether a file below a root is a source of sessions, and how it is read; undefined: not ours.
   * @param path relative to the root, with forward slashes
   */
  readonly claim: (path: string, root: Root) => Format | undefined;
  /** Folders below a root that are not entered (relative, forward slashes). @default none */
  readonly skips?: (path: string) => boolean;
  /**
   * What the tool's own state files say about running processes (Claude's sessions/<pid>.json, Copilot's inuse.<pid>.lock).
   * Stale ones are normal: the join checks pid and start time. @default none
   */
  readonly live?: (machine: Machine) => readonly LiveClaim[];
  /** Changes of this file change another one that is claimed ("opencode.db-wal" → "opencode.db"). @default none */
  readonly sidecarOf?: (path: string) => string | undefined;
}

/** Numbers of a session that not every tool records. */
export type Counted = 'turns' | 'compactions' | 'subagents' | 'filesEdited' | 'linesAdded' | 'linesRemoved' | 'commits';

/** A state file's word that a process works on a session. */
export interface LiveClaim {
  readonly tool: Tool;
  readonly pid: number;
  readonly nativeId: string;
  readonly cwd?: string;
  /** /proc/<pid>/stat field 22 as the tool wrote it: the guard against pid reuse on Linux. */
  readonly startTicks?: string;
  /** Epoch ms at which the tool says the process started. */
  readonly startedAt?: number;
  /** When the state file was last written, epoch ms. */
  readonly writtenAt?: number;
  readonly status?: 'working' | 'waiting' | 'idle';
  /** When a hook told the status, epoch ms: what the transcript tells later counts more. Absent: the tool keeps the status up to date itself. */
  readonly statusAt?: number;
  readonly waitingFor?: string;
}

export interface Root {
  /** Absolute folder. */
  readonly path: string;
  /** How many folders deep sources may lie below it; 0: directly inside. */
  readonly depth: number;
  /** Which tree of the tool this is, when its claims differ by tree ("sessions", "archived"). */
  readonly kind?: string;
}

export type Format = LogFormat | DocumentFormat | DatabaseFormat;

/** Append-only lines (JSONL): read once, then only what is new. The book keeps what the reader must remember between reads. */
export interface LogFormat {
  readonly kind: 'log';
  /** Called at every (re)opening of a source; returns what reads its next complete lines. */
  readonly open: (book: Book, source: Source) => (chunk: Chunk) => void;
}

/** One JSON document or a log of mutations, read whole whenever it changed; the book starts empty each time. */
export interface DocumentFormat {
  readonly kind: 'document';
  /** Larger files are a named outcome ('too_large'), not read. */
  readonly maxBytes: number;
  readonly read: (bytes: Buffer, book: Book, source: Source) => void;
}

/** A SQLite database of many sessions, opened read-only; the book's memo keeps the cursor. Throw to report it unreadable. */
export interface DatabaseFormat {
  readonly kind: 'database';
  readonly read: (path: string, book: Book, source: Source) => void;
}

/** One file to read. */
export interface Source {
  readonly tool: Tool;
  /** Absolute path. */
  readonly path: string;
  /** Path below its root, forward slashes. */
  readonly relative: string;
  readonly root: Root;
  readonly machine: Machine;
}

/** Complete lines of a log, each ended by \n (the last one of a finished file may lack it). */
export interface Chunk {
  readonly bytes: Buffer;
  /** Offset of the first byte in the file. */
  readonly position: number;
}
