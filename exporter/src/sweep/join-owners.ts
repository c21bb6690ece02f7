import type { AgentProcess } from '../processes/match.ts';
import type { Platform } from '../processes/process-table.ts';
import type { LiveClaim } from '../readers/reader.ts';
import type { EpochMs } from '../session/part.ts';
import { sessionId } from '../session/session.ts';
import type { StoredSession } from '../session/session.ts';
import { believedClaims } from './join-claims.ts';
import { pairUp } from './join-pairs.ts';
import { indexPlaces, placeOf, samePlace } from './join-places.ts';
import type { Places } from './join-places.ts';
import { processName } from './join-process-only.ts';
import type { Alone } from './join-process-only.ts';
import { isActiveSince, isBegunSince, newestOf, startSlackMs } from './join-times.ts';

/** Servers keep transcripts open, and conversations in memory, long after the last word (FORMATS.md 2.5). */
const hostKeepsMs = 30 * 60_000;

/** The processes of a session in the order of their pids, and what the tool's state files say of them. */
export interface Live {
  readonly processes: readonly AgentProcess[];
  readonly claims: readonly LiveClaim[];
}

/** Which process had a session, and when it was last seen with it. */
export type FormerOwners = ReadonlyMap<string, { readonly process: string; readonly byName: boolean; readonly seenAt: EpochMs }>;

export interface Owners {
  /** By session id. */
  readonly live: ReadonlyMap<string, Live>;
  /** Sessions that one of several processes may have: nobody can tell. */
  readonly unclear: ReadonlySet<string>;
  readonly alone: readonly Alone[];
  readonly former: FormerOwners;
}

interface Scene {
  readonly sessions: readonly StoredSession[];
  readonly processes: readonly AgentProcess[] | undefined;
  readonly claims: readonly LiveClaim[];
  readonly now: EpochMs;
  readonly platform: Platform;
}

/**
 * Finds for every process its session. What names a session counts first (transcripts held open, the tool's state files, the command line),
 * then the folder it works in. A process has one session, unless it is a server; a session may have several processes (TRAPS.md 32).
 */
export const ownersOf = (scene: Scene, former: FormerOwners): Owners => {
  const agents = scene.processes ?? [];
  if (agents.length === 0) return { live: new Map(), unclear: new Set(), alone: [], former: stillKnown(former, scene.sessions) };

  const byId = new Map(scene.sessions.map((session) => [session.id, session]));
  const places = indexPlaces(scene.sessions, { since: earliestStart(agents), platform: scene.platform });
  const claims = believedClaims(agents, scene.claims, scene.platform);
  const claimed = new Set([...claims.values()].flat().map(idOfClaim));
  const openedIn = fileIndex(scene.sessions, agents);

  const ids = new Map<AgentProcess, readonly string[]>();
  const named = new Set<AgentProcess>();
  for (const process of agents) {
    const own = newestFirst(claims.get(process) ?? []);
    const told = namedBy(process, { claims: own, openedIn, byId, now: scene.now });
    if (told.length === 0) continue;
    named.add(process);
    ids.set(process, told.map((id) => movedOn(process, id, { claim: own[0], agents, places, byId, claimed, former, platform: scene.platform }) ?? id));
  }
  const taken = (): ReadonlySet<string> => new Set([...ids.values()].flat());
  const isFree = (session: StoredSession, others: ReadonlySet<string>): boolean => !others.has(session.id) && session.present.endedAt === undefined;

  const unclear = new Set<string>();
  const ofProfile = profiles(scene.sessions);
  for (const rivals of byPlace(agents, scene.platform)) {
    const processes = rivals.filter((process) => !ids.has(process));
    const [first] = processes;
    if (!first) continue;
    const others = taken();
    const pairs = pairUp({
      processes,
      sessions: places.sessionsOf(first).filter((session) => isFree(session, others)),
      rivals,
      placeKnown: first.cwd !== undefined,
      mayOwn: (process, session) => isActiveSince(session, process) && ofProfile(process, session) && !belongsToAnother(session, process, former),
      hadBefore: (process, session) => former.get(session.id)?.process === keyOf(process),
    });
    for (const [process, session] of pairs.found) ids.set(process, [session.id]);
    for (const session of pairs.unclear) unclear.add(session.id);
  }
  for (const process of agents) {
    if (ids.has(process)) continue;
    if (!process.host) ids.set(process, [sessionId(process.tool, processName(process))]);
    else if (process.hints.openFiles === undefined) {
      const others = taken();
      ids.set(process, servedBy(process, { places, now: scene.now, sessions: scene.sessions.filter((session) => isFree(session, others) && !unclear.has(session.id)) }));
    }
  }

  return { live: liveOf(ids, claims), unclear, alone: aloneOf(ids, byId), former: remember(former, { ids, named, scene }) };
};

