import { sql } from 'kysely';
import type { Store } from '../store/open.ts';

/** An answer is given again for so long at most: whether an agent is heard changes with time alone. */
const knownMs = 1000;
const mostKnown = 300;

interface Known<Answer> {
  readonly answer: Answer;
  readonly state: string;
  readonly at: number;
}

/**
 * Gives an answer again while nothing at all was written to the store since it was worked out: many pages of the same list are asked for between two reports.
 * Any change counts, of roles and visibility too, so nobody is shown what they may no longer see [R8].
 */
export const whileUnchanged = <Answer>(store: Store): ((ask: { readonly key: string; readonly now: number }, answer: () => Promise<Answer>) => Promise<Answer>) => {
  const memory = new Map<string, Known<Answer>>();
  return async ({ key, now }, answer) => {
    const state = await stateOf(store);
    const known = memory.get(key);
    if (known && known.state === state && now >= known.at && now - known.at < knownMs) return known.answer;
    const found = await answer();
    memory.delete(key);
    memory.set(key, { answer: found, state, at: now });
    if (memory.size > mostKnown) memory.delete(memory.keys().next().value!);
    return found;
  };
};

/** Rises with every write: total_changes() with those of this connection, data_version with those of others. */
const stateOf = async (store: Store): Promise<string> => {
  const { rows: [row] } = await state.execute(store);
  return `${row!.own} ${row!.others}`;
};
const state = sql<{ own: number; others: number }>`select total_changes() as own, data_version as others from pragma_data_version`;
