import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { World } from '../cli/backend.ts';
import { wordsChange } from '../ledger/words.ts';
import type { LedgerThread } from './ledger-thread.ts';
import { openOwnerLine } from './owner-line.ts';
import type { OwnerLine } from './owner-line.ts';
import type { State } from './state.ts';

interface Owned {
  readonly world: World;
  readonly thread: LedgerThread;
  readonly log: Logger;
}

/** What commands may ask of the exporter that owns their ledger. Without a line they say so, and the exporter goes on. */
export const openLine = async (state: State, { world, thread, log }: Owned): Promise<OwnerLine | undefined> => {
  if (!state.ownership || world.state.kind !== 'folder') return undefined;
  try {
    return await openOwnerLine(dirname(state.ledgerPath), world.machine.platform, { say: (change) => thread.say(wordsChange.parse(change)) });
  } catch (error) {
    log.warn({ problem: error instanceof Error ? error.message : String(error) }, 'commands like `watchroom tag` cannot reach this exporter');
    return undefined;
  }
};
