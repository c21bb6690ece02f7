import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Attempts, attemptLimits } from '../../server/auth/attempts.ts';
import { hashPassword, passwordMatches } from '../../server/auth/password.ts';
import { example } from '../../server/auth/examples.ts';
import { cheapPassword } from '../support/example-things.ts';
import { startTestHub } from '../support/hub.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';
import { lostOf } from './lost.ts';

let hub: TestHub;
let ada: Client;
beforeAll(async () => {
  hub = await startTestHub({ limitFactor: 1000 });
  ada = await hub.person('ada', { ...(await hub.team('reds')), role: 'member' });
  await setPassword(ada);
});
afterAll(() => hub.stop());
const { password } = example;
const setPassword = async ({ userId }: Client): Promise<void> => { await hub.base.store.updateTable('users').set({ password: cheapPassword }).where('id', '=', userId).execute(); };
const login = (body: object): Promise<Answer> => hub.nobody.ask('POST', '/api/v1/auth/login', body);
const me = (token: string): Promise<Answer> => hub.nobody.ask('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${token}` });

describe('[U1] signing in', () => {
  it('[U1] with name and password gives a login that lives 30 days after its last use', async () => {
    const { status, body } = await login({ username: 'Ada', password });
    expect(status).toBe(200);
    hub.clock.now += 20 * 86_400_000;
    expect((await me(body.token)).status).toBe(200);
    hub.clock.now += 20 * 86_400_000;
    expect((await me(body.token)).status).toBe(200);
    hub.clock.now += 31 * 86_400_000;
    expect(await me(body.token)).toMatchObject({ status: 401, body: { id: 'not_signed_in' } });
  });

  it('an old weak hash is made anew when its owner signs in, in PHC form', async () => {
    const row = await hub.base.store.selectFrom('users').select('password').where('id', '=', ada.userId).executeTakeFirstOrThrow();
    expect(row.password).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await passwordMatches(password, row.password)).toBe(true);
  });

  it('a wrong password and an unknown name get the same answer', async () => {
    const [wrong, unknown] = [await login({ username: 'ada', password: 'not hers at all' }), await login({ username: 'nobody-here', password: 'not hers at all' })];
    expect(wrong).toMatchObject({ status: 401, body: { id: 'wrong_credentials' } });
    expect({ ...unknown.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' });
  });

  it('an unknown name takes as long as a wrong password', async () => {
    const hash = await hashPassword('something else');
    const took = async (stored: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let nth = 0; nth < 3; nth += 1) {
        const from = performance.now();
        await passwordMatches('a guess', stored);
        times.push(performance.now() - from);
      }
      return Math.min(...times);
    };
    const [known, unknown] = [await took(hash), await took(undefined)];
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  it('the same password of another keyboard is the same', async () => {
    expect(await passwordMatches('caf\u0065\u0301 au lait', await hashPassword('caf\u00e9 au lait'))).toBe(true);
  });

  it('is written down, refused or not, but never what an unknown name was', async () => {
    await login({ username: 'ada', password });
    await login({ username: 'hunter2-my-password', password });
    const lines = await hub.base.store.selectFrom('audit').selectAll().where('action', '=', 'login:password').orderBy('seq', 'desc').limit(2).execute();
    expect(lines).toMatchObject([{ result: 'refused', target: 'unknown name', actor: 'nobody' }, { result: 'done', target: ada.userId, actor: 'ada', address: '127.0.0.1' }]);
    expect(JSON.stringify(await hub.base.store.selectFrom('audit').selectAll().execute())).not.toContain('hunter2');
  });

  it('nobody guesses on: after ten wrong passwords a name waits a quarter of an hour, guesses sent at once included', async () => {
    const bob = await hub.person('bob');
    await setPassword(bob);
    const answers = await Promise.all(Array.from({ length: attemptLimits.name + 3 }, () => login({ username: 'bob', password: 'a wrong guess' })));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(attemptLimits.name);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
    const late = await login({ username: 'bob', password });
    expect(late).toMatchObject({ status: 429, body: { id: 'too_many' } });
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await login({ username: 'ada', password })).status).toBe(200);
    hub.clock.now += 15 * 60_000 + 1;
    expect((await login({ username: 'bob', password })).status).toBe(200);
  });

  it('an address that tries many names is stopped, too; one household\'s addresses are one', () => {
    const attempts = new Attempts();
    const guess = (name: string, address: string, now = 0): void => attempts.take({ name, address, now });
    for (let nth = 0; nth < attemptLimits.address; nth += 1) guess(`name${nth}`, `2001:db8::${nth}`);
    expect(() => guess('ada', '2001:db8::ffff')).toThrow('Too many wrong passwords');
    expect(() => guess('ada', '2001:db9::1')).not.toThrow();
    expect(() => guess('ada', '2001:db8::ffff', 15 * 60_000 + 1)).not.toThrow();
  });

  it('a whole office behind one address signs in as it likes: right passwords do not count', () => {
    const attempts = new Attempts();
    for (let nth = 0; nth < 500; nth += 1) {
      attempts.take({ name: `name${nth}`, address: '192.0.2.1', now: nth });
      attempts.forgive({ name: `name${nth}`, address: '192.0.2.1' });
    }
  });

  it('[R8] out again ends this login and its live connections, before the answer; others stay', async () => {
    const [one, other] = [(await login({ username: 'ada', password })).body, (await login({ username: 'ada', password })).body];
    const lost = lostOf(hub);
    expect((await hub.nobody.ask('POST', '/api/v1/auth/logout', undefined, { authorization: `Bearer ${one.token}` })).status).toBe(204);
    expect(lost).toEqual([{ userId: ada.userId, deviceId: one.account.deviceId }]);
    expect((await me(one.token)).status).toBe(401);
    expect((await me(other.token)).status).toBe(200);
  });
});

describe('[U1] your devices', () => {
  it('[U1] are listed with where and when, and never with what opens them', async () => {
    const { body } = await hub.nobody.ask('POST', '/api/v1/auth/login', { username: 'ada', password }, { 'user-agent': 'Firefox\u0009on a desk' });
    const { devices } = (await hub.nobody.ask('GET', '/api/v1/auth/devices', undefined, { authorization: `Bearer ${body.token}` })).body;
    expect(devices.find((one: { current: boolean }) => one.current)).toMatchObject({ id: body.account.deviceId, userAgent: 'Firefox on a desk', address: '127.0.0.1' });
    expect(JSON.stringify(devices)).not.toMatch(/hash|wrl_/);
  });

  it('[R8] one is signed out, or all others, each told at once; somebody else\'s is not found', async () => {
    const tokens = await Promise.all([1, 2, 3].map(async () => (await login({ username: 'ada', password })).body));
    const as = ({ token }: { token: string }, method: string, path: string): Promise<Answer> => hub.nobody.ask(method, path, undefined, { authorization: `Bearer ${token}` });
    const eve = await hub.person('eve');
    expect((await eve.ask('DELETE', `/api/v1/auth/devices/${tokens[1].account.deviceId}`)).status).toBe(404);
    const lost = lostOf(hub);
    expect((await as(tokens[0], 'DELETE', `/api/v1/auth/devices/${tokens[1].account.deviceId}`)).status).toBe(204);
    expect(lost).toEqual([{ userId: ada.userId, deviceId: tokens[1].account.deviceId }]);
    expect((await me(tokens[1].token)).status).toBe(401);
    const { body: { ended } } = await as(tokens[0], 'DELETE', '/api/v1/auth/devices');
    expect(lost).toHaveLength(1 + ended);
    expect((await me(tokens[2].token)).status).toBe(401);
    expect((await me(tokens[0].token)).status).toBe(200);
  });
});

describe('[U1] passwords', () => {
  it('[R8] changing it ends all other logins, and the open reset link', async () => {
    const dora = await hub.person('dora');
    await setPassword(dora);
    const here = (await login({ username: 'dora', password })).body;
    const boss = await hub.person('boss', undefined, { operator: true });
    const { body: { link } } = await boss.ask('POST', '/api/v1/auth/resets', { username: 'dora' });
    const lost = lostOf(hub);
    const change = (current: string, next: string): Promise<Answer> => hub.nobody.ask('POST', '/api/v1/auth/password', { current, next }, { authorization: `Bearer ${here.token}` });
    expect(await change('not this one', 'another long one')).toMatchObject({ status: 403, body: { id: 'wrong_credentials' } });
    expect(lost).toEqual([]);
    expect((await change(password, 'another long one')).status).toBe(204);
    expect(lost).toEqual([{ userId: dora.userId, deviceId: expect.any(String) }]);
    expect((await dora.ask('GET', '/api/v1/auth/me')).status).toBe(401);
    expect((await me(here.token)).status).toBe(200);
    expect((await hub.nobody.ask('POST', '/api/v1/auth/reset', { secret: link.split('#')[1], password: 'the thief\'s own' })).status).toBe(410);
    expect((await login({ username: 'dora', password })).status).toBe(401);
    expect((await login({ username: 'dora', password: 'another long one' })).status).toBe(200);
  });

  it('[U1] a reset link needs no e-mail: once, for a day, the newest only, and it ends every login', async () => {
    const carl = await hub.person('carl');
    const boss = await hub.person('boss2', undefined, { operator: true });
    const secretOf = async (): Promise<string> => (await boss.ask('POST', '/api/v1/auth/resets', { username: 'carl' })).body.link.split('#')[1];
    const reset = (secret: string): Promise<Answer> => hub.nobody.ask('POST', '/api/v1/auth/reset', { secret, password });
    const [older, newer] = [await secretOf(), await secretOf()];
    expect((await reset(older)).status).toBe(410);
    const lost = lostOf(hub);
    expect(await reset(newer)).toMatchObject({ status: 200, body: { username: 'carl' } });
    expect(lost).toEqual([{ userId: carl.userId, deviceId: expect.any(String) }]);
    expect((await carl.ask('GET', '/api/v1/auth/me')).status).toBe(401);
    expect((await reset(newer)).status).toBe(410);
    const late = await secretOf();
    hub.clock.now += 86_400_001;
    expect((await reset(late)).status).toBe(410);
    expect((await login({ username: 'carl', password })).status).toBe(200);
  });

  it('whoever is kept out by wrong guesses gets in again by a reset link', async () => {
    await setPassword(await hub.person('frank'));
    await Promise.all(Array.from({ length: attemptLimits.name }, () => login({ username: 'frank', password: 'a wrong guess' })));
    const boss = await hub.person('boss3', undefined, { operator: true });
    const { body: { link } } = await boss.ask('POST', '/api/v1/auth/resets', { username: 'frank' });
    await hub.nobody.ask('POST', '/api/v1/auth/reset', { secret: link.split('#')[1], password });
    expect((await login({ username: 'frank', password })).status).toBe(200);
  });
});

describe('[U8] a personal token', () => {
  it('[U8] without the scope "admin" does nothing to accounts', async () => {
    const token = await hub.token('personal', ada.userId, undefined, ['read', 'write']);
    for (const [method, path, body] of [['POST', '/api/v1/auth/password', { current: password, next: 'a new long one' }], ['DELETE', '/api/v1/auth/devices', undefined], ['DELETE', '/api/v1/auth/me?confirm=ada', undefined], ['POST', '/api/v1/tokens', { name: 'x', scopes: ['read'] }], ['GET', '/api/v1/auth/me/export', undefined], ['POST', '/api/v1/auth/oidc/link', undefined]] as const) {
      expect(await token.ask(method, path, body)).toMatchObject({ status: 403, body: { id: 'scope' } });
    }
  });

  it('even with it is no login: it signs nothing out, links and deletes no account', async () => {
    const token = await hub.token('personal', ada.userId);
    expect(await token.ask('POST', '/api/v1/auth/logout')).toMatchObject({ status: 400, body: { id: 'not_a_login' } });
    expect(await token.ask('DELETE', '/api/v1/auth/me?confirm=ada')).toMatchObject({ status: 403, body: { id: 'own_login' } });
    expect(await token.ask('POST', '/api/v1/auth/oidc/link')).toMatchObject({ status: 403, body: { id: 'own_login' } });
  });
});
