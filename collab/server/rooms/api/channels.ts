import { z } from 'zod';
import { roleInTeam, teamRolesOf } from '../../access/find.ts';
import type { Base } from '../../base.ts';
import { Refusal, badRequest } from '../../routes/errors.ts';
import type { Ask, Route } from '../../routes/route.ts';
import { audit } from '../../store/audit.ts';
import type { Work } from '../../store/open.ts';
import type { RoomRole } from '../../store/schema.ts';
import { channelName } from '../chat/channel-name.ts';
import { nothingUnread } from '../chat/read.ts';
import { userAdded } from '../chat/write.ts';
import { myRooms, teamRooms } from '../my-rooms.ts';
import { membersOf } from '../members.ts';
import { nextSeq } from '../numbers.ts';
import { findRooms, join, noRoom, requireAct, roomFor } from '../room.ts';
import type { Room } from '../room.ts';
import { toldInRoom, toldTo } from '../told.ts';
import type { Writer } from '../writer.ts';
import { ownId } from './boot.ts';
import { channelsOf, membershipOf, myMemberships } from './channel.ts';
import { anId, flag, ok, paged, v4 } from './v4.ts';

const inChannel = z.object({ channel: anId });
const inTeam = z.object({ team: anId });
const memberOf = z.object({ channel: anId, user: anId });

const notifyProps = ['desktop', 'desktop_sound', 'desktop_threads', 'email', 'mark_unread', 'push', 'push_threads', 'ignore_channel_mentions', 'channel_auto_follow_threads'] as const;

