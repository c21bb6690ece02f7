import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { socketCounts } from '../../server/sockets/counts.ts';
import { tells } from '../../shared/events.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aSession, change, closeSockets, connect, pause } from './a-socket.ts';

let hub: TestHub;
let [reds, blues]: { readonly id: string; readonly name: string }[] = [];
let [ada, bob, eve]: Client[] = [];
beforeAll(async () => {
  hub = await startTestHub();
  reds = await hub.team('reds');
  blues = await hub.team('blues');
  ada = await hub.person('ada', { id: reds.id, role: 'admin' });
  bob = await hub.person('bob', { id: reds.id, role: 'member' });
  eve = await hub.person('eve', { id: blues.id, role: 'admin' });
});
afterEach(closeSockets);
afterAll(() => hub.stop());

const onSessions = async (client: Client, filters?: object, team = 'reds') => {
  const socket = await connect(hub.url, client.secret);
  expect(await socket.ask('subscribe', { channel: 'sessions', team, ...(filters === undefined ? {} : { filters }) })).toEqual({ data: { channel: 'sessions', team: expect.any(String) } });
  return socket;
};
const jwtOf = async (client: Client, team = 'reds'): Promise<string> => (await client.ask('POST', '/api/v1/auth/token', { team })).body.token;

describe('a handshake', () => {
  it('takes a login, a personal token and a JWT', async () => {
    const personal = await hub.token('personal', bob!.userId, undefined, ['read']);
    for (const token of [bob!.secret, personal.secret, await jwtOf(bob!)]) expect((await connect(hub.url, token)).socket.connected).toBe(true);
  });

  it.each([['nothing', undefined], ['a number', 7], ['an unknown login', 'wrl_nobody'], ['half a JWT', 'a.b.c'], ['a long one', 'x'.repeat(5000)]])('[R11] refuses %s', async (_what, token) => {
    await expect(connect(hub.url, token)).rejects.toThrow(/^not_signed_in /);
  });

  it('[R7] refuses the tokens of machines', async () => {
    const [agent, scraper] = [await hub.token('agent', bob!.userId, reds!.id), await hub.token('scrape', ada!.userId, reds!.id)];
    for (const { secret } of [agent, scraper]) await expect(connect(hub.url, secret)).rejects.toThrow(/^not_signed_in /);
  });

  it('refuses pages of other sites, and other names of this machine', async () => {
    await expect(connect(hub.url, bob!.secret, { origin: 'http://evil.example' })).rejects.toThrow('websocket error');
    await expect(connect(hub.url, bob!.secret, { origin: 'http://hub.example.evil.example' })).rejects.toThrow('websocket error');
    await expect(connect(hub.url, bob!.secret, { host: 'evil.example' })).rejects.toThrow('websocket error');
    expect((await connect(hub.url, bob!.secret, { origin: 'http://hub.example' })).socket.connected).toBe(true);
    expect(socketCounts(hub.base)!.endingsTotal).toMatchObject({ origin: 2, host: 1 });
  });
});

describe('the channel of sessions', () => {
  it('tells the team of a new session, of its changes and of its end', async () => {
    const socket = await onSessions(bob!);
    const session = await aSession(hub, { teamId: reds!.id, ownerId: ada!.userId, title: 'a title' });
    hub.base.events.emit('session:created', { session });
    const created = await socket.next('session:created');
    expect(tells['session:created'].parse(created).session).toMatchObject({ id: session.session_key, user: 'ada', title: 'a title', state: 'working' });
    await change(hub, session, { tokens: 500 });
    expect((await socket.next('session:updated')).session.tokens).toBe(500);
    await change(hub, session, { state: 'ended' }, 'session:ended');
    expect((await socket.next('session:ended')).session.state).toBe('ended');
  });

  it('[R9] tells of one session at most once a second, and the last state counts', async () => {
    const socket = await onSessions(bob!);
    const session = await aSession(hub, { teamId: reds!.id, ownerId: ada!.userId });
    const started = Date.now();
    for (let tokens = 1; Date.now() - started < 1500; tokens += 1, await pause(20)) await change(hub, session, { tokens });
    await change(hub, session, { tokens: 1_000_000 });
    await socket.next('session:updated', ({ session: { tokens } }) => tokens === 1_000_000);
    expect(socket.told.filter(({ event }) => event === 'session:updated')).toHaveLength(3);
  });

  it('[R7] says nothing to another team, and nothing of a private session but to its owner and those invited', async () => {
    const gus = await hub.person('gus', { id: reds!.id, role: 'guest' });
    const [own, other, guest, outsider] = [await onSessions(ada!), await onSessions(bob!), await onSessions(gus), await onSessions(eve!, {}, 'blues')];
    const secret = await aSession(hub, { teamId: reds!.id, ownerId: ada!.userId, visibility: 'private', title: 'canary', project: 'canary' });
    hub.base.events.emit('session:created', { session: secret });
    hub.base.events.emit('health:alerted', { session: secret, from: 'healthy', to: 'critical' });
    await own.next('session:created');
    await hub.base.store.insertInto('session_people').values({ session_id: secret.id, user_id: gus.userId, role: 'viewer', given_by: ada!.userId, created_at: 1 }).execute();
    await change(hub, secret, { tokens: 3 });
    expect((await guest.next('session:updated')).session.title).toBe('canary');
    await pause(100);
    expect(JSON.stringify([other.told, outsider.told])).not.toContain('canary');
  });

  it('tells only of what fits the filters, and when something does not any more', async () => {
    const working = await onSessions(bob!, { status: 'working', tag: 'release', user: 'ada', tool: 'claude' });
    const [fitting, other] = [await aSession(hub, { teamId: reds!.id, ownerId: ada!.userId, tags: '["release"]' }), await aSession(hub, { teamId: reds!.id, ownerId: bob!.userId, tags: '["release"]' })];
    hub.base.events.emit('session:created', { session: other });
    hub.base.events.emit('session:created', { session: fitting });
    await working.next('session:created', ({ session }) => session.id === fitting.session_key);
    await change(hub, fitting, { state: 'idle' });
    expect(await working.next('session:removed')).toEqual({ id: fitting.session_key, team: reds!.id });
    expect(working.told.map(({ event }) => event)).toEqual(['session:created', 'session:removed']);
  });

  it('[R13] tells of a deleted session by its id alone', async () => {
    const socket = await onSessions(bob!);
    const session = await aSession(hub, { teamId: reds!.id, ownerId: ada!.userId });
    hub.base.events.emit('session:created', { session });
    await socket.next('session:created');
    await hub.base.store.deleteFrom('sessions').where('id', '=', session.id).execute();
    hub.base.events.emit('session:deleted', { session });
    expect(await socket.next('session:removed')).toEqual({ id: session.session_key, team: reds!.id });
  });
});

