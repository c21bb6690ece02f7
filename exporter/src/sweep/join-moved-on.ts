import type { AgentProcess } from '../processes/match.ts';
import type { Platform } from '../processes/process-table.ts';
import type { LiveClaim } from '../readers/reader.ts';
import type { StoredSession } from '../session/session.ts';
import { samePlace } from './join-places.ts';
import type { Places } from './join-places.ts';
import { isBegunSince, newestOf, startSlackMs } from './join-times.ts';

interface Surroundings {
  readonly agents: readonly AgentProcess[];
  readonly places: Places;
  readonly platform: Platform;
  /** The session that is named, when there is a transcript of it. */
  readonly named: StoredSession | undefined;
  /** The state file that names it. */
  readonly claim: LiveClaim | undefined;
  readonly isAnothers: (session: StoredSession) => boolean;
}

/**
 * After `/clear` a tool goes on in a new transcript while its state file and its command line still name the old one (FORMATS.md 1.3.1):
 * if it is the only process of its tool in the folder, the newest transcript begun there since is its own. undefined: it has not moved on.
 */
export const movedOn = (process: AgentProcess, { agents, places, platform, named, claim, isAnothers }: Surroundings): StoredSession | undefined => {
  if (process.host || process.oneShot || process.cwd === undefined || isAlwaysRight(process)) return undefined;
  if (agents.some((other) => other !== process && !other.host && other.tool === process.tool && samePlace(other.cwd, process.cwd, platform))) return undefined;
  const lastWordAt = named?.lastActivityAt ?? -Infinity;
  // A state file with a status is written at every turn: one that is older than the new transcript did not begin it.
  const writtenAt = claim?.status === undefined ? Infinity : (claim.writtenAt ?? Infinity);
  const isNext = (session: StoredSession): boolean =>
    session.present.endedAt === undefined &&
    isBegunSince(session, process.startedAt) &&
    isBegunSince(session, lastWordAt) &&
    session.startedAt! <= writtenAt + startSlackMs &&
    (session.lastActivityAt ?? -Infinity) > lastWordAt;
  return newestOf(places.sessionsOf(process).filter((session) => session !== named && isNext(session) && !isAnothers(session)));
};

/** Codex is known by the transcript it holds open, Copilot writes a lock for every new session. */
const isAlwaysRight = ({ tool, hints }: AgentProcess): boolean => tool === 'copilot-cli' || hints.openFiles !== undefined;
