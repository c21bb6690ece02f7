import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { request } from 'node:https';
import { io } from 'socket.io-client';
import { readyLocalMode } from '../../server/auth/local.ts';
import { GuestDoor } from '../../server/lan/guest-door.ts';
import { guestsOf, showOut } from '../../server/lan/guests.ts';
import { keptCertificate } from '../../server/lan/certificate.ts';
import { until } from '../../../exporter/test/servers.ts';
import { anAgent, aWire } from '../agents/an-agent.ts';
import { lostOf } from '../auth/lost.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';

// The door on addresses of loopback: how it looks from another machine is in run/share-lan.test.ts.

const hosts: { current: readonly string[] } = { current: [] };
let hub: TestHub;
let door: GuestDoor;
let port: number;
beforeEach(async () => {
  hub = await startTestHub({ local: true, publicUrl: 'http://127.0.0.1:8877', guestHosts: () => hosts.current });
  const { userId, teamId } = await readyLocalMode(hub.base, { userName: 'ada' });
  const agent = await anAgent(hub, { userId, teamId });
  await agent.tells({ sessions: [aWire({ id: 'claude/one', title: 'heron' }), aWire({ id: 'claude/two', title: 'kestrel' })] });
  door = new GuestDoor(hub.base, { server: hub.server, hosts });
  port = await freePorts();
});
afterEach(async () => {
  await door.close();
  await hub.stop();
});

const addresses = ['127.0.0.1', '127.0.0.2'];
const letIn = (session: string, leaseMs = 60_000, at: readonly string[] = addresses) => door.letIn({ session, addresses: at, port, leaseMs });

interface Told { readonly status: number; readonly body: any; readonly headers: NodeJS.Dict<string | string[]> } // eslint-disable-line @typescript-eslint/no-explicit-any

