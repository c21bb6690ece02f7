import psList from 'ps-list';
import type { ProcessDescriptor } from 'ps-list';
import type { EpochMs } from '../session/part.ts';
import { linuxTable } from './linux.ts';
import { macosTable } from './macos.ts';
import type { UserPattern } from './patterns.ts';
import { runCommand } from './run.ts';
import type { Run } from './run.ts';
import { windowsTable } from './windows.ts';

/** One process as the operating system tells it. Details (cwd, CPU, memory …) are read for agents only. */
export interface OsProcess {
  readonly pid: number;
  readonly parentPid?: number;
  /** Command line, token by token where the system keeps them apart; empty: the system would not say. */
  readonly argv: readonly string[];
  /** The system's short name of it; Linux cuts it at 15 characters. */
  readonly name?: string;
  readonly executable?: string;
  readonly uid?: number;
  readonly startedAt?: EpochMs;
  /** /proc/<pid>/stat field 22: with the pid the identity of a process until reboot. */
  readonly startTicks?: string;
  readonly cwd?: string;
  readonly cpuSeconds?: number;
  readonly residentBytes?: number;
  /** Session files it holds open, absolute. */
  readonly openFiles?: readonly string[];
  /** Where the tool was told to keep its files (CLAUDE_CONFIG_DIR, CODEX_HOME …). No other variable is ever read. */
  readonly configDir?: string;
}

/** Every process of the machine at one moment. */
export interface ProcessTable {
  readonly platform: Platform;
  /** Undefined for a recorded tree: nothing in it is ours. */
  readonly ownPid?: number;
  readonly processes: readonly OsProcess[];
}

export type Platform = 'linux' | 'darwin' | 'win32';

export interface ProcessTableOptions {
  readonly platform: Platform;
  readonly ownPid: number;
  readonly now: () => EpochMs;
  /** Another folder than /proc is a recorded tree: read plainly, our own pid is not expected in it. @default '/proc' */
  readonly procDir?: string;
  /** Tools the user added; the same list goes to matchAgents. @default none */
  readonly extraPatterns?: readonly UserPattern[];
  /** Runs lsof, ps and PowerShell. @default execFile with a time limit */
  readonly run?: Run;
  /** The base list. @default the ps-list package */
  readonly list?: () => Promise<readonly ProcessDescriptor[]>;
}

/** Reads the process table again and again; remembers between reads what cannot have changed. */
export interface ProcessTableReader {
  /** The table now. Rejects when the system's answer is not to be trusted (it lacks our own pid). */
  readonly read: () => Promise<ProcessTable>;
}

/** A reader of this machine's processes, or of a recorded /proc. */
export const createProcessTable = (options: ProcessTableOptions): ProcessTableReader => {
  const settings = { procDir: '/proc', extraPatterns: [], run: runCommand, list: psList, ...options };
  const recorded = settings.procDir !== '/proc';
  const readProcesses = recorded || settings.platform === 'linux' ? linuxTable({ ...settings, recorded }) : settings.platform === 'darwin' ? macosTable(settings) : windowsTable(settings);
  const read = async (): Promise<ProcessTable> => {
    const processes = await readProcesses();
    if (recorded) return { platform: 'linux', processes };
    // A snapshot without ourselves is a failed snapshot, not an idle machine (FORMATS.md 11).
    if (!processes.some((process) => process.pid === settings.ownPid)) {
      throw new Error(`the process table lists ${processes.length} processes but not our own (pid ${settings.ownPid}), so it is not this machine's. Try --proc with the folder where /proc of the host is mounted`);
    }
    return { platform: settings.platform, ownPid: settings.ownPid, processes };
  };
  return { read };
};

/** The process table once, without memory. */
export const readProcessTable = (options: ProcessTableOptions): Promise<ProcessTable> => createProcessTable(options).read();
