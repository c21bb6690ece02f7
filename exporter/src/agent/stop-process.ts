import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';
import type { CommandResult } from './wire.ts';

/** What makes a process this one and no other. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the system writes it. */
  readonly start: string;
  readonly executable: string;
  /** Undefined on Windows. */
  readonly uid?: number;
}

/** The processes of this machine, as far as stopping one needs them. */
export interface ProcessControl {
  /** An agent's process as the exporter last matched it with a session. */
  readonly matched: (pid: number) => { readonly tool: Tool; readonly start: string; /** One process with many sessions. */ readonly isHost: boolean } | undefined;
  /** The process that has this pid now. */
  readonly identify: (pid: number) => Promise<ProcessIdentity | undefined>;
  readonly ownUid: number | undefined;
  readonly signal: (pid: number, signal: 'SIGINT' | 'SIGTERM') => void;
  /** Why nothing may be stopped at all (another machine's process table is shown). */
  readonly hindrance?: string;
}

/** Tools with one process per conversation. Everything else lives in an editor, and an editor is never stopped. */
const commandLineTools: readonly Tool[] = ['claude', 'codex', 'gemini', 'opencode', 'copilot-cli', 'cursor-agent', 'qwen', 'amp', 'aider'];

export interface Stopping {
  readonly session: Session;
  /** All present sessions. */
  readonly sessions: readonly Session[];
  readonly control: ProcessControl;
  /** Asked when everything else allows it. */
  readonly mayStop: (process: ProcessIdentity) => Promise<CommandResult | undefined>;
  readonly termAfterMs?: number;
}

/**
 * Stops the process of a session (ROOMS.md section 6): of a command-line tool, its own, certainly the one that was matched; by SIGINT, after ten seconds by SIGTERM.
 * Only that one pid is signalled, never a group.
 */
export const stopProcess = async ({ session, sessions, control, mayStop, termAfterMs = 10_000 }: Stopping): Promise<CommandResult> => {
  const pid = pidOf(session, sessions, control);
  if (typeof pid === 'string') return refused(pid);
  const process = await certain(pid, session, control);
  if (typeof process === 'string') return refused(process);
  const objection = await mayStop(process);
  if (objection) return objection;
  for (const { signal, waitMs } of [{ signal: 'SIGINT', waitMs: termAfterMs }, { signal: 'SIGTERM', waitMs: termAfterMs / 2 }] as const) {
    if (!(await isStill(process, control))) return signal === 'SIGINT' ? { outcome: 'done', detail: `process ${pid} had ended by itself` } : { outcome: 'done', detail: `process ${pid} was stopped` };
    try {
      control.signal(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') return { outcome: 'failed', detail: `process ${pid} could not be signalled: ${(error as Error).message}` };
    }
    if (await isGoneWithin(process, control, waitMs)) return { outcome: 'done', detail: `process ${pid} was stopped by ${signal}` };
  }
  return { outcome: 'failed', detail: `process ${pid} still runs after SIGINT and SIGTERM` };
};

/** The one pid that may be stopped, or why there is none. */
const pidOf = (session: Session, sessions: readonly Session[], { hindrance }: ProcessControl): number | string => {
  if (hindrance !== undefined) return hindrance;
  if (!commandLineTools.includes(session.tool)) return `${session.tool} runs inside an editor, which is never stopped`;
  if (session.state === 'ended' || session.processes.length === 0) return 'the session has no process';
  if (session.processes.length > 1) return `the session has ${session.processes.length} processes (${session.processes.map((one) => one.pid).join(', ')}); which one is meant cannot be told`;
  const { pid } = session.processes[0]!;
  const others = sessions.filter((other) => other.id !== session.id && other.processes.some((process) => process.pid === pid));
  return others.length > 0 ? `process ${pid} also has ${others.length} other session${others.length === 1 ? '' : 's'}` : pid;
};

const certain = async (pid: number, session: Session, { matched, identify, ownUid }: ProcessControl): Promise<ProcessIdentity | string> => {
  const known = matched(pid);
  if (!known || known.tool !== session.tool) return `process ${pid} is no longer known as one of ${session.tool}`;
  if (known.isHost) return `process ${pid} serves many sessions at once`;
  const now = await identify(pid);
  if (!now) return `process ${pid} has ended, or cannot be looked at`;
  if (now.start !== known.start) return `process ${pid} is another one than the session's: the number was used again`;
  if (ownUid !== now.uid) return `process ${pid} belongs to another user`;
  return now;
};

const isStill = async (process: ProcessIdentity, { identify }: ProcessControl): Promise<boolean> => {
  const now = await identify(process.pid);
  return now !== undefined && now.start === process.start && now.executable === process.executable && now.uid === process.uid;
};

const isGoneWithin = async (process: ProcessIdentity, control: ProcessControl, ms: number): Promise<boolean> => {
  for (const until = performance.now() + ms; performance.now() < until; ) {
    await sleep(Math.min(100, ms));
    if (!(await isStill(process, control))) return true;
  }
  return false;
};

const refused = (why: string): CommandResult => ({ outcome: 'refused', detail: why });
