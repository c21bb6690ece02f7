import { readFileSync, readlinkSync } from 'node:fs';
import type { ProcessControl, ProcessIdentity } from '../agent/stop-process.ts';
import { parseStat, parseStatus } from '../processes/proc-files.ts';
import { readProcessTable } from '../processes/process-table.ts';
import type { OsProcess, Platform } from '../processes/process-table.ts';
import type { EpochMs } from '../session/part.ts';
import type { Scene } from '../sweep/scene.ts';

export interface ControlOptions {
  readonly scene: Pick<Scene, 'seen'>;
  readonly platform: Platform;
  readonly ownPid: number;
  readonly now: () => EpochMs;
  /** Another process table than this machine's is shown. */
  readonly recorded: boolean;
}

/** The processes of this machine, for stopping one of them on request. */
export const createProcessControl = ({ scene, platform, ownPid, now, recorded }: ControlOptions): ProcessControl => ({
  matched: (pid) => {
    const agent = scene.seen?.agents?.find((one) => one.pid === pid);
    const start = agent && startOf(agent);
    return agent && start !== undefined ? { tool: agent.tool, start, isHost: agent.host === true } : undefined;
  },
  identify: async (pid) => {
    if (platform === 'linux') return fromProc(pid);
    const { processes } = await readProcessTable({ platform, ownPid, now });
    return fromTable(processes.find((process) => process.pid === pid));
  },
  ownUid: process.getuid?.(),
  signal: (pid, signal) => void process.kill(pid, signal),
  ...(recorded ? { hindrance: 'this agent looks at the process table of another machine (--proc), where it can stop nothing' } : {}),
});

/** Linux counts ticks since boot, which no change of the clock moves. */
const startOf = ({ startTicks, startedAt }: { readonly startTicks?: string; readonly startedAt?: EpochMs }): string | undefined => startTicks ?? (startedAt === undefined ? undefined : String(startedAt));

/** Read at this very moment; undefined: it has ended, or is not ours to look at. */
const fromProc = (pid: number): ProcessIdentity | undefined => {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const status = parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
    if (!stat || stat.gone || !status) return undefined;
    return { pid, start: stat.startTicks, executable: readlinkSync(`/proc/${pid}/exe`), uid: status.uid };
  } catch {
    return undefined;
  }
};

const fromTable = (found: OsProcess | undefined): ProcessIdentity | undefined => {
  const start = found && startOf(found);
  if (!found || start === undefined || found.executable === undefined) return undefined;
  return { pid: found.pid, start, executable: found.executable, ...(found.uid === undefined ? {} : { uid: found.uid }) };
};
