import type { AgentProcess } from '../processes/match.ts';
import type { Platform } from '../processes/process-table.ts';
import type { LiveClaim } from '../readers/reader.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session, SessionProcess, StoredSession } from '../session/session.ts';
import { conflictsOf } from './join-conflicts.ts';
import type { FormerOwners } from './join-former.ts';
import { ownersOf } from './join-owners.ts';
import type { Live, Owners } from './join-owners.ts';
import { withoutTranscript } from './join-process-only.ts';
import { presentOf, presentWithoutProcesses } from './join-state.ts';
import type { PresentState } from './join-state.ts';
import { byActivity } from './known-sessions.ts';
import type { KnownSessions } from './known-sessions.ts';

export interface JoinInput {
  /** What changed in them since the last time is taken from them: one join for each. */
  readonly sessions: KnownSessions;
  /** Undefined: the process table could not be read, so states go by time alone. */
  readonly processes: readonly AgentProcess[] | undefined;
  readonly claims: readonly LiveClaim[];
  readonly now: EpochMs;
  /** After so long without activity a waiting session is idle. @default 15 minutes */
  readonly idleAfterMs?: number;
  readonly platform: Platform;
}

export interface Joined {
  /** Those that have not ended; the ones of processes without a transcript among them. */
  readonly open: readonly Session[];
  /** One that has a transcript. */
  readonly of: (stored: StoredSession) => Session;
  /** Every session, the most recently active first. */
  readonly all: () => readonly Session[];
}

/** Joins again and again; a session about which nothing has changed stays the same object. */
export const createJoin = (): ((input: JoinInput) => Joined) => {
  const memory: Memory = { former: new Map(), joined: new Map(), alone: new Map(), unsettled: new Set() };
  return (input) => joinWith(input, memory);
};

interface Memory {
  former: FormerOwners;
  readonly joined: Map<string, Kept>;
  /** Sessions of processes without a transcript. */
  alone: Map<string, Kept>;
  /** Sessions that may be another by time or by their processes; of the others nothing is computed until they are told anew. */
  readonly unsettled: Set<string>;
}

interface Kept {
  readonly stored: StoredSession;
  readonly session: Session;
}

const defaultIdleAfterMs = 15 * 60_000;

/** Joins what the transcripts say with what runs (FEATURES D3): which sessions are alive, by which processes, and in which state. */
const joinWith = (input: JoinInput, memory: Memory): Joined => {
  const { sessions } = input;
  const { live, unclear, alone, former } = ownersOf(input, memory.former);
  memory.former = former;
  const facts = new Map<StoredSession, Facts>();
  for (const id of new Set([...sessions.takeChanges(), ...memory.unsettled, ...live.keys()])) {
    const stored = sessions.get(id);
    if (stored) facts.set(stored, factsOf(stored, input, { live, unclear }));
    else forget(id, memory);
  }
  const lonely = withoutTranscript(alone, (id) => memory.alone.get(id)?.stored);
  for (const one of lonely) facts.set(one, factsOf(one, input, { live, unclear }));
  const conflicts = conflictsOf([...facts].flatMap(([session, { state }]) => (state === 'ended' ? [] : [session])), input);

  const before = memory.alone;
  memory.alone = new Map();
  for (const [stored, known] of facts) {
    const fileConflicts = conflicts.get(stored.id);
    const hasTranscript = sessions.has(stored.id);
    const kept = unchanged((hasTranscript ? memory.joined : before).get(stored.id), stored, fileConflicts ? { ...known, fileConflicts } : known);
    if (hasTranscript) settle(kept, memory);
    else memory.alone.set(stored.id, kept);
  }
  return told(sessions, memory);
};

const factsOf = (session: StoredSession, { processes, now, idleAfterMs = defaultIdleAfterMs }: JoinInput, { live, unclear }: Pick<Owners, 'live' | 'unclear'>): Facts => {
  const owners = live.get(session.id);
  if (owners) return { ...presentOf(session, owners, { now, idleAfterMs }), alive: true, processes: owners.processes.map(asSessionProcess) };
  const nothingTells = processes === undefined || unclear.has(session.id) || hasNoProcess.has(session.tool);
  return { ...presentWithoutProcesses(session, { now, idleAfterMs, known: !nothingTells }), ...(nothingTells ? {} : { alive: false }), processes: none };
};

/** Most sessions are over and stay so. */
const settle = (kept: Kept, { joined, unsettled }: Memory): void => {
  const { id, state, alive } = kept.session;
  joined.set(id, kept);
  if (state === 'ended' && alive === false) unsettled.delete(id);
  else unsettled.add(id);
};

const forget = (id: string, { joined, unsettled }: Memory): void => {
  joined.delete(id);
  unsettled.delete(id);
};

const told = (sessions: KnownSessions, { joined, alone, unsettled }: Memory): Joined => {
  const lonely = [...alone.values()].map(({ session }) => session);
  const of = ({ id }: StoredSession): Session => joined.get(id)!.session;
  return {
    open: [...[...unsettled].map((id) => joined.get(id)!.session), ...lonely].filter(({ state }) => state !== 'ended'),
    of,
    all: () => [...sessions.newestFirst.map(of), ...lonely].sort(byActivity),
  };
};

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
