import { teamRolesOf } from '../access/find.ts';
import { mayOnTeam } from '../access/permissions.ts';
import type { Store } from '../store/open.ts';
import { findRooms } from './room.ts';
import type { Room } from './room.ts';

/** Joined rooms are listed this long after they were last active. */
export const listedMs = 30 * 86_400_000;

/** The rooms of a team that somebody owns, was invited to or joined, active in the last 30 days, and the team's own. */
export const myRooms = async (store: Store, { teamId, userId, now }: { readonly teamId: string; readonly userId: string; readonly now: number }): Promise<readonly Room[]> => {
  const since = now - listedMs;
  const rows = await store.selectFrom('sessions').leftJoin('rooms', 'rooms.id', 'sessions.id').select('sessions.id').where('sessions.team_id', '=', teamId)
    .where((is) => is.or([is('sessions.last_activity_at', '>', since), is('rooms.last_post_at', '>', since)]))
    .where((is) => is.or([
      is('sessions.owner_id', '=', userId),
      is.exists(is.selectFrom('session_people').select('user_id').whereRef('session_people.session_id', '=', 'sessions.id').where('user_id', '=', userId)),
      is.exists(is.selectFrom('room_members').select('user_id').whereRef('room_members.room_id', '=', 'sessions.id').where('user_id', '=', userId)),
    ])).orderBy('sessions.last_activity_at', 'desc').limit(2000).execute();
  return [...(await findRooms(store, { roomIds: [teamId, ...rows.map(({ id }) => id)], userId, now })).values()];
};

/** A page of a team's rooms that somebody may read, newest activity first. */
export const teamRooms = async (store: Store, { teamId, userId, now, page, perPage, archived = false }: { readonly teamId: string; readonly userId: string; readonly now: number; readonly page: number; readonly perPage: number; readonly archived?: boolean }): Promise<readonly Room[]> => {
  const role = (await teamRolesOf(store, userId)).get(teamId);
  if (role === undefined || !mayOnTeam('sessions:list', role)) return [];
  // What one may see is decided by the table, after reading; so pages are cut from what is left.
  const rows = await store.selectFrom('sessions').select('id').where('team_id', '=', teamId).orderBy('last_activity_at', 'desc').limit(10_000).execute();
  const rooms = [...(await findRooms(store, { roomIds: [...(archived ? [] : [teamId]), ...rows.map(({ id }) => id)], userId, now })).values()].filter(({ archivedAt }) => (archivedAt > 0) === archived);
  const place = new Map(rows.map(({ id }, index) => [id, index]));
  return rooms.toSorted((one, other) => (place.get(one.id) ?? -1) - (place.get(other.id) ?? -1)).slice(page * perPage, (page + 1) * perPage);
};
