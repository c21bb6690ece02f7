import type { AgentProcess } from '../processes/match.ts';
import type { StoredSession } from '../session/session.ts';
import { isBegunSince, newestOf } from './join-times.ts';

interface Candidates {
  /** Processes of one tool in one folder that nothing names a session of. */
  readonly processes: readonly AgentProcess[];
  /** Sessions there that nobody has. */
  readonly sessions: readonly StoredSession[];
  /** All processes of the tool in the folder, those with a session included. */
  readonly rivals: readonly AgentProcess[];
  /** false: the system does not tell folders, so `sessions` are those of the whole machine. */
  readonly placeKnown: boolean;
  readonly mayOwn: (process: AgentProcess, session: StoredSession) => boolean;
  readonly hadBefore: (process: AgentProcess, session: StoredSession) => boolean;
}

interface Pairs {
  readonly found: ReadonlyMap<AgentProcess, StoredSession>;
  /** Sessions that several processes may have. */
  readonly unclear: readonly StoredSession[];
}

/**
 * Pairs processes and transcripts of one folder. The only process has the newest transcript. Of several, each has the transcript that was
 * begun when all the others had theirs; from where that is not so on, nothing is guessed.
 */
export const pairUp = (candidates: Candidates): Pairs => {
  const { processes, sessions, rivals, placeKnown, mayOwn } = candidates;
  const possible = sessions.filter((session) => processes.some((process) => mayOwn(process, session)));
  if (rivals.length > 1) return pairRivals({ ...candidates, sessions: possible });
  const newest = newestOf(possible);
  if (!newest) return { found: new Map(), unclear: [] };
  return placeKnown || possible.length === 1 ? { found: new Map([[processes[0]!, newest]]), unclear: [] } : { found: new Map(), unclear: possible };
};

const pairRivals = ({ processes, sessions, rivals, placeKnown, mayOwn, hadBefore }: Candidates): Pairs => {
  const found = new Map<AgentProcess, StoredSession>();
  const left = new Set(sessions);
  const give = (process: AgentProcess, session: StoredSession): void => {
    found.set(process, session);
    left.delete(session);
  };
  for (const process of processes) {
    const before = [...left].find((session) => hadBefore(process, session) && mayOwn(process, session));
    if (before) give(process, before);
  }
  const inOrder = placeKnown ? rivals.toSorted((one, other) => (one.startedAt ?? Infinity) - (other.startedAt ?? Infinity)) : [];
  let without: AgentProcess[] = [];
  for (const [index, process] of inOrder.entries()) {
    if (processes.includes(process) && !found.has(process)) without.push(process);
    const begun = [...left].filter((session) => isBegunSince(session, process.startedAt) && !isBegunSince(session, inOrder[index + 1]?.startedAt));
    if (begun.length === 0) continue;
    const [only] = without;
    // The first one was alone in its time, so the newest is its own; later a second transcript may be anybody's.
    if (only === undefined || without.length > 1 || (begun.length > 1 && index > 0) || !mayOwn(only, newestOf(begun)!)) break;
    give(only, newestOf(begun)!);
    for (const session of begun) left.delete(session);
    without = [];
  }
  const unpaired = processes.filter((process) => !found.has(process));
  return { found, unclear: [...left].filter((session) => unpaired.some((process) => mayOwn(process, session))) };
};
