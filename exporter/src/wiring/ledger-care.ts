import { existsSync, renameSync, statSync } from 'node:fs';
import type { LedgerCare, World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Books, Surroundings } from './books.ts';
import { openState, secondOwner } from './state.ts';

/** What `watchroom ledger` does. */
export const ledgerCare = (world: World, { now, pid }: Surroundings, books: () => Promise<Books>, close: () => Promise<void>): LedgerCare => ({
  verify: async () => (await books()).ledger.verify(),
  backup: async (file) => {
    await (await books()).ledger.backup(file);
    return { bytes: statSync(file).size };
  },
  compact: async () => {
    const { ledger, state } = await books();
    if (state.owner) throw secondOwnerMust('compact', state.owner.pid);
    return ledger.compact();
  },
  reset: async () => {
    await close();
    const state = openState(world, { pid, since: now(), brief: true });
    try {
      if (!state.ownership) throw state.owner ? secondOwnerMust('reset', state.owner.pid) : world.state.kind === 'folder' ? secondOwner(world.state.path) : new CommandError(state.problem ?? 'there is no ledger');
      return resetLedger(state.ledgerPath, now);
    } finally {
      state.close();
    }
  },
});

const secondOwnerMust = (what: string, pid: number): CommandError => new CommandError(`the exporter (pid ${pid}) keeps this ledger: stop it first, then ${what} the ledger`);

/** Puts the ledger aside under its date and begins a new one, with a new id and counters at 0. */
const resetLedger = (path: string, now: () => number): Awaited<ReturnType<LedgerCare['reset']>> => {
  let oldId: string | undefined;
  let keptAt: string | undefined;
  if (existsSync(path)) {
    try {
      const old = new Ledger({ path, now });
      oldId = old.id;
      old.compact(); // everything into the one file that is kept
      old.close();
    } catch {
      oldId = undefined; // broken: kept as it is
    }
    keptAt = `${path}.${new Date(now()).toISOString().replaceAll(/[:.]/g, '-')}`;
    for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, keptAt + suffix);
  }
  const fresh = new Ledger({ path, now });
  const newId = fresh.id;
  fresh.close();
  return { newId, ...(oldId === undefined ? {} : { oldId }), ...(keptAt === undefined ? {} : { keptAt }) };
};
