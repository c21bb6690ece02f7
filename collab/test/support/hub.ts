import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createHub } from '../../server/hub.ts';
import type { Hub } from '../../server/hub.ts';
import type { HubSettings } from '../../server/settings.ts';
import { hashOf, newId, newSecret } from '../../server/store/ids.ts';
import type { TeamRole } from '../../server/store/schema.ts';

/** A real hub on a free port of loopback with a store of its own, and people to ask it things. */
export interface TestHub extends Hub {
  readonly url: string;
  readonly dataFolder: string;
  /** Moves the hub's clock. */
  readonly clock: { now: number };
  /** A person who signed in; `team` makes them a member of it. */
  readonly person: (name: string, team?: { readonly id: string; readonly role: TeamRole | 'guest' }, more?: { readonly operator?: true }) => Promise<Client>;
  readonly team: (name: string) => Promise<{ readonly id: string; readonly name: string }>;
  /** An agent token of a person for a team; a scrape token of a team, or of all without one. */
  readonly token: (kind: 'agent' | 'scrape' | 'personal', userId: string, teamId?: string, scopes?: readonly string[]) => Promise<Client>;
  readonly nobody: Client;
  /** Somebody whose secret is known. */
  readonly client: (userId: string, secret: string) => Client;
  readonly stop: () => Promise<void>;
}

/** Somebody who asks the hub. */
export interface Client {
  readonly userId: string;
  readonly secret: string;
  readonly ask: (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // The tests say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export const startTestHub = async (settings: Partial<HubSettings> = {}, { dataFolder = mkdtempSync(join(tmpdir(), 'watchroom-hub-')), startedAt, port = 0 }: { readonly dataFolder?: string; readonly startedAt?: number; readonly port?: number } = {}): Promise<TestHub> => {
  const clock = { now: startedAt ?? Date.now() };
  const hub = await createHub({
    settings: { version: '0.0.0-test', publicUrl: 'http://hub.example', allowedHosts: [], trustProxy: 0, dataFolder, local: false, seriesPerUser: 50_000, seriesPerHub: 200_000, ...settings },
    log: pino({ level: process.env.HUB_LOG ?? 'silent' }),
    now: () => clock.now,
  });
  await new Promise<void>((resolve) => hub.server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(hub.server.address() as AddressInfo).port}`;
  const { store } = hub.base;
  const client = (userId: string, secret: string): Client => ({ userId, secret, ask: (method, path, body, headers = {}) => ask(url, { method, path, body, headers: { ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }), ...headers } }) });

  return {
    ...hub, url, dataFolder, clock,
    nobody: client('', ''), client,
    team: async (name) => {
      const id = newId();
      await store.insertInto('teams').values({ id, name, display_name: name, settings: '{}', radar_key: newId(), created_at: clock.now, updated_at: clock.now }).execute();
      return { id, name };
    },
    person: async (name, team, more = {}) => {
      const userId = newId();
      const secret = newSecret('wrl_');
      await store.insertInto('users').values({ id: userId, username: name, display_name: name, operator: more.operator ? 1 : 0, preferences: '{}', created_at: clock.now }).execute();
      await store.insertInto('devices').values({ id: newId(), user_id: userId, hash: hashOf(secret), user_agent: 'test', address: '127.0.0.1', created_at: clock.now, last_seen_at: clock.now, expires_at: clock.now + 86_400_000 }).execute();
      if (team) await store.insertInto('members').values({ team_id: team.id, user_id: userId, role: team.role, joined_at: clock.now }).execute();
      return client(userId, secret);
    },
    token: async (kind, userId, teamId, scopes = ['read', 'write', 'admin']) => {
      const secret = newSecret(kind === 'agent' ? 'wra_' : kind === 'scrape' ? 'wrs_' : 'wrp_');
      await store.insertInto('tokens').values({ id: newId(), kind, user_id: userId, team_id: teamId ?? null, name: 'test', hash: hashOf(secret), scopes: JSON.stringify(scopes), created_at: clock.now }).execute();
      return client(userId, secret);
    },
    stop: async () => {
      await hub.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
};

const ask = async (url: string, { method, path, body, headers }: { method: string; path: string; body: unknown; headers: Readonly<Record<string, string>> }): Promise<Answer> => {
  const response = await fetch(url + path, { method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, redirect: 'manual', ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: response.headers.get('content-type')?.includes('json') && text !== '' ? JSON.parse(text) : undefined };
};
