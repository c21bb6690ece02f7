import { foundSession, teamRolesOf } from '../access/find.ts';
import type { FoundSession } from '../access/find.ts';
import { mayOnTeam } from '../access/permissions.ts';
import type { SessionAct, TeamAct } from '../access/permissions.ts';
import { Refusal } from '../routes/errors.ts';
import type { Store, Work } from '../store/open.ts';
import type { RoomRole, SessionTable, TeamRole } from '../store/schema.ts';
import { ensureRoom } from './numbers.ts';

/** Acts that make sense in a team's room, and what of the table decides each. */
const teamRoomActs: Readonly<Partial<Record<SessionAct, TeamAct>>> = {
  'session:see': 'room:see', 'session:know': 'room:see', 'post:write': 'room:write', 'alert:ack': 'room:write', 'post:resolve-others': 'room:keep', 'post:delete-others': 'room:keep',
};

/** What a room needs of its session: not what its agent told, which can be long. */
export const roomSessionColumns = ['sessions.id', 'sessions.team_id', 'owner_id', 'session_key', 'tool', 'native_id', 'visibility', 'state', 'title', 'project', 'project_name', 'description', 'last_activity_at', 'ended_at', 'sessions.created_at'] as const;
export type RoomSession = Pick<SessionTable, 'id' | 'team_id' | 'owner_id' | 'session_key' | 'tool' | 'native_id' | 'visibility' | 'state' | 'title' | 'project' | 'project_name' | 'description' | 'last_activity_at' | 'ended_at' | 'created_at'>;

/** A room with what the asker may do in it, by roles as they are now [R8]. */
export interface Room {
  readonly id: string;
  readonly teamId: string;
  /** Absent: the team's room. */
  readonly found?: FoundSession<RoomSession>;
  readonly team: { readonly name: string; readonly displayName: string };
  readonly teamRole: TeamRole | 'guest';
  readonly may: (act: SessionAct) => boolean;
  /** When it became read-only [R13]; 0: it is not. */
  readonly archivedAt: number;
}

/** An ended session's room stays writable this long. */
export const writableMs = 14 * 86_400_000;

/** The room of that id, if the asker may read it. */
export const findRoom = async (store: Store | Work, { roomId, userId, now }: { readonly roomId: string; readonly userId: string; readonly now: number }): Promise<Room | undefined> => {
  const rooms = await findRooms(store, { roomIds: [roomId], userId, now });
  return rooms.get(roomId);
};

/** Those of the rooms that the asker may read. */
export const findRooms = async (store: Store | Work, { roomIds, userId, now }: { readonly roomIds: readonly string[]; readonly userId: string; readonly now: number }): Promise<ReadonlyMap<string, Room>> => {
  const found = new Map<string, Room>();
  const roles = await teamRolesOf(store, userId);
  if (roles.size === 0 || roomIds.length === 0) return found;
  const teams = new Map((await store.selectFrom('teams').select(['id', 'name', 'display_name']).where('id', 'in', [...roles.keys()]).execute()).map((row) => [row.id, { name: row.name, displayName: row.display_name }]));
  for (const ids of chunks(roomIds)) {
    const sessions = await store.selectFrom('sessions').select(roomSessionColumns).where('id', 'in', ids).where('team_id', 'in', [...roles.keys()]).execute();
    const people = sessions.length === 0 ? [] : await store.selectFrom('session_people').select(['session_id', 'role']).where('user_id', '=', userId).where('session_id', 'in', sessions.map(({ id }) => id)).execute();
    const roomRoles = new Map<string, RoomRole>(people.map((row) => [row.session_id, row.role]));
    for (const session of sessions) {
      const roomRole = roomRoles.get(session.id);
      const room = roomOfSession(session, { userId, team: teams.get(session.team_id)!, teamRole: roles.get(session.team_id)!, now, ...(roomRole === undefined ? {} : { roomRole }) });
      if (room !== undefined) found.set(session.id, room);
    }
    for (const id of ids) {
      const teamRole = roles.get(id);
      const room = teamRole === undefined ? undefined : roomOfTeam(id, { team: teams.get(id)!, teamRole });
      if (room !== undefined) found.set(id, room);
    }
  }
  return found;
};

