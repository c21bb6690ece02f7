import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HubEventMap } from '../../server/events.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aReporter } from './a-report.ts';
import { aSession, aWire, anAgent } from './a-session.ts';

let hub: TestHub;
let team: { id: string; name: string };
let ada: Client;
let bob: Client;
let boss: Client;
let lost: HubEventMap['access:lost'][0][];
const path = '/api/v1/sessions/claude/one';

beforeEach(async () => {
  hub = await startTestHub();
  team = await hub.team('reds');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
  bob = await hub.person('bob', { id: team.id, role: 'member' });
  await hub.person('cleo', { id: team.id, role: 'viewer' });
  boss = await hub.person('boss', { id: team.id, role: 'admin' });
  lost = [];
  hub.base.events.on('access:lost', (one) => lost.push(one));
});
afterEach(() => hub.stop());

const adas = (given = {}, wire = aWire()) => aSession(hub, { team_id: team.id, owner_id: ada.userId, ...given }, wire);

describe('[U5] a session', () => {
  it('is told in the public shape, with what the hub knows besides', async () => {
    const agent_id = await anAgent(hub, { teamId: team.id, userId: ada.userId });
    await adas({ agent_id, tags: '["release"]', project_name: 'The shop' }, aWire({
      gitBranch: 'main', models: { 'claude-sonnet-4-5': { usage: { input: 10, output: 5 }, requests: 2, microUsd: 1500, unpricedTokens: 0 } }, turns: 3, processes: [{ pid: 77 }], state: 'waiting',
      health: { score: 81.5, level: 'healthy', factors: { errors: 1 }, missing: ['activity'] },
    }));
    const { body } = await bob.ask('GET', path);
    expect(body).toMatchObject({
      id: 'claude/one', tool: 'claude', nativeId: 'one', project: 'The shop', gitBranch: 'main', tags: ['release'], state: 'waiting', tokens: { input: 10, output: 5 }, costUsd: 0.0015, requests: 2, turns: 3,
      health: { score: 81.5, level: 'healthy', factors: { errors: 1 }, missing: ['activity'] },
      team: { id: team.id, name: 'reds' }, owner: { id: ada.userId, name: 'ada' }, hostName: 'desk', visibility: 'team', agentUp: true, people: [{ name: 'ada', role: 'owner', first: true }], standings: ['member'], hidden: false,
    });
    expect(body.pid).toBe(77); // [C8]
    expect(body).not.toHaveProperty('pids');
    expect(body).not.toHaveProperty('sources');
    expect(body).not.toHaveProperty('grafanaUrl');
    expect(body.may).not.toContain('session:describe');
    expect((await bob.ask('GET', `${path}/health`)).body).toMatchObject({ score: 81.5, missing: ['activity'], agentUp: true });
  });

  it('[C8] where the hub knows a Grafana, its dashboard is told, from its start to its end or now', async () => {
    const withGrafana = await startTestHub({ limitFactor: 1000, grafanaUrl: 'https://grafana.example' }, { dataFolder: hub.dataFolder, startedAt: hub.clock.now });
    await adas({ started_at: 1_760_000_000_000 }, aWire({}));
    const { body } = await withGrafana.client(bob.userId, bob.secret).ask('GET', path);
    expect(body.grafanaUrl).toBe('https://grafana.example/d/watchroom-session?var-session=claude%2Fone&from=1760000000000&to=now');
    await withGrafana.close();
  });

  it('[C10] a private one is whole for those in its room, whose it is and its state for an admin, and nothing for others', async () => {
    await adas({ visibility: 'private' }, aWire({ project: 'secret', title: 'secret' }));
    expect((await bob.ask('GET', path)).status).toBe(404);
    const { body, text } = await boss.ask('GET', path);
    expect(body).toEqual({ id: 'claude/one', state: 'working', owner: { id: ada.userId, name: 'ada' }, visibility: 'private', standings: ['admin'], may: ['session:know', 'session:close', 'share:stop', 'session:delete'], hidden: true });
    expect(text).not.toContain('secret');
    expect((await ada.ask('POST', `${path}/share`, { users: ['bob'], role: 'editor' })).status).toBe(200);
    expect((await bob.ask('GET', path)).body).toMatchObject({ project: 'secret', standings: ['editor'] });
  });

  it('[L3] tags, project and description are set, taken away and found again', async () => {
    await adas({}, aWire({ project: 'shop' }));
    expect((await ada.ask('PUT', path, { tags: ['a', 'b', 'a'], project: 'Shop 2', description: 'words' })).body).toMatchObject({ tags: ['a', 'b'], project: 'Shop 2', description: 'words' });
    expect((await ada.ask('PUT', path, { project: null })).body).toMatchObject({ tags: ['a', 'b'], project: 'shop', description: 'words' });
    expect((await bob.ask('GET', '/api/v1/sessions?tag=b')).body.sessions).toHaveLength(1);
    expect((await bob.ask('PUT', path, { tags: [] })).status).toBe(403);
    expect((await boss.ask('PUT', path, { tags: [] })).status).toBe(200);
  });

  it('what people wrote on the hub stays when its agent reports again', async () => {
    const report = aReporter(hub, await hub.token('agent', ada.userId, team.id), 'desk');
    await report([aWire({ lastActivityAt: hub.clock.now })]);
    await ada.ask('PUT', path, { tags: ['mine'], description: 'ours' });
    hub.clock.now += 10_000;
    await report([aWire({ lastActivityAt: hub.clock.now, turns: 2 })]);
    expect((await ada.ask('GET', path)).body).toMatchObject({ tags: ['mine'], description: 'ours', turns: 2 });
  });

  it('[R13] once deleted it does not come back by its agent\'s next report, and everything on it is gone', async () => {
    const report = aReporter(hub, await hub.token('agent', ada.userId, team.id), 'desk');
    const hour = Math.floor(hub.clock.now / 3_600_000);
    await report([aWire({ lastActivityAt: hub.clock.now })], [['claude/one', 'm', 'input', hour, 100]]);
    await ada.ask('POST', `${path}/share`, { users: ['bob'], role: 'host' });
    expect((await bob.ask('DELETE', path)).status).toBe(403);
    expect((await ada.ask('DELETE', path)).status).toBe(204);
    expect((await ada.ask('GET', path)).status).toBe(404);
    hub.clock.now += 10_000;
    await report([aWire({ lastActivityAt: hub.clock.now, turns: 9 })], [['claude/one', 'm', 'input', hour, 500]]);
    expect((await ada.ask('GET', '/api/v1/sessions')).body.sessions).toEqual([]);
    for (const table of ['sessions', 'session_use', 'session_samples', 'session_people'] as const) expect(await hub.base.store.selectFrom(table).selectAll().execute()).toEqual([]);
    expect(lost).toEqual(expect.arrayContaining([expect.objectContaining({ sessionId: expect.any(String) })]));
    expect(await hub.base.store.selectFrom('audit').select('action').where('action', '=', 'session:delete').execute()).toHaveLength(1);
  });
});

