import { afterEach, describe, expect, it } from '@jest/globals';
import { newSetupToken } from '../../server/auth/setup.ts';
import { createAdmin, resetPassword } from '../../server/auth/command-line.ts';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';

let hub: TestHub;
afterEach(() => hub.stop());

const grace = { username: 'grace', password: 'a horse of course', displayName: 'Grace Hopper', team: 'navy' };

describe('[U1] the first admin', () => {
  it('[U1] is made by the set-up token, once, with their team, and runs the hub', async () => {
    hub = await startTestHub();
    const token = await newSetupToken(hub.base);
    expect(await hub.nobody.ask('GET', '/api/v1/auth/ways')).toMatchObject({ body: { empty: true, local: false } });
    const made = await hub.nobody.ask('POST', '/api/v1/auth/setup', { ...grace, token });
    expect(made).toMatchObject({ status: 201, body: { token: expect.stringMatching(/^wrl_/), account: { username: 'grace', operator: true, teams: [{ name: 'navy', role: 'admin' }] } } });
    expect((await hub.nobody.ask('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${made.body.token}` })).body).toMatchObject({ username: 'grace' });
    expect(await hub.nobody.ask('POST', '/api/v1/auth/setup', { ...grace, username: 'eve', team: 'eves', token })).toMatchObject({ status: 410 });
    expect(await newSetupToken(hub.base)).toBeUndefined();
    expect(await hub.nobody.ask('GET', '/api/v1/auth/ways')).toMatchObject({ body: { empty: false } });
  });

  it('[U1] of two who come with the token at once, one is made', async () => {
    hub = await startTestHub();
    const token = await newSetupToken(hub.base);
    const answers = await Promise.all(['grace', 'eve'].map((username) => hub.nobody.ask('POST', '/api/v1/auth/setup', { ...grace, username, team: username, token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await hub.base.store.selectFrom('users').select('id').execute()).toHaveLength(1);
  });

  it('[U1] a token of an earlier start, a week old, or guessed makes nobody', async () => {
    hub = await startTestHub();
    const earlier = await newSetupToken(hub.base);
    const present = await newSetupToken(hub.base);
    for (const token of [earlier, 'wro_guessed']) expect(await hub.nobody.ask('POST', '/api/v1/auth/setup', { ...grace, token })).toMatchObject({ status: 410, body: { id: 'link_spent' } });
    hub.clock.now += 7 * 86_400_000 + 1;
    expect(await hub.nobody.ask('POST', '/api/v1/auth/setup', { ...grace, token: present })).toMatchObject({ status: 410 });
    expect(await hub.base.store.selectFrom('users').select('id').execute()).toEqual([]);
  });

  it('[U1] is made on the command line, too: the link sets their password', async () => {
    hub = await startTestHub();
    const { link } = await createAdmin(hub.base.store, { username: 'Grace', team: 'navy', publicUrl: 'http://hub.example', now: hub.clock.now });
    expect(link).toMatch(/^http:\/\/hub\.example\/reset#wro_/);
    expect(await hub.nobody.ask('POST', '/api/v1/auth/reset', { secret: link.split('#')[1], password: grace.password })).toMatchObject({ status: 200, body: { username: 'grace' } });
    const login = await hub.nobody.ask('POST', '/api/v1/auth/login', { username: 'grace', password: grace.password });
    expect(login.body.account).toMatchObject({ operator: true, teams: [{ name: 'navy', role: 'admin' }] });
    expect(await newSetupToken(hub.base)).toBeUndefined();
  });

  it('[U1] the command line makes an admin of somebody who is here, and resets passwords; who is not here gets a sentence', async () => {
    hub = await startTestHub();
    const navy = await hub.team('navy');
    const ada = await hub.person('ada', { ...navy, role: 'viewer' });
    await createAdmin(hub.base.store, { username: 'ada', team: 'navy', publicUrl: 'http://hub.example', now: hub.clock.now });
    expect((await ada.ask('GET', '/api/v1/auth/me')).body).toMatchObject({ operator: true, teams: [{ name: 'navy', role: 'admin' }] });
    expect((await resetPassword(hub.base.store, { username: 'ada', publicUrl: 'http://hub.example', now: hub.clock.now })).link).toContain('/reset#wro_');
    await expect(resetPassword(hub.base.store, { username: 'nobody-here', publicUrl: 'http://hub.example', now: hub.clock.now })).rejects.toThrow('nobody at this hub is called "nobody-here"');
    await expect(createAdmin(hub.base.store, { username: 'x', team: 'navy', publicUrl: 'http://hub.example', now: hub.clock.now })).rejects.toThrow('the name "x" will not do');
  });
});
