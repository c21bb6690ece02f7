import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestHub } from '../support/hub.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';
import { lostOf } from '../auth/lost.ts';

let hub: TestHub;
let reds: { readonly id: string; readonly name: string };
let boss: Client;
beforeAll(async () => {
  hub = await startTestHub();
  reds = await hub.team('reds');
  boss = await hub.person('boss', { ...reds, role: 'admin' });
});
afterAll(() => hub.stop());
const setRole = (userId: string, role: string): Promise<Answer> => boss.ask('PATCH', `/api/v1/teams/reds/members/${userId}`, { role });

describe('[U2] teams', () => {
  it('[U2] are made by whoever runs the hub, who is their first admin', async () => {
    const operator = await hub.person('operator', undefined, { operator: true });
    expect(await operator.ask('POST', '/api/v1/teams', { name: 'greens', displayName: 'The Greens' })).toMatchObject({ status: 201, body: { name: 'greens', displayName: 'The Greens', role: 'admin', members: 1 } });
    expect(await operator.ask('POST', '/api/v1/teams', { name: 'greens' })).toMatchObject({ status: 409, body: { id: 'name_taken' } });
    expect((await boss.ask('POST', '/api/v1/teams', { name: 'mine' })).status).toBe(403);
    for (const name of ['', 'x', 'UPPER CASE', '../etc', 'a'.repeat(26), '1st']) expect((await operator.ask('POST', '/api/v1/teams', { name })).status).toBe(400);
  });

  it('[U2] are renamed by their admins, and listed with one\'s role', async () => {
    expect((await boss.ask('PATCH', '/api/v1/teams/reds', { displayName: 'The Reds' })).body).toMatchObject({ name: 'reds', displayName: 'The Reds' });
    expect((await boss.ask('PATCH', '/api/v1/teams/reds', { name: 'greens' })).status).toBe(409);
    expect((await boss.ask('GET', '/api/v1/teams')).body).toEqual({ teams: [{ id: reds.id, name: 'reds', displayName: 'The Reds', role: 'admin' }] });
    expect((await boss.ask('GET', `/api/v1/teams/${reds.id}`)).body).toMatchObject({ name: 'reds' });
  });

  it('[R7] of others are not there, not even their members', async () => {
    const stranger = await hub.person('stranger', { ...(await hub.team('blues')), role: 'admin' });
    for (const path of ['', '/members', '/settings', '/invites', '/tokens', '/audit']) expect(await stranger.ask('GET', `/api/v1/teams/reds${path}`)).toMatchObject({ status: 404, body: { id: 'not_found' } });
  });

  it('[R8] deleted after being named: everybody is told at once, tokens and invites are void, the name is free', async () => {
    const team = await hub.team('doomed');
    const admin = await hub.person('doom', { ...team, role: 'admin' });
    const agent = await hub.token('agent', admin.userId, team.id);
    const { body: { link } } = await admin.ask('POST', '/api/v1/teams/doomed/invites', { role: 'member' });
    for (const query of ['', '?confirm=reds']) expect((await admin.ask('DELETE', `/api/v1/teams/doomed${query}`)).status).toBe(400);
    const lost = lostOf(hub);
    expect((await admin.ask('DELETE', '/api/v1/teams/doomed?confirm=doomed')).status).toBe(204);
    expect(lost).toEqual([{ teamId: team.id }]);
    expect((await admin.ask('GET', '/api/v1/teams/doomed')).status).toBe(404);
    expect((await admin.ask('GET', `/api/v1/teams/${team.id}`)).status).toBe(404);
    expect((await admin.ask('GET', '/api/v1/auth/me')).body.teams).toEqual([]);
    expect((await admin.ask('POST', '/api/v1/auth/token', { team: team.id })).status).toBe(404);
    expect(await agent.ask('GET', '/api/v1/auth/me')).toMatchObject({ status: 401 });
    expect((await hub.nobody.ask('POST', '/api/v1/invites/look', { invite: link.split('#')[1] })).status).toBe(410);
    const operator = await hub.person('operator2', undefined, { operator: true });
    expect((await operator.ask('POST', '/api/v1/teams', { name: 'doomed' })).status).toBe(201);
  });
});

