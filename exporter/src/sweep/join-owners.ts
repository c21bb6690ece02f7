import type { AgentProcess } from '../processes/match.ts';
import type { Platform } from '../processes/process-table.ts';
import type { LiveClaim } from '../readers/reader.ts';
import type { EpochMs } from '../session/part.ts';
import { sessionId } from '../session/session.ts';
import type { StoredSession } from '../session/session.ts';
import { believedClaims } from './join-claims.ts';
import { belongedToAnother, hadBefore, rememberOwners } from './join-former.ts';
import type { FormerOwners } from './join-former.ts';
import { movedOn } from './join-moved-on.ts';
import { idOfClaim, namedBy, openFileIndex } from './join-named.ts';
import { pairUp } from './join-pairs.ts';
import { indexPlaces, placeOf } from './join-places.ts';
import { processName } from './join-process-only.ts';
import type { Alone } from './join-process-only.ts';
import { isActiveSince, isRecent, startSlackMs } from './join-times.ts';
import type { KnownSessions } from './known-sessions.ts';

/** The processes of a session in the order of their pids, and what the tool's state files say of them. */
export interface Live {
  readonly processes: readonly AgentProcess[];
  readonly claims: readonly LiveClaim[];
}

export interface Owners {
  /** By session id. */
  readonly live: ReadonlyMap<string, Live>;
  /** Sessions that one of several processes may have: nobody can tell. */
  readonly unclear: ReadonlySet<string>;
  readonly alone: readonly Alone[];
  readonly former: FormerOwners;
}

interface Scene {
  readonly sessions: KnownSessions;
  readonly processes: readonly AgentProcess[] | undefined;
  readonly claims: readonly LiveClaim[];
  readonly now: EpochMs;
  readonly platform: Platform;
}

/**
 * Finds for every process its session: first by what names one, then by the folder it works in, at last what servers work on.
 * A process has one session, unless it is a server; a session may have several processes (TRAPS.md 32).
 */
export const ownersOf = ({ sessions, processes: agents = [], claims: told, now, platform }: Scene, former: FormerOwners): Owners => {
  if (agents.length === 0) return { live: new Map(), unclear: new Set(), alone: [], former: rememberOwners(former, { owners: [], sessions, now }) };

  // No running process can have written older ones.
  const places = indexPlaces(sessions.since(earliestStart(agents)), platform);
  const claims = believedClaims(agents, told, platform);
  const ids = new Map<AgentProcess, readonly string[]>();

  const named = new Set<AgentProcess>();
  const claimed = new Set([...claims.values()].flat().map(idOfClaim));
  const sessionOpenIn = openFileIndex(sessions.newestFirst, agents);
  for (const process of agents) {
    const own = newestFirst(claims.get(process) ?? []);
    const names = namedBy(process, { claims: own, sessionOpenIn, sessions, now });
    if (names.length === 0) continue;
    named.add(process);
    const isAnothers = (session: StoredSession): boolean => claimed.has(session.id) || belongedToAnother(former, process, session);
    ids.set(process, names.map((id) => movedOn(process, { agents, places, platform, named: sessions.get(id), claim: own[0], isAnothers })?.id ?? id));
  }

  const unclear = new Set<string>();
  const free = (candidates: readonly StoredSession[]): StoredSession[] => {
    const taken = new Set([...ids.values()].flat());
    return candidates.filter((session) => !taken.has(session.id) && !unclear.has(session.id) && session.present.endedAt === undefined);
  };
  const isOfProfile = profiles(sessions.newestFirst);
  for (const rivals of byPlace(agents, platform)) {
    const processes = rivals.filter((process) => !ids.has(process));
    const [first] = processes;
    if (!first) continue;
    const pairs = pairUp({
      processes,
      sessions: free(places.sessionsOf(first)),
      rivals,
      placeKnown: first.cwd !== undefined,
      mayOwn: (process, session) => isActiveSince(session, process) && isOfProfile(process, session) && !belongedToAnother(former, process, session),
      hadBefore: (process, session) => hadBefore(former, process, session),
    });
    for (const [process, session] of pairs.found) ids.set(process, [session.id]);
    for (const session of pairs.unclear) unclear.add(session.id);
  }

  for (const process of agents) {
    if (ids.has(process)) continue;
    if (!process.host) ids.set(process, [sessionId(process.tool, processName(process))]);
    else if (process.hints.openFiles === undefined) ids.set(process, free(sessions.since(earliestStart([process]))).filter((session) => session.tool === process.tool && isRecent(session, now) && isActiveSince(session, process) && places.isBelow(session, process)).map(({ id }) => id));
  }

  const pairs = [...ids].flatMap(([process, own]) => own.map((id) => ({ process, id, byName: named.has(process) }))).sort((left, right) => left.process.pid - right.process.pid);
  return {
    live: liveOf(pairs, claims),
    unclear,
    alone: aloneOf(pairs.filter(({ id }) => !sessions.has(id))),
    former: rememberOwners(former, { owners: pairs.filter(({ process }) => !process.host), sessions, now }),
  };
};

const earliestStart = (processes: readonly AgentProcess[]): EpochMs => Math.min(...processes.map(({ startedAt }) => startedAt ?? Infinity)) - startSlackMs;

/** Copilot writes a lock for every session of a process and leaves the old ones. */
const newestFirst = (claims: readonly LiveClaim[]): readonly LiveClaim[] => claims.toSorted((left, right) => (right.writtenAt ?? right.startedAt ?? 0) - (left.writtenAt ?? left.startedAt ?? 0));

/** Servers have no folder of their own: they are no rivals. */
const byPlace = (agents: readonly AgentProcess[], platform: Platform): Iterable<AgentProcess[]> =>
  Map.groupBy(agents.filter((process) => !process.host), (process) => `${process.tool} ${placeOf(process, platform) ?? ''}`).values();

/** Profiles (CLAUDE_CONFIG_DIR): the transcripts of another folder are another profile's, when this profile's folder is among those that were read. */
const profiles = (sessions: readonly StoredSession[]): ((process: AgentProcess, session: StoredSession) => boolean) => {
  const read = new Map<string, boolean>();
  const isBelow = (session: StoredSession, folder: string): boolean => session.sources[0]?.startsWith(folder) ?? false;
  return ({ tool, hints: { configDir } }, session) => {
    if (configDir === undefined || isBelow(session, configDir)) return true;
    const key = `${tool} ${configDir}`;
    if (!read.has(key)) read.set(key, sessions.some((one) => one.tool === tool && isBelow(one, configDir)));
    return !read.get(key);
  };
};

interface Pair {
  readonly process: AgentProcess;
  readonly id: string;
}

const liveOf = (pairs: readonly Pair[], claims: ReadonlyMap<AgentProcess, readonly LiveClaim[]>): Map<string, Live> => {
  const live = new Map<string, Live>();
  for (const { process, id } of pairs) {
    const before = live.get(id) ?? { processes: [], claims: [] };
    const own = (claims.get(process) ?? []).filter((claim) => !process.host || idOfClaim(claim) === id);
    live.set(id, { processes: [...before.processes, process], claims: [...before.claims, ...own] });
  }
  return live;
};

const aloneOf = (pairs: readonly Pair[]): Alone[] =>
  [...Map.groupBy(pairs, ({ id }) => id)].map(([id, own]) => {
    const processes = own.map(({ process }) => process);
    return { processes, nativeId: id.slice(processes[0]!.tool.length + 1) };
  });