describe('the other channels', () => {
  it('notifications: health that fell and thresholds that were passed; team: who joined', async () => {
    const socket = await connect(hub.url, bob!.secret);
    for (const channel of ['notifications', 'team']) await socket.ask('subscribe', { channel, team: 'reds' });
    const session = await aSession(hub, { teamId: reds!.id, ownerId: ada!.userId });
    hub.base.events.emit('health:alerted', { session, from: 'healthy', to: 'critical' });
    hub.base.events.emit('tokens:warned', { session, reason: 'context', ratio: 0.93, threshold: 0.9 });
    hub.base.events.emit('member:joined', { teamId: reds!.id, userId: 'x', name: 'cleo', role: 'member' });
    expect(tells['health:alerted'].parse(await socket.next('health:alerted'))).toMatchObject({ from: 'healthy', to: 'critical' });
    expect(tells['tokens:warned'].parse(await socket.next('tokens:warned'))).toMatchObject({ reason: 'context', ratio: 0.93 });
    expect(await socket.next('member:joined')).toEqual({ team: reds!.id, user: 'cleo', role: 'member' });
  });

  it('[R8] a guest follows the sessions they were invited to, and not the team', async () => {
    const socket = await connect(hub.url, (await hub.person('gil', { id: reds!.id, role: 'guest' })).secret);
    expect(await socket.ask('subscribe', { channel: 'team', team: 'reds' })).toEqual({ error: { id: 'forbidden', message: expect.stringContaining('"guest"') } });
    expect(await socket.ask('subscribe', { channel: 'sessions', team: 'reds' })).toHaveProperty('data');
  });

  it('[R7] another team is not found', async () => {
    const socket = await connect(hub.url, eve!.secret);
    expect(await socket.ask('subscribe', { channel: 'sessions', team: 'reds' })).toEqual(await socket.ask('subscribe', { channel: 'sessions', team: 'no-such-team' }));
    expect(await socket.ask('session:watch', { session: 'claude/none' })).toEqual({ error: { id: 'not_found', message: expect.any(String) } });
  });
});

describe('[R11] a payload that does not fit', () => {
  it.each([
    ['subscribe', { channel: 'everything', team: 'reds' }], ['subscribe', { channel: 'sessions' }], ['subscribe', { channel: 'sessions', team: 'reds', filters: { colour: 'red' } }],
    ['subscribe', null], ['subscribe', [1]], ['auth:renew', { token: 5 }], ['session:watch', { session: 'x'.repeat(1000) }], ['session:watch', 'claude/1'],
  ])('%s %j is answered with an error and changes nothing', async (event, payload) => {
    const socket = await connect(hub.url, bob!.secret);
    const before = socketCounts(hub.base)!.subscriptions;
    expect(await socket.ask(event, payload)).toEqual({ error: { id: 'invalid_input', message: expect.any(String) } });
    expect(socketCounts(hub.base)!.subscriptions).toEqual(before);
  });

  it('an event of no name is one, too; without an ack nobody is answered', async () => {
    const socket = await connect(hub.url, bob!.secret);
    expect(await socket.ask('constructor', {})).toEqual({ error: { id: 'unknown_event', message: expect.stringContaining('subscribe') } });
    socket.socket.emit('subscribe', { channel: 'everything' });
    expect(await socket.ask('unsubscribe', { channel: 'team', team: 'reds' })).toHaveProperty('data');
  });

  it('whoever asks too fast is told so, then put out', async () => {
    const socket = await connect(hub.url, bob!.secret);
    const answers = await Promise.all(Array.from({ length: 60 }, () => socket.ask('unsubscribe', { channel: 'team', team: 'reds' })));
    expect(answers.filter((answer) => 'error' in answer && answer.error.id === 'too_many').length).toBeGreaterThan(10);
    for (let count = 0; count < 250; count += 1) socket.socket.emit('unsubscribe', {});
    await socket.gone;
  });

  it('a message larger than 16 kB ends the connection', async () => {
    const socket = await connect(hub.url, bob!.secret);
    socket.socket.emit('subscribe', { channel: 'sessions', team: 'x'.repeat(20_000) });
    await socket.gone;
  });
});
