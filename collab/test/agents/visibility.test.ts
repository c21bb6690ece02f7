import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { agentPaths } from 'watchroom/wire';
import { lostOf } from '../auth/lost.ts';
import { startTestHub } from '../support/hub.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';
import { aWire, anAgent } from './an-agent.ts';
import type { TestAgent } from './an-agent.ts';

let hub: TestHub;
let team: { readonly id: string };
let bob: Client;
let ada: TestAgent;
beforeEach(async () => {
  hub = await startTestHub();
  team = await hub.team('blue');
  const { userId } = await hub.person('ada', { id: team.id, role: 'member' });
  bob = await hub.person('bob', { id: team.id, role: 'admin' });
  ada = await anAgent(hub, { userId, teamId: team.id });
  await ada.tells({ sessions: [aWire({ id: 'claude/1' })] });
});
afterEach(() => hub.stop());

const wish = (client: Client, visibility: string, nativeId = '1'): Promise<Answer> => client.ask('PUT', agentPaths.visibility('claude', nativeId), { visibility });
const visibility = async (): Promise<string> => (await hub.base.store.selectFrom('sessions').select('visibility').executeTakeFirstOrThrow()).visibility;

describe('[C9] an agent opens and closes a session by its owner\'s word', () => {
  it('and hears how it was, where the room is, and whether an agent tells of it now', async () => {
    expect(await wish(ada.client, 'private')).toMatchObject({ status: 200, body: { before: 'team', room: 'http://hub.example/rooms/claude/1', told: true } });
    expect(await visibility()).toBe('private');
    expect(await wish(ada.client, 'team')).toMatchObject({ status: 200, body: { before: 'private' } });
    await ada.tells({ goodbye: true });
    expect((await wish(ada.client, 'team')).body).toMatchObject({ before: 'team', told: false });
    expect(await hub.base.store.selectFrom('audit').select('target').where('action', '=', 'session:visibility').execute()).toHaveLength(2); // what changes nothing is not written down
  });

  it('[R8] and closing it evicts who may no longer see it before it is answered', async () => {
    const lost = lostOf(hub);
    await wish(ada.client, 'private');
    expect(lost).toEqual([{ sessionId: expect.any(String) }]);
    expect((await bob.ask('GET', '/api/v1/sessions/claude/1/health')).status).toBe(403);
  });

  it('of its own person only, be they an admin; one that nobody told of is not there', async () => {
    const bobs = await anAgent(hub, { userId: bob.userId, teamId: team.id, hostName: 'other' });
    expect(await wish(bobs.client, 'private')).toMatchObject({ status: 403, body: { id: 'not_an_owner' } });
    expect(await wish(bobs.client, 'team', 'nothing')).toMatchObject({ status: 404, body: { id: 'no_such_session' } });
    const greens = await hub.team('green');
    const elsewhere = await hub.person('eve', { id: greens.id, role: 'admin' });
    expect(await wish((await anAgent(hub, { userId: elsewhere.userId, teamId: greens.id })).client, 'private')).toMatchObject({ status: 404, body: { id: 'no_such_session' } });
    await wish(ada.client, 'private');
    expect(await wish(bobs.client, 'team')).toMatchObject({ status: 403, body: { id: 'not_an_owner' } });
    expect(await visibility()).toBe('private');
  });

  it('and never to the whole world, nor does it take a public link away', async () => {
    expect((await wish(ada.client, 'public')).status).toBe(400);
    await hub.base.store.updateTable('sessions').set({ visibility: 'public', link_hash: 'of a link' }).execute();
    expect((await wish(ada.client, 'team')).body).toMatchObject({ before: 'public' });
    expect(await hub.base.store.selectFrom('sessions').select(['visibility', 'link_hash']).executeTakeFirst()).toEqual({ visibility: 'public', link_hash: 'of a link' });
    await wish(ada.client, 'private');
    expect(await visibility()).toBe('private');
  });
});
