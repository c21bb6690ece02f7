import type { Server } from 'socket.io';
import { roomAsks } from '../../../shared/rooms.ts';
import type { Joined, RoomAsked, RoomTellName, RoomTold } from '../../../shared/rooms.ts';
import type { Base } from '../../base.ts';
import type { Store } from '../../store/open.ts';
import type { HubEventMap } from '../../events.ts';
import { teamRolesOf } from '../../access/find.ts';
import { Refused } from '../../sockets/asks.ts';
import { createBudget } from '../../sockets/budget.ts';
import type { Connection } from '../../sockets/connection.ts';
import type { Connections } from '../../sockets/connections.ts';
import type { SocketExtension } from '../../sockets/extension.ts';
import { agentUserId } from '../chat/people.ts';
import { headOf } from '../numbers.ts';
import { findRoom } from '../room.ts';
import type { Room } from '../room.ts';
import type { RoomBus, Told } from '../told.ts';
import { agentPath } from './agent-cursor.ts';
import { Cursors } from './cursors.ts';
import { Presence, presenceLimits } from './presence.ts';

export const liveLimits = {
  headEveryMs: 10_000,
  tickMs: 1000,
  /** Rooms that one connection looks at. */
  rooms: 50,
  /** A crash is noticed after up to 18 s of silence (ping 10 s + 8 s); with this it is told within 30 s [R4]. */
  silentGraceMs: 10_000,
  /** Moves of a cursor gather so long; the last one counts. */
  cursorMs: 40,
  /** Bytes that wait for a reader who is then not told of cursors and typing: lost is fine, late is not [R5]. */
  behind: 32_768,
} as const;

interface Looking {
  readonly teamId: string;
  /** As of the join, or the last time somebody's rights changed. */
  readonly mayWrite: boolean;
}

/** One connection among the rooms. */
interface Member {
  readonly connection: Connection;
  readonly rooms: Map<string, Looking>;
  readonly budget: { readonly take: () => boolean };
  /** It is told who of its teams is there: since it first looked at a room, or touched the page. */
  hearsTeams: boolean;
}

/** The live side of rooms: who looks at which, what they are told, who is there, where they are. */
export class Live implements SocketExtension {
  readonly presence: Presence;
  readonly #base: Base;
  readonly #bus: RoomBus;
  readonly #cursors = new Cursors();
  readonly #members = new Map<string, Member>();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Socket rooms that were told something since slow readers were last looked for. */
  #toldSince = new Set<string>();
  readonly #moved = new Map<string, RoomTold<'cursor:moved'>>();
  #moving: NodeJS.Timeout | undefined;
  #losses = 0;
  #io: Server | undefined;
  #connections: Connections | undefined;

