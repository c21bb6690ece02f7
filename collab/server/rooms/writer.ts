import { CompiledQuery } from 'kysely';
import { unavailable } from '../routes/errors.ts';
import type { Store, Work } from '../store/open.ts';
import type { Told } from './told.ts';

/** What a change leaves behind: the answer, and what is told of it once it is durable. */
export interface Change<Result> {
  readonly result: Result;
  readonly told?: readonly Told[];
}

/** The one door through which rooms change. */
export interface Writer {
  /**
   * Does a change within the next group commit and answers when it is durable (synchronous=FULL) [R1].
   * @param change may throw: then only this change is undone, and the error is the answer
   */
  readonly write: <Result>(change: (work: Work) => Promise<Change<Result>>) => Promise<Result>;
  /** Waits for what was asked so far; refuses the rest. */
  readonly close: () => Promise<void>;
  readonly counts: () => { readonly commits: number; readonly changes: number; readonly waiting: number };
}

/**
 * At most so many changes share a commit: what comes in one turn of the event loop, and what came while the commit before was made. So nobody waits for others who may not come, and the more there is to write the
 * more share. Measured: 0.73 of no database at all, against 0.19 with a commit for each (ROOMS.md 5).
 */
export const groupLimits = { changes: 64, waiting: 10_000 } as const;

interface Waiting {
  readonly change: (work: Work) => Promise<Change<unknown>>;
  readonly done: (outcome: Outcome) => void;
  readonly acceptedAt: number;
}
type Outcome = { readonly change: Change<unknown> } | { readonly error: unknown };

/**
 * Makes the writer of a store.
 * @param tell told once per change, after its commit, in the order of the commits: so roomSeq never runs backwards; and when the change was accepted, by performance.now()
 */
export const createWriter = (store: Store, tell: (told: readonly Told[], acceptedAt: number) => void): Writer => {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let soon: NodeJS.Immediate | undefined;
  let closed = false;
  const counted = { commits: 0, changes: 0 };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.slice(0, groupLimits.changes);
      waiting = waiting.slice(groupLimits.changes);
      const outcomes = await commit(store, group);
      counted.commits += 1;
      counted.changes += group.length;
      for (const [index, { done, acceptedAt }] of group.entries()) {
        const outcome = outcomes[index]!;
        if ('change' in outcome) tell(outcome.change.told ?? [], acceptedAt);
        done(outcome);
      }
    }
  };
  const begin = (): void => {
    clearImmediate(soon);
    soon = undefined;
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.length > 0) begin();
    });
  };
  return {
    write: async <Result>(change: (work: Work) => Promise<Change<Result>>): Promise<Result> => {
      if (closed || waiting.length >= groupLimits.waiting) throw unavailable('The hub has more to write than it can. Try again.', 2);
      const outcome = await new Promise<Outcome>((done) => {
        waiting.push({ change, done, acceptedAt: performance.now() });
        if (waiting.length >= groupLimits.changes) begin();
        else if (running === undefined) soon ??= setImmediate(begin);
      });
      if ('error' in outcome) throw outcome.error;
      return outcome.change.result as Result;
    },
    close: async () => {
      closed = true;
      while (running !== undefined || waiting.length > 0) {
        begin();
        await running;
      }
    },
    counts: () => ({ ...counted, waiting: waiting.length }),
  };
};

/** One transaction, with a savepoint for each change, so that a bad one fails alone; one that is alone anyway needs none. */
const commit = async (store: Store, group: readonly Waiting[]): Promise<readonly Outcome[]> => {
  const [first] = group;
  if (first !== undefined && group.length === 1) return [await commitAlone(store, first)];
  try {
    return await store.transaction().execute(async (work) => {
      const outcomes: Outcome[] = [];
      for (const { change } of group) outcomes.push(await inSavepoint(work, change));
      return outcomes;
    });
  } catch (cause) {
    const error = notWritten(cause);
    return group.map(() => ({ error }));
  }
};

const commitAlone = async (store: Store, { change }: Waiting): Promise<Outcome> => {
  let refused: { readonly error: unknown } | undefined;
  try {
    return await store.transaction().execute(async (work) => {
      try {
        return { change: await change(work) };
      } catch (error) {
        refused = { error };
        throw error; // so that the transaction is undone
      }
    });
  } catch (cause) {
    return refused ?? { error: notWritten(cause) };
  }
};

const notWritten = (cause: unknown): Error => {
  const error = unavailable('The hub could not write that to its store. Try again.');
  error.cause = cause;
  return error;
};

const inSavepoint = async (work: Work, change: Waiting['change']): Promise<Outcome> => {
  await work.executeQuery(savepoint.begin);
  try {
    const outcome = { change: await change(work) };
    await work.executeQuery(savepoint.end);
    return outcome;
  } catch (error) {
    await work.executeQuery(savepoint.undo);
    await work.executeQuery(savepoint.end);
    return { error };
  }
};

const savepoint = { begin: CompiledQuery.raw('SAVEPOINT change'), end: CompiledQuery.raw('RELEASE change'), undo: CompiledQuery.raw('ROLLBACK TO change') } as const;
