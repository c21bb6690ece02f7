import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import type { IncomingMessage } from 'node:http';
import { Events, OAuth2Server } from 'oauth2-mock-server';
import { startTestHub } from '../support/hub.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';

// Against a real provider on another port: discovery, PKCE, signed identities.

let provider: OAuth2Server;
let hub: TestHub;
let team: { readonly id: string; readonly name: string };
let boss: Client;
/** Who the provider's page takes the browser for. */
let somebody: Record<string, unknown>;

beforeAll(async () => {
  provider = new OAuth2Server();
  // Its own generate() takes jest's objects for strange ones.
  await provider.issuer.keys.add({ ...await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey), kid: 'the-provider', alg: 'RS256' } as Parameters<typeof provider.issuer.keys.add>[0]);
  await provider.start(0, '127.0.0.1');
  provider.service.on(Events.BeforeTokenSigning, (token: { payload: Record<string, unknown> }) => { Object.assign(token.payload, somebody); });
  hub = await startTestHub({ oidc: { issuer: provider.issuer.url!, clientId: 'watchroom', clientSecret: 'the client secret', name: 'Example SSO' }, limitFactor: 1000 });
  team = await hub.team('reds');
  boss = await hub.person('boss', { ...team, role: 'admin' });
});
beforeEach(() => { somebody = { aud: 'watchroom', sub: 'subject-1', preferred_username: 'Ada@corp.example', name: 'Ada Lovelace', email: 'ada@corp.example' }; });
afterAll(async () => { await hub.stop(); await provider.stop(); });

const invite = async (body: object = { role: 'member' }): Promise<string> => (await boss.ask('POST', '/api/v1/teams/reds/invites', body)).body.link.split('#')[1];
const start = (body: object = {}, headers: Record<string, string> = {}): Promise<Answer> => hub.nobody.ask('POST', '/api/v1/auth/oidc/start', body, headers);
const cookieOf = (answer: Answer): string => answer.headers.getSetCookie()[0]!.split(';')[0]!;

/** The provider's page sends the browser back: with which path and query? */
const visit = async ({ body: { url } }: Answer): Promise<string> => {
  const answer = await fetch(url, { redirect: 'manual' });
  const back = new URL(answer.headers.get('location')!);
  expect(back.origin).toBe('http://hub.example');
  return back.pathname + back.search;
};
const comeBack = (path: string, cookie: string): Promise<Answer> => hub.nobody.ask('GET', path, undefined, { cookie });
const roundTrip = async (started: Answer): Promise<Answer> => comeBack(await visit(started), cookieOf(started));
const loginCookie = (answer: Answer): string | undefined => answer.headers.getSetCookie().find((one) => one.startsWith('watchroom=wrl_'))?.split(';')[0];
const people = async (): Promise<number> => (await hub.base.store.selectFrom('users').select('id').execute()).length;

