import type { RunState } from '../wrap/run-state.ts';

/** What `watchroom run` was asked. */
export interface RunAsk {
  readonly command: readonly [string, ...string[]];
  readonly onActive: readonly string[];
  readonly onCompleted: readonly string[];
  /** Id of the team whose hub is told. */
  readonly team?: string;
  /** @default one in the state folder */
  readonly stateFile?: string;
  /** A personal token of the hub, and the one of the variable. */
  readonly hubTokenFile?: string;
  readonly token: string | undefined;
}

export interface WrapCare {
  /** Runs the command to its end; resolves with the exit code to end with. */
  readonly run: (ask: RunAsk) => Promise<number>;
  /** Runs of this machine, the newest first; `lost`: it is marked as active, but no process of it runs. */
  readonly runs: (stateFile: string | undefined) => Promise<readonly (RunState & { readonly lost?: true })[]>;
}
