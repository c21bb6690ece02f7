import type { Machine } from '../files/machine.ts';
import type { EpochMs } from '../session/part.ts';
import type { Backend, World } from './backend.ts';
import type { Stream } from './terminal.ts';

/** Everything the command line needs of the world; main.ts gives the real one. */
export interface Deps {
  readonly version: string;
  /** The real machine; --home makes another one of it. */
  readonly machine: Machine;
  /** The environment: WATCHROOM_*, NO_COLOR, FORCE_COLOR, COLUMNS, TERM. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => EpochMs;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Keys of a full-screen view; absent: nobody is there. */
  readonly stdin?: NodeJS.ReadStream;
  /** Resolves when somebody asks the process to end. */
  readonly ending?: Promise<string>;
  readonly open: (world: World) => Backend | Promise<Backend>;
}
