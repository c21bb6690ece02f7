import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { UseRow } from 'watchroom/wire';
import { samplesOf } from '../../../exporter/test/metrics/page-of.ts';
import { dealSlots } from '../../server/agents/deal-slots.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aWire, anAgent, hourOf, tokensRow } from './an-agent.ts';
import type { TestAgent } from './an-agent.ts';

let hub: TestHub;
let team: { readonly id: string };
let ada: Client;
let desk: TestAgent;
let scraper: Client;
beforeEach(async () => {
  hub = await startTestHub();
  team = await hub.team('blue');
  ada = await hub.person('ada', { id: team.id, role: 'admin' });
  desk = await anAgent(hub, { userId: ada.userId, teamId: team.id });
  scraper = await hub.token('scrape', ada.userId, team.id);
});
afterEach(() => hub.stop());

const page = async (): Promise<ReadonlyMap<string, number>> => samplesOf((await scraper.ask('GET', '/metrics')).text);
const infos = async (): Promise<string[]> => [...(await page()).keys()].filter((series) => series.startsWith('ai_session_info'));
const row = () => hub.base.store.selectFrom('sessions').selectAll().executeTakeFirstOrThrow();

describe('which agents are up', () => {
  it('[R7] a session made private is so at the next scrape, without a report', async () => {
    await desk.tells({ sessions: [aWire({ id: 'claude/1', project: 'secret', title: 'secret' })] });
    expect(await infos()).toEqual([expect.stringContaining('project="secret"')]);
    hub.base.events.emit('session:updated', { session: { ...(await row()), visibility: 'private' } });
    expect(await infos()).toEqual([expect.stringContaining('project="private",title="private"')]);
  });

  it('[R13] a deleted session is gone at once', async () => {
    await desk.tells({ sessions: [aWire({ id: 'claude/1' })] });
    hub.base.events.emit('session:deleted', { session: await row() });
    expect(await infos()).toEqual([]);
  });

  it('people\'s project name on the hub is the label', async () => {
    await desk.tells({ sessions: [aWire({ id: 'claude/1', project: 'shop' })] });
    hub.base.events.emit('session:updated', { session: { ...(await row()), project_name: 'Shop of all' } });
    expect(await infos()).toEqual([expect.stringContaining('project="Shop of all"')]);
  });

  it('[R8] whoever lost the right to report is not shown any more', async () => {
    await desk.tells({ sessions: [aWire({ id: 'claude/1' })] });
    hub.base.events.emit('access:lost', { userId: ada.userId, teamId: 'another' });
    hub.base.events.emit('access:lost', { userId: ada.userId, sessionId: 'a-room' });
    expect(await infos()).toHaveLength(1);
    hub.base.events.emit('access:lost', { userId: ada.userId, teamId: team.id });
    expect([...(await page()).keys()].filter((series) => /^ai_session|agent_up/.test(series))).toEqual([]);
    const since = hub.clock.now;
    hub.clock.now += 1000;
    expect((await desk.tells({ since })).resend).toBe(true); // it still may: it is asked to tell everything again
  });

  it('when the machine with the freshest word falls silent, another that knows the session has it', async () => {
    const laptop = await anAgent(hub, { userId: ada.userId, teamId: team.id, hostName: 'laptop' });
    const session = aWire({ id: 'claude/1', lastActivityAt: hub.clock.now });
    await desk.tells({ sessions: [session] });
    await laptop.tells({ sessions: [session] });
    expect(await infos()).toEqual([expect.stringContaining('host_name="desk"')]);
    hub.clock.now += 80_000;
    await laptop.tells();
    hub.clock.now += 20_000;
    expect(await infos()).toEqual([expect.stringContaining('host_name="laptop"')]);
    await desk.tells();
    expect(await infos()).toEqual([expect.stringContaining('host_name="laptop"')]);
    await laptop.tells({ goodbye: true });
    expect(await infos()).toEqual([expect.stringContaining('host_name="desk"')]);
  });

  it('a session that left the agent\'s window is not shown any more', async () => {
    await desk.tells({ sessions: [aWire({ id: 'claude/1' }), aWire({ id: 'claude/2' })] });
    await desk.tells({ present: ['claude/2'] });
    expect(await infos()).toEqual([expect.stringContaining('claude/2')]);
  });
});