/** A session's room as somebody of its team finds it; undefined: it is not theirs to know of. */
export const roomOfSession = (session: RoomSession, { userId, team, teamRole, roomRole, now }: { readonly userId: string; readonly team: Room['team']; readonly teamRole: Room['teamRole']; readonly roomRole?: RoomRole; readonly now: number }): Room | undefined => {
  const found = foundSession(session, { userId, teamRole, ...(roomRole === undefined ? {} : { roomRole }) });
  if (!found.may('session:see')) return undefined;
  const readOnlyAt = (session.ended_at ?? session.last_activity_at) + writableMs;
  return { id: session.id, teamId: session.team_id, found, team, teamRole, may: found.may, archivedAt: session.state === 'ended' && readOnlyAt <= now ? readOnlyAt : 0 };
};

/** The team's own room. */
export const roomOfTeam = (id: string, { team, teamRole }: Pick<Room, 'team' | 'teamRole'>): Room | undefined => {
  if (!mayOnTeam('room:see', teamRole)) return undefined;
  return { id, teamId: id, team, teamRole, archivedAt: 0, may: (act) => teamRoomActs[act] !== undefined && mayOnTeam(teamRoomActs[act], teamRole) };
};

/** The room, or the answer that there is none: the same for what does not exist and what is not the asker's to know of [R7]. */
export const roomFor = async (store: Store | Work, asked: { readonly roomId: string; readonly userId: string; readonly now: number }): Promise<Room> => {
  const room = await findRoom(store, asked);
  if (room === undefined) throw noRoom();
  return room;
};

/** The same, for an act. */
export const roomToAct = async (store: Store | Work, asked: { readonly roomId: string; readonly userId: string; readonly now: number; readonly act: SessionAct }): Promise<Room> => {
  const room = await roomFor(store, asked);
  requireAct(room, asked.act);
  return room;
};

/** Refuses what the permission table does not allow, and changes to an archived room. */
export const requireAct = (room: Room, act: SessionAct): void => {
  if (!room.may(act)) throw new Refusal(403, 'api.context.permissions.app_error', room.found === undefined ? `Your role in ${room.team.name} is "${room.teamRole}", which may not do that in its room.` : `You may not do that in this room: you are ${room.found.standings.join(', ')} of its session.`);
  if (room.archivedAt > 0 && act !== 'session:see') throw new Refusal(400, 'api.post.create_post.can_not_post_to_deleted.error', 'This room is archived: its session ended more than 14 days ago. It can be read and searched.');
};

export const noRoom = (): Refusal => new Refusal(404, 'app.channel.get.existing.app_error', 'There is no such room that you may see.');

const chunks = (ids: readonly string[]): readonly (readonly string[])[] => {
  const parts: string[][] = [];
  for (let at = 0; at < ids.length; at += 500) parts.push(ids.slice(at, at + 500));
  return parts;
};

/** Makes somebody a member, if they are not. True: they were not. */
export const join = async (work: Work, { roomId, userId, at }: { readonly roomId: string; readonly userId: string; readonly at: number }): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await work.insertInto('room_members').values({ room_id: roomId, user_id: userId, joined_at: at, last_viewed_at: at, notify_props: '{}', last_update_at: at }).onConflict((on) => on.columns(['room_id', 'user_id']).doNothing()).executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
};

/** A room as the hub itself sees it, for what it writes there. */
export const roomOfHub = async (work: Work, roomId: string, now: number): Promise<Room | undefined> => {
  const session = await work.selectFrom('sessions').select(roomSessionColumns).where('id', '=', roomId).executeTakeFirst();
  const team = await work.selectFrom('teams').select(['id', 'name', 'display_name']).where('id', '=', session?.team_id ?? roomId).where('deleted_at', 'is', null).executeTakeFirst();
  if (team === undefined) return undefined;
  const common = { id: roomId, teamId: team.id, team: { name: team.name, displayName: team.display_name }, teamRole: 'admin' as const, may: () => true, archivedAt: 0 };
  if (session === undefined) return common;
  await ensureRoom(work, { id: roomId, teamId: team.id, found: session }, now);
  return { ...common, found: { session, standings: ['owner'], may: () => true } };
};
