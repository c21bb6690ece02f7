import type { Store } from '../store/open.ts';

/** What the labels team and user_name say. */
export interface Names {
  readonly team: (id: string) => string | undefined;
  readonly user: (id: string) => string | undefined;
}

/** Names as they are now; a deleted team has none, so that nothing of it is shown. */
export const namesOf = async (store: Store): Promise<Names> => {
  const teams = new Map((await store.selectFrom('teams').select(['id', 'name']).where('deleted_at', 'is', null).execute()).map(({ id, name }) => [id, name]));
  const users = new Map((await store.selectFrom('users').select(['id', 'username']).execute()).map(({ id, username }) => [id, username]));
  return { team: (id) => teams.get(id), user: (id) => users.get(id) };
};
