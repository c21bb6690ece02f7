import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { example } from '../../server/auth/examples.ts';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';
import { makeWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { lostOf } from './lost.ts';

let world: World;
let hub: TestHub;
beforeAll(async () => {
  world = await makeWorld();
  hub = world.hub;
});
afterAll(() => hub.stop());

describe('[U10] one\'s own data', () => {
  it('[U10] is given out whole: account, devices, tokens, memberships, sessions, and what one did', async () => {
    const { owner } = world.who;
    await owner.ask('PATCH', '/api/v1/auth/me', { displayName: 'The Owner', preferences: { theme: 'dark' } });
    const { status, body, headers } = await owner.ask('GET', '/api/v1/auth/me/export');
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toBe('attachment; filename="watchroom-my-data.json"');
    expect(body).toMatchObject({
      account: { username: 'owner', displayName: 'The Owner', preferences: { theme: 'dark' } },
      devices: [{ userAgent: 'test' }, { id: example.device }],
      memberships: [{ team: 'reds', role: 'member' }],
      audit: [{ action: 'account:change' }, { action: 'export:account' }],
    });
    expect(body.tokens).toHaveLength(2);
    expect(body.sessions.map((one: { session_key: string }) => one.session_key).sort()).toEqual(['claude/closed-one', 'claude/open-one']);
    expect(JSON.stringify(body)).not.toMatch(/hash|scrypt|of another device|of the example token/);
  });

  it('[R7] has nothing of anybody else', async () => {
    const { body } = await world.who.editor.ask('GET', '/api/v1/auth/me/export');
    expect(body).toMatchObject({ sessions: [], agents: [], tokens: [], rooms: [{ role: 'editor' }, { role: 'editor' }] });
    expect(body.audit.map((one: { action: string }) => one.action)).toEqual(['export:account']);
  });
});

describe('[R13] deleting one\'s account', () => {
  it('asks for the name, to be sure', async () => {
    for (const query of ['', '?confirm=', '?confirm=somebody']) expect((await world.who.host.ask('DELETE', `/api/v1/auth/me${query}`)).status).toBe(400);
    expect((await world.who.host.ask('GET', '/api/v1/auth/me')).status).toBe(200);
  });

  it('[R13] leaves a former member: no name, no secret, no membership, while what others stand on stays', async () => {
    const { owner } = world.who;
    const lost = lostOf(hub);
    expect((await owner.ask('DELETE', '/api/v1/auth/me?confirm=owner')).status).toBe(204);
    expect(lost).toEqual([{ userId: owner.userId }]);
    expect((await owner.ask('GET', '/api/v1/auth/me')).status).toBe(401);
    expect((await world.who['agent token'].ask('GET', '/api/v1/auth/me')).status).toBe(401);
    const { store } = hub.base;
    expect(await store.selectFrom('users').selectAll().where('id', '=', owner.userId).executeTakeFirst()).toMatchObject({ username: `former-${owner.userId}`, display_name: 'Former member', email: null, password: null, preferences: '{}' });
    for (const table of ['devices', 'tokens', 'members', 'session_people', 'oidc_links'] as const) expect(await store.selectFrom(table).select('user_id').where('user_id', '=', owner.userId).execute()).toEqual([]);
    expect(await store.selectFrom('sessions').select('id').where('owner_id', '=', owner.userId).execute()).toHaveLength(2);
    const { body: { members } } = await world.who.admin.ask('GET', '/api/v1/teams/reds/members');
    expect(members.map((one: { id: string }) => one.id)).not.toContain(owner.userId);
    expect((await hub.nobody.ask('POST', '/api/v1/auth/login', { username: 'owner', password: example.password })).status).toBe(401);
  });

  it('the name is free again, but not its rights', async () => {
    const again = await hub.person('owner', { ...world.team, role: 'viewer' });
    expect((await again.ask('GET', '/api/v1/auth/me')).body.teams).toMatchObject([{ role: 'viewer' }]);
    expect((await again.ask('GET', '/api/v1/auth/me/export')).body.sessions).toEqual([]);
  });

  it('the last admin of a team, and the last who runs the hub, are refused and stay whole', async () => {
    const { stranger, operator } = { stranger: world.who['other team'], operator: world.who.operator };
    expect(await stranger.ask('DELETE', '/api/v1/auth/me?confirm=stranger')).toMatchObject({ status: 409, body: { id: 'last_admin' } });
    expect(await operator.ask('DELETE', '/api/v1/auth/me?confirm=operator')).toMatchObject({ status: 409, body: { id: 'last_operator' } });
    for (const one of [stranger, operator]) expect((await one.ask('GET', '/api/v1/auth/me')).status).toBe(200);
  });
});

describe('[U1] one\'s own account', () => {
  it('[U1] is changed by its owner; names that dress up as others are refused', async () => {
    const fresh = await startTestHub();
    const ada = await fresh.person('ada');
    expect(await ada.ask('PATCH', '/api/v1/auth/me', { displayName: '  Ada  ', email: 'ada@example.org' })).toMatchObject({ body: { displayName: 'Ada', email: 'ada@example.org' } });
    expect((await ada.ask('PATCH', '/api/v1/auth/me', { email: null })).body).not.toHaveProperty('email');
    for (const body of [{ displayName: '\u202enimda' }, { displayName: 'a\u0000b' }, { displayName: '' }, { email: 'nobody' }, { operator: true }, { username: 'boss' }, {}, { preferences: { big: 'x'.repeat(20_000) } }]) expect((await ada.ask('PATCH', '/api/v1/auth/me', body)).status).toBe(400);
    const line = await fresh.base.store.selectFrom('audit').selectAll().where('action', '=', 'account:change').orderBy('seq').executeTakeFirst();
    expect(line).toMatchObject({ before: '{"displayName":"ada"}', after: '{"displayName":"Ada","emailChanged":true}' });
    await fresh.stop();
  });
});
