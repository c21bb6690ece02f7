import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashOf } from '../../server/store/ids.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';
import { makeWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

let world: World;
let hub: TestHub;
let admin: Client;
beforeAll(async () => {
  world = await makeWorld();
  hub = world.hub;
  ({ admin } = world.who);
});
afterAll(() => hub.stop());

const invite = async (body: object, by = admin): Promise<{ readonly id: string; readonly secret: string }> => {
  const answer = await by.ask('POST', '/api/v1/teams/reds/invites', body);
  expect(answer.status).toBe(201);
  return { id: answer.body.id, secret: answer.body.link.split('#')[1] };
};
const roomInvite = async (session: string, role: string, by = world.who.owner): Promise<Answer> => by.ask('POST', `/api/v1/sessions/${session}/invites`, { role });
const accept = (who: Client, secret: string): Promise<Answer> => who.ask('POST', '/api/v1/invites/accept', { invite: secret });
const roleOf = async (who: Client): Promise<string | undefined> => (await who.ask('GET', '/api/v1/auth/me')).body.teams.find((one: { name: string }) => one.name === 'reds')?.role;

describe('[U2] invites', () => {
  it('[U2] stand in the fragment of a link, have 256 bits, and only their hash is kept', async () => {
    const { body } = await admin.ask('POST', '/api/v1/teams/reds/invites', { role: 'viewer' });
    expect(body).toMatchObject({ role: 'viewer', usesLeft: 1, room: false });
    expect(body.link).toMatch(/^http:\/\/hub\.example\/join#wri_[a-z0-9]{52}$/);
    expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(7 * 86_400_000);
    const row = await hub.base.store.selectFrom('invites').selectAll().where('id', '=', body.id).executeTakeFirstOrThrow();
    expect(row.hash).toBe(hashOf(body.link.split('#')[1]));
    const { invites } = (await admin.ask('GET', '/api/v1/teams/reds/invites')).body;
    expect(JSON.stringify(invites)).not.toMatch(/link|hash|wri_/);
  });

  it('[U2] give their role, as often as they say, however many come at once; the hub is told who joined', async () => {
    const joined: unknown[] = [];
    hub.base.events.on('member:joined', (one) => joined.push(one));
    const { secret } = await invite({ role: 'viewer', uses: 2 });
    expect((await hub.nobody.ask('POST', '/api/v1/invites/look', { invite: secret })).body).toMatchObject({ team: 'reds', role: 'viewer' });
    const people = await Promise.all(['a1', 'a2', 'a3'].map((name) => hub.person(name)));
    const answers = await Promise.all(people.map((who) => accept(who, secret)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 410]);
    expect((await Promise.all(people.map(roleOf))).sort()).toEqual(['viewer', 'viewer', undefined]);
    expect(joined).toHaveLength(2);
    expect(joined[0]).toMatchObject({ teamId: world.team.id, role: 'viewer' });
  });

  it('[U1] a new person registers by one, and by nothing else', async () => {
    const { secret } = await invite({ role: 'member' });
    const register = (body: object): Promise<Answer> => hub.nobody.ask('POST', '/api/v1/auth/register', { username: 'newcomer', password: 'a long enough one', displayName: 'New', ...body });
    expect((await register({})).status).toBe(400);
    expect(await register({ invite: 'wri_guess' })).toMatchObject({ status: 410, body: { id: 'invite_spent' } });
    expect(await register({ invite: secret, username: 'owner' })).toMatchObject({ status: 409, body: { id: 'name_taken' } });
    for (const wrong of [{ username: 'all' }, { username: 'former-x' }, { username: 'x' }, { username: 'a b' }, { password: 'too short' }]) expect((await register({ invite: secret, ...wrong })).status).toBe(400);
    expect(await register({ invite: secret })).toMatchObject({ status: 201, body: { account: { username: 'newcomer', operator: false, teams: [{ name: 'reds', role: 'member' }] } } });
    expect((await register({ invite: secret, username: 'another' })).status).toBe(410);
    expect(await hub.base.store.selectFrom('users').select('id').where('username', '=', 'another').execute()).toEqual([]);
  });

  it('of no use any more when a week old, revoked, or used up', async () => {
    const [old, revoked] = [await invite({ role: 'member' }), await invite({ role: 'member' })];
    expect((await admin.ask('DELETE', `/api/v1/teams/reds/invites/${revoked.id}`)).status).toBe(204);
    expect((await admin.ask('DELETE', `/api/v1/teams/reds/invites/${revoked.id}`)).status).toBe(404);
    const late = await hub.person('late-one');
    expect((await accept(late, revoked.secret)).status).toBe(410);
    const now = hub.clock.now;
    hub.clock.now += 7 * 86_400_000 + 1;
    await hub.base.store.updateTable('devices').set({ expires_at: hub.clock.now + 1e9 }).execute();
    expect((await accept(late, old.secret)).status).toBe(410);
    hub.clock.now = now;
  });

  it('[R8] are worth what their maker may do now: of a demoted or removed admin they open nothing', async () => {
    const other = await hub.person('other-admin', { ...world.team, role: 'admin' });
    const { secret } = await invite({ role: 'admin' }, other);
    const eve = await hub.person('eve');
    await admin.ask('PATCH', `/api/v1/teams/reds/members/${other.userId}`, { role: 'member' });
    expect((await accept(eve, secret)).status).toBe(410);
    await admin.ask('DELETE', `/api/v1/teams/reds/members/${other.userId}`);
    expect((await accept(other, secret)).status).toBe(410);
    expect((await accept(eve, secret)).status).toBe(410);
  });

  it('never change the role somebody has, up or down', async () => {
    const { secret } = await invite({ role: 'admin', uses: 5 });
    for (const who of [world.who.member, world.who['team viewer'], admin]) {
      const before = await roleOf(who);
      expect(await accept(who, secret)).toMatchObject({ status: 409, body: { id: 'already_member' } });
      expect(await roleOf(who)).toBe(before);
    }
    expect((await hub.base.store.selectFrom('invites').select('uses_left').where('hash', '=', hashOf(secret)).executeTakeFirstOrThrow()).uses_left).toBe(5);
  });

  it('[U2] the team\'s limits hold: people, and open invites', async () => {
    const { body: { members } } = await admin.ask('GET', '/api/v1/teams/reds/members');
    const { secret } = await invite({ role: 'member' });
    await admin.ask('PATCH', '/api/v1/teams/reds/settings', { limits: { members: members.length, openInvites: 1 } });
    expect(await accept(await hub.person('one-too-many'), secret)).toMatchObject({ status: 409, body: { id: 'team_full' } });
    expect(await admin.ask('POST', '/api/v1/teams/reds/invites', { role: 'member' })).toMatchObject({ status: 409, body: { id: 'too_many_invites' } });
    await admin.ask('PATCH', '/api/v1/teams/reds/settings', { limits: null });
  });
});

describe('invites to one room', () => {
  it('[U3] make a guest, who sees that room and nothing else of the team', async () => {
    const { body } = await roomInvite(world.sessions.private.key, 'viewer');
    expect(body).toMatchObject({ role: 'guest-viewer', room: true });
    const secret = body.link.split('#')[1];
    expect((await hub.nobody.ask('POST', '/api/v1/invites/look', { invite: secret })).body).toMatchObject({ session: world.sessions.private.key });
    const guest = await hub.person('visitor');
    expect((await accept(guest, secret)).body).toMatchObject({ team: 'reds', role: 'guest', session: world.sessions.private.key });
    expect(await hub.base.store.selectFrom('session_people').select(['session_id', 'role', 'given_by']).where('user_id', '=', guest.userId).execute()).toEqual([{ session_id: world.sessions.private.id, role: 'viewer', given_by: world.who.owner.userId }]);
    expect((await guest.ask('GET', '/api/v1/teams/reds/members')).status).toBe(403);
    expect((await guest.ask('POST', '/api/v1/teams/reds/tokens/agent', { name: 'x' })).status).toBe(403);
    // A guest who is invited to the team becomes what that invite says, and may leave.
    expect((await accept(guest, (await invite({ role: 'viewer' })).secret)).body.role).toBe('viewer');
    expect((await guest.ask('POST', '/api/v1/teams/reds/leave')).status).toBe(204);
  });

  it('[R8] are made by owner and hosts only: no admin invites to a private session they cannot see', async () => {
    for (const [who, status] of [['host', 201], ['editor', 403], ['viewer', 403], ['member', 404], ['admin', 403], ['guest editor', 403], ['other team', 404]] as const) {
      expect({ who, status: (await roomInvite(world.sessions.private.key, 'editor', world.who[who])).status }).toEqual({ who, status });
    }
    expect((await roomInvite(world.sessions.team.key, 'editor', admin)).status).toBe(201);
  });

  it('[R8] of a host who lost the room they open nothing; nor does one to a deleted session', async () => {
    const secretOf = async (by: Client): Promise<string> => (await roomInvite(world.sessions.team.key, 'editor', by)).body.link.split('#')[1];
    const [ofHost, ofOwner] = [await secretOf(world.who.host), await secretOf(world.who.owner)];
    const eve = await hub.person('eve2');
    await hub.base.store.deleteFrom('session_people').where('user_id', '=', world.who.host.userId).execute();
    expect((await accept(eve, ofHost)).status).toBe(410);
    await hub.base.store.deleteFrom('sessions').where('id', '=', world.sessions.team.id).execute();
    expect((await accept(eve, ofOwner)).status).toBe(410);
  });

  it('[R7] the team\'s list of invites tells admins nothing about which private session one is for', async () => {
    const { text } = await admin.ask('GET', '/api/v1/teams/reds/invites');
    expect(text).toContain('"room":true');
    expect(text).not.toContain('closed-one');
    expect(text).not.toContain(world.sessions.private.id);
  });
});
