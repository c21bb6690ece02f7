import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EpochMs } from '../session/part.ts';
import type { Usage } from '../session/usage.ts';

/** What is known of one wrapped command. Nothing of what it was asked or what it answered. */
export interface RunState {
  readonly version: 1;
  readonly run: string;
  readonly status: 'ACTIVE' | 'COMPLETED';
  /** The program's name, without its arguments: they may hold a prompt. */
  readonly program: string;
  readonly tool?: string;
  /** "<tool>/<native id>" */
  readonly session?: string;
  readonly model?: string;
  readonly cwd: string;
  readonly pid?: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly durationMs?: number;
  readonly exitCode?: number;
  readonly signal?: string;
  /** As the tool reports it, or by the price table. */
  readonly costUsd?: number;
  readonly tokens?: Usage;
  readonly turns?: number;
  /** The tool said that it failed. */
  readonly failed?: true;
  /** What Watchroom itself could not do. */
  readonly problems?: readonly string[];
}

/** Where the state files of a state folder lie. */
export const runsFolder = (stateFolder: string): string => join(stateFolder, 'runs');

/** Names sort by the time of the start. */
export const runFile = (folder: string, { startedAt, pid }: { readonly startedAt: EpochMs; readonly pid: number }): string => join(folder, `${new Date(startedAt).toISOString().replaceAll(/[:.]/g, '-')}-${pid}.json`);

/** Readers see the old state or the new one, never half of it. */
export const writeRun = (file: string, state: RunState): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}.new`;
  try {
    writeFileSync(beside, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
};

/** undefined: there is none, or it is no state file. */
export const readRun = (file: string): RunState | undefined => {
  try {
    const state = JSON.parse(readFileSync(file, 'utf8')) as RunState;
    return state.version === 1 && typeof state.run === 'string' && typeof state.startedAt === 'string' ? state : undefined;
  } catch {
    return undefined;
  }
};

/** The newest first. */
export const listRuns = (folder: string): readonly RunState[] => namesIn(folder).toReversed().flatMap((name) => readRun(join(folder, name)) ?? []);

/** State files are for now and the day, not for ever: the ledger remembers sessions. */
export const pruneRuns = (folder: string): void => {
  for (const name of namesIn(folder).slice(0, -mostRuns)) rmSync(join(folder, name), { force: true });
};

const mostRuns = 100;

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
  } catch {
    return [];
  }
};
