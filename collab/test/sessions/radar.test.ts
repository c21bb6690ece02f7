import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aSession, aWire, anAgent } from './a-session.ts';

let hub: TestHub;
let ada: Client;
let bob: Client;
let boss: Client;
let eve: Client;
const key = (name: string): string => name.padEnd(43, '0');

beforeAll(async () => {
  hub = await startTestHub();
  const team = await hub.team('reds');
  const other = await hub.team('blues');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
  bob = await hub.person('bob', { id: team.id, role: 'member' });
  boss = await hub.person('boss', { id: team.id, role: 'admin' });
  eve = await hub.person('eve', { id: other.id, role: 'admin' });
  const agentOf = async (person: Client, teamId: string, hostName: string, silent = false) => anAgent(hub, { teamId, userId: person.userId, hostName, silent });
  const edits = (files: Record<string, number>) => Object.entries(files).map(([path, minutesAgo]) => ({ key: key(path), path, at: hub.clock.now - minutesAgo * 60_000 }));
  const put = async (person: Client, id: string, files: Record<string, number>, { teamId = team.id, agent_id = '', ...given }: { teamId?: string; agent_id?: string; visibility?: 'private'; state?: 'ended'; host_name?: string } = {}) =>
    aSession(hub, { team_id: teamId, owner_id: person.userId, agent_id: agent_id === '' ? await agentOf(person, teamId, given.host_name ?? 'desk') : agent_id, ...given }, aWire({ id, state: given.state ?? 'working', edits: edits(files), files: Object.fromEntries(Object.keys(files).map((path) => [path, { reads: 1, edits: 2, created: false, linesAdded: 3, linesRemoved: 1, lastAt: hub.clock.now }])) }));
  await put(ada, 'claude/a', { 'shop/cart': 5, 'shop/own': 1, 'shop/secret': 1, 'shop/stale': 10 }, { host_name: 'desk' });
  await put(bob, 'claude/b', { 'shop/cart': 1, 'shop/elsewhere': 2 }, { host_name: 'lap' });
  await put(bob, 'codex/same-machine', { 'shop/elsewhere': 3 }, { host_name: 'lap' });
  await put(bob, 'claude/private', { 'shop/secret': 1, 'shop/cart': 2 }, { visibility: 'private' });
  await put(bob, 'claude/ended', { 'shop/own': 1 }, { state: 'ended' });
  await put(bob, 'claude/stale', { 'shop/stale': 121 });
  await put(bob, 'claude/unheard', { 'shop/own': 1 }, { agent_id: await agentOf(bob, team.id, 'attic', true) });
  await put(eve, 'claude/other-team', { 'shop/own': 1, 'shop/cart': 1 }, { teamId: other.id });
});
afterAll(() => hub.stop());

const radar = async (client: Client, query = ''): Promise<Record<string, string[]>> =>
  Object.fromEntries((await client.ask('GET', `/api/v1/radar${query}`)).body.conflicts.map(({ path, sessions }: { path: string; sessions: { id: string }[] }) => [path, sessions.map(({ id }) => id)]));

describe('[H7] the file-conflict radar', () => {
  it('shows files that two live sessions edit, on two machines and on one', async () => {
    expect(await radar(ada)).toEqual({ 'shop/cart': ['claude/b', 'claude/a'], 'shop/elsewhere': ['claude/b', 'codex/same-machine'] });
  });

  it('[R7] never another\'s private session, not even by count; its owner sees it', async () => {
    expect(await radar(boss)).toEqual(await radar(ada));
    expect(await radar(bob)).toMatchObject({ 'shop/cart': ['claude/b', 'claude/private', 'claude/a'], 'shop/secret': expect.arrayContaining(['claude/a', 'claude/private']) });
  });

  it('[R7] keys of different teams never meet', async () => {
    expect(await radar(eve)).toEqual({});
    expect((await eve.ask('GET', '/api/v1/radar?team=reds')).status).toBe(404);
    expect(Object.keys(await radar(ada, '?team=reds'))).toHaveLength(2);
  });

  it('the files of a session say who else edits them', async () => {
    const { body } = await ada.ask('GET', '/api/v1/sessions/claude/a/files');
    expect(Object.fromEntries(body.files.map(({ path, conflictsWith }: { path: string; conflictsWith?: string[] }) => [path, conflictsWith]))).toEqual({ 'shop/cart': ['claude/b'], 'shop/own': undefined, 'shop/secret': undefined, 'shop/stale': undefined });
    expect(body.files[0]).toMatchObject({ reads: 1, edits: 2, created: false, linesAdded: 3, linesRemoved: 1 });
  });
});
