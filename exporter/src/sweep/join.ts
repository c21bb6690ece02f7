import type { AgentProcess } from '../processes/match.ts';
import type { Platform } from '../processes/process-table.ts';
import type { LiveClaim } from '../readers/reader.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session, SessionProcess, StoredSession } from '../session/session.ts';
import { conflictsOf } from './join-conflicts.ts';
import type { FormerOwners } from './join-former.ts';
import { ownersOf } from './join-owners.ts';
import type { Live } from './join-owners.ts';
import { withoutTranscript } from './join-process-only.ts';
import { presentOf, presentWithoutProcesses } from './join-state.ts';
import type { PresentState } from './join-state.ts';

export interface JoinInput {
  readonly sessions: readonly StoredSession[];
  /** Undefined: the process table could not be read, so states go by time alone. */
  readonly processes: readonly AgentProcess[] | undefined;
  readonly claims: readonly LiveClaim[];
  readonly now: EpochMs;
  /** After so long without activity a waiting session is idle. @default 15 minutes */
  readonly idleAfterMs?: number;
  readonly platform: Platform;
}

export interface Joined {
  /** The stored sessions in their order, then those of processes that have no transcript. */
  readonly sessions: readonly Session[];
}

/** Joins again and again; a session about which nothing has changed stays the same object. */
export const createJoin = (): ((input: JoinInput) => Joined) => {
  const memory: Memory = { former: new Map(), before: new Map() };
  return (input) => joinWith(input, memory);
};

/** Joins what the transcripts say with what runs (FEATURES D3): which sessions are alive, by which processes, and in which state. */
export const joinSessions = (input: JoinInput): Joined => createJoin()(input);

interface Memory {
  former: FormerOwners;
  before: Map<string, Kept>;
}

const defaultIdleAfterMs = 15 * 60_000;

const joinWith = (input: JoinInput, memory: Memory): Joined => {
  const { live, unclear, alone, former } = ownersOf(input, memory.former);
  const stored = [...input.sessions, ...withoutTranscript(alone, (id) => memory.before.get(id)?.stored)];
  const factsOf = (session: StoredSession): Facts => {
    const times = { now: input.now, idleAfterMs: input.idleAfterMs ?? defaultIdleAfterMs };
    const owners = live.get(session.id);
    if (owners) return { ...presentOf(session, owners, times), alive: true, processes: owners.processes.map(asSessionProcess) };
    const nothingTells = input.processes === undefined || unclear.has(session.id) || hasNoProcess.has(session.tool);
    return { ...presentWithoutProcesses(session, { ...times, known: !nothingTells }), ...(nothingTells ? {} : { alive: false }), processes: none };
  };
  const facts = new Map<StoredSession, Facts>();
  for (const session of stored) if (!isStillOver(memory.before.get(session.id), session, live)) facts.set(session, factsOf(session));
  const conflicts = conflictsOf([...facts].flatMap(([session, { state }]) => (state === 'ended' ? [] : [session])), input);

  const before = memory.before;
  memory.former = former;
  memory.before = new Map();
  const sessions = stored.map((one) => {
    const known = before.get(one.id);
    const computed = facts.get(one);
    const fileConflicts = conflicts.get(one.id);
    const entry = computed ? unchanged(known, one, fileConflicts ? { ...computed, fileConflicts } : computed) : known!;
    memory.before.set(one.id, entry);
    return entry.session;
  });
  return { sessions };
};

interface Kept {
  readonly stored: StoredSession;
  readonly session: Session;
}

/** Most sessions are over and stay so: nothing is computed for them again. */
const isStillOver = (before: Kept | undefined, stored: StoredSession, live: ReadonlyMap<string, Live>): boolean =>
  before !== undefined && before.stored === stored && before.session.state === 'ended' && before.session.alive === false && !live.has(stored.id);

/** Chats of an editor: no process of their own tells whether they are open. */
const hasNoProcess: ReadonlySet<StoredSession['tool']> = new Set(['vscode-copilot', 'cursor']);
const none: readonly SessionProcess[] = [];

/** What the join adds to a stored session. */
interface Facts extends PresentState {
  readonly alive?: boolean;
  readonly processes: readonly SessionProcess[];
  readonly fileConflicts?: readonly string[];
}

const asSessionProcess = ({ pid, startedAt, cpuSeconds, residentBytes }: Live['processes'][number]): SessionProcess => ({
  pid,
  ...(startedAt === undefined ? {} : { startedAt }),
  ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
  ...(residentBytes === undefined ? {} : { residentBytes }),
});

const unchanged = (before: Kept | undefined, stored: StoredSession, facts: Facts): Kept =>
  before && before.stored === stored && sameFacts(before.session, facts) ? before : { stored, session: { ...stored, ...facts } };

const sameFacts = (left: Facts, right: Facts): boolean =>
  left.state === right.state &&
  left.alive === right.alive &&
  left.endedAt === right.endedAt &&
  left.processes.length === right.processes.length &&
  left.processes.every((process, index) => sameProcess(process, right.processes[index]!)) &&
  left.fileConflicts?.join('\n') === right.fileConflicts?.join('\n');

const sameProcess = (left: SessionProcess, right: SessionProcess): boolean => left.pid === right.pid && left.startedAt === right.startedAt && left.cpuSeconds === right.cpuSeconds && left.residentBytes === right.residentBytes;