describe('[U3] roles', () => {
  it('[R8] a new role counts at the next request; whoever loses rights is told before the answer', async () => {
    const ada = await hub.person('ada', { ...reds, role: 'member' });
    const lost = lostOf(hub);
    await setRole(ada.userId, 'admin');
    expect((await ada.ask('GET', '/api/v1/teams/reds/audit')).status).toBe(200);
    expect(lost).toEqual([]);
    expect((await setRole(ada.userId, 'viewer')).status).toBe(204);
    expect(lost).toEqual([{ userId: ada.userId, teamId: reds.id }]);
    expect((await ada.ask('GET', '/api/v1/teams/reds/audit')).status).toBe(403);
    expect((await ada.ask('POST', '/api/v1/teams/reds/tokens/agent', { name: 'x' })).status).toBe(403);
    await setRole(ada.userId, 'viewer');
    expect(lost).toHaveLength(1);
  });

  it('[R8] a machine\'s token does what its maker may do now', async () => {
    const bob = await hub.person('bob', { ...reds, role: 'admin' });
    const [agent, scrape] = [await hub.token('agent', bob.userId, reds.id), await hub.token('scrape', bob.userId, reds.id)];
    const isKnown = async (one: Client): Promise<boolean> => (await one.ask('GET', '/api/v1/auth/me')).body.id === 'wrong_token';
    const known = async (): Promise<readonly boolean[]> => [await isKnown(agent), await isKnown(scrape)];
    expect(await known()).toEqual([true, true]);
    await setRole(bob.userId, 'member');
    expect(await known()).toEqual([true, false]);
    await setRole(bob.userId, 'viewer');
    expect(await known()).toEqual([false, false]);
    await setRole(bob.userId, 'admin');
    expect(await known()).toEqual([true, true]);
    await boss.ask('DELETE', `/api/v1/teams/reds/members/${bob.userId}`);
    expect(await known()).toEqual([false, false]);
    await hub.base.store.insertInto('members').values({ team_id: reds.id, user_id: bob.userId, role: 'admin', joined_at: 1 }).execute();
    expect(await known()).toEqual([false, false]);
  });

  it('[R8] whoever is removed sees nothing any more, and has no place in rooms when they come back', async () => {
    const eve = await hub.person('eve', { ...reds, role: 'member' });
    await hub.base.store.insertInto('sessions').values({ id: 'the-session', team_id: reds.id, owner_id: boss.userId, agent_id: null, session_key: 'claude/one', tool: 'claude', native_id: 'one', host_name: 'desk', visibility: 'private', state: 'working', tags: '[]', tokens: 0, micro_usd: 0, errors: 0, last_error: 0, told: '{}', last_activity_at: 1, created_at: 1, updated_at: 1 }).execute();
    await hub.base.store.insertInto('session_people').values({ session_id: 'the-session', user_id: eve.userId, role: 'host', given_by: boss.userId, created_at: 1 }).execute();
    await boss.ask('POST', '/api/v1/teams/reds/invites', { role: 'member' });
    const lost = lostOf(hub);
    expect(await boss.ask('DELETE', `/api/v1/teams/reds/members/${eve.userId}`)).toMatchObject({ status: 200, body: { openInvites: 1 } });
    expect(lost).toEqual([{ userId: eve.userId, teamId: reds.id }]);
    expect((await eve.ask('GET', '/api/v1/teams/reds')).status).toBe(404);
    expect(await hub.base.store.selectFrom('session_people').select('role').where('user_id', '=', eve.userId).execute()).toEqual([]);
    expect((await boss.ask('DELETE', `/api/v1/teams/reds/members/${eve.userId}`)).status).toBe(404);
  });

  it('the last admin cannot be demoted, be removed or leave; of two who leave at once, one stays', async () => {
    const team = await hub.team('pair');
    const [one, two] = [await hub.person('one', { ...team, role: 'admin' }), await hub.person('two', { ...team, role: 'admin' })];
    const answers = await Promise.all([one, two].map((who) => who.ask('POST', '/api/v1/teams/pair/leave')));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    const left = answers[0]!.status === 409 ? one : two;
    for (const [method, path, body] of [['POST', '/leave', undefined], ['PATCH', `/members/${left.userId}`, { role: 'member' }], ['DELETE', `/members/${left.userId}`, undefined]] as const) {
      expect(await left.ask(method, `/api/v1/teams/pair${path}`, body)).toMatchObject({ status: 409, body: { id: 'last_admin' } });
    }
  });

  it('a deleted admin is none: whoever is left must stay', async () => {
    const team = await hub.team('ghosts');
    const [ghost, living] = [await hub.person('ghost', { ...team, role: 'admin' }), await hub.person('living', { ...team, role: 'admin' })];
    await ghost.ask('DELETE', '/api/v1/auth/me?confirm=ghost');
    expect((await living.ask('POST', '/api/v1/teams/ghosts/leave')).status).toBe(409);
  });

  it('[U1] an admin makes reset links for people of their own teams only: a password is the whole account', async () => {
    const own = await hub.person('own', { ...reds, role: 'member' });
    const reset = (userId: string): Promise<Answer> => boss.ask('POST', `/api/v1/teams/reds/members/${userId}/reset`);
    expect(await reset(own.userId)).toMatchObject({ status: 201, body: { link: expect.stringContaining('/reset#wro_') } });
    const runs = await hub.person('runs', { ...reds, role: 'viewer' }, { operator: true });
    const shared = await hub.person('shared', { ...reds, role: 'viewer' });
    const whites = await hub.team('whites');
    await hub.base.store.insertInto('members').values({ team_id: whites.id, user_id: shared.userId, role: 'viewer', joined_at: 1 }).execute();
    const elsewhere = await hub.person('elsewhere', { ...whites, role: 'viewer' });
    expect(await reset(runs.userId)).toMatchObject({ status: 403, body: { id: 'ask_the_operator' } });
    expect(await reset(shared.userId)).toMatchObject({ status: 403, body: { id: 'ask_the_operator' } });
    expect((await reset(elsewhere.userId)).status).toBe(404);
    // Being only a member there is not enough either.
    await hub.base.store.insertInto('members').values({ team_id: whites.id, user_id: boss.userId, role: 'member', joined_at: 1 }).execute();
    expect((await reset(shared.userId)).status).toBe(403);
    await hub.base.store.updateTable('members').set({ role: 'admin' }).where('team_id', '=', whites.id).where('user_id', '=', boss.userId).execute();
    expect((await reset(shared.userId)).status).toBe(201);
  });
});
