import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { requestLimits } from '../../server/rooms/requests/ask.ts';
import { closeSockets, connect } from '../sockets/a-socket.ts';
import type { TestSocket } from '../sockets/a-socket.ts';
import { makeWorld } from '../support/world.ts';
import type { Who } from '../support/world.ts';

// [C14] Whoever stands before a closed door knocks; who is inside decides, and knocking tells nobody whether there is a room [R7].

const world = await makeWorld();
const { who, sessions, hub, team } = world;
afterEach(() => closeSockets());
afterAll(() => hub.stop());

const closed = sessions.private.key;
const path = (key: string, user = ''): string => `/api/v1/sessions/${key}/access-requests${user === '' ? '' : `/${user}`}`;
const knock = (asker: Who, key = closed) => who[asker].ask('POST', `${path(key)}?team=${team.id}`);
const waiting = async (asker: Who): Promise<readonly string[]> => ((await who[asker].ask('GET', `/api/v1/access-requests?team=${team.id}`)).body.requests as { session: string; user: { name: string } }[]).filter(({ session }) => session === closed).map(({ user }) => user.name);
const toldOf = ({ told }: TestSocket): readonly string[] => told.filter(({ event }) => (event as string) === 'room:told').map(({ payload }) => (payload as { event: string }).event).filter((event) => event.startsWith('access_'));
const until = async (isSo: () => boolean): Promise<void> => { for (const started = Date.now(); !isSo() && Date.now() - started < 4000;) await new Promise((resolve) => setTimeout(resolve, 10)); };

describe('[C14] a request to be let into a closed room', () => {
  it('[R7] is answered alike for a private session and for one that does not exist, and leaves the same behind', async () => {
    const [there, nowhere] = [await knock('member'), await knock('member', 'claude/never-was')];
    expect([there.status, there.text]).toEqual([202, '{"state":"asked"}']);
    expect([nowhere.status, nowhere.text]).toEqual([there.status, there.text]);
    const rows = await hub.base.store.selectFrom('access_requests').selectAll().where('user_id', '=', who.member.userId).execute();
    expect(rows.map(({ session_key: key, refused_at: refused }) => [key, refused]).toSorted()).toEqual([['claude/closed-one', null], ['claude/never-was', null]]);
  });

  it('is seen by its owner and hosts, and by nobody else', async () => {
    expect([await waiting('owner'), await waiting('host')]).toEqual([['member'], ['member']]);
    for (const other of ['editor', 'viewer', 'member', 'team viewer', 'admin', 'guest editor'] as const) expect([other, await waiting(other)]).toEqual([other, []]);
  });

  it('is told to them at once, and once however often it is asked', async () => {
    const [owner, host, admin] = await Promise.all((['owner', 'host', 'admin'] as const).map((one) => connect(hub.url, who[one].secret)));
    for (let times = 0; times < 3; times += 1) expect((await knock('team viewer')).status).toBe(202);
    await until(() => toldOf(owner!).length > 0 && toldOf(host!).length > 0);
    expect([toldOf(owner!), toldOf(host!), toldOf(admin!)]).toEqual([['access_requested'], ['access_requested'], []]);
    expect((await waiting('owner')).toSorted()).toEqual(['member', 'team-viewer']);
  });

  it('letting somebody in is one call: they may read and write, and are told', async () => {
    const socket = await connect(hub.url, who.member.secret);
    expect((await who.member.ask('GET', `/api/v1/sessions/${closed}`)).status).toBe(404);
    const { status, body } = await who.host.ask('PUT', path(closed, who.member.userId), { role: 'editor' });
    expect(status).toBe(200);
    expect(body.people).toContainEqual({ id: who.member.userId, name: 'member', role: 'editor', first: false });
    await until(() => toldOf(socket).includes('access_granted'));
    expect((await who.member.ask('POST', '/api/v4/posts', { channel_id: sessions.private.id, message: 'thank you' })).status).toBe(201);
    expect(await waiting('owner')).toEqual(['team-viewer']);
    expect((await who.host.ask('PUT', path(closed, who.member.userId), { role: 'editor' })).body.id).toBe('no_request');
    expect((await knock('member')).text).toBe('{"state":"open"}');
  });

  it('[U3] a viewer of the team becomes a viewer there', async () => {
    expect((await who.owner.ask('PUT', path(closed, who['team viewer'].userId), { role: 'editor' })).status).toBe(409);
    const { body } = await who.owner.ask('PUT', path(closed, who['team viewer'].userId), { role: 'viewer' });
    expect(body.people).toContainEqual(expect.objectContaining({ name: 'team-viewer', role: 'viewer' }));
  });

  it('[R7] a no is told to nobody; asked again it is told again a day later, not before', async () => {
    await knock('admin');
    expect((await who.owner.ask('DELETE', path(closed, who.admin.userId))).status).toBe(204);
    expect((await knock('admin')).text).toBe('{"state":"asked"}');
    expect(await waiting('owner')).toEqual([]);
    await hub.base.store.updateTable('access_requests').set({ refused_at: hub.clock.now - requestLimits.againMs }).where('refused_at', 'is not', null).execute();
    expect((await knock('admin')).text).toBe('{"state":"asked"}');
    expect(await waiting('owner')).toEqual(['admin']);
  });

  it('an admin of the team, who is not in the room, answers none of a private session', async () => {
    expect((await who.admin.ask('PUT', path(closed, who.admin.userId), { role: 'viewer' })).status).toBe(403);
    expect((await who.admin.ask('GET', path(closed))).status).toBe(403);
  });

  it('one person has so many open requests, for rooms that are there and for others alike', async () => {
    const statuses = await Promise.all(Array.from({ length: requestLimits.open + 1 }, (_, index) => knock('read-only token', `claude/nothing-${index}`))).then((answers) => answers.map(({ status }) => status));
    expect(new Set(statuses)).toEqual(new Set([403]));
    for (let index = 0; index < requestLimits.open; index += 1) await knock('guest viewer', `claude/nothing-${index}`);
    expect([(await knock('guest viewer', 'claude/one-more')).status, (await knock('guest viewer', 'claude/another')).status]).toEqual([429, 429]);
  });

  it('[R13] goes with its session, and with who asked', async () => {
    await who.owner.ask('DELETE', `/api/v1/sessions/${closed}`);
    expect(await hub.base.store.selectFrom('access_requests').select('user_id').where('session_key', '=', closed).execute()).toEqual([]);
  });
});
