import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { wordsChange } from '../ledger/words-schema.ts';
import type { Words, WordsChange } from '../ledger/words.ts';
import type { Books } from './books.ts';
import { sayOfImported } from './imports.ts';
import { askLine, NobodyAnswers } from './owner-line.ts';

/** What the owner answers; it may be of another version. */
const toldWords = z.object({ tags: z.array(z.string()).exactOptional(), projectName: z.string().exactOptional(), description: z.string().exactOptional() });

/** The ledger as a command has it, which can be opened anew when its owner comes or goes. */
export interface Reopening {
  readonly books: () => Promise<Books>;
  readonly close: () => Promise<void>;
  readonly world: Pick<World, 'state'>;
}

const patienceMs = 10_000;
const everyMs = 100;

/** Keeps what people say of a session: by the exporter that owns the ledger, or with the lock where there is none. */
export const say = async (change: WordsChange, { books, close, world }: Reopening): Promise<Words> => {
  const imported = sayOfImported(change, world);
  if (imported) return imported;
  for (let waited = 0; ; waited += everyMs) {
    const { ledger, state, engine } = await books();
    if (engine) {
      if (!state.durable) throw new CommandError(`nothing would be remembered: ${state.problem ?? 'the ledger is thrown away at the end'}`);
      return ledger.say(wordsChange.parse(change));
    }
    const told = state.owner?.line === undefined ? undefined : await askOwner(state.owner.line, change);
    if (told) return told;
    if (waited >= patienceMs) throw new CommandError(nobody(state.owner?.pid));
    await close(); // the owner is a command that ends soon, or an exporter that begins or ends
    await sleep(everyMs);
  }
};

const askOwner = async (line: string, change: WordsChange): Promise<Words | undefined> => {
  try {
    return toldWords.parse(await askLine(line, 'say', change));
  } catch (error) {
    if (error instanceof NobodyAnswers) return undefined;
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
};

const nobody = (pid: number | undefined): string =>
  `${pid === undefined ? 'another Watchroom' : `the Watchroom with pid ${pid}`} keeps the ledger and takes no words from commands. It may be of an older version: start it again, then try again`;
