import { foundSession } from '../access/find.ts';
import { mayOnTeam } from '../access/permissions.ts';
import type { Store, Work } from '../store/open.ts';
import type { RoomRole, TeamRole } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import type { Room } from './room.ts';

export interface Member {
  readonly userId: string;
  readonly username: string;
  /** What they are to the room; its first word of the permission table. */
  readonly role: string;
}

/** Everybody who joined, was invited or owns it, and may read it now. */
export const membersOf = async (store: Store | Work, room: Pick<Room, 'id' | 'teamId' | 'found'>): Promise<readonly Member[]> => membersAmong(room, await peopleAround(store, room));

/** Somebody of the room's team, with all that decides what they are to the room. */
export interface Person {
  readonly userId: string;
  readonly username: string;
  readonly teamRole: TeamRole | 'guest';
  readonly roomRole: RoomRole | null;
  /** They are in the room of their own will: null, they are not. */
  readonly joinedAt: number | null;
}

/** Everybody who has to do with a room: of a session's room its owner, those invited, those who joined, and whoever asks; of the team's room all of the team. By roles as they are now [R8]. */
export const peopleAround = (store: Store | Work, { id, teamId, found }: { readonly id: string; readonly teamId: string; readonly found?: unknown }, askerId = ''): Promise<readonly Person[]> =>
  found === undefined ? aroundTeam(store, { teamId }) : aroundSession(store, { id, teamId, askerId });

// From the few who have to do with the room: a team can be large.
const aroundSession = statement((store: Store | Work, { id, teamId, askerId }: { readonly id: string; readonly teamId: string; readonly askerId: string }) =>
  store.selectFrom('members').innerJoin('users', 'users.id', 'members.user_id')
    .leftJoin('session_people', (on) => on.onRef('session_people.user_id', '=', 'members.user_id').on('session_people.session_id', '=', id))
    .leftJoin('room_members', (on) => on.onRef('room_members.user_id', '=', 'members.user_id').on('room_members.room_id', '=', id))
    .select(['members.user_id as userId', 'users.username', 'members.role as teamRole', 'session_people.role as roomRole', 'room_members.joined_at as joinedAt'])
    .where('members.team_id', '=', teamId).where('members.user_id', 'in', store.selectFrom('session_people').select('user_id').where('session_id', '=', id)
      .unionAll(store.selectFrom('room_members').select('user_id').where('room_id', '=', id))
      .unionAll(store.selectFrom('sessions').select('owner_id as user_id').where('id', '=', id))
      .unionAll(store.selectFrom('users').select('id as user_id').where('id', '=', askerId))));

const aroundTeam = statement((store: Store | Work, { teamId }: { readonly teamId: string }) =>
  store.selectFrom('members').innerJoin('users', 'users.id', 'members.user_id')
    .leftJoin('room_members', (on) => on.onRef('room_members.user_id', '=', 'members.user_id').onRef('room_members.room_id', '=', 'members.team_id'))
    .select(({ lit }) => ['members.user_id as userId', 'users.username', 'members.role as teamRole', lit(null).as('roomRole'), 'room_members.joined_at as joinedAt'])
    .where('members.team_id', '=', teamId));

/** Those of them who are members of the room. */
export const membersAmong = ({ found }: Pick<Room, 'found'>, people: readonly Person[]): readonly Member[] => {
  if (found === undefined) return people.filter(({ teamRole }) => mayOnTeam('room:see', teamRole)).map(({ userId, username, teamRole }) => ({ userId, username, role: teamRole === 'admin' ? 'admin' : teamRole === 'viewer' ? 'viewer' : 'member' }));
  const { session } = found;
  return people.filter(({ userId, roomRole, joinedAt }) => userId === session.owner_id || roomRole !== null || joinedAt !== null).flatMap(({ userId, username, teamRole, roomRole }) => {
    const { may, standings } = foundSession(session, { userId, teamRole, ...(roomRole === null ? {} : { roomRole }) });
    return may('session:see') ? [{ userId, username, role: standings[0]! }] : [];
  });
};