/** The ids that name the session of a process, the surest source only. */
const namedBy = (process: AgentProcess, { claims, openedIn, byId, now }: { readonly claims: readonly LiveClaim[]; readonly openedIn: (path: string) => StoredSession | undefined; readonly byId: ReadonlyMap<string, StoredSession>; readonly now: EpochMs }): readonly string[] => {
  const open = [...new Set((process.hints.openFiles ?? []).flatMap((path) => openedIn(path) ?? []))];
  if (process.host) return [...open, ...claims.flatMap((claim) => byId.get(idOfClaim(claim)) ?? [])].filter((session) => isRecent(session, now)).map((session) => session.id);
  if (open.length > 0) return newestWithItsChildren(open);
  if (claims[0]) return [idOfClaim(claims[0])];
  return process.hints.sessionId === undefined ? [] : [sessionId(process.tool, process.hints.sessionId)];
};

/** Copilot writes a lock for every session of a process and leaves the old ones. */
const newestFirst = (claims: readonly LiveClaim[]): readonly LiveClaim[] => claims.toSorted((left, right) => (right.writtenAt ?? right.startedAt ?? 0) - (left.writtenAt ?? left.startedAt ?? 0));

const idOfClaim = ({ tool, nativeId }: LiveClaim): string => sessionId(tool, nativeId);

/** After `/new` the old rollout may still be open; the threads that the conversation started are open with it. */
const newestWithItsChildren = (open: readonly StoredSession[]): string[] => {
  const roots = open.filter((session) => !open.some((other) => other.nativeId === session.parentId));
  const newest = newestOf(roots.length > 0 ? roots : open)!;
  return [newest, ...open.filter((session) => session.parentId === newest.nativeId && session !== newest)].map((session) => session.id);
};

/**
 * After `/clear` a tool goes on in a new transcript while its state file and its command line still name the old one (FORMATS.md 1.3.1):
 * if it is the only process of its tool in the folder, the newest transcript begun there since is its own, unless another process names it.
 */
const movedOn = (process: AgentProcess, id: string, { claim, agents, places, byId, claimed, former, platform }: {
  readonly claim: LiveClaim | undefined;
  readonly agents: readonly AgentProcess[];
  readonly places: Places;
  readonly byId: ReadonlyMap<string, StoredSession>;
  readonly claimed: ReadonlySet<string>;
  readonly former: FormerOwners;
  readonly platform: Platform;
}): string | undefined => {
  if (process.host || process.oneShot || process.cwd === undefined || !mayBeStale(process)) return undefined;
  const isRival = (other: AgentProcess): boolean => other !== process && !other.host && other.tool === process.tool && samePlace(other.cwd, process.cwd, platform);
  if (agents.some(isRival)) return undefined;
  const lastWordAt = byId.get(id)?.lastActivityAt ?? -Infinity;
  // A state file with a status is written at every turn: one that is older than the new transcript did not begin it.
  const writtenAt = claim?.status === undefined ? Infinity : (claim.writtenAt ?? Infinity);
  const isNext = (session: StoredSession): boolean =>
    isBegunSince(session, process.startedAt) && isBegunSince(session, lastWordAt) && (session.lastActivityAt ?? -Infinity) > lastWordAt && session.startedAt! <= writtenAt + startSlackMs && session.present.endedAt === undefined;
  return newestOf(places.sessionsOf(process).filter((session) => session.id !== id && !claimed.has(session.id) && isNext(session) && !belongsToAnother(session, process, former)))?.id;
};

/** Codex is known by the transcript it holds open, Copilot writes a lock for every new session: both are right at any time. */
const mayBeStale = ({ tool, hints }: AgentProcess): boolean => tool !== 'copilot-cli' && hints.openFiles === undefined;

