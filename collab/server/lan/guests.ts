import type { Base } from '../base.ts';
import { audit } from '../store/audit.ts';
import type { Work } from '../store/open.ts';
import type { SessionTable } from '../store/schema.ts';
import { localPerson, thisMachine } from '../auth/local.ts';
import { makeInvite, revokeInvites } from '../teams/invites.ts';

// Guests of a hub of one machine: they come by an invite to one room, see that one alone, and leave it when it is shared no more.

/** As many as fit around a session; each has a role of their own, taken back at the end. */
const mostGuests = 20;

/** A session of this machine that the hub was told of. */
export const sessionHere = async ({ store }: Pick<Base, 'store'>, key: string): Promise<SessionTable | undefined> => {
  const person = await localPerson(store);
  return person && store.selectFrom('sessions').selectAll().where('team_id', '=', person.teamId).where('session_key', '=', key).executeTakeFirst();
};

/** The secret of an invite to a room. */
export const inviteGuests = async (base: Base, session: SessionTable): Promise<string> => {
  const person = (await localPerson(base.store))!;
  const { link } = await makeInvite(base, { ask: { person, now: base.now(), actor: { ...thisMachine, id: person.userId } }, teamId: session.team_id, sessionId: session.id, role: 'guest-editor', uses: mostGuests });
  return new URL(link).hash.slice(1);
};

/** Names of the guests of a room. */
export const guestsOf = async ({ store }: Pick<Base, 'store'>, sessionId: string): Promise<string[]> => (await guestRows(store, sessionId)).map(({ username }) => username);

/** Ends what guests may see, of one room or of all: invites are void, roles are gone, and so are live views before this returns [R8]. */
export const showOut = async (base: Base, sessionId?: string): Promise<string[]> => {
  const now = base.now();
  const shown = await base.store.transaction().execute(async (work) => {
    await revokeInvites(work, { ...(sessionId === undefined ? {} : { sessionId }), now, actor: thisMachine });
    const guests = await guestRows(work, sessionId);
    for (const { userId, username, room, key, teamId, role } of guests) {
      await work.deleteFrom('session_people').where('session_id', '=', room).where('user_id', '=', userId).execute();
      await audit(work, { at: now, teamId, actor: thisMachine, action: 'session:people', target: key, before: { user: username, role }, after: { user: username } });
    }
    return guests;
  });
  for (const { userId, room } of shown) base.events.emit('access:lost', { userId, sessionId: room });
  return [...new Set(shown.map(({ username }) => username))];
};

const guestRows = (store: Base['store'] | Work, sessionId?: string) => {
  const rows = store.selectFrom('session_people').innerJoin('sessions', 'sessions.id', 'session_people.session_id').innerJoin('users', 'users.id', 'session_people.user_id')
    .innerJoin('members', (on) => on.onRef('members.user_id', '=', 'session_people.user_id').onRef('members.team_id', '=', 'sessions.team_id'))
    .select(['users.id as userId', 'users.username', 'session_people.role', 'sessions.id as room', 'sessions.session_key as key', 'sessions.team_id as teamId'])
    .where('members.role', '=', 'guest').orderBy('users.username');
  return (sessionId === undefined ? rows : rows.where('sessions.id', '=', sessionId)).execute();
};
