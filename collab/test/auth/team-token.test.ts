import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personOfTeamToken } from '../../server/auth/team-token.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';

let hub: TestHub;
let ada: Client;
let reds: { readonly id: string; readonly name: string };
beforeAll(async () => {
  hub = await startTestHub();
  reds = await hub.team('reds');
  ada = await hub.person('ada', { ...reds, role: 'viewer' });
});
afterAll(() => hub.stop());

const tokenOf = async (one: Client, team = 'reds'): Promise<string> => (await one.ask('POST', '/api/v1/auth/token', { team })).body.token;
const whose = (token: string, at: TestHub = hub) => personOfTeamToken(at.base, token, '127.0.0.1');
/** As another service would check it: by the published keys, fetched anew. */
const verifyAsOthers = (token: string, at: TestHub = hub) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${at.url}/.well-known/jwks.json`)), { issuer: 'http://hub.example', audience: 'watchroom', currentDate: new Date(at.clock.now) });

describe('[U1] the token for sockets and other services', () => {
  it('[U1] says who, in which team, in which role, for 15 minutes, and others can check it', async () => {
    const { status, body } = await ada.ask('POST', '/api/v1/auth/token', { team: 'reds' });
    expect(status).toBe(201);
    const { payload, protectedHeader } = await verifyAsOthers(body.token);
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({ sub: ada.userId, name: 'ada', team: reds.id, team_name: 'reds', role: 'viewer', scope: 'read write admin' });
    expect(payload.exp! - payload.iat!).toBe(15 * 60);
    expect(Date.parse(body.expiresAt)).toBe(payload.exp! * 1000);
    hub.clock.now += 15 * 60_000;
    expect(await whose(body.token)).toBeUndefined();
    await expect(verifyAsOthers(body.token)).rejects.toThrow('"exp" claim timestamp check failed');
  });

  it('[R7] is for teams of the asker only', async () => {
    await hub.team('blues');
    for (const team of ['blues', 'no-such-team']) expect(await ada.ask('POST', '/api/v1/auth/token', { team })).toMatchObject({ status: 404 });
  });

  it('[R8] its role is for others: whoever reads it here gets the person, to look the role up', async () => {
    const known = await whose(await tokenOf(ada));
    expect(known).toMatchObject({ teamId: reds.id, person: { userId: ada.userId, name: 'ada', operator: false } });
    expect(known).not.toHaveProperty('role');
  });

  it('[R8] ends with the login it was made from', async () => {
    const bob = await hub.person('bob', { ...reds, role: 'member' });
    const token = await tokenOf(bob);
    expect(await whose(token)).toMatchObject({ person: { userId: bob.userId } });
    await bob.ask('POST', '/api/v1/auth/logout');
    expect(await whose(token)).toBeUndefined();
  });

  it('[U8] of a personal token has no more than its scopes, and ends with it', async () => {
    const reader = await hub.token('personal', ada.userId, undefined, ['read']);
    const token = await tokenOf(reader);
    expect(await whose(token)).toMatchObject({ person: { via: 'personal token', scopes: ['read'] } });
    await hub.base.store.updateTable('tokens').set({ revoked_at: 1 }).where('user_id', '=', ada.userId).execute();
    expect(await whose(token)).toBeUndefined();
  });

  it('nobody else\'s passes: signed by another key, for another audience, unsigned, or with the public key as a password', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const good = await tokenOf(ada);
    const { kid } = decodeProtectedHeader(good);
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const { keys: [jwk] } = (await hub.nobody.ask('GET', '/.well-known/jwks.json')).body;
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = [
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: kid! }).sign(privateKey),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: kid! }).sign(Buffer.from(JSON.stringify(jwk))),
      `${encoded({ alg: 'none', kid })}.${payload}.`,
      `${header}.${encoded({ ...claims, sub: 'somebody' })}.${signature}`,
      `${header}.${payload}.`, '', 'nonsense', 'a.b.c',
    ];
    for (const one of forged) expect(await whose(one)).toBeUndefined();
    expect(await whose(good)).toBeDefined();
  });
});

describe('[U1] signing keys', () => {
  it('[U1] when one takes over, tokens of the old one stay good; after an hour it is forgotten', async () => {
    const operator = await hub.person('operator', { ...reds, role: 'member' }, { operator: true });
    const before = await tokenOf(ada);
    const { body: { kid } } = await operator.ask('POST', '/api/v1/auth/keys');
    const after = await tokenOf(ada);
    expect(decodeProtectedHeader(after).kid).toBe(kid);
    expect(decodeProtectedHeader(before).kid).not.toBe(kid);
    for (const token of [before, after]) {
      expect(await whose(token)).toBeDefined();
      await verifyAsOthers(token);
    }
    hub.clock.now += 60 * 60_000 + 1;
    expect((await hub.nobody.ask('GET', '/.well-known/jwks.json')).body.keys).toMatchObject([{ kid, alg: 'ES256', use: 'sig' }]);
  });

  it('[U1] a key signs for 30 days, then the next one does by itself', async () => {
    const before = decodeProtectedHeader(await tokenOf(ada)).kid;
    hub.clock.now += 31 * 86_400_000;
    await hub.base.store.updateTable('devices').set({ expires_at: hub.clock.now + 1e9 }).execute();
    const kids = new Set((await Promise.all(Array.from({ length: 5 }, () => tokenOf(ada)))).map((token) => decodeProtectedHeader(token).kid));
    expect(kids.size).toBe(1);
    expect(kids).not.toContain(before);
    expect(await hub.base.store.selectFrom('audit').select(['actor', 'target']).where('action', '=', 'key:rotate').orderBy('seq', 'desc').executeTakeFirst()).toEqual({ actor: 'hub', target: [...kids][0] });
  });

  it('private halves are in no answer, and a retired key\'s is nowhere', async () => {
    expect((await hub.nobody.ask('GET', '/.well-known/jwks.json')).text).not.toMatch(/"d":/);
    const retired = await hub.base.store.selectFrom('signing_keys').selectAll().where('retired_at', 'is not', null).execute();
    expect(retired.map((row) => row.private_jwk)).toEqual(retired.map(() => ''));
  });

  it('[U1] from the environment: it signs, its private half is not stored, and after another one\'s start its tokens stay good', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'watchroom-keys-'));
    const newKey = async (): Promise<string> => JSON.stringify(await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey));
    const [one, two] = [await newKey(), await newKey()];
    const first = await startTestHub({ signingKey: one }, { dataFolder });
    const team = await first.team('reds');
    const bob = await first.person('bob', { ...team, role: 'member' });
    const token = await tokenOf(bob);
    await verifyAsOthers(token, first);
    expect(JSON.stringify(await first.base.store.selectFrom('signing_keys').selectAll().execute())).not.toContain((JSON.parse(one) as { d: string }).d);
    const operator = await first.person('operator', undefined, { operator: true });
    expect(await operator.ask('POST', '/api/v1/auth/keys')).toMatchObject({ status: 409, body: { id: 'environment_key' } });
    await first.close();
    const second = await startTestHub({ signingKey: two }, { dataFolder });
    expect(await whose(token, second)).toMatchObject({ person: { name: 'bob' } });
    expect((await second.nobody.ask('GET', '/.well-known/jwks.json')).body.keys).toHaveLength(2);
    await second.stop();
  });

  it('a key of the environment that is none stops the start with a sentence that does not quote it', async () => {
    for (const signingKey of ['{"kty":"oct","k":"c2VjcmV0LXNlY3JldA"}', 'hunter2 is no JSON', JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'hunter2' })]) {
      const started = startTestHub({ signingKey });
      await expect(started).rejects.toThrow('the signing key of the environment cannot be used');
      await expect(started).rejects.not.toThrow(/hunter2|c2Vj/);
    }
  });
});