/** What a server works on where it holds no files open: the recent conversations of its folder that no other process has. */
const servedBy = (host: AgentProcess, { sessions, places, now }: { readonly sessions: readonly StoredSession[]; readonly places: Places; readonly now: EpochMs }): string[] =>
  sessions.filter((session) => session.tool === host.tool && isRecent(session, now) && isActiveSince(session, host) && places.isBelow(session, host)).map((session) => session.id);

const isRecent = ({ lastActivityAt }: StoredSession, now: EpochMs): boolean => lastActivityAt !== undefined && now - lastActivityAt < hostKeepsMs;

const keyOf = ({ pid, startTicks, startedAt }: AgentProcess): string => `${pid} ${startTicks ?? startedAt}`;

/** A process that was named as the owner is gone, and nobody has gone on since: a one-shot run in the same folder, for instance. */
const belongsToAnother = (session: StoredSession, process: AgentProcess, former: FormerOwners): boolean => {
  const before = former.get(session.id);
  return before !== undefined && before.byName && before.process !== keyOf(process) && (session.lastActivityAt ?? 0) <= before.seenAt + startSlackMs;
};

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

const earliestStart = (processes: readonly AgentProcess[]): EpochMs => Math.min(...processes.map(({ startedAt }) => startedAt ?? Infinity)) - startSlackMs;

/** Finds the session of an open transcript by path, or by the id in its name when the path is written differently. */
const fileIndex = (sessions: readonly StoredSession[], processes: readonly AgentProcess[]): ((path: string) => StoredSession | undefined) => {
  const wanted = new Set(processes.flatMap(({ hints }) => hints.openFiles ?? []));
  if (wanted.size === 0) return () => undefined;
  const found = new Map<string, StoredSession>();
  for (const session of sessions) for (const source of session.sources) if (wanted.has(source)) found.set(source, session);
  return (path) => found.get(path) ?? sessions.find((session) => session.tool === 'codex' && path.endsWith(`-${session.nativeId}.jsonl`));
};

/** Servers have no folder of their own: they are no rivals. */
const byPlace = (agents: readonly AgentProcess[], platform: Platform): Iterable<AgentProcess[]> =>
  Map.groupBy(agents.filter((process) => !process.host), (process) => `${process.tool} ${placeOf(process, platform) ?? ''}`).values();

type Ids = ReadonlyMap<AgentProcess, readonly string[]>;

const liveOf = (ids: Ids, claims: ReadonlyMap<AgentProcess, readonly LiveClaim[]>): Map<string, Live> => {
  const live = new Map<string, Live>();
  for (const [process, id] of pairsOf(ids)) {
    const { processes, claims: before } = live.get(id) ?? { processes: [], claims: [] };
    const own = (claims.get(process) ?? []).filter((claim) => !process.host || idOfClaim(claim) === id);
    live.set(id, { processes: [...processes, process], claims: [...before, ...own] });
  }
  return live;
};

const aloneOf = (ids: Ids, byId: ReadonlyMap<string, StoredSession>): Alone[] => {
  const unknown = pairsOf(ids).filter(([, id]) => !byId.has(id));
  return [...Map.groupBy(unknown, ([, id]) => id)].map(([id, pairs]) => {
    const processes = pairs.map(([process]) => process);
    return { processes, nativeId: id.slice(processes[0]!.tool.length + 1) };
  });
};

const pairsOf = (ids: Ids): (readonly [AgentProcess, string])[] => [...ids].flatMap(([process, own]) => own.map((id) => [process, id] as const)).sort(([left], [right]) => left.pid - right.pid);

const stillKnown = (former: FormerOwners, sessions: readonly StoredSession[]): FormerOwners => {
  if (former.size === 0) return former;
  const ids = new Set(sessions.map((session) => session.id));
  return new Map([...former].filter(([id]) => ids.has(id)));
};

const remember = (former: FormerOwners, { ids, named, scene: { sessions, now } }: { readonly ids: Ids; readonly named: ReadonlySet<AgentProcess>; readonly scene: Scene }): FormerOwners => {
  const next = new Map(stillKnown(former, sessions));
  for (const [process, id] of pairsOf(ids)) if (!process.host) next.set(id, { process: keyOf(process), byName: named.has(process), seenAt: now });
  return next;
};
