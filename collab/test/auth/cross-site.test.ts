import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { example } from '../../server/auth/examples.ts';
import { cheapPassword } from '../support/example-things.ts';
import { startTestHub } from '../support/hub.ts';
import type { Answer, TestHub } from '../support/hub.ts';

// What browsers could be made to do by other people's pages. Each test fails when its guard is taken out.

let secure: TestHub;
let plain: TestHub;
beforeAll(async () => {
  secure = await startTestHub({ publicUrl: 'https://hub.example' });
  plain = await startTestHub({ publicUrl: 'http://hub.example' });
  for (const hub of [secure, plain]) {
    const { userId } = await hub.person('ada', { ...(await hub.team('reds')), role: 'admin' });
    await hub.base.store.updateTable('users').set({ password: cheapPassword }).where('id', '=', userId).execute();
  }
});
afterAll(async () => { await secure.stop(); await plain.stop(); });

const signIn = async (hub: TestHub): Promise<{ readonly answer: Answer; readonly cookie: string; readonly csrf: string }> => {
  const answer = await hub.nobody.ask('POST', '/api/v1/auth/login', { username: 'ada', password: example.password, as: 'cookie' });
  return { answer, cookie: answer.headers.getSetCookie()[0]!.split(';')[0]!, csrf: answer.body.account.csrfToken };
};

describe('the cookie of a signed-in browser', () => {
  it('is bound to this host and https, hidden from scripts, and not sent along by other sites\' forms', async () => {
    const { answer } = await signIn(secure);
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-watchroom=wrl_[a-z0-9]{52}; Max-Age=34560000; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/)]);
  });

  it('on plain http has its plain name, and is hidden from scripts all the same', async () => {
    const { answer } = await signIn(plain);
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^watchroom=wrl_[a-z0-9]{52}; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)]);
  });

  it('is all there is: the answer does not tell the login', async () => {
    const { answer } = await signIn(secure);
    expect(answer.text).not.toContain('wrl_');
  });

  it('one that a sibling host planted under the plain name opens nothing behind https', async () => {
    const { cookie, csrf } = await signIn(secure);
    expect((await secure.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie })).status).toBe(200);
    const planted = cookie.replace('__Host-', '');
    expect((await secure.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie: planted })).status).toBe(401);
    expect((await secure.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie: `${planted}x; ${cookie}` })).status).toBe(200);
    expect((await secure.nobody.ask('POST', '/api/v1/auth/logout', undefined, { cookie: planted, 'x-csrf-token': csrf })).status).toBe(401);
  });

  it('carries logins only, no personal token', async () => {
    const user = await secure.base.store.selectFrom('users').select('id').where('username', '=', 'ada').executeTakeFirstOrThrow();
    const { secret } = await secure.token('personal', user.id);
    expect((await secure.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie: `__Host-watchroom=${secret}` })).status).toBe(401);
  });

  it('goes when they sign out', async () => {
    const { cookie, csrf } = await signIn(secure);
    const out = await secure.nobody.ask('POST', '/api/v1/auth/logout', undefined, { cookie, 'x-csrf-token': csrf });
    expect(out.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-watchroom=; Path=\/; Expires=Thu, 01 Jan 1970/)]);
    expect((await secure.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie })).status).toBe(401);
  });
});

describe('changes by cookie', () => {
  it('need the CSRF token of this very login', async () => {
    const { cookie, csrf } = await signIn(secure);
    const other = await signIn(secure);
    const change = (headers: Record<string, string>): Promise<Answer> => secure.nobody.ask('PATCH', '/api/v1/auth/me', { displayName: 'Ada' }, { cookie, ...headers });
    for (const headers of [{}, { 'x-csrf-token': '' }, { 'x-csrf-token': 'guess' }, { 'x-csrf-token': other.csrf }]) expect(await change(headers as Record<string, string>)).toMatchObject({ status: 403, body: { id: 'csrf' } });
    expect((await change({ 'x-csrf-token': csrf })).status).toBe(200);
    expect((await secure.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie })).body.csrfToken).toBe(csrf);
  });

  it('are not taken from pages of other origins, whatever they know; nor is signing in', async () => {
    const { cookie, csrf } = await signIn(secure);
    for (const origin of ['https://evil.example', 'null', 'http://hub.example', 'https://hub.example.evil.example', 'https://hub.example:8443']) {
      expect(await secure.nobody.ask('PATCH', '/api/v1/auth/me', { displayName: 'Eve' }, { cookie, 'x-csrf-token': csrf, origin })).toMatchObject({ status: 403, body: { id: 'origin' } });
      expect(await secure.nobody.ask('POST', '/api/v1/auth/login', { username: 'ada', password: example.password, as: 'cookie' }, { origin })).toMatchObject({ status: 403, body: { id: 'origin' } });
    }
    expect((await secure.nobody.ask('PATCH', '/api/v1/auth/me', { displayName: 'Ada' }, { cookie, 'x-csrf-token': csrf, origin: 'https://hub.example' })).status).toBe(200);
  });

  it('a token told to a bearer is no CSRF token, for there is none', async () => {
    const { body } = await secure.nobody.ask('POST', '/api/v1/auth/login', { username: 'ada', password: example.password });
    expect(body.account).not.toHaveProperty('csrfToken');
  });
});

describe('every answer', () => {
  it('tells the browser to run nothing, frame nothing, guess nothing and tell nobody', async () => {
    for (const path of ['/api/v1/auth/ways', '/api/v1/auth/me', '/nothing-here']) {
      const { headers } = await secure.nobody.ask('GET', path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';script-src 'self'/);
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/);
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('about accounts is kept by no cache', async () => {
    const { cookie } = await signIn(secure);
    expect((await secure.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie })).headers.get('cache-control')).toBe('no-store');
  });

  it('is refused under a name that is not the hub\'s', async () => {
    const statusFor = (host: string): Promise<number> => new Promise((resolve, reject) => request(`${secure.url}/api/v1/auth/ways`, { headers: { host } }, (response) => resolve(response.resume().statusCode!)).on('error', reject).end());
    expect(await Promise.all(['evil.example', 'hub.example.evil.example', '127.0.0.1.evil.example'].map(statusFor))).toEqual([403, 403, 403]);
    expect(await Promise.all(['hub.example', 'HUB.example:443', 'localhost:1', '127.0.0.1'].map(statusFor))).toEqual([200, 200, 200, 200]);
  });
});
