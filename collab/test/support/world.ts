import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HubSettings } from '../../server/settings.ts';
import { newId } from '../../server/store/ids.ts';
import type { RoomRole, TeamRole, Visibility } from '../../server/store/schema.ts';
import { putExampleThings } from './example-things.ts';
import { startTestHub } from './hub.ts';
import type { Client, TestHub } from './hub.ts';

/** Everybody of the table in ROOMS.md 3, what they are in fact, and tokens that must not work or work only for machines. */
export const people = ['owner', 'host', 'editor', 'viewer', 'member', 'team viewer', 'admin', 'guest editor', 'guest viewer', 'other team', 'nobody', 'expired login', 'revoked token', 'read-only token', 'agent token', 'scrape token', 'operator'] as const;
export type Who = (typeof people)[number];

/** A hub with two teams, everybody of the table, a session all may see and a private one. */
export interface World {
  readonly hub: TestHub;
  readonly who: Readonly<Record<Who, Client>>;
  readonly team: { readonly id: string; readonly name: string };
  readonly otherTeam: { readonly id: string; readonly name: string };
  readonly sessions: Readonly<Record<'team' | 'private', { readonly id: string; readonly key: string }>>;
}

/** What each is in the first team, and in the rooms of its sessions. */
export const facts: Readonly<Partial<Record<Who, { readonly team: TeamRole | 'guest'; readonly room?: RoomRole }>>> = {
  owner: { team: 'member' },
  host: { team: 'member', room: 'host' },
  editor: { team: 'member', room: 'editor' },
  viewer: { team: 'member', room: 'viewer' },
  member: { team: 'member' },
  'team viewer': { team: 'viewer' },
  admin: { team: 'admin' },
  'guest editor': { team: 'guest', room: 'editor' },
  'guest viewer': { team: 'guest', room: 'viewer' },
  'read-only token': { team: 'admin' },
};

/** A world of its own: a copy of one that is built once. */
export const makeWorld = async (settings: Partial<HubSettings> = {}): Promise<World> => {
  const { folder, now, who, ...things } = await (template ??= buildTemplate());
  const dataFolder = mkdtempSync(join(tmpdir(), 'watchroom-hub-'));
  cpSync(folder, dataFolder, { recursive: true });
  const hub = await startTestHub({ limitFactor: 1000, ...settings }, { dataFolder, startedAt: now });
  return { ...things, hub, who: Object.fromEntries(people.map((name) => [name, hub.client(who[name].userId, who[name].secret)])) as Record<Who, Client> };
};

type Template = Omit<World, 'hub'> & { readonly folder: string; readonly now: number };
let template: Promise<Template> | undefined;

const buildTemplate = async (): Promise<Template> => {
  const { hub, ...world } = await buildWorld();
  await hub.close();
  process.once('exit', () => rmSync(hub.dataFolder, { recursive: true, force: true }));
  return { ...world, folder: hub.dataFolder, now: hub.clock.now };
};

const buildWorld = async (): Promise<World> => {
  const hub = await startTestHub({ limitFactor: 1000 });
  const { store } = hub.base;
  const team = await hub.team('reds');
  const otherTeam = await hub.team('blues');
  const person = async (who: Who): Promise<Client> => hub.person(who.replaceAll(' ', '-'), facts[who] && { id: team.id, role: facts[who].team });
  const owner = await person('owner');
  const admin = await person('admin');
  const expired = await hub.person('late', { id: team.id, role: 'admin' });
  await store.updateTable('devices').set({ expires_at: hub.clock.now - 1 }).where('user_id', '=', expired.userId).execute();
  const revoked = await hub.token('personal', admin.userId);
  await store.updateTable('tokens').set({ revoked_at: hub.clock.now }).where('user_id', '=', admin.userId).execute();
  const who: Record<Who, Client> = {
    owner, admin,
    host: await person('host'), editor: await person('editor'), viewer: await person('viewer'), member: await person('member'), 'team viewer': await person('team viewer'),
    'guest editor': await person('guest editor'), 'guest viewer': await person('guest viewer'),
    'other team': await hub.person('stranger', { id: otherTeam.id, role: 'admin' }),
    nobody: hub.nobody, 'expired login': expired, 'revoked token': revoked,
    'read-only token': await hub.token('personal', admin.userId, undefined, ['read']),
    'agent token': await hub.token('agent', owner.userId, team.id),
    'scrape token': await hub.token('scrape', admin.userId, team.id),
    operator: await hub.person('operator', undefined, { operator: true }),
  };
  const agentId = newId();
  await store.insertInto('agents').values({ id: agentId, team_id: team.id, user_id: owner.userId, token_id: agentId, instance: agentId, host_name: 'desk', platform: 'linux', version: '0', ledger_id: 'one', created_at: hub.clock.now, last_report_at: hub.clock.now, next_due_at: hub.clock.now + 60_000, skew_ms: 0 }).execute();
  const session = async (visibility: Visibility, nativeId: string) => {
    const id = newId();
    await store.insertInto('sessions').values({
      id, team_id: team.id, owner_id: owner.userId, agent_id: agentId, session_key: `claude/${nativeId}`, tool: 'claude', native_id: nativeId, host_name: 'desk', visibility, state: 'working', tags: '[]', tokens: 0, micro_usd: 0, errors: 0, last_error: 0,
      told: JSON.stringify({ id: `claude/${nativeId}`, tool: 'claude', nativeId, state: 'working', models: {}, messages: {}, toolCalls: {}, toolErrors: {}, errors: {}, errorTimes: [], files: {}, present: { pendingTools: [] }, rot: {}, processes: [] }),
      last_activity_at: hub.clock.now, created_at: hub.clock.now, updated_at: hub.clock.now,
    }).execute();
    for (const [name, { room }] of Object.entries(facts)) if (room) await store.insertInto('session_people').values({ session_id: id, user_id: who[name as Who].userId, role: room, given_by: owner.userId, created_at: hub.clock.now }).execute();
    return { id, key: `claude/${nativeId}` };
  };
  const sessions = { team: await session('team', 'open-one'), private: await session('private', 'closed-one') };
  await putExampleThings({ store, now: hub.clock.now, team, otherTeam, owner, admin, otherAdmin: who['other team'], sessionId: sessions.team.id });
  return { hub, who, team, otherTeam, sessions };
};
