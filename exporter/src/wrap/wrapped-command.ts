import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface WrappedCommand {
  readonly command: readonly [string, ...string[]];
  readonly stdout: Writable;
  /** The terminal sends its signals to the command itself. */
  readonly isTerminal: boolean;
  /** Called with what the command prints, on its way; undefined: its stdout is not even touched. */
  readonly onOutput?: (chunk: Buffer) => void;
  readonly onStart: (pid: number) => void;
  /** How to hear the signals that are meant for the command; returns how to stop hearing them. */
  readonly onSignal: (hear: (signal: NodeJS.Signals) => void) => () => void;
}

export type Ended = { readonly exitCode: number } | { readonly signal: NodeJS.Signals } | { readonly failure: string; readonly exitCode: number };

/** Runs a command as if nobody stood between it and whoever started it. Nothing that a listener does wrong reaches it. */
export const runWrapped = ({ command: [file, ...args], stdout, isTerminal, onOutput, onStart, onSignal }: WrappedCommand): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['inherit', onOutput ? 'pipe' : 'inherit', 'inherit'] });
    const deaf = onSignal((signal) => {
      // Ctrl+C and the like reach every process of the terminal's foreground group: once more would be twice.
      if (!isTerminal || !fromTerminal.has(signal)) child.kill(signal);
    });
    const done = (ended: Ended): void => {
      deaf();
      resolve(ended);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) done(cannotStart(file, error));
    });
    child.once('spawn', () => quietly(() => onStart(child.pid!)));
    if (child.stdout && onOutput) passOn(child.stdout, stdout, onOutput);
    child.once('close', (code, signal) => {
      if (child.pid !== undefined) done(signal === null ? { exitCode: code ?? 1 } : { signal });
    });
  });

const fromTerminal: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

const passOn = (from: Readable, to: Writable, onOutput: (chunk: Buffer) => void): void => {
  // Whoever read it went away: so does the pipe, and the command learns it as it would have without us.
  to.once('error', () => {
    from.unpipe(to);
    from.destroy();
  });
  from.on('data', (chunk: Buffer) => quietly(() => onOutput(chunk)));
  from.pipe(to, { end: false });
};

/** A mistake of ours is not the command's. */
const quietly = (work: () => void): void => {
  try {
    work();
  } catch {
    // what was not understood is not known; the command goes on
  }
};

/** As a shell has it: 127 not found, 126 not allowed. */
const cannotStart = (file: string, { code, message }: NodeJS.ErrnoException): Ended => {
  if (code === 'ENOENT') return { exitCode: 127, failure: `there is no program ${JSON.stringify(file)}. Is it spelled right, and in PATH?` };
  return { exitCode: 126, failure: `${JSON.stringify(file)} cannot be run (${code ?? message})` };
};
