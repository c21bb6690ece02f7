import { newId } from '../store/ids.ts';
import type { Store } from '../store/open.ts';

/** The id of this hub's store: made once, told in every answer to an agent. Another id means another memory. */
export const hubIdOf = async (store: Store): Promise<string> => {
  await store.insertInto('meta').values({ key: 'hub_id', value: newId() }).onConflict((on) => on.column('key').doNothing()).execute();
  return (await store.selectFrom('meta').select('value').where('key', '=', 'hub_id').executeTakeFirstOrThrow()).value;
};
