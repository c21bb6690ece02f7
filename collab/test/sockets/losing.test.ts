import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { socketCounts } from '../../server/sockets/counts.ts';
import { graceMs } from '../../server/sockets/connection.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aSession, change, closeSockets, connect, pause } from './a-socket.ts';
import type { TestSocket } from './a-socket.ts';

let hub: TestHub;
let reds: { readonly id: string };
let ada: Client;
beforeAll(async () => {
  hub = await startTestHub();
  reds = await hub.team('reds');
  ada = await hub.person('ada', { id: reds.id, role: 'admin' });
});
afterEach(closeSockets);
afterAll(() => hub.stop());

let made = 0;
const somebody = (): Promise<Client> => hub.person(`person${(made += 1)}`, { id: reds.id, role: 'member' });
const following = async (client: Client): Promise<TestSocket> => {
  const socket = await connect(hub.url, client.secret);
  for (const channel of ['sessions', 'team', 'notifications']) expect(await socket.ask('subscribe', { channel, team: 'reds' })).toHaveProperty('data');
  return socket;
};
const jwtOf = async (client: Client): Promise<string> => (await client.ask('POST', '/api/v1/auth/token', { team: 'reds' })).body.token;

describe('[R8] somebody loses a right', () => {
  it('the whole account: its connections are gone when the call returns', async () => {
    const [person, other] = [await somebody(), await somebody()];
    const [one, two] = [await following(person), await following(person)];
    await following(other);
    const before = socketCounts(hub.base)!.connections;
    hub.base.events.emit('access:lost', { userId: person.userId });
    expect(socketCounts(hub.base)!.connections).toBe(before - 2);
    expect(await Promise.all([one.gone, two.gone])).toEqual(['io server disconnect', 'io server disconnect']);
    expect(one.told.at(-1)).toEqual({ event: 'access:lost', payload: { reason: 'signed out' } });
  });

  it('one login: the other one stays', async () => {
    const person = await somebody();
    const { id } = await hub.base.store.selectFrom('devices').select('id').where('user_id', '=', person.userId).executeTakeFirstOrThrow();
    const personal = await hub.token('personal', person.userId);
    const [byLogin, byJwt, byToken] = [await connect(hub.url, person.secret), await connect(hub.url, await jwtOf(person)), await connect(hub.url, personal.secret)];
    hub.base.events.emit('access:lost', { userId: person.userId, deviceId: id });
    await Promise.all([byLogin.gone, byJwt.gone]);
    expect(byToken.socket.connected).toBe(true);
  });

  it('the team: its channels end at once, the connection stays, and nothing of it is told any more', async () => {
    const person = await somebody();
    const socket = await following(person);
    const session = await aSession(hub, { teamId: reds.id, ownerId: ada.userId, title: 'canary' });
    await hub.base.store.deleteFrom('members').where('user_id', '=', person.userId).execute();
    hub.base.events.emit('access:lost', { userId: person.userId, teamId: reds.id });
    hub.base.events.emit('session:created', { session });
    expect(await socket.next('access:lost')).toEqual({ team: reds.id, reason: 'no longer a member' });
    await pause(100);
    expect(JSON.stringify(socket.told)).not.toContain('canary');
    expect(await socket.ask('subscribe', { channel: 'sessions', team: 'reds' })).toMatchObject({ error: { id: 'not_found' } });
  });

  it('[R7] a role that no longer sees the team hears nothing of it, told or not', async () => {
    const person = await somebody();
    const socket = await following(person);
    await hub.base.store.updateTable('members').set({ role: 'guest' }).where('user_id', '=', person.userId).execute();
    hub.base.events.emit('member:joined', { teamId: reds.id, userId: 'x', name: 'cleo', role: 'member' });
    await pause(50);
    expect(socket.told).toEqual([]);
  });

  it('a session that becomes private: what waited to be told is not, and lists are asked for again', async () => {
    const socket = await following(await somebody());
    const session = await aSession(hub, { teamId: reds.id, ownerId: ada.userId });
    hub.base.events.emit('session:created', { session });
    await socket.next('session:created');
    await change(hub, session, { title: 'canary' }); // waits for its second
    await hub.base.store.updateTable('sessions').set({ visibility: 'private' }).where('id', '=', session.id).execute();
    hub.base.events.emit('access:lost', { sessionId: session.id });
    expect(await socket.next('sessions:outdated')).toEqual({ team: reds.id });
    await pause(1100);
    expect(JSON.stringify(socket.told)).not.toContain('canary');
  });

  it('a right that is lost while it is looked up who may hear is looked up again', async () => {
    const person = await somebody();
    const socket = await following(person);
    const session = await aSession(hub, { teamId: reds.id, ownerId: ada.userId, title: 'canary' });
    const alert = (to: string): void => { hub.base.events.emit('health:alerted', { session, from: 'healthy', to }); };
    for (let step = 0; step < 20; step += 1) alert('before');
    const made = hub.base.store.updateTable('sessions').set({ visibility: 'private' }).where('id', '=', session.id).execute();
    for (let step = 0; step < 20; step += 1) alert('meanwhile');
    await made;
    hub.base.events.emit('access:lost', { sessionId: session.id });
    socket.socket.once('sessions:outdated', () => { socket.told.length = 0; });
    for (let step = 0; step < 20; step += 1) alert('after');
    await pause(200);
    expect(socket.told).toEqual([]);
  });
});