/** Rooms as channels: lists, members, what is read. */
export const channelRoutes = ({ base, writer }: { readonly base: Base; readonly writer: Writer }): readonly Route[] => {
  const { store, events } = base;
  const roomOf = ({ person, params, now }: { person: Ask['person']; params: { channel: string }; now: number }): Promise<Room> => roomFor(store, { roomId: params.channel, userId: person.userId, now });
  const one = async (room: Room): Promise<object> => (await channelsOf(store, [room]))[0]!;
  return [
    v4('get', '/api/v4/users/:user/teams/:team/channels', { params: z.object({ user: anId, team: anId }), handle: async (ask) => channelsOf(store, await myRooms(store, { teamId: ask.params.team, userId: ownId(ask), now: ask.now })) }),
    v4('get', '/api/v4/users/:user/teams/:team/channels/members', {
      params: z.object({ user: anId, team: anId }),
      handle: async (ask) => myMemberships(store, { rooms: await myRooms(store, { teamId: ask.params.team, userId: ownId(ask), now: ask.now }), userId: ask.person.userId }),
    }),
    v4('get', '/api/v4/users/:user/channels', {
      params: z.object({ user: anId }),
      handle: async (ask) => {
        const userId = ownId(ask);
        const rooms = await Promise.all([...(await teamRolesOf(store, userId)).keys()].map((teamId) => myRooms(store, { teamId, userId, now: ask.now })));
        return channelsOf(store, rooms.flat());
      },
    }),
    v4('get', '/api/v4/teams/:team/channels', { params: inTeam, query: z.object(paged), handle: async ({ person, params, query, now }) => channelsOf(store, await teamRooms(store, { teamId: params.team, userId: person.userId, now, page: query.page, perPage: query.per_page })) }),
    v4('get', '/api/v4/teams/:team/channels/deleted', { params: inTeam, query: z.object(paged), handle: async ({ person, params, query, now }) => channelsOf(store, await teamRooms(store, { teamId: params.team, userId: person.userId, now, page: query.page, perPage: query.per_page, archived: true })) }),
    v4('get', '/api/v4/teams/:team/channels/name/:tool/:nativeId', { params: z.object({ team: anId, tool: z.string().max(40), nativeId: z.string().max(300) }), query: z.object({ include_deleted: flag }), handle: async ({ person, params, now }) => one(await roomNamed(base, { teamId: params.team, name: `${params.tool}/${params.nativeId}`, userId: person.userId, now })) }),
    v4('get', '/api/v4/teams/:team/channels/name/:name', { params: z.object({ team: anId, name: z.string().max(340) }), query: z.object({ include_deleted: flag }), handle: async ({ person, params, now }) => one(await roomNamed(base, { teamId: params.team, name: params.name, userId: person.userId, now })) }),
    v4('post', '/api/v4/teams/:team/channels/search', {
      scope: 'read', params: inTeam, body: z.object({ term: z.string().max(200).default('') }),
      handle: async ({ person, params, body, now }) => {
        const rooms = await teamRooms(store, { teamId: params.team, userId: person.userId, now, page: 0, perPage: 10_000 });
        const term = body.term.toLowerCase();
        return channelsOf(store, rooms.filter((room) => Object.values(channelName(room)).some((word) => word.toLowerCase().includes(term))).slice(0, 100));
      },
    }),
    v4('get', '/api/v4/channels/:channel', { params: inChannel, handle: async (ask) => one(await roomOf(ask)) }),
    v4('get', '/api/v4/channels/:channel/stats', {
      params: inChannel,
      handle: async (ask) => {
        const room = await roomOf(ask);
        const members = await membersOf(store, room);
        const pinned = await store.selectFrom('posts').select((of) => of.fn.countAll<number>().as('n')).where('room_id', '=', room.id).where('is_pinned', '=', 1).where('delete_at', '=', 0).executeTakeFirstOrThrow();
        const files = await store.selectFrom('files').select((of) => of.fn.countAll<number>().as('n')).where('room_id', '=', room.id).where('post_id', 'is not', null).executeTakeFirstOrThrow();
        return { channel_id: room.id, member_count: members.length, guest_count: members.filter(({ role }) => role.startsWith('guest')).length, pinnedpost_count: pinned.n, files_count: files.n };
      },
    }),
    v4('post', '/api/v4/channels/stats/member_count', {
      scope: 'read', body: z.array(anId).max(200),
      handle: async ({ person, body, now }) => {
        const rooms = await findRooms(store, { roomIds: body, userId: person.userId, now });
        return Object.fromEntries(await Promise.all([...rooms.values()].map(async (room) => [room.id, (await membersOf(store, room)).length] as const)));
      },
    }),

    v4('get', '/api/v4/channels/:channel/members', {
      params: inChannel, query: z.object(paged),
      handle: async (ask) => {
        const members = (await allMemberships(base, await roomOf(ask))).toSorted((a, b) => a.username.localeCompare(b.username));
        return members.slice(ask.query.page * ask.query.per_page, (ask.query.page + 1) * ask.query.per_page).map(({ membership }) => membership);
      },
    }),
    v4('post', '/api/v4/channels/:channel/members/ids', { scope: 'read', params: inChannel, body: z.array(anId).max(1000), handle: async (ask) => (await allMemberships(base, await roomOf(ask))).filter(({ userId }) => ask.body.includes(userId)).map(({ membership }) => membership) }),
    v4('get', '/api/v4/channels/:channel/members/:user', {
      params: memberOf,
      handle: async (ask) => {
        const room = await roomOf(ask);
        const userId = ask.params.user === 'me' ? ask.person.userId : ask.params.user;
        const found = (await allMemberships(base, room)).find((member) => member.userId === userId);
        if (found === undefined) throw noMember();
        return userId === ask.person.userId ? (await myMemberships(store, { rooms: [room], userId }))[0] : found.membership;
      },
    }),
    v4('post', '/api/v4/channels/:channel/members', {
      status: 201, params: inChannel, body: z.object({ user_id: anId.exactOptional(), user_ids: z.array(anId).min(1).max(100).exactOptional() }),
      handle: async (ask) => {
        const wanted = [...new Set(ask.body.user_ids ?? (ask.body.user_id === undefined ? [] : [ask.body.user_id]))].map((id) => (id === 'me' ? ask.person.userId : id));
        if (wanted.length === 0) throw badRequest('user_id or user_ids says who.', 'api.channel.add_user.to.channel.missing.app_error');
        const rooms = await writer.write(async (work) => {
          const room = await roomFor(work, { roomId: ask.params.channel, userId: ask.person.userId, now: ask.now });
          const others = wanted.filter((id) => id !== ask.person.userId);
          if (others.length > 0) for (const id of others) await invite(work, { ask, room, userId: id, role: 'editor' });
          const { seq, at } = await nextSeq(work, room, ask.now);
          for (const userId of wanted) await join(work, { roomId: room.id, userId, at });
          const members = await membersOf(work, room);
          return { result: room, told: wanted.map((userId) => userAdded(room, { userId, seq, members })) };
        });
        const memberships = (await allMemberships(base, rooms)).filter(({ userId }) => wanted.includes(userId)).map(({ membership }) => membership);
        return ask.body.user_ids === undefined ? memberships[0] : memberships;
      },
    }),
    v4('delete', '/api/v4/channels/:channel/members/:user', {
      params: memberOf,
      handle: async (ask) => {
        const userId = ask.params.user === 'me' ? ask.person.userId : ask.params.user;
        await writer.write(async (work) => {
          const room = await roomFor(work, { roomId: ask.params.channel, userId: ask.person.userId, now: ask.now });
          if (userId !== ask.person.userId) requireAct(room, 'session:people');
          if (room.found?.session.owner_id === userId) throw badRequest('The owner of a session cannot leave its room. Delete the session, or make it private.', 'api.channel.remove_user.owner.app_error');
          const members = await membersOf(work, room);
          if (!members.some((member) => member.userId === userId)) throw noMember();
          await work.deleteFrom('room_members').where('room_id', '=', room.id).where('user_id', '=', userId).execute();
          const invited = await work.deleteFrom('session_people').where('session_id', '=', room.id).where('user_id', '=', userId).returning('role').executeTakeFirst();
          if (invited !== undefined) await audit(work, { at: ask.now, teamId: room.teamId, actor: ask.actor, action: 'session:remove-person', target: `${room.found!.session.session_key} ${userId}`, before: { role: invited.role } });
          const { seq } = await nextSeq(work, room, ask.now);
          return { result: undefined, told: [toldInRoom({ event: 'user_removed', room, seq, members: members.map((member) => member.userId), data: { user_id: userId, remover_id: ask.person.userId, channel_id: room.id } })] };
        });
        events.emit('access:lost', { userId, sessionId: ask.params.channel });
        return ok;
      },
    }),
    v4('put', '/api/v4/channels/:channel/members/:user/roles', {
      params: memberOf, body: z.object({ roles: z.string().max(200) }),
      handle: async (ask) => {
        const role = roleOf(ask.body.roles);
        const { before } = await writer.write(async (work) => {
          const room = await roomFor(work, { roomId: ask.params.channel, userId: ask.person.userId, now: ask.now });
          if (room.found?.session.owner_id === ask.params.user) throw badRequest('The owner of a session stays its owner.', 'api.channel.update_channel_member_roles.owner.app_error');
          if (!(await membersOf(work, room)).some(({ userId }) => userId === ask.params.user)) throw noMember();
          const was = await work.selectFrom('session_people').select('role').where('session_id', '=', room.id).where('user_id', '=', ask.params.user).executeTakeFirst();
          await invite(work, { ask, room, userId: ask.params.user, role });
          const { seq } = await nextSeq(work, room, ask.now);
          const members = (await membersOf(work, room)).map(({ userId }) => userId);
          return { result: { before: was?.role }, told: [toldInRoom({ event: 'channel_member_updated', room, seq, members, data: { channelMember: JSON.stringify({ channel_id: room.id, user_id: ask.params.user, roles: ask.body.roles }) } })] };
        });
        if (before !== undefined && before !== role) events.emit('access:lost', { userId: ask.params.user, sessionId: ask.params.channel });
        return ok;
      },
    }),
    v4('put', '/api/v4/channels/:channel/members/:user/notify_props', {
      params: memberOf, body: z.object(Object.fromEntries(notifyProps.map((name) => [name, z.string().max(32).exactOptional()]))),
      handle: async (ask) => {
        const userId = ownId(ask);
        const props = ask.body;
        await writer.write(async (work) => {
          const room = await roomFor(work, { roomId: ask.params.channel, userId, now: ask.now });
          await nextSeqIfNew(work, room, ask.now);
          await join(work, { roomId: room.id, userId, at: ask.now });
          const row = await work.selectFrom('room_members').select('notify_props').where('room_id', '=', room.id).where('user_id', '=', userId).executeTakeFirstOrThrow();
          await work.updateTable('room_members').set({ notify_props: JSON.stringify({ ...(JSON.parse(row.notify_props) as object), ...props }), last_update_at: ask.now }).where('room_id', '=', room.id).where('user_id', '=', userId).execute();
          return { result: undefined };
        });
        return ok;
      },
    }),

    v4('post', '/api/v4/channels/members/:user/view', {
      scope: 'read', params: z.object({ user: anId }), body: z.object({ channel_id: z.string().max(64).default(''), prev_channel_id: z.string().max(64).default('') }),
      handle: async (ask) => ({ status: 'OK', last_viewed_at_times: await viewed({ base, writer }, { ask, userId: ownId(ask), roomIds: [ask.body.channel_id, ask.body.prev_channel_id] }) }),
    }),
    v4('post', '/api/v4/channels/members/:user/mark_read', {
      scope: 'read', params: z.object({ user: anId }), body: z.array(anId).max(1000),
      handle: async (ask) => ({ status: 'OK', last_viewed_at_times: await viewed({ base, writer }, { ask, userId: ownId(ask), roomIds: ask.body }) }),
    }),
  ];
};

