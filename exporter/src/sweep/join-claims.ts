import type { AgentProcess } from '../processes/match.ts';
import type { Platform } from '../processes/process-table.ts';
import type { LiveClaim } from '../readers/reader.ts';
import { startSlackMs } from './join-times.ts';
import { samePlace } from './join-places.ts';

/** A tool writes its state file soon after its start; much later it is another process with the same pid in another container. */
const claimDelayMs = 2 * 60_000;

/** The claims of state files that are true of a running process. Stale files are normal: pids are used again (TRAPS.md 32). */
export const believedClaims = (processes: readonly AgentProcess[], claims: readonly LiveClaim[], platform: Platform): ReadonlyMap<AgentProcess, readonly LiveClaim[]> => {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const believed = new Map<AgentProcess, LiveClaim[]>();
  for (const claim of claims) {
    const named = byPid.get(claim.pid);
    const process = named && isTrueOf(claim, named, platform) ? named : inContainer(claim, processes);
    if (process) believed.set(process, [...(believed.get(process) ?? []), claim]);
  }
  return believed;
};

const isTrueOf = (claim: LiveClaim, process: AgentProcess, platform: Platform): boolean => {
  if (claim.tool !== process.tool) return false;
  if (claim.startTicks !== undefined && process.startTicks !== undefined) return claim.startTicks === process.startTicks;
  if (process.startedAt === undefined) return true;
  if (claim.startedAt === undefined) return claim.writtenAt === undefined || claim.writtenAt >= process.startedAt - startSlackMs;
  const delay = claim.startedAt - process.startedAt;
  return delay >= -startSlackMs && (delay <= claimDelayMs || samePlace(claim.cwd, process.cwd, platform));
};

/** In a container the tool knows itself by another pid; the start in kernel ticks is the same everywhere. */
const inContainer = ({ tool, startTicks }: LiveClaim, processes: readonly AgentProcess[]): AgentProcess | undefined => {
  const same = startTicks === undefined ? [] : processes.filter((process) => process.tool === tool && process.startTicks === startTicks);
  return same.length === 1 ? same[0] : undefined;
};
