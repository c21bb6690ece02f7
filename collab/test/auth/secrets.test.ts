import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { newSetupToken } from '../../server/auth/setup.ts';
import { createHub } from '../../server/hub.ts';
import type { Hub } from '../../server/hub.ts';

// A hub at its most talkative, everything done once that makes a secret, and a look for each of them everywhere else.

const dataFolder = mkdtempSync(join(tmpdir(), 'watchroom-secrets-'));
const told: { readonly by: string; readonly text: string }[] = [];
const logged: string[] = [];
let hub: Hub;
let url: string;
beforeAll(async () => {
  hub = await createHub({
    settings: { version: '0.0.0-test', publicUrl: 'http://hub.example', allowedHosts: [], trustProxy: 0, dataFolder, local: false, seriesPerUser: 1000, seriesPerHub: 1000 },
    log: pino({ level: 'trace' }, { write: (line) => { logged.push(line); } }), now: () => Date.now(),
  });
  await new Promise<void>((resolve) => hub.server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(hub.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await hub.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

const ask = async (method: string, path: string, { token, body }: { token?: string; body?: unknown } = {}): Promise<Record<string, string>> => {
  const response = await fetch(url + path, { method, headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await response.text();
  told.push({ by: `${method} ${path}`, text: `${text}${JSON.stringify([...response.headers])}` });
  return (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
};

describe('[U8] secrets', () => {
  it('[U8] are told once, to whom they were made for, and are in no other answer, no log line, no audit line and no file', async () => {
    const password = 'the password of grace';
    const setup = (await newSetupToken(hub.base))!;
    const token = (await ask('POST', '/api/v1/auth/setup', { body: { token: setup, username: 'grace', password, displayName: 'Grace', team: 'navy' } })).token!;
    const second = (await ask('POST', '/api/v1/auth/login', { body: { username: 'grace', password } })).token!;
    const personal = (await ask('POST', '/api/v1/tokens', { token, body: { name: 'one', scopes: ['read'] } })).secret!;
    const agent = (await ask('POST', '/api/v1/teams/navy/tokens/agent', { token, body: { name: 'two' } })).secret!;
    const scrape = (await ask('POST', '/api/v1/teams/navy/tokens/scrape', { token, body: { name: 'three' } })).secret!;
    const hubScrape = (await ask('POST', '/api/v1/tokens/scrape', { token, body: { name: 'four' } })).secret!;
    const invite = (await ask('POST', '/api/v1/teams/navy/invites', { token, body: { role: 'member', uses: 2 } })).link!.split('#')[1]!;
    const othersPassword = 'the password of linus';
    const others = (await ask('POST', '/api/v1/auth/register', { body: { invite, username: 'linus', password: othersPassword, displayName: 'Linus' } })).token!;
    const reset = (await ask('POST', '/api/v1/auth/resets', { token, body: { username: 'linus' } })).link!.split('#')[1]!;
    const jwt = (await ask('POST', '/api/v1/auth/token', { token, body: { team: 'navy' } })).token!;
    const newPassword = 'the new password of linus';
    await ask('POST', '/api/v1/auth/reset', { body: { secret: reset, password: newPassword } });

    // Now every way there is of being told something.
    for (const path of ['/api/v1/auth/me', '/api/v1/auth/devices', '/api/v1/auth/me/export', '/api/v1/tokens', '/api/v1/teams', '/api/v1/teams/navy', '/api/v1/teams/navy/members', '/api/v1/teams/navy/invites', '/api/v1/teams/navy/tokens', '/api/v1/teams/navy/settings', '/api/v1/teams/navy/audit', '/api/v1/audit?limit=200', '/.well-known/jwks.json', '/openapi.json']) await ask('GET', path, { token });
    await ask('POST', '/api/v1/invites/look', { body: { invite } });
    // And of going wrong.
    for (const [path, body] of [['/api/v1/auth/login', { username: 'grace', password: newPassword }], ['/api/v1/auth/login', { username: password, password }], ['/api/v1/auth/reset', { secret: reset, password: newPassword }], ['/api/v1/auth/setup', { token: setup, username: 'eve', password, displayName: 'Eve', team: 'eves' }], ['/api/v1/auth/register', { invite: 7, username: 'eve', password, displayName: 'Eve' }], ['/api/v1/auth/password', { current: othersPassword, next: 'x' }]] as const) await ask('POST', path, { token, body });
    await hub.base.store.schema.alterTable('one_time_links').renameTo('gone').execute();
    await ask('POST', '/api/v1/auth/reset', { body: { secret: reset, password: newPassword } });
    await hub.base.store.schema.alterTable('gone').renameTo('one_time_links').execute();
    expect(logged.join('')).toContain('a request failed');

    const secrets = { setup, token, second, personal, agent, scrape, hubScrape, invite, others, reset, jwt, password, othersPassword, newPassword };
    const hashes = await hub.base.store.selectFrom('tokens').select('hash').execute();
    const files = readdirSync(dataFolder).map((name) => readFileSync(join(dataFolder, name)).toString('latin1')).join('');
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret).toEqual(expect.any(String));
      const times = told.filter(({ text }) => text.includes(secret)).map(({ by }) => by);
      expect({ name, times: times.length }).toEqual({ name, times: ['setup', 'password', 'othersPassword', 'newPassword'].includes(name) ? 0 : 1 });
      expect({ name, logged: logged.some((line) => line.includes(secret)) }).toEqual({ name, logged: false });
      expect({ name, inFiles: files.includes(secret) }).toEqual({ name, inFiles: false });
    }
    for (const { hash } of hashes) expect(told.some(({ text }) => text.includes(hash))).toBe(false);
    expect(told.some(({ text }) => /\$scrypt|"d":/.test(text))).toBe(false);
  });
});