const noMember = (): Refusal => new Refusal(404, 'app.channel.get_member.missing.app_error', 'There is no such member of this room.');

const roomNamed = async ({ store }: Base, { teamId, name, userId, now }: { readonly teamId: string; readonly name: string; readonly userId: string; readonly now: number }): Promise<Room> => {
  if (name === 'team') return roomFor(store, { roomId: teamId, userId, now });
  const row = await store.selectFrom('sessions').select('id').where('team_id', '=', teamId).where('session_key', '=', name).executeTakeFirst();
  if (row === undefined) throw noRoom();
  return roomFor(store, { roomId: row.id, userId, now });
};

/** Everybody's membership, as others may see it: what they have read is their own. */
const allMemberships = async ({ store }: Base, room: Room): Promise<readonly { readonly userId: string; readonly username: string; readonly membership: object }[]> => {
  const joined = new Map((await store.selectFrom('room_members').selectAll().where('room_id', '=', room.id).execute()).map((row) => [row.user_id, row]));
  return (await membersOf(store, room)).map(({ userId, username, role }) => ({ userId, username, membership: membershipOf({ room, userId, standing: role, joined: joined.has(userId) ? { ...joined.get(userId)!, last_viewed_at: 0, notify_props: '{}' } : undefined, unread: nothingUnread }) }));
};

