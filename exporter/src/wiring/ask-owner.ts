import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import type { AskOwner } from '../agent/commands.ts';

export interface OwnersTerminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Pick<Writable, 'write'>;
  /** Ctrl+C at the question ends the program, as it does elsewhere. */
  readonly interrupt: () => void;
}

/** Asks whoever sits at the terminal, one question after the other; where nobody does, there is no answer. */
export const createAskOwner = ({ stdin, stdout, interrupt }: OwnersTerminal): AskOwner => {
  let before: Promise<unknown> = Promise.resolve();
  return (question, signal) => {
    if (stdin.isTTY !== true) return Promise.resolve(undefined);
    const answer = before.then(() => ask(question, signal));
    before = answer.catch(() => undefined);
    return answer;
  };

  async function ask(question: string, signal: AbortSignal): Promise<boolean | undefined> {
    if (signal.aborted) return undefined;
    const terminal = createInterface({ input: stdin, output: stdout as Writable, terminal: true });
    terminal.on('SIGINT', () => {
      terminal.close();
      interrupt();
    });
    try {
      return /^\s*y(es)?\s*$/i.test(await terminal.question(`\u0007${question}`, { signal }));
    } catch {
      return undefined; // the time is up, or the terminal went away
    } finally {
      terminal.close();
    }
  }
};
