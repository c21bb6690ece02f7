import { z } from 'zod';
import type { FoundSession } from '../access/find.ts';
import { roleInTeam } from '../access/find.ts';
import type { Base } from '../base.ts';
import { conflict, forbidden, notFound } from '../routes/errors.ts';
import type { Ask } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import type { RoomRole, SessionTable, TeamRole } from '../store/schema.ts';
import type { Store, Work } from '../store/open.ts';

export const roomRoles = ['owner', 'host', 'editor', 'viewer'] as const satisfies readonly RoomRole[];

export const roomPerson = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roomRoles),
  first: z.boolean().describe('Whose session it is from birth; that stays.'),
}).meta({ id: 'RoomPerson' });
export type RoomPerson = z.infer<typeof roomPerson>;

/** Everybody with a role in the room of a session, the owner first. */
export const inRoom = async (store: Store | Work, sessionId: string): Promise<RoomPerson[]> => {
  const owner = await store.selectFrom('sessions').innerJoin('users', 'users.id', 'sessions.owner_id').select(['users.id', 'users.username']).where('sessions.id', '=', sessionId).executeTakeFirst();
  const others = await store.selectFrom('session_people').innerJoin('users', 'users.id', 'session_people.user_id').select(['users.id', 'users.username', 'session_people.role'])
    .where('session_people.session_id', '=', sessionId).where('users.deleted_at', 'is', null).orderBy('users.username').execute();
  return [
    ...(owner === undefined ? [] : [{ id: owner.id, name: owner.username, role: 'owner' as const, first: true }]),
    ...others.filter(({ id }) => id !== owner?.id).map(({ id, username, role }) => ({ id, name: username, role, first: false })),
  ];
};

type On = Pick<Ask, 'found' | 'person' | 'actor' | 'now'>;

/** Gives people a role in the room. Owners make co-owners; of a session whose owner has left the team, an admin can. */
export const giveRoles = async (base: Base, { found, person, actor, now }: On, given: { readonly users: readonly string[]; readonly role: RoomRole }): Promise<RoomPerson[]> => {
  const { session } = found;
  const lost = await base.store.transaction().execute(async (work) => {
    const demoted: string[] = [];
    for (const named of given.users) if (await giveRole(work, { found, person, actor, now }, { named, role: given.role })) demoted.push(named);
    return Promise.all(demoted.map(async (named) => (await memberNamed(work, session, named)).id));
  });
  for (const userId of lost) base.events.emit('access:lost', { userId, sessionId: session.id });
  return inRoom(base.store, session.id);
};

/** True: the role is less than the one before. */
const giveRole = async (work: Work, { found, person, actor, now }: On, { named, role }: { readonly named: string; readonly role: RoomRole }): Promise<boolean> => {
  const { session } = found;
  const member = await memberNamed(work, session, named);
  if (member.id === session.owner_id) throw conflict(`${member.name} is the owner from the beginning. That stays; co-owners can be added.`, 'first_owner');
  const before = await roleInRoom(work, session.id, member.id);
  if (role === 'owner' || before === 'owner') await checkMayMakeOwners(work, found, person.userId);
  checkFits(member, role);
  if (before === role) return false;
  await work.insertInto('session_people').values({ session_id: session.id, user_id: member.id, role, given_by: person.userId, created_at: now })
    .onConflict((on) => on.columns(['session_id', 'user_id']).doUpdateSet({ role, given_by: person.userId })).execute();
  await audit(work, { at: now, teamId: session.team_id, actor, action: 'session:people', target: session.session_key, before: { user: member.name, ...(before === undefined ? {} : { role: before }) }, after: { user: member.name, role } });
  return before !== undefined && roomRoles.indexOf(role) > roomRoles.indexOf(before);
};

/** Takes somebody's role in the room away; their live sockets go before this returns [R8]. */
export const takeRole = async (base: Base, { found, person, actor, now }: On, named: string): Promise<void> => {
  const { session } = found;
  const userId = await base.store.transaction().execute(async (work) => {
    const rows = await work.selectFrom('session_people').innerJoin('users', 'users.id', 'session_people.user_id').select(['users.id', 'users.username', 'session_people.role'])
      .where('session_people.session_id', '=', session.id).where((is) => is.or([is('users.id', '=', named), is('users.username', '=', named)])).execute();
    const gone = rows.find(({ id }) => id === named) ?? rows[0];
    if (gone?.id === session.owner_id || (gone === undefined && (await isFirstOwner(work, session, named)))) throw conflict('The owner from the beginning cannot be taken out of the room. Delete the session instead.', 'first_owner');
    if (gone === undefined) throw notFound(`"${named.slice(0, 100)}" has no role in this room.`);
    if (gone.role === 'owner') await checkMayMakeOwners(work, found, person.userId);
    await work.deleteFrom('session_people').where('session_id', '=', session.id).where('user_id', '=', gone.id).execute();
    await audit(work, { at: now, teamId: session.team_id, actor, action: 'session:people', target: session.session_key, before: { user: gone.username, role: gone.role }, after: { user: gone.username } });
    return gone.id;
  });
  base.events.emit('access:lost', { userId, sessionId: session.id });
};

const roleInRoom = async (work: Work, sessionId: string, userId: string): Promise<RoomRole | undefined> =>
  (await work.selectFrom('session_people').select('role').where('session_id', '=', sessionId).where('user_id', '=', userId).executeTakeFirst())?.role;

const isFirstOwner = async (work: Work, session: SessionTable, named: string): Promise<boolean> =>
  (await work.selectFrom('users').select('id').where('id', '=', session.owner_id).where((is) => is.or([is('id', '=', named), is('username', '=', named)])).executeTakeFirst()) !== undefined;

interface Member {
  readonly id: string;
  readonly name: string;
  readonly role: TeamRole | 'guest';
}

/** Only people of the session's team can have a role in its room; others join the team, or the room as its guests, by an invite. */
const memberNamed = async (work: Work, session: SessionTable, named: string): Promise<Member> => {
  const rows = await work.selectFrom('members').innerJoin('users', 'users.id', 'members.user_id').select(['users.id', 'users.username as name', 'members.role'])
    .where('members.team_id', '=', session.team_id).where('users.deleted_at', 'is', null).where((is) => is.or([is('users.id', '=', named), is('users.username', '=', named)])).execute();
  const found = rows.find(({ id }) => id === named) ?? rows[0];
  if (found === undefined) throw notFound(`There is nobody "${named.slice(0, 100)}" in the session's team. An invite brings people in.`);
  return found;
};

const checkFits = ({ name, role }: Member, wanted: RoomRole): void => {
  if (role === 'viewer' && wanted !== 'viewer') throw conflict(`${name} is a viewer of the team, and can only be a viewer here.`, 'role');
  if (role === 'guest' && (wanted === 'owner' || wanted === 'host')) throw conflict(`${name} is a guest, and can be an editor or viewer here.`, 'role');
};

const checkMayMakeOwners = async (work: Work, { session, may, standings }: FoundSession, userId: string): Promise<void> => {
  if (may('session:open')) return;
  const isOwnerGone = (await roleInTeam(work, session.owner_id, session.team_id)) === undefined;
  if (isOwnerGone && standings.includes('admin') && (await roleInTeam(work, userId, session.team_id)) === 'admin') return;
  throw forbidden('Only an owner of the session makes or unmakes owners. When its owner has left the team, an admin can.', 'not_an_owner');
};