describe('many reports at once', () => {
  it('share transactions, and one that is refused does not harm the others', async () => {
    const bob = await hub.person('bob', { id: team.id, role: 'member' });
    const his = await Promise.all(Array.from({ length: 20 }, (_, index) => anAgent(hub, { userId: bob.userId, teamId: team.id, hostName: `host-${index}` })));
    await desk.tells({ sessions: [aWire({ id: 'claude/taken' })] });
    const answers = await Promise.all(his.map((agent, index) => agent.report({ sessions: [aWire({ id: `claude/${index}` }), aWire({ id: 'claude/taken' })], use: [tokensRow(`claude/${index}`, 10, { hour: hourOf(hub.clock.now) })] })));
    expect(answers.map(({ status }) => status)).toEqual(new Array(20).fill(200));
    expect(answers.every(({ body }) => body.refused.length === 1)).toBe(true);
    expect(await infos()).toHaveLength(21);
    expect([...(await page())].filter(([series]) => series.startsWith('ai_tokens_total')).reduce((sum, [, value]) => sum + value, 0)).toBe(200);
  });

  it('[R11] a report that is no report is refused with 400 and changes nothing', async () => {
    for (const body of [{}, { v: 2 }, 'x', { v: 1, agent: desk.card, sentAt: 'now' }, { v: 1, agent: desk.card, sentAt: 1, nextReportMs: 60_000, sessions: [{ id: 'nothing' }], present: [], use: [] }])
      expect((await desk.client.ask('POST', '/api/v1/agents/report', body)).status).toBe(400);
    expect(await hub.base.store.selectFrom('agents').selectAll().execute()).toEqual([]);
  });

  it('a value that cannot be true is not booked: no counter could come down from it', async () => {
    await desk.tells({ sessions: [aWire({ id: 'claude/1' })], use: [tokensRow('claude/1', Number.MAX_SAFE_INTEGER, { hour: hourOf(hub.clock.now) })] });
    expect(await hub.base.store.selectFrom('session_use').selectAll().execute()).toEqual([]);
  });
});

describe('labels that machines fill in', () => {
  const sessions = Array.from({ length: 60 }, (_, index) => `claude/${index}`);
  const labelsOf = async (name: string, metric: string): Promise<Set<string>> => new Set([...(await page()).keys()].filter((series) => series.startsWith(metric)).map((series) => new RegExp(`${name}="([^"]*)"`).exec(series)![1]!));

  it('[M2] have a bounded number of series over all agents: 50 projects, 20 tool names; the rest is "other"', async () => {
    const hour = hourOf(hub.clock.now);
    const laptop = await anAgent(hub, { userId: ada.userId, teamId: team.id, hostName: 'laptop' });
    const halves = [sessions.slice(0, 30), sessions.slice(30)];
    for (const [index, agent] of [desk, laptop].entries())
      await agent.tells({ sessions: halves[index]!.map((id) => aWire({ id, project: `project-${id}` })), use: halves[index]!.flatMap((id): UseRow[] => [[id, '', 'turns', hour, 1], [id, '', `tool:tool-${id}`, hour, 1]]) });
    const projects = await labelsOf('project', 'ai_turns_total');
    expect([projects.size, projects.has('other')]).toEqual([51, true]);
    const tools = await labelsOf('tool_name', 'ai_tool_calls_total');
    expect([tools.size, tools.has('other')]).toEqual([21, true]);
    expect([...(await page())].filter(([series]) => series.startsWith('ai_turns_total')).reduce((sum, [, value]) => sum + value, 0)).toBe(60);
  });

  it('an increment is booked under the label in force; slots are dealt anew to the most used, and no counter falls', async () => {
    const hour = hourOf(hub.clock.now);
    const tell = (value: number, of: readonly string[]) => desk.tells({ sessions: of.map((id) => aWire({ id, project: `project-${id}`, turns: value })), use: of.flatMap((id): UseRow[] => [[id, '', 'turns', hour, value], tokensRow(id, value * (id === 'claude/59' ? 1000 : 1), { hour })]) });
    await tell(1, sessions);
    const before = await page();
    expect([...before.keys()].some((series) => series.startsWith('ai_turns_total') && series.includes('project-claude/59"'))).toBe(false);
    await dealSlots(hub.base, hub.agents.fleet.slots);
    await tell(2, ['claude/59']);
    const after = await page();
    expect([...after.keys()].some((series) => series.startsWith('ai_turns_total') && series.includes('project-claude/59"'))).toBe(true);
    for (const [series, value] of before) if (/^ai_\w+_total/.test(series) && !series.startsWith('ai_session_')) expect(after.get(series)).toBeGreaterThanOrEqual(value);
  });
});
