import { createInterface } from 'node:readline/promises';
import type { Deps } from './deps.ts';

/** Asks whoever sits at the terminal; undefined: nobody does, or went away. */
export const askPerson = async ({ stdin, stderr }: Pick<Deps, 'stdin' | 'stderr'>, question: string): Promise<boolean | undefined> => {
  if (stdin?.isTTY !== true || stderr.isTTY !== true) return undefined;
  // Echo is the terminal's own; what is printed for programs stays clean.
  const terminal = createInterface({ input: stdin });
  const gone = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
  try {
    stderr.write(`${question} [y/N] `);
    const answer = await Promise.race([terminal.question(''), gone]);
    return answer === undefined ? undefined : /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    terminal.close();
  }
};
