import type { AgentProcess } from '../processes/match.ts';
import type { LiveClaim } from '../readers/reader.ts';
import type { EpochMs } from '../session/part.ts';
import { sessionId } from '../session/session.ts';
import type { StoredSession } from '../session/session.ts';
import { isRecent, newestOf } from './join-times.ts';
import type { KnownSessions } from './known-sessions.ts';

interface Names {
  /** The believed claims of the process, newest first. */
  readonly claims: readonly LiveClaim[];
  readonly sessionOpenIn: (path: string) => StoredSession | undefined;
  readonly sessions: Pick<KnownSessions, 'get'>;
  readonly now: EpochMs;
}

/** The session ids that something names for a process: the transcripts it holds open, else the tool's state file, else the command line. */
export const namedBy = (process: AgentProcess, { claims, sessionOpenIn, sessions, now }: Names): readonly string[] => {
  const open = [...new Set((process.hints.openFiles ?? []).flatMap((path) => sessionOpenIn(path) ?? []))];
  // Servers keep transcripts open long after the last word: only recent ones are in use.
  if (process.host) return [...open, ...claims.flatMap((claim) => sessions.get(idOfClaim(claim)) ?? [])].filter((session) => isRecent(session, now)).map((session) => session.id);
  if (open.length > 0) return newestWithItsChildren(open);
  if (claims[0]) return [idOfClaim(claims[0])];
  return process.hints.sessionId === undefined ? [] : [sessionId(process.tool, process.hints.sessionId)];
};

/** The id of the session a claim is about. */
export const idOfClaim = ({ tool, nativeId }: LiveClaim): string => sessionId(tool, nativeId);

/** Finds the session of an open transcript by path, or by the id in its name when the path is written differently. */
export const openFileIndex = (sessions: readonly StoredSession[], processes: readonly AgentProcess[]): Names['sessionOpenIn'] => {
  const wanted = new Set(processes.flatMap(({ hints }) => hints.openFiles ?? []));
  if (wanted.size === 0) return () => undefined;
  const found = new Map<string, StoredSession>();
  for (const session of sessions) for (const source of session.sources) if (wanted.has(source)) found.set(source, session);
  return (path) => found.get(path) ?? sessions.find((session) => session.tool === 'codex' && path.endsWith(`-${session.nativeId}.jsonl`));
};

/** After `/new` the old rollout may still be open; the threads that the conversation started are open with it. */
const newestWithItsChildren = (open: readonly StoredSession[]): string[] => {
  const roots = open.filter((session) => !open.some((other) => other.nativeId === session.parentId));
  const newest = newestOf(roots.length > 0 ? roots : open)!;
  return [newest, ...open.filter((session) => session.parentId === newest.nativeId && session !== newest)].map((session) => session.id);
};