describe('[C10] visibility', () => {
  it('[R8] is opened by owners alone, and closed by admins too', async () => {
    await adas({ visibility: 'private' });
    expect((await boss.ask('PUT', `${path}/visibility`, { visibility: 'team' })).status).toBe(403);
    expect((await ada.ask('PUT', `${path}/visibility`, { visibility: 'team' })).body).toEqual({ visibility: 'team' });
    expect((await bob.ask('PUT', `${path}/visibility`, { visibility: 'private' })).status).toBe(403);
    expect((await boss.ask('PUT', `${path}/visibility`, { visibility: 'private' })).body).toEqual({ visibility: 'private' });
    expect((await bob.ask('GET', path)).status).toBe(404);
  });

  it('[R8] made private, it evicts before the call returns; opened, it does not', async () => {
    const { id } = await adas();
    await ada.ask('PUT', `${path}/visibility`, { visibility: 'private' });
    expect(lost).toEqual([{ sessionId: id }]);
    await ada.ask('PUT', `${path}/visibility`, { visibility: 'team' });
    expect(lost).toHaveLength(1);
  });

  it('a public link needs the team\'s word, shows numbers only, and can be revoked', async () => {
    await adas({ tags: '["secret"]' }, aWire({ project: 'secret', title: 'secret', cwd: '/secret', gitBranch: 'secret', models: { secret: { usage: { input: 7 }, requests: 1, unpricedTokens: 7 } }, toolCalls: { secret: 1 }, health: { score: 70, level: 'warning', factors: {}, missing: [] } }));
    expect((await ada.ask('PUT', `${path}/visibility`, { visibility: 'public' })).body.id).toBe('public_links_off');
    const allow = (publicLinks: boolean) => hub.base.store.updateTable('teams').set({ settings: JSON.stringify({ publicLinks }) }).where('id', '=', team.id).execute();
    await allow(true);
    expect((await boss.ask('PUT', `${path}/visibility`, { visibility: 'public' })).status).toBe(403);
    const linkOf = async (): Promise<string> => new URL((await ada.ask('PUT', `${path}/visibility`, { visibility: 'public' })).body.publicLink).pathname;
    const first = await linkOf();
    const shown = await hub.nobody.ask('GET', first);
    expect(shown.body).toMatchObject({ tool: 'claude', state: 'working', tokens: { input: 7 }, health: { score: 70 } });
    expect(shown.text).not.toContain('secret');
    expect(shown.headers.get('x-robots-tag')).toContain('noindex');
    const second = await linkOf();
    expect([(await hub.nobody.ask('GET', first)).status, (await hub.nobody.ask('GET', second)).status]).toEqual([404, 200]);
    await allow(false);
    expect((await hub.nobody.ask('GET', second)).status).toBe(404);
    await allow(true);
    await ada.ask('PUT', `${path}/visibility`, { visibility: 'team' });
    expect((await hub.nobody.ask('GET', second)).status).toBe(404);
    expect(JSON.stringify(await hub.base.store.selectFrom('audit').selectAll().execute())).not.toContain('wrk_');
  });
});

