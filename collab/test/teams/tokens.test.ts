import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashOf } from '../../server/store/ids.ts';
import { startTestHub } from '../support/hub.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';
import { lostOf } from '../auth/lost.ts';

let hub: TestHub;
let reds: { readonly id: string; readonly name: string };
let boss: Client;
let ada: Client;
beforeAll(async () => {
  hub = await startTestHub();
  reds = await hub.team('reds');
  boss = await hub.person('boss', { ...reds, role: 'admin' });
  ada = await hub.person('ada', { ...reds, role: 'member' });
});
afterAll(() => hub.stop());
const withToken = (secret: string, method: string, path: string, body?: unknown): Promise<Answer> => hub.nobody.ask(method, path, body, { authorization: `Bearer ${secret}` });

describe('[U8] tokens', () => {
  it('[U8] of an agent: prefixed, hashed, told once with the command to paste, and it only reports', async () => {
    const { status, body } = await ada.ask('POST', '/api/v1/teams/reds/tokens/agent', { name: 'my laptop' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: 'agent', name: 'my laptop', teamId: reds.id, userId: ada.userId, secret: expect.stringMatching(/^wra_[a-z0-9]{52}$/), command: `npx watchroom agent --hub http://hub.example --token ${body.secret}` });
    expect((await hub.base.store.selectFrom('tokens').select('hash').where('id', '=', body.id).executeTakeFirstOrThrow()).hash).toBe(hashOf(body.secret));
    for (const path of ['/api/v1/auth/me', '/api/v1/teams', '/api/v1/tokens']) expect(await withToken(body.secret, 'GET', path)).toMatchObject({ status: 403, body: { id: 'wrong_token' } });
  });

  it('[U8] of a person: named, limited to scopes, 90 days unless said otherwise', async () => {
    const { body } = await ada.ask('POST', '/api/v1/tokens', { name: 'script', scopes: ['read'] });
    expect(body).toMatchObject({ kind: 'personal', scopes: ['read'], secret: expect.stringMatching(/^wrp_/) });
    expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(90 * 86_400_000);
    expect((await withToken(body.secret, 'GET', '/api/v1/auth/me')).body).not.toHaveProperty('deviceId');
    expect(await withToken(body.secret, 'PATCH', '/api/v1/auth/me', { displayName: 'x' })).toMatchObject({ status: 403, body: { id: 'scope' } });
    hub.clock.now += 90 * 86_400_000;
    expect((await withToken(body.secret, 'GET', '/api/v1/auth/me')).status).toBe(401);
    hub.clock.now -= 90 * 86_400_000;
  });

  it('[U8] a token makes none that may more than itself', async () => {
    const admin = await hub.token('personal', ada.userId, undefined, ['admin']);
    expect(await admin.ask('POST', '/api/v1/tokens', { name: 'more', scopes: ['admin', 'write'] })).toMatchObject({ status: 403, body: { id: 'beyond_own' } });
    expect((await admin.ask('POST', '/api/v1/tokens', { name: 'same', scopes: ['admin'] })).status).toBe(201);
    const writer = await hub.token('personal', ada.userId, undefined, ['read', 'write']);
    for (const path of ['/api/v1/tokens', '/api/v1/teams/reds/tokens/agent', '/api/v1/teams/reds/tokens/scrape', '/api/v1/tokens/scrape']) expect((await writer.ask('POST', path, { name: 'x', scopes: ['read'] })).status).toBe(403);
  });

  it('[U8] to scrape a team are made by its admins, to scrape all by whoever runs the hub', async () => {
    expect((await ada.ask('POST', '/api/v1/teams/reds/tokens/scrape', { name: 'prometheus' })).status).toBe(403);
    expect((await boss.ask('POST', '/api/v1/tokens/scrape', { name: 'prometheus' })).status).toBe(403);
    expect((await boss.ask('POST', '/api/v1/teams/reds/tokens/scrape', { name: 'prometheus' })).body).toMatchObject({ kind: 'scrape', teamId: reds.id, secret: expect.stringMatching(/^wrs_/) });
    const operator = await hub.person('operator', undefined, { operator: true });
    const { body } = await operator.ask('POST', '/api/v1/tokens/scrape', { name: 'prometheus' });
    expect(body).not.toHaveProperty('teamId');
    expect((await withToken(body.secret, 'GET', '/api/v1/auth/me')).body.id).toBe('wrong_token');
    await hub.base.store.updateTable('users').set({ operator: 0 }).where('id', '=', operator.userId).execute();
    expect((await withToken(body.secret, 'GET', '/api/v1/auth/me')).status).toBe(401);
  });

  it('[R8] revoked by their owner or the team\'s admin, they open nothing, and their connections are told before the answer', async () => {
    const [mine, theirs] = [(await ada.ask('POST', '/api/v1/tokens', { name: 'mine', scopes: ['read'] })).body, (await ada.ask('POST', '/api/v1/teams/reds/tokens/agent', { name: 'theirs' })).body];
    expect((await boss.ask('DELETE', `/api/v1/tokens/${mine.id}`)).status).toBe(404);
    expect((await boss.ask('DELETE', `/api/v1/teams/reds/tokens/${mine.id}`)).status).toBe(404);
    const lost = lostOf(hub);
    expect((await ada.ask('DELETE', `/api/v1/tokens/${mine.id}`)).status).toBe(204);
    expect((await boss.ask('DELETE', `/api/v1/teams/reds/tokens/${theirs.id}`)).status).toBe(204);
    expect(lost).toEqual([{ userId: ada.userId, tokenId: mine.id }, { userId: ada.userId, tokenId: theirs.id }]);
    for (const { secret } of [mine, theirs]) expect((await withToken(secret, 'GET', '/api/v1/auth/me')).status).toBe(401);
    expect((await ada.ask('DELETE', `/api/v1/tokens/${mine.id}`)).status).toBe(404);
  });

  it('[R7] are listed for their owner, and those of a team for its admins; never what opens them', async () => {
    const own = await ada.ask('GET', '/api/v1/tokens');
    expect(own.body.tokens.every(({ userId }: { userId: string }) => userId === ada.userId)).toBe(true);
    const team = await boss.ask('GET', '/api/v1/teams/reds/tokens');
    expect(team.body.tokens.map(({ kind }: { kind: string }) => kind)).not.toContain('personal');
    expect((await ada.ask('GET', '/api/v1/teams/reds/tokens')).status).toBe(403);
    for (const { text } of [own, team]) expect(text).not.toMatch(/secret|hash|wr[aps]_/);
  });

  it('[U2] the team\'s limit of agent tokens holds, revoked ones aside', async () => {
    await boss.ask('PATCH', '/api/v1/teams/reds/settings', { limits: { agentTokensPerMember: 2 } });
    const make = (): Promise<Answer> => boss.ask('POST', '/api/v1/teams/reds/tokens/agent', { name: 'x' });
    const [first] = [await make(), await make()];
    expect(await make()).toMatchObject({ status: 409, body: { id: 'too_many_tokens' } });
    await boss.ask('DELETE', `/api/v1/tokens/${first!.body.id}`);
    expect((await make()).status).toBe(201);
  });
});
