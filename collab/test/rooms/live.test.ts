import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { envelope, joined, roomTells } from '../../shared/rooms.ts';
import { change, closeSockets, pause } from '../sockets/a-socket.ts';
import { makeWorld } from '../support/world.ts';
import { memberOf } from './a-member.ts';
import { postTo, posted } from './posting.ts';

const world = await makeWorld();
const { who, sessions, hub, team } = world;
const { store, events } = hub.base;
const room = sessions.team.id;
const closed = sessions.private.id;
afterEach(closeSockets);
afterAll(() => hub.stop());

describe('a room live', () => {
  it('[R3] the sender hears its own post, once, as everybody does', async () => {
    const owner = await memberOf(hub, who.owner, room);
    const member = await memberOf(hub, who.member, room);
    const post = await posted(who.owner, room, 'hello', { pending_post_id: 'mine' });
    for (const one of [owner, member]) expect((await one.hears('posted')).post).toMatchObject({ id: post.id, message: 'hello', pending_post_id: 'mine' });
    await pause(50);
    expect(owner.heard('posted')).toHaveLength(1); // in the room and a member of it: still once
    const told = owner.told.find(({ event, payload }) => event === 'room:told' && payload.event === 'posted')!.payload;
    expect(envelope.parse(told)).toMatchObject({ broadcast: { channel_id: room, team_id: team.id }, roomSeq: post.room_seq });
  });

  it('[R2] the head is told on join, and who asks for it', async () => {
    const owner = await memberOf(hub, who.owner);
    const { room_seq: seq } = await posted(who.owner, room, 'one more');
    const answer = (await owner.ask('room:join', { room })) as { data: object };
    expect(joined.parse(answer.data)).toMatchObject({ room, roomSeq: seq, here: [who.owner.userId], agent: `agent-${room}` });
    expect(await owner.ask('room:head', { room })).toEqual({ data: { room, roomSeq: seq } });
  });

  it('[C3] who comes to look and who goes is told', async () => {
    const owner = await memberOf(hub, who.owner, room);
    const host = await memberOf(hub, who.host, room);
    expect(await owner.next('room:entered', ({ user }) => user === who.host.userId)).toEqual({ room, user: who.host.userId });
    await host.ask('room:leave', { room });
    expect(await owner.next('room:left')).toEqual({ room, user: who.host.userId });
  });

  it('[C2] typing is told to those who look, not stored', async () => {
    const owner = await memberOf(hub, who.owner, room);
    const host = await memberOf(hub, who.host, room);
    await host.ask('typing:start', { room });
    expect(await owner.hears('typing')).toEqual({ parent_id: '', user_id: who.host.userId });
    expect(await who.host.ask('GET', '/api/v4/users/me')).toMatchObject({ status: 200 });
    expect(await (await memberOf(hub, who.viewer)).ask('typing:start', { room })).toMatchObject({ error: { id: 'not_found' } });
  });

  it('[R5] cursors move live, and go with their owner', async () => {
    const owner = await memberOf(hub, who.owner, room);
    const host = await memberOf(hub, who.host, room);
    await host.ask('cursor:move', { room, path: 'src/auth.ts', line: 125 });
    expect(roomTells['cursor:moved'].parse(await owner.next('cursor:moved', ({ user }) => user === who.host.userId))).toEqual({ room, user: who.host.userId, path: 'src/auth.ts', line: 125 });
    expect(((await (await memberOf(hub, who.viewer)).ask('room:join', { room })) as { data: { cursors: unknown } }).data.cursors).toEqual([{ user: who.host.userId, path: 'src/auth.ts', line: 125 }]);
    host.socket.disconnect();
    expect(await owner.next('cursor:moved', ({ user, path }) => user === who.host.userId && path === undefined)).toEqual({ room, user: who.host.userId });
  });

  it('[R5] the agent is a member whose cursor is the file it last read or edited', async () => {
    const session = await store.selectFrom('sessions').selectAll().where('id', '=', room).executeTakeFirstOrThrow();
    const told = (files: object) => JSON.stringify({ ...JSON.parse(session.told), files });
    const work = { reads: 1, edits: 0, created: false, linesAdded: 0, linesRemoved: 0 };
    const owner = await memberOf(hub, who.owner, room);
    await change(hub, session, { told: told({ 'src/a.ts': { ...work, lastAt: 1000 }, 'src/b.ts': { ...work, lastAt: 2000 } }) });
    expect(await owner.next('cursor:moved', ({ path }) => path === 'src/b.ts')).toEqual({ room, user: `agent-${room}`, path: 'src/b.ts' });
    await change(hub, session, { told: told({ 'src/a.ts': { ...work, lastAt: 1000, editedAt: 3000 }, 'src/b.ts': { ...work, lastAt: 2000 } }) });
    expect(await owner.next('cursor:moved', ({ path }) => path === 'src/a.ts')).toBeDefined();
    const late = ((await (await memberOf(hub, who.host)).ask('room:join', { room })) as { data: { cursors: unknown } }).data;
    expect(late.cursors).toContainEqual({ user: `agent-${room}`, path: 'src/a.ts' });
    expect((await who.host.ask('POST', '/api/v4/users/ids', [`agent-${room}`])).body).toMatchObject([{ username: 'claude', is_bot: true }]);
    expect((await who['other team'].ask('POST', '/api/v4/users/ids', [`agent-${room}`])).body).toEqual([]);
  });

  it('[R7] [R8] nobody looks at, or hears of, a room they may not see', async () => {
    const stranger = await memberOf(hub, who['other team']);
    const member = await memberOf(hub, who.member);
    const admin = await memberOf(hub, who.admin);
    for (const one of [stranger, member, admin]) for (const ask of ['room:join', 'room:head']) expect(await one.ask(ask, { room: closed })).toMatchObject({ error: { id: 'not_found' } });
    expect(await stranger.ask('room:join', { room })).toMatchObject({ error: { id: 'not_found' } });
    const owner = await memberOf(hub, who.owner, closed);
    await posted(who.owner, closed, 'canary for @member @admin @stranger @channel');
    await owner.hears('posted');
    await pause(100);
    for (const one of [stranger, member, admin]) expect(JSON.stringify(one.told)).not.toContain('canary');
  });

  it('[R8] whoever loses a room stops hearing before the call is answered', async () => {
    const host = await memberOf(hub, who.host, room);
    const member = await memberOf(hub, who.member, room);
    expect((await who.owner.ask('DELETE', `/api/v4/channels/${room}/members/${who.host.userId}`)).status).toBe(200);
    await posted(who.owner, room, 'all still may read it');
    expect(await host.next('room:rights')).toEqual({ room }); // looked again: still of the team, no host any more
    await store.updateTable('sessions').set({ visibility: 'private' }).where('id', '=', room).execute();
    events.emit('access:lost', { sessionId: room });
    await posted(who.owner, room, 'canary in private');
    expect(await member.next('room:lost')).toEqual({ room });
    expect(await host.next('room:lost')).toEqual({ room });
    await pause(100);
    for (const one of [host, member]) expect(JSON.stringify(one.told)).not.toContain('canary in private');
    await store.updateTable('sessions').set({ visibility: 'team' }).where('id', '=', room).execute();
  });

  it('[R11] what no ask can be is answered with {error}', async () => {
    const owner = await memberOf(hub, who.owner, room);
    for (const payload of [undefined, null, 7, {}, { room: '' }, { room: {} }, { room, path: 'a\u0000b' }, { room, line: -1 }, { room, more: 1 }]) expect(await owner.ask('cursor:move', payload)).toMatchObject({ error: { id: expect.stringMatching(/invalid_input|not_found/) } });
    expect(owner.socket.connected).toBe(true);
  });

  it('[R12] a mention reaches whoever is elsewhere, and joins them', async () => {
    const member = await memberOf(hub, who.member);
    const viewer = await memberOf(hub, who['team viewer']);
    await posted(who.owner, room, 'look at this @member, `@team-viewer` is only code');
    expect(await member.hears('posted')).toMatchObject({ mentions: [who.member.userId], post: { channel_id: room } });
    await pause(50);
    expect(viewer.heard('posted')).toEqual([]);
    expect((await who.member.ask('GET', `/api/v4/users/me/teams/${team.id}/channels/members`)).body).toContainEqual(expect.objectContaining({ channel_id: room, mention_count: 1 }));
    await who.member.ask('POST', '/api/v4/channels/members/me/view', { channel_id: room });
    expect((await who.member.ask('GET', `/api/v4/channels/${room}/members/me`)).body).toMatchObject({ mention_count: 0 });
    expect((await postTo(who['team viewer'], room, 'may I')).status).toBe(403);
  });
});