describe('[C10] people of the room', () => {
  it('are given roles by hosts, and co-owners by owners alone', async () => {
    await adas();
    expect((await bob.ask('POST', `${path}/share`, { users: ['cleo'], role: 'viewer' })).status).toBe(403);
    await ada.ask('PUT', `${path}/people`, { user: 'bob', role: 'host' });
    expect((await bob.ask('POST', `${path}/share`, { users: ['cleo', boss.userId], role: 'viewer' })).body.people.map(({ name, role }: { name: string; role: string }) => `${name} ${role}`)).toEqual(['ada owner', 'bob host', 'boss viewer', 'cleo viewer']);
    expect((await bob.ask('PUT', `${path}/people`, { user: 'bob', role: 'owner' })).body.id).toBe('not_an_owner');
    expect((await ada.ask('PUT', `${path}/people`, { user: 'bob', role: 'owner' })).status).toBe(200);
    expect((await bob.ask('PUT', `${path}/visibility`, { visibility: 'private' })).status).toBe(200);
    expect((await bob.ask('DELETE', `${path}/people/ada`)).body.id).toBe('first_owner');
    expect((await bob.ask('PUT', `${path}/people`, { user: 'ada', role: 'viewer' })).body.id).toBe('first_owner');
  });

  it('all that are named get the role, or nobody does', async () => {
    await adas();
    expect((await ada.ask('POST', `${path}/share`, { users: ['bob', 'stranger'], role: 'editor' })).status).toBe(404);
    expect((await ada.ask('GET', `${path}/people`)).body.people).toHaveLength(1);
    expect((await ada.ask('PUT', `${path}/people`, { user: 'cleo', role: 'editor' })).body.id).toBe('role');
  });

  it('[R8] who loses a role is evicted before the call returns', async () => {
    const { id } = await adas({ visibility: 'private' });
    await ada.ask('POST', `${path}/share`, { users: ['bob'], role: 'host' });
    expect(lost).toEqual([]);
    await ada.ask('PUT', `${path}/people`, { user: 'bob', role: 'viewer' });
    expect(lost).toEqual([{ userId: bob.userId, sessionId: id }]);
    expect((await ada.ask('DELETE', `${path}/people/bob`)).status).toBe(204);
    expect(lost).toHaveLength(2);
    expect((await bob.ask('GET', path)).status).toBe(404);
    expect((await ada.ask('DELETE', `${path}/people/bob`)).status).toBe(404);
  });

  it('[U10] an admin takes over when the owner has left the team', async () => {
    await adas();
    expect((await boss.ask('PUT', `${path}/people`, { user: 'boss', role: 'owner' })).body.id).toBe('not_an_owner');
    await hub.base.store.deleteFrom('members').where('user_id', '=', ada.userId).execute();
    expect((await boss.ask('PUT', `${path}/people`, { user: 'boss', role: 'owner' })).status).toBe(200);
    expect((await boss.ask('GET', path)).body.may).toContain('session:open');
  });
});

describe('commands to the agent', () => {
  it('are asked of the agent that tells of the session, and audited', async () => {
    const agent_id = await anAgent(hub, { teamId: team.id, userId: ada.userId });
    await adas({ agent_id });
    expect((await bob.ask('POST', `${path}/commands`, { kind: 'stop' })).status).toBe(403);
    const { status, body } = await ada.ask('POST', `${path}/commands`, { kind: 'stop' });
    expect({ status, body }).toEqual({ status: 202, body: { id: expect.any(String), expiresAt: expect.any(String) } });
    expect((await ada.ask('GET', `${path}/timeline`)).body.facts).toEqual([{ at: expect.any(String), kind: 'command', command: { kind: 'stop', by: 'ada' } }]);
  });

  it('are refused with a sentence when the agent is not there', async () => {
    await adas({ agent_id: await anAgent(hub, { teamId: team.id, userId: ada.userId, silent: true }) });
    expect((await ada.ask('POST', `${path}/commands`, { kind: 'export' })).status).toBe(409);
  });
});
