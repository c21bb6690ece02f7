import type { Machine } from '../files/machine.ts';
import type { Stream } from './terminal.ts';

/** What bin/watchroom.js knows of the process when it answers a command without the program. */
export interface QuickWorld {
  readonly args: readonly string[];
  readonly machine: Machine;
  readonly now: number;
  readonly pid: number;
  /** Opened when it is looked at. */
  readonly stdout: Stream;
}

export interface QuickAnswer {
  readonly text: string;
  /** For stderr. */
  readonly aside?: string;
  /** The whole program goes on with these arguments. */
  readonly goOnWith?: readonly string[];
}