describe('a JWT', () => {
  it('ends its connection a minute after it expired, with a word', async () => {
    const socket = await connect(hub.url, await jwtOf(ada));
    hub.clock.now += 15 * 60_000 + graceMs - 5000;
    await pause(1200);
    expect(socket.socket.connected).toBe(true);
    hub.clock.now += 10_000;
    await socket.gone;
    expect(socket.told).toEqual([{ event: 'access:lost', payload: { reason: 'expired' } }]);
  });

  it('is renewed in place, and what was subscribed stays', async () => {
    const socket = await connect(hub.url, await jwtOf(ada));
    await socket.ask('subscribe', { channel: 'team', team: 'reds' });
    hub.clock.now += 15 * 60_000 + graceMs - 5000;
    expect(await socket.ask('auth:renew', { token: await jwtOf(ada) })).toEqual({ data: { expiresAt: expect.any(Number) } });
    hub.clock.now += 60_000;
    await pause(1200);
    hub.base.events.emit('member:joined', { teamId: reds.id, userId: 'x', name: 'cleo', role: 'member' });
    expect(await socket.next('member:joined')).toMatchObject({ user: 'cleo' });
  });

  it('of another person, or none, renews nothing', async () => {
    const [person, socket] = [await somebody(), await connect(hub.url, await jwtOf(ada))];
    expect(await socket.ask('auth:renew', { token: await jwtOf(person) })).toMatchObject({ error: { id: 'forbidden' } });
    expect(await socket.ask('auth:renew', { token: 'a.b.c' })).toMatchObject({ error: { id: 'not_signed_in' } });
  });

  it('is for its one team', async () => {
    const greens = await hub.team('greens');
    await hub.base.store.insertInto('members').values({ team_id: greens.id, user_id: ada.userId, role: 'admin', joined_at: 1 }).execute();
    const socket = await connect(hub.url, await jwtOf(ada));
    expect(await socket.ask('subscribe', { channel: 'sessions', team: 'greens' })).toMatchObject({ error: { id: 'not_found' } });
    await socket.ask('subscribe', { channel: 'team', team: 'reds' });
    const ofGreens = (await ada.ask('POST', '/api/v1/auth/token', { team: 'greens' })).body.token;
    expect(await socket.ask('auth:renew', { token: ofGreens })).toHaveProperty('data');
    hub.base.events.emit('member:joined', { teamId: reds.id, userId: 'x', name: 'cleo', role: 'member' });
    await pause(50);
    expect(socket.told).toEqual([]);
  });
});

describe('a slow reader', () => {
  it('is dropped when more than 1 MB waits for it, and the others are told on', async () => {
    const [slow, other] = [await following(await somebody()), await following(await somebody())];
    const { ws } = (slow.socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } });
    ws._socket.pause();
    const before = socketCounts(hub.base)!;
    for (let step = 0; step < 3000 && socketCounts(hub.base)!.endingsTotal.slow === before.endingsTotal.slow; step += 1) {
      hub.base.events.emit('member:joined', { teamId: reds.id, userId: 'x', name: `${step} ${'x'.repeat(10_000)}`, role: 'member' });
      if (step % 50 === 0) await pause(5);
    }
    expect(socketCounts(hub.base)!.endingsTotal.slow).toBe(before.endingsTotal.slow + 1);
    hub.base.events.emit('member:joined', { teamId: reds.id, userId: 'x', name: 'the last', role: 'member' });
    expect(await other.next('member:joined', ({ user }) => user === 'the last')).toBeDefined();
    expect(other.socket.connected).toBe(true);
  });
});

describe('[R9] watching a session', () => {
  it('tells of it whatever is subscribed, is counted, and ends with the connection', async () => {
    const socket = await connect(hub.url, ada.secret);
    const session = await aSession(hub, { teamId: reds.id, ownerId: ada.userId, visibility: 'private' });
    expect(await socket.ask('session:watch', { session: session.session_key })).toEqual({ data: { session: session.session_key, team: reds.id } });
    expect(socketCounts(hub.base)!.watched).toBe(1);
    await change(hub, session, { tokens: 9 });
    expect((await socket.next('session:updated')).session.tokens).toBe(9);
    socket.socket.disconnect();
    await pause(50);
    expect(socketCounts(hub.base)!.watched).toBe(0);
  });

  it('[R7] is not for whoever may not see it', async () => {
    const socket = await connect(hub.url, (await somebody()).secret);
    const session = await aSession(hub, { teamId: reds.id, ownerId: ada.userId, visibility: 'private' });
    expect(await socket.ask('session:watch', { session: session.session_key })).toMatchObject({ error: { id: 'not_found' } });
  });
});

describe('the end', () => {
  it('of the hub ends its sockets within a second', async () => {
    const own = await startTestHub();
    const person = await own.person('ada');
    const socket = await connect(own.url, person.secret);
    const started = Date.now();
    await own.stop();
    await socket.gone;
    expect(Date.now() - started).toBeLessThan(1000);
  });
});
