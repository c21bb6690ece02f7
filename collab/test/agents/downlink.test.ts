import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Downlink } from 'watchroom/wire';
import { askAgent } from '../../server/agents/commands.ts';
import { expireCommands } from '../../server/agents/commands.ts';
import { startTestHub } from '../support/hub.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';
import { aWire, anAgent } from './an-agent.ts';
import type { TestAgent } from './an-agent.ts';

let hub: TestHub;
let ada: Client;
let agent: TestAgent;
beforeEach(async () => {
  hub = await startTestHub();
  const team = await hub.team('blue');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
  agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
  await agent.tells({ sessions: [aWire({ id: 'claude/1' })] });
});
afterEach(() => hub.stop());

const poll = (query: string): Promise<Answer> => agent.client.ask('GET', `/api/v1/agents/downlink?agent=${agent.card.id}&${query}`);
const session = () => hub.base.store.selectFrom('sessions').selectAll().executeTakeFirstOrThrow();
const actor = () => ({ id: ada.userId, name: 'ada', address: 'here' });
const audit = async () => (await hub.base.store.selectFrom('audit').select(['action', 'target', 'actor']).where('action', 'like', 'command:%').execute());

describe('the long poll', () => {
  it('answers at once to whoever knows nothing yet, then waits for news', async () => {
    const first: Downlink = (await poll('wait=30')).body;
    expect(first).toEqual({ version: expect.any(String), watched: [], commands: [] });
    const begun = performance.now();
    expect((await poll(`wait=1&after=${first.version}`)).body).toEqual(first);
    expect(performance.now() - begun).toBeGreaterThan(900);
  });

  it('[R9] brings "watched" at once, and when nobody looks any more', async () => {
    const { version } = (await poll('wait=0')).body as Downlink;
    const waiting = poll(`wait=30&after=${version}`);
    await pause(100);
    hub.agents.watched.watch((await session()).id, 'socket-1');
    const watched: Downlink = (await waiting).body;
    expect(watched.watched).toEqual(['claude/1']);
    expect((await agent.tells()).watched).toEqual(['claude/1']);
    const next = poll(`wait=30&after=${watched.version}`);
    await pause(100);
    hub.agents.watched.unwatch('socket-1');
    expect(((await next).body as Downlink).watched).toEqual([]);
  });

  it('a second one of the same agent ends the first', async () => {
    const { version } = (await poll('wait=0')).body as Downlink;
    const first = poll(`wait=30&after=${version}`);
    await pause(100);
    const second = poll(`wait=30&after=${version}`);
    expect((await first).status).toBe(200);
    hub.agents.watched.watch((await session()).id, 'socket-1');
    expect(((await second).body as Downlink).watched).toEqual(['claude/1']);
  });

  it('[P3] ends with an answer when the hub stops', async () => {
    const { version } = (await poll('wait=0')).body as Downlink;
    const waiting = poll(`wait=30&after=${version}`);
    await pause(100);
    const closing = hub.close();
    expect((await waiting).status).toBe(200);
    await closing;
    hub = await startTestHub({}, { dataFolder: hub.dataFolder });
  });
});

describe('a command', () => {
  it('[U7] reaches the agent at once, is answered once, and both are audited', async () => {
    const { version } = (await poll('wait=0')).body as Downlink;
    const waiting = poll(`wait=30&after=${version}`);
    await pause(100);
    const answered: unknown[] = [];
    hub.base.events.on('agent:answered', (told) => answered.push(told));
    const { id, expiresAt } = await askAgent(hub.base, { session: await session(), kind: 'stop', actor: actor() });
    expect(((await waiting).body as Downlink).commands).toEqual([{ id, kind: 'stop', sessionId: 'claude/1', by: { id: ada.userId, name: 'ada' }, expiresAt }]);
    for (const outcome of ['done', 'failed']) expect((await agent.client.ask('POST', `/api/v1/agents/commands/${id}`, { outcome, detail: 'It has stopped.' })).status).toBe(204);
    expect(await hub.base.store.selectFrom('commands').select(['outcome', 'detail']).execute()).toEqual([{ outcome: 'done', detail: 'It has stopped.' }]);
    expect(answered).toMatchObject([{ commandId: id, outcome: 'done', askedBy: ada.userId }]);
    expect(await audit()).toEqual([{ action: 'command:stop', target: 'claude/1', actor: 'ada' }, { action: 'command:done', target: 'claude/1', actor: 'ada' }]);
    expect(((await poll('wait=0')).body as Downlink).commands).toEqual([]);
  });

  it('is refused with a sentence when the agent is not there', async () => {
    hub.clock.now += 100_000;
    await expect(askAgent(hub.base, { session: await session(), kind: 'stop', actor: actor() })).rejects.toMatchObject({ status: 409, message: expect.stringContaining('not there') });
  });

  it('of another agent cannot be answered', async () => {
    const { id } = await askAgent(hub.base, { session: await session(), kind: 'export', actor: actor() });
    const red = await hub.team('red');
    const eve = await hub.person('eve', { id: red.id, role: 'member' });
    const hers = await hub.token('agent', eve.userId, red.id);
    expect((await hers.ask('POST', `/api/v1/agents/commands/${id}`, { outcome: 'done', detail: '' })).status).toBe(404);
  });

  it('expires when nobody takes it', async () => {
    await askAgent(hub.base, { session: await session(), kind: 'export', actor: actor() });
    hub.clock.now += 61_000;
    expect(((await poll('wait=0')).body as Downlink).commands).toEqual([]);
    hub.clock.now += 60_000;
    await expireCommands(hub.base);
    expect(await hub.base.store.selectFrom('commands').select('outcome').execute()).toEqual([{ outcome: 'expired' }]);
    expect((await audit()).at(-1)).toMatchObject({ action: 'command:expired', actor: 'hub' });
  });
});

describe('the list of agents', () => {
  it('says who reports from where and how they are', async () => {
    const { body } = await ada.ask('GET', '/api/v1/teams/blue/agents');
    expect(body.agents).toMatchObject([{ user: { name: 'ada' }, host_name: 'desk', state: 'up', sessions: 1, skew_ms: 0 }]);
    await agent.tells({ goodbye: true });
    expect((await ada.ask('GET', '/api/v1/teams/blue/agents')).body.agents).toMatchObject([{ state: 'left' }]);
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
