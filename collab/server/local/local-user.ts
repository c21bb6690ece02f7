import { hashOf, newId, newSecret } from '../store/ids.ts';
import type { Store } from '../store/open.ts';

/** The one user of a hub in local mode, with the one team. */
export interface LocalUser {
  readonly userId: string;
  readonly teamId: string;
}

const teamName = 'this-machine';

/** Makes user and team of a local hub at its first start. */
export const localUser = async (store: Store, { userName, now }: { readonly userName: string; readonly now: number }): Promise<LocalUser> => {
  const known = await store.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select(['members.user_id', 'members.team_id']).where('teams.name', '=', teamName).executeTakeFirst();
  if (known) return { userId: known.user_id, teamId: known.team_id };
  const [userId, teamId] = [newId(), newId()];
  await store.transaction().execute(async (work) => {
    await work.insertInto('users').values({ id: userId, username: plainName(userName), display_name: userName, operator: 1, preferences: '{}', created_at: now }).execute();
    await work.insertInto('teams').values({ id: teamId, name: teamName, display_name: 'This machine', settings: '{}', radar_key: newId(), created_at: now, updated_at: now }).execute();
    await work.insertInto('members').values({ team_id: teamId, user_id: userId, role: 'admin', joined_at: now }).execute();
  });
  return { userId, teamId };
};

/** The token with which this machine's own agent reports: another one at every start, so none lies about. */
export const localAgentToken = async (store: Store, { userId, teamId }: LocalUser, now: number): Promise<string> => {
  const secret = newSecret('wra_');
  await store.transaction().execute(async (work) => {
    await work.deleteFrom('tokens').where('kind', '=', 'agent').where('user_id', '=', userId).execute();
    await work.insertInto('tokens').values({ id: newId(), kind: 'agent', user_id: userId, team_id: teamId, name: 'this machine', hash: hashOf(secret), scopes: '[]', created_at: now }).execute();
  });
  return secret;
};

/** As user names are: small letters, digits and dashes. */
const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z]+/, '').slice(0, 22) || 'me';