const ask = (method: string, host: string, path: string, { token, body, headers = {} }: { readonly token?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Told> =>
  new Promise((resolve, reject) => {
    const [address, at] = host.split(':');
    const sent = request({ host: address, port: at, method, path, rejectUnauthorized: false, servername: '', agent: false, headers: { host, ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json', ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece)).on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text }));
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
const register = (host: string, invite: string, username: string): Promise<Told> => ask('POST', host, '/api/v1/auth/register', { body: { invite, username, password: 'correct horse battery', displayName: username } });
const idOf = async (key: string): Promise<string> => (await hub.base.store.selectFrom('sessions').select('id').where('session_key', '=', key).executeTakeFirstOrThrow()).id;

describe('[C9] the door for guests', () => {
  it('leads each guest into the room of their invite alone, and tells who is there', async () => {
    const [one, two] = [await letIn('claude/one'), await letIn('claude/two')];
    expect(two.hosts).toEqual(one.hosts);
    expect(one.hosts).toEqual(addresses.map((address) => `${address}:${port}`));
    expect(two.invite).not.toBe(one.invite);
    const grace = (await register(one.hosts[0]!, one.invite, 'grace')).body.token;
    const linus = (await register(one.hosts[1]!, two.invite, 'linus')).body.token;
    const seen = async (token: string) => (await ask('GET', one.hosts[0]!, '/api/v1/sessions', { token })).body.sessions.map(({ id }: { id: string }) => id);
    expect([await seen(grace), await seen(linus)]).toEqual([['claude/one'], ['claude/two']]);
    expect((await ask('GET', one.hosts[0]!, '/api/v1/sessions/claude/two', { token: grace })).status).toBe(404);
    expect([(await letIn('claude/one')).guests, (await letIn('claude/two')).guests]).toEqual([['grace'], ['linus']]);
    expect((await letIn('claude/one')).invite).toBe(one.invite); // as long as it is open
  });

  it('knows its addresses and no other name, and only its own pages may ask for changes', async () => {
    const { hosts: [host, other], invite } = await letIn('claude/one');
    const ways = (headers: Readonly<Record<string, string>>) => ask('GET', host!, '/api/v1/auth/ways', { headers }).then(({ status }) => status);
    expect(await Promise.all([ways({}), ways({ host: other! })])).toEqual([200, 200]);
    expect(await Promise.all(['evil.example', `evil.example:${port}`, '10.9.8.7', `10.9.8.7:${port}`].map((name) => ways({ host: name })))).toEqual([403, 403, 403, 403]);
    const look = (origin: string) => ask('POST', host!, '/api/v1/invites/look', { headers: { origin }, body: { invite } }).then(({ status }) => status);
    expect(await Promise.all([`https://${host}`, 'http://127.0.0.1:8877'].map(look))).toEqual([200, 200]);
    expect(await Promise.all([`https://${other}`, 'https://evil.example', 'null', `http://10.9.8.7:${port}`].map(look))).toEqual([403, 403, 403, 403]);
  });

  it('takes neither cookies nor the link of this machine, and says nothing that would bind a browser to https', async () => {
    const { hosts: [host], invite } = await letIn('claude/one');
    const { body } = await ask('POST', host!, '/api/v1/auth/register', { body: { invite, username: 'grace', password: 'correct horse battery', displayName: 'Grace', as: 'cookie' } });
    expect(body).toMatchObject({ id: 'no_cookies' });
    expect(await ask('POST', host!, '/api/v1/auth/local', { body: { secret: 'wro_x' } })).toMatchObject({ status: 404, body: { message: 'A link of this machine works on this machine only.' } });
    expect(await ask('GET', host!, '/api/v1/auth/ways')).toMatchObject({ body: { local: false, bearer: true } });
    expect((await hub.nobody.ask('GET', '/api/v1/auth/ways')).body).toMatchObject({ local: true, bearer: true });
    expect((await ask('GET', host!, '/')).headers).not.toHaveProperty('strict-transport-security');
    expect((await hub.nobody.ask('GET', '/api/v1/auth/ways', undefined, { 'x-forwarded-proto': 'https' })).body).toMatchObject({ local: true });
  });

  it('[R8] showing them out takes invite, room and live views before it returns; who is invited again comes with the same name', async () => {
    const { hosts: [host], invite } = await letIn('claude/one');
    const { token } = (await register(host!, invite, 'grace')).body;
    const socket = io(`https://${host}`, { transports: ['websocket'], auth: { token }, rejectUnauthorized: false, reconnection: false });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
    expect(await socket.emitWithAck('room:join', { room: await idOf('claude/one') })).toHaveProperty('data');
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    const lost = lostOf(hub);
    expect(await door.showOut('claude/one')).toEqual(['grace']);
    expect(lost).toEqual([{ userId: expect.any(String), sessionId: await idOf('claude/one') }]);
    await gone;
    await expect(ask('GET', host!, '/healthz')).rejects.toThrow(/ECONNREFUSED/);
    expect(hosts.current).toEqual([]);
    // From loopback, with the login that is still good: it opens nothing any more.
    const grace: Client = hub.client('', token);
    expect((await grace.ask('GET', '/api/v1/sessions')).body.sessions).toEqual([]);
    expect((await grace.ask('GET', '/api/v1/sessions/claude/one')).status).toBe(404);
    expect((await hub.nobody.ask('POST', '/api/v1/invites/look', { invite })).status).toBe(410);
    const again = await letIn('claude/two');
    expect((await register(again.hosts[0]!, again.invite, 'grace')).body.id).toBe('name_taken');
    expect((await ask('POST', again.hosts[0]!, '/api/v1/invites/accept', { token, body: { invite: again.invite } })).status).toBe(200);
    expect((await grace.ask('GET', '/api/v1/sessions')).body.sessions.map(({ id }: { id: string }) => id)).toEqual(['claude/two']);
  });

  it('closes by itself when nobody asks for it any more, room by room', async () => {
    const { hosts: [host], invite } = await letIn('claude/one');
    await register(host!, invite, 'grace');
    await letIn('claude/two');
    expect((await letIn('claude/one', 300)).guests).toEqual(['grace']);
    const id = await idOf('claude/one');
    await until(async () => (await guestsOf(hub.base, id)).length === 0);
    expect((await ask('GET', host!, '/healthz')).status).toBe(200); // the other room is still shared
    expect(await door.showOut('claude/two')).toEqual([]);
    await expect(ask('GET', host!, '/healthz')).rejects.toThrow(/ECONNREFUSED/);
    expect(await door.showOut('claude/one')).toEqual([]); // over already
  });

  it('moves with the machine to another network', async () => {
    const before = await letIn('claude/one', 60_000, ['127.0.0.1']);
    const after = await letIn('claude/one', 60_000, ['127.0.0.3']);
    expect([before.hosts, after.hosts]).toEqual([[`127.0.0.1:${port}`], [`127.0.0.3:${port}`]]);
    expect(after.invite).toBe(before.invite);
    expect(after.fingerprint).toBe(keptCertificate(hub.dataFolder, { addresses: ['127.0.0.3'], now: hub.clock.now }).fingerprint);
    await expect(ask('GET', before.hosts[0]!, '/healthz')).rejects.toThrow(/ECONNREFUSED/);
    expect((await ask('GET', after.hosts[0]!, '/healthz')).status).toBe(200);
  });

  it('takes the next port at all addresses when another program has it at one, leaves out an address that is gone, and says what it cannot', async () => {
    const other = await listening('127.0.0.2', port);
    expect((await letIn('claude/one')).hosts).toEqual(addresses.map((address) => `${address}:${port + 1}`));
    other.close();
    expect((await letIn('claude/one', 60_000, ['127.0.0.1', '192.0.2.99'])).hosts).toEqual([`127.0.0.1:${port}`]);
    await expect(letIn('claude/one', 60_000, ['192.0.2.99'])).rejects.toThrow('this machine has none of the addresses 192.0.2.99 any more');
    await expect(letIn('claude/three')).rejects.toThrow("this machine's hub was not told of claude/three");
  });

  it('a hub that was killed while guests were there begins without them', async () => {
    const { hosts: [host], invite } = await letIn('claude/one');
    const { token } = (await register(host!, invite, 'grace')).body;
    expect(await showOut(hub.base)).toEqual(['grace']); // what a start does first (start.ts)
    expect((await hub.client('', token).ask('GET', '/api/v1/sessions')).body.sessions).toEqual([]);
    expect(await hub.base.store.selectFrom('audit').select(['action', 'actor']).where('action', 'in', ['session:people', 'invite:revoke']).execute()).toEqual(expect.arrayContaining([{ action: 'session:people', actor: expect.stringContaining('this machine') }, { action: 'invite:revoke', actor: expect.stringContaining('this machine') }]));
  });
});

const listening = (host: string, at: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ host, port: at }, () => resolve(server));
  });

/** The first of two neighbouring ports that nobody has. */
const freePorts = async (): Promise<number> => {
  for (;;) {
    const first = await listening('0.0.0.0', 0);
    const { port: found } = first.address() as AddressInfo;
    const second = await listening('0.0.0.0', found + 1).catch(() => undefined);
    first.close();
    second?.close();
    if (second) return found;
  }
};
