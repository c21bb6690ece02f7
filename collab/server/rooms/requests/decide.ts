import type { Base } from '../../base.ts';
import { Refusal } from '../../routes/errors.ts';
import type { Ask } from '../../routes/route.ts';
import { giveRoles } from '../../sessions/people.ts';
import type { RoomPerson } from '../../sessions/people.ts';

type On = Pick<Ask, 'found' | 'person' | 'actor' | 'now'>;

/** Lets somebody in who asked for it. */
export const letIn = async (base: Base, ask: On, { userId, role }: { readonly userId: string; readonly role: 'host' | 'editor' | 'viewer' }): Promise<readonly RoomPerson[]> => {
  const { found: { session } } = ask;
  await requestOf(base, ask, userId);
  const people = await giveRoles(base, ask, { users: [userId], role });
  await base.store.deleteFrom('access_requests').where('team_id', '=', session.team_id).where('session_key', '=', session.session_key).where('user_id', '=', userId).execute();
  return people;
};

/** Says no. The asker is not told; a day later they can ask again. */
export const turnAway = async (base: Base, ask: On, userId: string): Promise<void> => {
  const { found: { session }, now } = ask;
  await requestOf(base, ask, userId);
  await base.store.updateTable('access_requests').set({ refused_at: now }).where('team_id', '=', session.team_id).where('session_key', '=', session.session_key).where('user_id', '=', userId).execute();
};

const requestOf = async ({ store }: Base, { found: { session } }: On, userId: string): Promise<void> => {
  const row = await store.selectFrom('access_requests').select('user_id').where('team_id', '=', session.team_id).where('session_key', '=', session.session_key).where('user_id', '=', userId).where('refused_at', 'is', null).executeTakeFirst();
  if (row === undefined) throw new Refusal(404, 'no_request', 'That person does not ask to be let into this room, or somebody answered already.');
};