  constructor(base: Base, bus: RoomBus) {
    this.#base = base;
    this.#bus = bus;
    this.presence = new Presence(base.now, (userId, status) => void this.#tellStatus(userId, status));
  }

  readonly asks = {
    'room:join': { schema: roomAsks['room:join'], act: (connection: Connection, asked: RoomAsked<'room:join'>) => this.#join(connection, asked) },
    'room:leave': { schema: roomAsks['room:leave'], act: async (connection: Connection, { room }: RoomAsked<'room:leave'>) => { this.#leave(this.#member(connection), room); return { room }; } },
    'room:head': { schema: roomAsks['room:head'], act: async (connection: Connection, { room }: RoomAsked<'room:head'>) => { const { id } = await this.#roomFor(connection, room); return { room: id, roomSeq: await headOf(this.#base.store, id) }; } },
    'typing:start': { schema: roomAsks['typing:start'], volatile: true, act: async (connection: Connection, asked: RoomAsked<'typing:start'>) => this.#type(connection, asked) },
    'cursor:move': { schema: roomAsks['cursor:move'], volatile: true, act: async (connection: Connection, asked: RoomAsked<'cursor:move'>) => this.#move(connection, asked) },
    'presence:touch': { schema: roomAsks['presence:touch'], volatile: true, act: async (connection: Connection) => this.#touch(connection) },
  } as const satisfies SocketExtension['asks'];

  attach({ io, connections }: { readonly io: Server; readonly connections: Connections }): void {
    this.#io = io;
    this.#connections = connections;
    this.#bus.on('told', (told) => this.#tell(told));
    this.#base.events.on('access:lost', this.#onLost);
    this.#base.events.on('session:updated', this.#onSession);
    this.#base.events.on('session:deleted', this.#onDeleted);
    this.#timers.push(setInterval(() => this.presence.tick(), liveLimits.tickMs), setInterval(() => void this.#tellHeads(), liveLimits.headEveryMs), setInterval(() => this.#dropSlow(), 100));
    for (const timer of this.#timers) timer.unref();
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#moving);
    this.#base.events.off('access:lost', this.#onLost);
    this.#base.events.off('session:updated', this.#onSession);
    this.#base.events.off('session:deleted', this.#onDeleted);
    this.#bus.removeAllListeners('told');
  }

  connected(connection: Connection): void {
    const { holder: { userId, teamId }, socket } = connection;
    this.#members.set(socket.id, { connection, rooms: new Map(), budget: createBudget(), hearsTeams: false });
    void socket.join(teamId === undefined ? userRoom(userId) : userInTeamRoom(userId, teamId));
    this.presence.came(userId, socket.id);
  }

  left(connection: Connection, reason: string): void {
    const member = this.#members.get(connection.socket.id);
    if (member === undefined) return;
    for (const roomId of [...member.rooms.keys()]) this.#leave(member, roomId);
    this.#members.delete(connection.socket.id);
    this.presence.left(connection.holder.userId, connection.socket.id, reason === 'ping timeout' ? liveLimits.silentGraceMs : presenceLimits.graceMs);
  }

  #member(connection: Connection): Member {
    const member = this.#members.get(connection.socket.id);
    if (member === undefined) throw new Refused('not_signed_in', 'This connection has ended.');
    return member;
  }

  async #touch(connection: Connection): Promise<object> {
    const member = this.#member(connection);
    if (!member.budget.take()) return {};
    this.presence.touched(connection.holder.userId);
    await this.#hearTeams(member);
    return {};
  }

  async #hearTeams(member: Member): Promise<void> {
    if (member.hearsTeams) return;
    member.hearsTeams = true;
    await this.#joinTeams(member.connection);
  }

  async #joinTeams({ holder, socket }: Connection): Promise<void> {
    const roles = await teamRolesOf(this.#base.store, holder.userId);
    for (const [teamId, role] of roles) if (role !== 'guest' && (holder.teamId ?? teamId) === teamId) void socket.join(teamRoom(teamId));
  }

  async #roomFor({ holder }: Connection, roomId: string): Promise<Room> {
    const room = await findRoom(this.#base.store, { roomId, userId: holder.userId, now: this.#base.now() });
    if (room === undefined || (holder.teamId ?? room.teamId) !== room.teamId) throw new Refused('not_found', 'There is no such room that you may see.');
    return room;
  }

  async #join(connection: Connection, { room: roomId }: RoomAsked<'room:join'>): Promise<Joined> {
    const member = this.#member(connection);
    if (!member.rooms.has(roomId) && member.rooms.size >= liveLimits.rooms) throw new Refused('too_many', `A connection may look at ${liveLimits.rooms} rooms.`);
    const losses = this.#losses;
    const room = await this.#roomFor(connection, roomId);
    if (!connection.open) throw new Refused('not_signed_in', 'This connection has ended.');
    const isNew = !this.#here(roomId).has(connection.holder.userId);
    member.rooms.set(roomId, lookingAt(room));
    await this.#hearTeams(member);
    await connection.socket.join(lookersRoom(roomId));
    // Somebody lost something between the look at the table and the subscription: look once more.
    if (losses !== this.#losses) await this.#lookAgain(member, roomId);
    if (isNew) this.#emit(lookersRoom(roomId), 'room:entered', { room: roomId, user: connection.holder.userId });
    if (room.found !== undefined) this.#moveAgent(roomId, await toldOf(this.#base.store, roomId));
    // The subscription came first: what is told from here on has a higher number or is in the database already.
    const roomSeq = await headOf(this.#base.store, roomId);
    return { room: roomId, roomSeq, here: [...this.#here(roomId)], cursors: [...this.#cursors.of(roomId)], ...(room.found === undefined ? {} : { agent: agentUserId(roomId) }) };
  }

  #leave(member: Member, roomId: string): void {
    if (!member.rooms.delete(roomId)) return;
    void member.connection.socket.leave(lookersRoom(roomId));
    const { userId } = member.connection.holder;
    const here = this.#here(roomId);
    if (here.has(userId)) return;
    this.#emit(lookersRoom(roomId), 'room:left', { room: roomId, user: userId });
    this.#moveCursor(roomId, userId, {});
    if (here.size === 0) this.#cursors.move(roomId, agentUserId(roomId), {});
  }

  /** Who looks at a room, by id. */
  here(roomId: string): ReadonlySet<string> {
    return this.#here(roomId);
  }

  /** People who look at rooms now, each counted once in each room. */
  looking(): number {
    return new Set([...this.#members.values()].flatMap(({ connection, rooms }) => [...rooms.keys()].map((id) => `${id} ${connection.holder.userId}`))).size;
  }

  /** People who look at a room. */
  #here(roomId: string): ReadonlySet<string> {
    const found = new Set<string>();
    for (const socketId of this.#io?.sockets.adapter.rooms.get(lookersRoom(roomId)) ?? []) {
      const member = this.#members.get(socketId);
      if (member?.rooms.has(roomId)) found.add(member.connection.holder.userId);
    }
    return found;
  }

  #type(connection: Connection, { room, root = '' }: RoomAsked<'typing:start'>): object {
    const member = this.#member(connection);
    const looking = member.rooms.get(room);
    if (looking === undefined) throw new Refused('not_found', 'Join the room first: room:join.');
    if (!looking.mayWrite) throw new Refused('forbidden', 'You may read this room, not write in it.');
    if (!member.budget.take()) return {};
    const { userId } = connection.holder;
    this.presence.touched(userId);
    this.#to(lookersRoom(room))?.except(this.#behindIn(room)).emit('room:told', { event: 'typing', data: { parent_id: root, user_id: userId }, broadcast: { channel_id: room, team_id: looking.teamId, user_id: '' } });
    return {};
  }

  #move(connection: Connection, { room, ...place }: RoomAsked<'cursor:move'>): object {
    const member = this.#member(connection);
    if (!member.rooms.has(room)) throw new Refused('not_found', 'Join the room first: room:join.');
    if (!member.budget.take()) return {};
    const { userId } = connection.holder;
    this.presence.touched(userId);
    this.#moveCursor(room, userId, place);
    return {};
  }

  #moveCursor(room: string, user: string, place: { readonly path?: string; readonly line?: number }): void {
    if (!this.#cursors.move(room, user, place)) return;
    this.#moved.set(`${room} ${user}`, { room, user, ...(place.path === undefined ? {} : place) });
    this.#moving ??= setTimeout(() => this.#tellCursors(), liveLimits.cursorMs);
  }

  #tellCursors(): void {
    this.#moving = undefined;
    const moved = [...this.#moved.values()];
    this.#moved.clear();
    for (const [room, moves] of Map.groupBy(moved, (one) => one.room)) {
      const behind = this.#behindIn(room);
      for (const move of moves) this.#to(lookersRoom(room))?.except(behind).emit('cursor:moved', move);
    }
  }

  #behindIn(roomId: string): string[] {
    return [...(this.#io?.sockets.adapter.rooms.get(lookersRoom(roomId)) ?? [])].filter((id) => this.#members.get(id)?.connection.isBehind(liveLimits.behind));
  }

  readonly #onSession = ({ session }: HubEventMap['session:updated'][0]): void => {
    if (this.#io?.sockets.adapter.rooms.has(lookersRoom(session.id))) this.#moveAgent(session.id, session.told);
  };

  readonly #onDeleted = ({ session }: HubEventMap['session:deleted'][0]): void => {
    for (const member of this.#members.values()) if (member.rooms.has(session.id)) this.#lose(member, session.id);
  };

  #moveAgent(roomId: string, told: string): void {
    const path = agentPath(told);
    this.#moveCursor(roomId, agentUserId(roomId), path === undefined ? {} : { path });
  }

  #tell({ event, data, broadcast, roomSeq, members = [] }: Told): void {
    if (this.#io === undefined) return;
    const { channel_id: roomId, team_id: teamId, user_id: userId } = broadcast;
    const rooms = [...(roomId === '' ? [] : [lookersRoom(roomId)]), ...this.#roomsOf(userId === '' ? members : [userId], teamId)];
    // One encoding for all: who hears it twice gets it once.
    if (rooms.length > 0) this.#to(...rooms)?.emit('room:told', { event, data, broadcast, ...(roomSeq === undefined ? {} : { roomSeq }) });
  }

  /** The socket rooms of people who are connected. */
  #roomsOf(userIds: readonly string[], teamId: string): readonly string[] {
    const { rooms } = this.#io!.sockets.adapter;
    return userIds.flatMap((id) => [userRoom(id), userInTeamRoom(id, teamId)]).filter((name) => rooms.has(name));
  }

  async #tellStatus(userId: string, status: string): Promise<void> {
    const roles = await teamRolesOf(this.#base.store, userId).catch(() => new Map<string, string>());
    const told = { event: 'status_change', data: { user_id: userId, status }, broadcast: { channel_id: '', team_id: '', user_id: '' } };
    const looked = new Set<string>();
    for (const { connection, rooms } of this.#members.values()) if (connection.holder.userId === userId) for (const id of rooms.keys()) looked.add(lookersRoom(id));
    const names = [...[...roles].filter(([, role]) => role !== 'guest').map(([teamId]) => teamRoom(teamId)), ...looked];
    if (names.length > 0) this.#to(...names)?.emit('room:told', told);
  }

  /** Whoever missed something learns of it here, and asks [R2]. */
  async #tellHeads(): Promise<void> {
    const looked = new Set([...this.#members.values()].flatMap(({ rooms }) => [...rooms.keys()]));
    for (const ids of chunksOf([...looked], 500)) {
      const rows = await this.#base.store.selectFrom('rooms').select(['id', 'seq']).where('id', 'in', ids).execute().catch(() => []);
      for (const { id, seq } of rows) this.#emit(lookersRoom(id), 'room:headed', { room: id, roomSeq: seq });
    }
  }

  /** What somebody may have lost they stop hearing at once; what they may still see they hear again after a look at the table [R8]. */
  readonly #onLost = ({ userId, teamId, sessionId, deviceId, tokenId }: HubEventMap['access:lost'][0]): void => {
    this.#losses += 1;
    if (deviceId !== undefined || tokenId !== undefined) return; // the connection itself ends
    for (const member of [...this.#members.values()]) {
      const { connection: { holder, socket } } = member;
      if (userId !== undefined && holder.userId !== userId) continue;
      if (teamId !== undefined && sessionId === undefined) void socket.leave(teamRoom(teamId));
      for (const [roomId, looking] of [...member.rooms]) {
        if (sessionId !== undefined ? roomId !== sessionId : teamId !== undefined && looking.teamId !== teamId) continue;
        void socket.leave(lookersRoom(roomId));
        void this.#lookAgain(member, roomId);
      }
      if (teamId !== undefined && sessionId === undefined && member.hearsTeams) void this.#joinTeams(member.connection);
    }
  };

  async #lookAgain(member: Member, roomId: string): Promise<void> {
    const room = await this.#roomFor(member.connection, roomId).catch(() => undefined);
    if (room === undefined) this.#lose(member, roomId);
    else if (member.rooms.has(roomId) && member.connection.open) {
      member.rooms.set(roomId, lookingAt(room));
      await member.connection.socket.join(lookersRoom(roomId));
      this.#emit(member.connection.socket.id, 'room:rights', { room: roomId });
      this.#emit(member.connection.socket.id, 'room:headed', { room: roomId, roomSeq: await headOf(this.#base.store, roomId) });
    }
  }

  #lose(member: Member, roomId: string): void {
    this.#leave(member, roomId);
    this.#emit(member.connection.socket.id, 'room:lost', { room: roomId });
  }

  /** Only who was told something can have fallen behind: of a thousand who look, a few dozen. */
  #dropSlow(): void {
    const names = this.#toldSince;
    this.#toldSince = new Set();
    for (const name of names)
      for (const socketId of this.#io?.sockets.adapter.rooms.get(name) ?? []) {
        const member = this.#members.get(socketId);
        if (member !== undefined && member.rooms.size > 0) this.#connections?.isTooSlow(member.connection);
      }
  }

  /** Whom all of this tells. */
  #to(...names: readonly string[]): ReturnType<Server['to']> | undefined {
    for (const name of names) this.#toldSince.add(name);
    return this.#io?.to([...names]);
  }

  #emit<Name extends RoomTellName>(to: string, name: Name, payload: RoomTold<Name>): void {
    this.#to(to)?.emit(name, payload);
  }
}

const toldOf = async (store: Store, sessionId: string): Promise<string> => (await store.selectFrom('sessions').select('told').where('id', '=', sessionId).executeTakeFirst())?.told ?? '{}';

const lookingAt = ({ teamId, may }: Room): Looking => ({ teamId, mayWrite: may('post:write') });
const lookersRoom = (roomId: string): string => `room:${roomId}`;
const userRoom = (userId: string): string => `user:${userId}`;
/** Of a connection whose token is for one team alone. */
const userInTeamRoom = (userId: string, teamId: string): string => `user:${userId}:${teamId}`;
const teamRoom = (teamId: string): string => `team:${teamId}`;

const chunksOf = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] => Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