/** A role of the room in words: Mattermost's scheme roles, or ours by name. */
const roleOf = (roles: string): RoomRole => {
  const words = roles.split(/\s+/);
  if (words.includes('room_host') || words.includes('channel_admin')) return 'host';
  if (words.includes('room_viewer')) return 'viewer';
  if (words.includes('room_editor') || words.includes('channel_user')) return 'editor';
  throw badRequest('roles is one of room_host, room_editor, room_viewer (or Mattermost\'s channel_admin, channel_user).', 'api.channel.update_channel_member_roles.role.app_error');
};

const invite = async (work: Work, { ask, room, userId, role }: { readonly ask: Pick<Ask, 'now' | 'actor' | 'person'>; readonly room: Room; readonly userId: string; readonly role: RoomRole }): Promise<void> => {
  requireAct(room, 'session:people');
  if (room.found === undefined) throw badRequest('The team\'s room has everybody of the team. Invite them to the team.', 'api.channel.add_members.team.app_error');
  if ((await roleInTeam(work, userId, room.teamId)) === undefined) throw new Refusal(404, 'app.user.missing_account.const', 'There is no such person in the team. Invite them to it first.');
  if (room.found.session.owner_id === userId) return;
  await work.insertInto('session_people').values({ session_id: room.id, user_id: userId, role, given_by: ask.person.userId, created_at: ask.now }).onConflict((on) => on.columns(['session_id', 'user_id']).doUpdateSet({ role, given_by: ask.person.userId })).execute();
  await audit(work, { at: ask.now, teamId: room.teamId, actor: ask.actor, action: 'session:person', target: `${room.found.session.session_key} ${userId}`, after: { role } });
};

const nextSeqIfNew = async (work: Work, room: Room, now: number): Promise<void> => {
  if ((await work.selectFrom('rooms').select('id').where('id', '=', room.id).executeTakeFirst()) === undefined) await nextSeq(work, room, now);
};

/** Notes that somebody has read rooms up to now, in all of their tabs. Who merely looks at a room does not join it by that, but what they have read is kept. */
const viewed = async ({ base, writer }: { readonly base: Base; readonly writer: Writer }, { ask, userId, roomIds }: { readonly ask: Pick<Ask, 'now'>; readonly userId: string; readonly roomIds: readonly string[] }): Promise<Readonly<Record<string, number>>> => {
  const rooms = await findRooms(base.store, { roomIds: [...new Set(roomIds)].filter((id) => id !== ''), userId, now: ask.now });
  const times: Record<string, number> = {};
  for (const room of rooms.values()) {
    await writer.write(async (work) => {
      const row = await work.selectFrom('rooms').select('last_at').where('id', '=', room.id).executeTakeFirst();
      const at = Math.max(ask.now, row?.last_at ?? 0);
      times[room.id] = at;
      const { numUpdatedRows } = await work.updateTable('room_members').set({ last_viewed_at: at }).where('room_id', '=', room.id).where('user_id', '=', userId).executeTakeFirst();
      if (numUpdatedRows === 0n && row !== undefined && isMemberAnyway(room)) await work.insertInto('room_members').values({ room_id: room.id, user_id: userId, joined_at: at, last_viewed_at: at, notify_props: '{}', last_update_at: at }).execute();
      return { result: undefined, told: [toldTo({ event: 'multiple_channels_viewed', userId, teamId: room.teamId, data: { channel_times: { [room.id]: at } } })] };
    });
  }
  return times;
};

const isMemberAnyway = ({ found }: Room): boolean => found === undefined || found.standings.some((standing) => ['owner', 'host', 'editor', 'viewer', 'guest editor', 'guest viewer'].includes(standing));

