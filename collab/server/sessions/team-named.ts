import { notFound } from '../routes/errors.ts';
import type { Store } from '../store/open.ts';
import type { Viewer } from './visible.ts';

/** The id of a team of the asker, given by id or name. */
export const teamNamed = async (store: Store, { roles }: Viewer, named: string): Promise<string> => {
  if (roles.has(named)) return named;
  const row = await store.selectFrom('teams').select('id').where('name', '=', named).where('deleted_at', 'is', null).executeTakeFirst();
  if (row === undefined || !roles.has(row.id)) throw notFound(`There is no team "${named.slice(0, 100)}" of yours.`);
  return row.id;
};
