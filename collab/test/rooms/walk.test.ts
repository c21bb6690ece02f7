import { afterAll, describe, expect, it } from '@jest/globals';
import type { Route } from '../../server/routes/route.ts';
import { makeWorld, people } from '../support/world.ts';
import type { Who } from '../support/world.ts';
import { posted } from './posting.ts';

// Every route of the Mattermost v4 subset, as everybody who may not see a private session's room; a canary word stands in everything of it.

const world = await makeWorld();
const { who, sessions, hub, team } = world;
const { store } = hub.base;
const closed = sessions.private.id;
afterAll(() => hub.stop());

await store.updateTable('sessions').set({ title: 'canary title', project: 'canary project', branch: 'canary', description: 'canary', native_id: sessions.private.key.split('/')[1]! }).where('id', '=', closed).execute();
const secret = await posted(who.owner, closed, 'canary root @member @channel');
await posted(who.host, closed, 'canary answer', { root_id: secret.id });
await who.owner.ask('POST', '/api/v4/reactions', { post_id: secret.id, emoji_name: 'canary' });
await who.owner.ask('POST', '/api/v4/hooks/incoming', { channel_id: closed, display_name: 'canary hook' });
const outsiders: readonly Who[] = ['member', 'team viewer', 'admin', 'other team', 'operator', 'read-only token', 'nobody', 'agent token', 'scrape token'];

/** A path of a route, about the private room. */
const pathOf = ({ path }: Route, given: Readonly<Record<string, string>> = {}): string => {
  const values: Readonly<Record<string, string>> = { channel: closed, post: secret.id, thread: secret.id, team: team.id, user: 'me', tool: 'claude', nativeId: 'closed-one', name: 'owner', emoji: 'canary', at: '1', file: 'nothing', hook: 'nothing', ...given };
  return path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(values[name] ?? 'missing'));
};
const bodies = [{ channel_id: closed, message: 'let me in', user_id: 'me', post_id: secret.id, emoji_name: 'x', terms: 'canary', term: 'canary', roles: 'room_host' }, [closed, secret.id, `agent-${closed}`], [{ category: 'c', name: 'n', value: 'v' }]];

describe('[R7] [R8] a private room', () => {
  it.each(hub.rooms.chatRoutes.map((one) => ({ name: `${one.method.toUpperCase()} ${one.path}`, one })))('$name tells and does nothing of it to those outside', async ({ one }) => {
    if (/login|logout/.test(one.path)) return;
    const roomRows = async () => JSON.stringify([await store.selectFrom('posts').selectAll().where('room_id', '=', closed).execute(), await store.selectFrom('session_people').selectAll().where('session_id', '=', closed).execute(), await store.selectFrom('reactions').selectAll().execute(), (await store.selectFrom('room_members').selectAll().where('room_id', '=', closed).execute()).length, await store.selectFrom('incoming_hooks').selectAll().execute()]);
    const before = await roomRows();
    for (const asker of outsiders) {
      for (const body of one.body === undefined ? [undefined] : bodies) {
        const query = one.method === 'get' ? `?in_channel=${closed}&after=0&since=1` : '';
        const { status, text } = await who[asker].ask(one.method.toUpperCase(), pathOf(one) + query, body);
        expect([asker, status < 500]).toEqual([asker, true]);
        expect([asker, text.replaceAll('reactions/canary', '')]).not.toEqual([asker, expect.stringContaining('canary')]);
        expect([asker, one.access.who === 'person' && ['nobody', 'agent token', 'scrape token'].includes(asker) ? status >= 400 : true]).toEqual([asker, true]);
      }
    }
    expect(await roomRows()).toBe(before);
  });

  it('every private id and every unknown one are answered alike', async () => {
    const shape = async (id: string) => { const { status, body } = await who.member.ask('GET', `/api/v4/channels/${id}`); return { status, id: body.id, message: body.message }; };
    expect(await shape(closed)).toEqual(await shape('ybndrfg8ejkmcpqxot1uwisza3'));
  });
});

describe('[R8] who may write in a room', () => {
  const expected: Readonly<Partial<Record<Who, number>>> = { owner: 201, host: 201, editor: 201, member: 201, admin: 201, 'guest editor': 201, viewer: 403, 'team viewer': 403, 'guest viewer': 403, 'other team': 404, operator: 404, nobody: 401, 'expired login': 401, 'revoked token': 401, 'read-only token': 403, 'agent token': 403, 'scrape token': 403 };

  it.each(people)('%s', async (asker) => {
    const { status } = await who[asker].ask('POST', '/api/v4/posts', { channel_id: sessions.team.id, message: `from ${asker}` });
    expect(status).toBe(expected[asker]);
    const inTeam = await who[asker].ask('POST', '/api/v4/posts', { channel_id: team.id, message: `from ${asker}` });
    expect(inTeam.status).toBe({ ...expected, viewer: 201, 'guest editor': 404, 'guest viewer': 404 }[asker]);
  });

  it('pins and deletes of others\'', async () => {
    const statuses: Record<string, readonly number[]> = {};
    for (const asker of ['owner', 'host', 'editor', 'admin', 'member', 'guest editor', 'viewer', 'team viewer'] as const) {
      const { id } = await posted(who.owner === who[asker] ? who.host : who.owner, sessions.team.id, 'pin me');
      statuses[asker] = [(await who[asker].ask('POST', `/api/v4/posts/${id}/pin`)).status, (await who[asker].ask('DELETE', `/api/v4/posts/${id}`)).status];
    }
    expect(statuses).toEqual({ owner: [200, 200], host: [200, 200], editor: [200, 403], admin: [200, 200], member: [403, 403], 'guest editor': [403, 403], viewer: [403, 403], 'team viewer': [403, 403] });
  });
});