describe('[U1] single sign-on', () => {
  it('[U1] sends the browser off with PKCE, state and nonce, and a signed Lax cookie for the way back', async () => {
    const started = await start();
    const url = new URL(started.body.url);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ response_type: 'code', client_id: 'watchroom', redirect_uri: 'http://hub.example/api/v1/auth/oidc/callback', code_challenge_method: 'S256', code_challenge: expect.any(String), state: expect.any(String), nonce: expect.any(String) });
    expect(started.headers.getSetCookie()).toEqual([expect.stringMatching(/^watchroom-oidc=[\w-]+\.[\w-]+\.[\w-]+; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)]);
  });

  it('[U1] makes no account of somebody who comes without an invite', async () => {
    const before = await people();
    const back = await roundTrip(await start());
    expect(back).toMatchObject({ status: 302 });
    expect(back.headers.get('location')).toBe('http://hub.example/login#problem=no_account');
    expect(loginCookie(back)).toBeUndefined();
    expect(await people()).toBe(before);
  });

  it('[U1] a new person comes with an invite, and signs in without it from then on', async () => {
    const back = await roundTrip(await start({ invite: await invite({ role: 'viewer' }) }));
    expect(back.headers.get('location')).toBe('http://hub.example/');
    const account = (await hub.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie: loginCookie(back)! })).body;
    expect(account).toMatchObject({ username: 'ada', displayName: 'Ada Lovelace', email: 'ada@corp.example', hasPassword: false, signOns: [{ issuer: provider.issuer.url }], teams: [{ name: 'reds', role: 'viewer' }] });
    // Their name and address at the provider may change: the subject is who they are.
    Object.assign(somebody, { preferred_username: 'somebody-else', email: 'other@corp.example' });
    const again = await roundTrip(await start());
    expect((await hub.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie: loginCookie(again)! })).body.id).toBe(account.id);
    expect((await hub.nobody.ask('POST', '/api/v1/auth/login', { username: 'ada', password: 'no password at all' })).status).toBe(401);
  });

  it('the same name or e-mail address is no proof: another subject gets no account of it', async () => {
    Object.assign(somebody, { sub: 'subject-2' });
    const back = await roundTrip(await start());
    expect(back.headers.get('location')).toBe('http://hub.example/login#problem=no_account');
    const withInvite = await roundTrip(await start({ invite: await invite() }));
    expect((await hub.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie: loginCookie(withInvite)! })).body.username).toBe('ada-2');
  });

  it('[U1] is linked to an account by its owner, who is signed in; nobody else can, and not twice', async () => {
    Object.assign(somebody, { sub: 'subject-3' });
    const carl = await hub.person('carl', { ...team, role: 'member' });
    const linked = await roundTrip(await carl.ask('POST', '/api/v1/auth/oidc/link'));
    expect(linked.headers.get('location')).toBe('http://hub.example/settings#linked');
    const signedOn = await roundTrip(await start());
    expect((await hub.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie: loginCookie(signedOn)! })).body.username).toBe('carl');
    const dora = await hub.person('dora', { ...team, role: 'member' });
    expect((await roundTrip(await dora.ask('POST', '/api/v1/auth/oidc/link'))).headers.get('location')).toBe('http://hub.example/settings#problem=linked_to_another');
    expect(await hub.nobody.ask('POST', '/api/v1/auth/oidc/link')).toMatchObject({ status: 401 });
    expect(await carl.ask('DELETE', '/api/v1/auth/oidc/link')).toMatchObject({ status: 409, body: { id: 'no_password' } });
  });

  it('[U2] who has an account and comes with an invite is in the new team, too; with a spent one they are signed in all the same', async () => {
    const blues = await hub.team('blues');
    const other = await hub.person('blue-boss', { ...blues, role: 'admin' });
    const secret = (await other.ask('POST', '/api/v1/teams/blues/invites', { role: 'viewer' })).body.link.split('#')[1];
    const [first, second] = [await start({ invite: secret }), await start({ invite: secret })];
    const teams = async (answer: Answer): Promise<unknown> => (await hub.nobody.ask('GET', '/api/v1/auth/me', undefined, { cookie: loginCookie(answer)! })).body.teams;
    const both = [{ name: 'blues', role: 'viewer' }, { name: 'reds', role: 'viewer' }];
    expect(await teams(await roundTrip(first))).toMatchObject(both);
    expect(await teams(await roundTrip(second))).toMatchObject(both);
  });

  it('links nothing when they signed out on the way', async () => {
    Object.assign(somebody, { sub: 'subject-4' });
    const eve = await hub.person('eve', { ...team, role: 'member' });
    const started = await eve.ask('POST', '/api/v1/auth/oidc/link');
    const path = await visit(started);
    await eve.ask('POST', '/api/v1/auth/logout');
    expect((await comeBack(path, cookieOf(started))).headers.get('location')).toBe('http://hub.example/login#problem=signed_out');
    expect(await hub.base.store.selectFrom('oidc_links').select('user_id').where('subject', '=', 'subject-4').execute()).toEqual([]);
  });

  it('somebody else\'s way back (login CSRF), an old one, a changed one or none at all is refused', async () => {
    const [mine, theirs] = [await start(), await start()];
    const path = await visit(theirs);
    expect(await comeBack(path, cookieOf(mine))).toMatchObject({ status: 400, body: { id: 'sign_on_failed' } });
    expect(await comeBack(path, 'watchroom-oidc=nonsense')).toMatchObject({ status: 400, body: { id: 'sign_on_lost' } });
    expect(await comeBack(path, '')).toMatchObject({ status: 400, body: { id: 'sign_on_lost' } });
    const [header, payload, signature] = cookieOf(theirs).split('=')[1]!.split('.') as [string, string, string];
    const changed = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()) as object, link: { userId: boss.userId, deviceId: 'x' } })).toString('base64url');
    expect(await comeBack(path, `watchroom-oidc=${header}.${changed}.${signature}`)).toMatchObject({ status: 400, body: { id: 'sign_on_lost' } });
    hub.clock.now += 10 * 60_000 + 1;
    expect(await comeBack(path, cookieOf(theirs))).toMatchObject({ status: 400, body: { id: 'sign_on_lost' } });
    hub.clock.now -= 10 * 60_000 + 1;
  });

  it('an identity for another client, of another issuer, with another nonce or signed by nobody is not believed', async () => {
    for (const wrong of [{ aud: 'another-client' }, { iss: 'https://evil.example' }, { nonce: 'another' }, { exp: Math.floor(Date.now() / 1000) - 3600 }, { sub: '' }]) {
      Object.assign(somebody, { sub: 'subject-1', aud: 'watchroom' }, wrong);
      expect(await roundTrip(await start())).toMatchObject({ status: 400, body: { id: 'sign_on_failed' } });
      for (const key of Object.keys(wrong)) delete somebody[key];
    }
    somebody = { aud: 'watchroom', sub: 'subject-1' };
    const forge = (answer: { body: unknown }): void => {
      const body = answer.body as { id_token: string };
      body.id_token = `${body.id_token.split('.').slice(0, 2).join('.')}.${Buffer.alloc(256, 7).toString('base64url')}`;
    };
    provider.service.once(Events.BeforeResponse, forge);
    expect(await roundTrip(await start())).toMatchObject({ status: 400, body: { id: 'sign_on_failed' } });
  });

  it('PKCE: the provider gets the verifier of this browser\'s own start', async () => {
    let given: string | undefined;
    provider.service.once(Events.BeforeResponse, (_answer: unknown, request: IncomingMessage & { body: { code_verifier?: string } }) => { given = request.body.code_verifier; });
    await roundTrip(await start());
    expect(given).toMatch(/^[\w-]{43}$/);
  });

  it('whoever says no at the provider is back at the sign-in page', async () => {
    provider.service.once(Events.BeforeAuthorizeRedirect, (redirect: { url: URL }) => {
      redirect.url.searchParams.delete('code');
      redirect.url.searchParams.set('error', 'access_denied');
    });
    expect((await roundTrip(await start())).headers.get('location')).toBe('http://hub.example/login#problem=said_no');
  });

  it('[R11] a provider that is away is a 503 with a sentence; when it is back, signing in works', async () => {
    const late = new OAuth2Server();
    await late.start(0, '127.0.0.1');
    const issuer = late.issuer.url!;
    await late.stop();
    const away = await startTestHub({ oidc: { issuer, clientId: 'watchroom', name: 'Example SSO' } });
    const answer = await away.nobody.ask('POST', '/api/v1/auth/oidc/start', {});
    expect(answer).toMatchObject({ status: 503, body: { message: expect.stringContaining('Example SSO') } });
    expect(answer.headers.get('retry-after')).toBe('30');
    await late.start(Number(new URL(issuer).port), '127.0.0.1');
    expect((await away.nobody.ask('POST', '/api/v1/auth/oidc/start', {})).status).toBe(200);
    await late.stop();
    await away.stop();
  });

  it('a hub without it says so', async () => {
    const without = await startTestHub();
    expect(await without.nobody.ask('POST', '/api/v1/auth/oidc/start', {})).toMatchObject({ status: 404 });
    expect(await without.nobody.ask('GET', '/api/v1/auth/oidc/callback?code=x&state=y')).toMatchObject({ status: 404 });
    expect((await without.nobody.ask('GET', '/api/v1/auth/ways')).body).not.toHaveProperty('signOn');
    await without.stop();
    expect((await hub.nobody.ask('GET', '/api/v1/auth/ways')).body).toMatchObject({ signOn: { name: 'Example SSO' } });
  });

  it('the client secret is in no answer', async () => {
    expect((await start()).text).not.toContain('the client secret');
  });
});
