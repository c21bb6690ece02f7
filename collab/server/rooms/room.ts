import { sql } from 'kysely';
import { foundSession, teamRolesOf } from '../access/find.ts';
import type { FoundSession } from '../access/find.ts';
import { mayOnTeam } from '../access/permissions.ts';
import type { SessionAct, TeamAct } from '../access/permissions.ts';
import { Refusal } from '../routes/errors.ts';
import type { Store, Work } from '../store/open.ts';
import type { RoomRole, TeamRole } from '../store/schema.ts';

/** Acts that make sense in a team's room, and what of the table decides each. */
const teamRoomActs: Readonly<Partial<Record<SessionAct, TeamAct>>> = {
  'session:see': 'room:see', 'session:know': 'room:see', 'post:write': 'room:write', 'alert:ack': 'room:write', 'post:resolve-others': 'room:keep', 'post:delete-others': 'room:keep',
};

/** A room with what the asker may do in it, by roles as they are now [R8]. */
export interface Room {
  readonly id: string;
  readonly teamId: string;
  /** Absent: the team's room. */
  readonly found?: FoundSession;
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
    const sessions = await store.selectFrom('sessions').selectAll().where('id', 'in', ids).where('team_id', 'in', [...roles.keys()]).execute();
    const people = sessions.length === 0 ? [] : await store.selectFrom('session_people').select(['session_id', 'role']).where('user_id', '=', userId).where('session_id', 'in', sessions.map(({ id }) => id)).execute();
    const roomRoles = new Map<string, RoomRole>(people.map((row) => [row.session_id, row.role]));
    for (const session of sessions) {
      const teamRole = roles.get(session.team_id)!;
      const roomRole = roomRoles.get(session.id);
      const one = foundSession(session, { userId, teamRole, ...(roomRole === undefined ? {} : { roomRole }) });
      if (!one.may('session:see')) continue;
      const archivedAt = session.state === 'ended' && (session.ended_at ?? session.last_activity_at) + writableMs <= now ? (session.ended_at ?? session.last_activity_at) + writableMs : 0;
      found.set(session.id, { id: session.id, teamId: session.team_id, found: one, team: teams.get(session.team_id)!, teamRole, may: one.may, archivedAt });
    }
    for (const id of ids) {
      const teamRole = roles.get(id);
      if (teamRole === undefined || !mayOnTeam('room:see', teamRole)) continue;
      found.set(id, { id, teamId: id, team: teams.get(id)!, teamRole, archivedAt: 0, may: (act) => teamRoomActs[act] !== undefined && mayOnTeam(teamRoomActs[act], teamRole) });
    }
  }
  return found;
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

/** The row of a room, made when it is first written to. */
export const ensureRoom = async (work: Work, room: Pick<Room, 'id' | 'teamId'> & { readonly found?: unknown }, now: number): Promise<void> => {
  await work.insertInto('rooms').values({ id: room.id, kind: room.found === undefined ? 'team' : 'session', team_id: room.teamId, session_id: room.found === undefined ? null : room.id, seq: 0, last_at: 0, last_post_at: 0, last_root_post_at: 0, total_posts: 0, total_root_posts: 0, created_at: now })
    .onConflict((on) => on.column('id').doNothing()).execute();
};

/** Takes the room's next event number and time, under its row, in the transaction of the change: commit order is number order [R2]. */
export const nextSeq = async (work: Work, room: Pick<Room, 'id' | 'teamId'> & { readonly found?: unknown }, now: number): Promise<{ readonly seq: number; readonly at: number }> => {
  const taken = await take(work, room.id, now);
  if (taken !== undefined) return taken;
  await ensureRoom(work, room, now);
  return (await take(work, room.id, now))!;
};

const take = async (work: Work, roomId: string, now: number): Promise<{ readonly seq: number; readonly at: number } | undefined> =>
  work.updateTable('rooms').set((of) => ({ seq: of('seq', '+', 1), last_at: sql<number>`CASE WHEN last_at >= ${now} THEN last_at + 1 ELSE ${now} END` })).where('id', '=', roomId).returning(['seq', 'last_at as at']).executeTakeFirst();

/** The number of the last change of a room. */
export const headOf = async (store: Store | Work, roomId: string): Promise<number> => (await store.selectFrom('rooms').select('seq').where('id', '=', roomId).executeTakeFirst())?.seq ?? 0;

/** Everybody who joined, was invited or owns it, and may read it now. */
export const membersOf = async (store: Store | Work, room: Pick<Room, 'id' | 'teamId' | 'found'>): Promise<readonly Member[]> => {
  const team = await store.selectFrom('members').innerJoin('users', 'users.id', 'members.user_id').select(['members.user_id', 'members.role', 'members.joined_at', 'users.username']).where('members.team_id', '=', room.teamId).execute();
  if (room.found === undefined) return team.filter(({ role }) => mayOnTeam('room:see', role)).map((row) => ({ userId: row.user_id, username: row.username, role: row.role === 'admin' ? 'admin' : row.role === 'viewer' ? 'viewer' : 'member' }));
  const { session } = room.found;
  const people = new Map<string, RoomRole>((await store.selectFrom('session_people').select(['user_id', 'role']).where('session_id', '=', session.id).execute()).map((row) => [row.user_id, row.role]));
  const joined = new Set((await store.selectFrom('room_members').select('user_id').where('room_id', '=', session.id).execute()).map((row) => row.user_id));
  return team.filter(({ user_id: id }) => id === session.owner_id || people.has(id) || joined.has(id)).flatMap((row) => {
    const roomRole = people.get(row.user_id);
    const { may, standings } = foundSession(session, { userId: row.user_id, teamRole: row.role, ...(roomRole === undefined ? {} : { roomRole }) });
    return may('session:see') ? [{ userId: row.user_id, username: row.username, role: standings[0]! }] : [];
  });
};

export interface Member {
  readonly userId: string;
  readonly username: string;
  /** What they are to the room; its first word of the permission table. */
  readonly role: string;
}

/** Makes somebody a member, if they are not. True: they were not. */
export const join = async (work: Work, { roomId, userId, at }: { readonly roomId: string; readonly userId: string; readonly at: number }): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await work.insertInto('room_members').values({ room_id: roomId, user_id: userId, joined_at: at, last_viewed_at: at, notify_props: '{}', last_update_at: at }).onConflict((on) => on.columns(['room_id', 'user_id']).doNothing()).executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
};


/** A room as the hub itself sees it, for what it writes there. */
export const roomOfHub = async (work: Work, roomId: string, now: number): Promise<Room | undefined> => {
  const session = await work.selectFrom('sessions').selectAll().where('id', '=', roomId).executeTakeFirst();
  const team = await work.selectFrom('teams').select(['id', 'name', 'display_name']).where('id', '=', session?.team_id ?? roomId).where('deleted_at', 'is', null).executeTakeFirst();
  if (team === undefined) return undefined;
  const common = { id: roomId, teamId: team.id, team: { name: team.name, displayName: team.display_name }, teamRole: 'admin' as const, may: () => true, archivedAt: 0 };
  if (session === undefined) return common;
  await ensureRoom(work, { id: roomId, teamId: team.id, found: session }, now);
  return { ...common, found: { session, standings: ['owner'], may: () => true } };
};
