import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aWire, anAgent, fleetTotals, hourOf, tokensRow } from './an-agent.ts';

let hub: TestHub;
let team: { readonly id: string; readonly name: string };
let ada: Client;
beforeEach(async () => {
  hub = await startTestHub();
  team = await hub.team('blue');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
});
afterEach(() => hub.stop());

const audit = () => hub.base.store.selectFrom('audit').selectAll().where('action', 'like', 'agent:%').execute();
const sessions = () => hub.base.store.selectFrom('sessions').selectAll().execute();
const id = 'claude/one';
const hourMs = 3_600_000;
const tokens = 'ai_tokens_total claude claude-sonnet-4-5 shop input';

describe('a report', () => {
  it('[U7] makes a session of the team, its owner and host from the token and the card', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const answer = await agent.tells({ sessions: [aWire({ id, project: 'shop', gitBranch: 'main', lastActivityAt: hub.clock.now, models: { m: { usage: { input: 5, output: 7 }, requests: 1, microUsd: 12, unpricedTokens: 0 } } })] });
    expect(answer).toEqual({ hub: { id: expect.any(String) }, radarKey: expect.any(String), watched: [] });
    expect(await sessions()).toMatchObject([{ session_key: id, owner_id: ada.userId, team_id: team.id, host_name: 'desk', visibility: 'team', project: 'shop', branch: 'main', tokens: 12, micro_usd: 12, state: 'working' }]);
  });

  it('credits growth, and only growth, to the fleet counters', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const hour = hourOf(hub.clock.now);
    const session = aWire({ id, project: 'shop' });
    await agent.tells({ sessions: [session], use: [tokensRow(id, 100, { hour })] });
    await agent.tells({ sessions: [session], use: [tokensRow(id, 100, { hour })] });
    await agent.tells({ use: [tokensRow(id, 60, { hour })] });
    await agent.tells({ use: [tokensRow(id, 130, { hour })] });
    expect(await fleetTotals(hub)).toEqual({ [tokens]: 130 });
  });

  it('first word of hours older than an hour is history: kept, not credited', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const hour = hourOf(hub.clock.now) - 5;
    await agent.tells({ sessions: [aWire({ id, project: 'shop' })], use: [tokensRow(id, 100, { hour })] });
    expect(await fleetTotals(hub)).toEqual({});
    await agent.tells({ use: [tokensRow(id, 103, { hour })] });
    expect(await fleetTotals(hub)).toEqual({ [tokens]: 3 });
    expect(await hub.base.store.selectFrom('session_use').select(['value', 'counted']).execute()).toEqual([{ value: 103, counted: 3 }]);
  });

  it('what was used while the hub was away is growth, by the agent\'s last acknowledged report', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const since = hub.clock.now - 6 * hourMs;
    await agent.tells({ since, sessions: [aWire({ id, project: 'shop' })], use: [tokensRow(id, 100, { hour: hourOf(hub.clock.now) - 5 })] });
    expect(await fleetTotals(hub)).toEqual({ [tokens]: 100 });
  });

  it('one home on two machines counts once, to the credit of whoever told first', async () => {
    const desk = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const laptop = await anAgent(hub, { userId: ada.userId, teamId: team.id, hostName: 'laptop' });
    const hour = hourOf(hub.clock.now);
    await desk.tells({ sessions: [aWire({ id, project: 'shop' })], use: [tokensRow(id, 100, { hour })] });
    await laptop.tells({ sessions: [aWire({ id, project: 'shop' })], use: [tokensRow(id, 120, { hour })] });
    await desk.tells({ use: [tokensRow(id, 120, { hour })] });
    expect(await sessions()).toHaveLength(1);
    expect(await hub.base.store.selectFrom('fleet').select(['host_name', 'value']).where('metric', '=', 'ai_tokens_total').orderBy('host_name').execute()).toEqual([{ host_name: 'desk', value: 100 }, { host_name: 'laptop', value: 20 }]);
  });

  it('a session of another person is refused and audited; the team\'s people are told apart by their tokens', async () => {
    const bob = await hub.person('bob', { id: team.id, role: 'member' });
    const first = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const second = await anAgent(hub, { userId: bob.userId, teamId: team.id, hostName: 'bobs' });
    const hour = hourOf(hub.clock.now);
    await first.tells({ sessions: [aWire({ id })], use: [tokensRow(id, 1, { hour })] });
    const answer = await second.tells({ sessions: [aWire({ id, title: 'mine now' })], use: [tokensRow(id, 1000, { hour })] });
    expect(answer.refused).toEqual([{ id, reason: expect.stringContaining('Another person') }]);
    expect(await sessions()).toMatchObject([{ owner_id: ada.userId, title: null }]);
    expect(Object.values(await fleetTotals(hub))).toEqual([1]);
    expect(await audit()).toMatchObject([{ action: 'agent:foreign-session', actor_id: bob.userId, target: id, result: 'refused' }]);
  });

  it('[R13] a deleted session stays deleted', async () => {
    await hub.base.store.insertInto('tombstones').values({ team_id: team.id, session_key: id, deleted_at: 1, deleted_by: ada.userId }).execute();
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const answer = await agent.tells({ sessions: [aWire({ id })], use: [tokensRow(id, 1, { hour: hourOf(hub.clock.now) })] });
    expect(answer.refused).toMatchObject([{ id }]);
    expect([await sessions(), await fleetTotals(hub), await audit()]).toEqual([[], {}, []]);
  });

  it('[R8] whoever lost the right to report is refused', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    await hub.base.store.updateTable('members').set({ role: 'viewer' }).where('user_id', '=', ada.userId).execute();
    expect(await agent.report()).toMatchObject({ status: 401 });
  });

  it('use of a session outside the window makes a session that has ended', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    await agent.tells({ backlog: true, use: [tokensRow('codex/old', 50, { hour: hourOf(hub.clock.now) - 100 }), ['codex/old', 'm', 'micro_usd', 1, 9]], past: [{ id: 'codex/old', project: 'shop', lastActivityAt: hub.clock.now - 100 * hourMs }] });
    expect(await sessions()).toMatchObject([{ session_key: 'codex/old', state: 'ended', project: 'shop', tokens: 50, micro_usd: 9, last_activity_at: hub.clock.now - 100 * hourMs }]);
    expect(await fleetTotals(hub)).toEqual({});
  });

  it('a wrong clock is set right by the time of sending; no time is in the future', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const { now } = hub.clock;
    const ahead = 3 * hourMs;
    await agent.tells({ sentAt: now + ahead, sessions: [aWire({ id, startedAt: now + ahead - 60_000, lastActivityAt: now + ahead - 1000, processes: [{ pid: 1, startedAt: 1 }] }), aWire({ id: 'claude/future', lastActivityAt: now + 90 * hourMs, startedAt: 0 })] });
    expect(await sessions()).toMatchObject([{ started_at: now - 60_000, last_activity_at: now - 1000 }, { started_at: null, last_activity_at: now }]);
    expect(await hub.base.store.selectFrom('agents').select('skew_ms').execute()).toEqual([{ skew_ms: -ahead }]);
  });

  it('of two machines with the same session the freshest live report wins', async () => {
    const desk = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const laptop = await anAgent(hub, { userId: ada.userId, teamId: team.id, hostName: 'laptop' });
    await desk.tells({ sessions: [aWire({ id, title: 'fresh', lastActivityAt: hub.clock.now })] });
    await laptop.tells({ sessions: [aWire({ id, title: 'stale', lastActivityAt: hub.clock.now - 60_000 })] });
    expect(await sessions()).toMatchObject([{ title: 'fresh', host_name: 'desk' }]);
    await laptop.tells({ sessions: [aWire({ id, title: 'running here', lastActivityAt: hub.clock.now - 50_000, alive: true })] });
    expect(await sessions()).toMatchObject([{ title: 'fresh', host_name: 'desk' }]);
    hub.clock.now += 1000;
    await laptop.tells({ sessions: [aWire({ id, title: 'running here', lastActivityAt: hub.clock.now, alive: true })] });
    expect(await sessions()).toMatchObject([{ title: 'running here', host_name: 'laptop' }]);
  });

  it('people\'s words on the hub stay until the agent\'s own change', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    await agent.tells({ sessions: [aWire({ id, tags: ['a'], description: 'as the machine says' })] });
    await hub.base.store.updateTable('sessions').set({ tags: '["b"]', project_name: 'Shop' }).execute();
    await agent.tells({ sessions: [aWire({ id, tags: ['a'], description: 'as the machine says', turns: 2 })] });
    expect(await sessions()).toMatchObject([{ tags: '["b"]', project_name: 'Shop', description: 'as the machine says' }]);
    await agent.tells({ sessions: [aWire({ id, tags: ['c'], description: 'as the machine says', turns: 2 })] });
    expect(await sessions()).toMatchObject([{ tags: '["c"]', project_name: 'Shop' }]);
  });

  it('a hub that has forgotten asks for everything again, until the agent has heard it', async () => {
    const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
    const first = hub.clock.now;
    expect((await agent.tells({ since: agent.card.startedAt })).resend).toBeUndefined();
    hub.clock.now += 5000;
    expect((await agent.tells({ since: first })).resend).toBeUndefined();
    const since = hub.clock.now;
    await hub.close();
    hub = await startTestHub({}, { dataFolder: hub.dataFolder, startedAt: hub.clock.now + 5000 });
    const again = { ...agent, ...(await reconnected(agent.client.secret, agent.card)) };
    expect((await again.tells({ since })).resend).toBe(true);
    hub.clock.now += 1000;
    expect((await again.tells({ since })).resend).toBe(true); // the answer was lost
    const heard = hub.clock.now;
    hub.clock.now += 1000;
    expect((await again.tells({ since: heard })).resend).toBeUndefined();
  });
});

const reconnected = async (secret: string, card: Awaited<ReturnType<typeof anAgent>>['card']) => {
  const agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
  return { ...agent, card: { ...card }, tells: (facts: object) => agent.tells({ agent: card, ...facts }), secret };
};
