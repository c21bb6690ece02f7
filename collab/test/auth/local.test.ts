import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLink, readyLocalMode, usernameOf } from '../../server/auth/local.ts';
import { startTestHub } from '../support/hub.ts';
import type { Answer, TestHub } from '../support/hub.ts';

let hub: TestHub;
beforeAll(async () => { hub = await startTestHub({ local: true }); });
afterAll(() => hub.stop());
const exchange = (secret: string): Promise<Answer> => hub.nobody.ask('POST', '/api/v1/auth/local', { secret });
const secretOf = async (): Promise<string> => (await openLink(hub.base)).split('#')[1]!;

describe('[U1] local mode', () => {
  it('[U1] makes its one person and team once, and a new agent token at every start', async () => {
    const first = await readyLocalMode(hub.base, { userName: 'Ada Lovelace' });
    const second = await readyLocalMode(hub.base, { userName: 'Ada Lovelace' });
    expect(second).toMatchObject({ userId: first.userId, teamId: first.teamId });
    expect(await hub.base.store.selectFrom('users').select(['username', 'display_name', 'operator', 'password']).execute()).toEqual([{ username: 'ada-lovelace', display_name: 'Ada Lovelace', operator: 1, password: null }]);
    const asks = (token: string): Promise<Answer> => hub.nobody.ask('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${token}` });
    expect(await asks(first.agentToken)).toMatchObject({ status: 401 });
    expect(await asks(second.agentToken)).toMatchObject({ status: 403, body: { id: 'wrong_token' } });
  });

  it('[U1] a link signs in once, within 60 seconds, by bearer and never by cookie', async () => {
    const link = await openLink(hub.base);
    expect(link).toMatch(/^http:\/\/hub\.example\/open#wro_/);
    const secret = link.split('#')[1]!;
    expect(JSON.stringify(await hub.base.store.selectFrom('one_time_links').selectAll().execute())).not.toContain(secret);
    const opened = await exchange(secret);
    expect(opened).toMatchObject({ status: 200, body: { token: expect.stringMatching(/^wrl_/), account: { username: 'ada-lovelace', teams: [{ name: 'local', role: 'admin' }] } } });
    expect(opened.headers.getSetCookie()).toEqual([]);
    expect(await exchange(secret)).toMatchObject({ status: 410, body: { id: 'link_spent' } });
    const late = await secretOf();
    hub.clock.now += 60_001;
    expect((await exchange(late)).status).toBe(410);
  });

  it('of two who come with the same link at once, one is let in', async () => {
    const secret = await secretOf();
    expect((await Promise.all([exchange(secret), exchange(secret), exchange(secret)])).map(({ status }) => status).sort()).toEqual([200, 410, 410]);
  });

  it('a cookie is not to be had, for every program on this machine could read it', async () => {
    expect(await hub.nobody.ask('POST', '/api/v1/auth/login', { username: 'ada-lovelace', password: 'anything at all', as: 'cookie' })).toMatchObject({ status: 400, body: { id: 'no_cookies' } });
  });

  it('a hub of teams knows no such links', async () => {
    const teams = await startTestHub();
    await readyLocalMode(teams.base, { userName: 'ada' });
    await expect(openLink(teams.base)).rejects.toThrow('this is no hub of one machine');
    expect((await teams.nobody.ask('POST', '/api/v1/auth/local', { secret: 'wro_x' })).status).toBe(404);
    await teams.stop();
  });

  it.each([['Ada Lovelace', 'ada-lovelace'], ['josé', 'jose'], ['李', 'person'], ['42', 'person'], ['x', 'person'], ['DOMAIN\\bob', 'domain-bob'], ['-_-', 'person']])('calls %s %s', (name, called) => {
    expect(usernameOf(name)).toBe(called);
  });
});
