import type { Memo } from '../book.ts';

/** What must be remembered of one session between two reads of its file. Plain JSON. */
export interface SessionMemory {
  /** The last call: the next row may belong to it. */
  message?: string | undefined;
  request?: string | undefined;
  /** The last answer counted its own web searches. */
  searched?: boolean | undefined;
  /** A tool was refused or stopped by the human, and nothing came after. */
  stopped?: boolean | undefined;
  /** Tool calls that make a git commit if they succeed. */
  commits?: readonly string[] | undefined;
  /** The tool call that put a question to the human. */
  asking?: string | undefined;
  titleRank?: number;
  /** This workflow agent was counted. */
  counted?: boolean;
}

interface Kept {
  session?: string;
  sessions?: [key: string, memory: SessionMemory][];
  leaves?: string[];
  summaries?: [leaf: string, title: string][];
}

const maxSessions = 50;
const maxSummaries = 20;
/** Summaries stand right behind their leaf, or in front of everything. */
const maxLeaves = 8;

/** The reader's memory of one transcript, kept inside the book's memo. */
export class Memory {
  readonly #kept: Kept;

  constructor(memo: Memo, ownSession: string) {
    this.#kept = memo as Kept;
    this.#kept.session ??= ownSession;
  }

  /** The session of the record before; at first the one the file is named for. */
  get session(): string {
    return this.#kept.session!;
  }

  set session(id: string) {
    this.#kept.session = id;
  }

  of(session: string, isSub: boolean): SessionMemory {
    const key = isSub ? `sub ${session}` : session;
    const sessions = (this.#kept.sessions ??= []);
    const known = sessions.find(([name]) => name === key);
    if (known) return known[1];
    const memory: SessionMemory = { message: undefined, request: undefined, searched: undefined, stopped: undefined, commits: undefined, asking: undefined };
    sessions.push([key, memory]);
    if (sessions.length > maxSessions) sessions.shift();
    return memory;
  }

  /** A record of the main conversation went by; returns the title of a summary that waited for it. */
  sawLeaf(uuid: string): string | undefined {
    const leaves = (this.#kept.leaves ??= []);
    leaves.push(uuid);
    if (leaves.length > maxLeaves) leaves.shift();
    return this.#kept.summaries?.find(([leaf]) => leaf === uuid)?.[1];
  }

  hasLeaf(uuid: string): boolean {
    return this.#kept.leaves?.includes(uuid) ?? false;
  }

  expectLeaf(leaf: string, title: string): void {
    const summaries = (this.#kept.summaries ??= []);
    summaries.push([leaf, title]);
    if (summaries.length > maxSummaries) summaries.shift();
  }
}
