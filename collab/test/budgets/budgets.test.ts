import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { samplesOf } from '../../../exporter/test/metrics/page-of.ts';
import { aWire, anAgent, hourOf } from '../agents/an-agent.ts';
import type { TestAgent } from '../agents/an-agent.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';

let hub: TestHub;
let blue: { readonly id: string; readonly name: string };
let boss: Client;
let ada: Client;
let adas: TestAgent;
let bobs: TestAgent;
let scraper: Client;

const hourMs = 3_600_000;
/** Berlin is an hour ahead of UTC in November: its day begins at 23:00. */
const evening = Date.parse('2026-11-18T22:30:00Z');

beforeEach(async () => {
  hub = await startTestHub();
  hub.clock.now = evening;
  blue = await hub.team('blue');
  boss = await hub.person('boss', { id: blue.id, role: 'admin' }, { operator: true });
  ada = await hub.person('ada', { id: blue.id, role: 'member' });
  const bob = await hub.person('bob', { id: blue.id, role: 'member' });
  adas = await anAgent(hub, { userId: ada.userId, teamId: blue.id });
  bobs = await anAgent(hub, { userId: bob.userId, teamId: blue.id, hostName: 'bobs' });
  scraper = await hub.token('scrape', boss.userId, blue.id);
});
afterEach(() => hub.stop());

const set = (settings: object, by = boss) => by.ask('PATCH', `/api/v1/teams/${blue.id}/settings`, settings);
const budgets = async (by = ada) => (await by.ask('GET', `/api/v1/teams/${blue.id}/budgets`)).body.budgets;
const use = (agent: TestAgent, id: string, { usd, tokens, at = hub.clock.now, project = 'shop' }: { readonly usd: number; readonly tokens: number; readonly at?: number; readonly project?: string }) =>
  agent.tells({ sessions: [aWire({ id, project, lastActivityAt: at })], use: [[id, 'claude-sonnet-4-5', 'input', hourOf(at), tokens], [id, 'claude-sonnet-4-5', 'micro_usd', hourOf(at), usd * 1e6], [id, '', 'turns', hourOf(at), 3]] });

describe('[T6] budgets of a team', () => {
  it('count what each agent told, once, in the running period of the team\'s own time zone', async () => {
    expect((await set({ budgets: [{ scope: 'team', period: 'day', usd: 50 }, { scope: 'team', period: 'month', tokens: 10_000 }], calendar: { timeZone: 'Europe/Berlin' } })).status).toBe(200);
    await use(adas, 'claude/1', { usd: 2, tokens: 100 });
    const laptop = await anAgent(hub, { userId: ada.userId, teamId: blue.id, hostName: 'laptop' });
    await use(laptop, 'claude/1', { usd: 2, tokens: 100 });
    await use(bobs, 'claude/2', { usd: 3, tokens: 50 });
    expect(await budgets()).toEqual([
      { scope: 'team', name: 'blue', period: 'day', startsAt: '2026-11-17T23:00:00.000Z', endsAt: '2026-11-18T23:00:00.000Z', usd: 50, usedUsd: 5 },
      { scope: 'team', name: 'blue', period: 'month', startsAt: '2026-10-31T23:00:00.000Z', endsAt: '2026-11-30T23:00:00.000Z', tokens: 10_000, usedTokens: 150 },
    ]);
    hub.clock.now = evening + hourMs; // half past midnight in Berlin
    await use(bobs, 'claude/2', { usd: 1, tokens: 10 });
    expect(await budgets()).toMatchObject([{ startsAt: '2026-11-18T23:00:00.000Z', usedUsd: 1 }, { usedTokens: 160 }]);
  });

  it('of a person, of every person, of a project and of a tool', async () => {
    await set({ budgets: [{ scope: 'user', period: 'day', usd: 10 }, { scope: 'user', name: 'ada', period: 'day', usd: 99 }, { scope: 'project', name: 'shop', period: 'week', usd: 20 }, { scope: 'tool', name: 'claude', period: 'day', tokens: 5 }] });
    await use(adas, 'claude/1', { usd: 2, tokens: 100 });
    await use(bobs, 'claude/2', { usd: 3, tokens: 50, project: 'till' });
    const found = await budgets();
    expect(found.map(({ scope, name, usd, usedUsd, usedTokens }: Record<string, unknown>) => [scope, name, usd, usedUsd, usedTokens])).toEqual(expect.arrayContaining([
      ['user', 'ada', 99, 2, undefined], ['user', 'bob', 10, 3, undefined], ['user', 'boss', 10, 0, undefined], ['project', 'shop', 20, 2, undefined], ['tool', 'claude', undefined, undefined, 150],
    ]));
    expect(found).toHaveLength(5);
  });

  it('are on /metrics as those of an exporter are, with the team; another team has its own', async () => {
    await set({ budgets: [{ scope: 'team', period: 'day', usd: 50 }] });
    await use(adas, 'claude/1', { usd: 2, tokens: 100 });
    const text = (await scraper.ask('GET', '/metrics')).text;
    const samples = samplesOf(text);
    const labels = 'scope="team",name="blue",period="day",team="blue"';
    expect(samples.get(`ai_budget_usd{${labels}}`)).toBe(50);
    expect(samples.get(`ai_budget_used_usd{${labels}}`)).toBe(2);
    expect(samples.get(`ai_budget_period_end_timestamp_seconds{${labels}}`)).toBe(Date.parse('2026-11-19T00:00:00Z') / 1000);
    expect(text.match(/# TYPE ai_budget_usd /g)).toHaveLength(1);
    const red = await hub.team('red');
    const eve = await hub.person('eve', { id: red.id, role: 'admin' });
    expect((await (await hub.token('scrape', eve.userId, red.id)).ask('GET', '/metrics')).text).not.toContain('ai_budget');
    expect((await eve.ask('GET', `/api/v1/teams/${blue.id}/budgets`)).status).toBe(404);
  });

  it('[R7] a private session counts for its owner and the team, and tells nobody its project', async () => {
    await set({ budgets: [{ scope: 'project', name: 'shop', period: 'day', usd: 20 }, { scope: 'team', period: 'day', usd: 20 }] });
    await use(adas, 'claude/1', { usd: 2, tokens: 100 });
    await hub.base.store.updateTable('sessions').set({ visibility: 'private' }).execute();
    expect(await budgets()).toMatchObject([{ scope: 'project', usedUsd: 0 }, { scope: 'team', usedUsd: 2 }]);
  });

  it('keep what a deleted session used', async () => {
    await set({ budgets: [{ scope: 'team', period: 'day', usd: 20 }, { scope: 'user', name: 'ada', period: 'day', usd: 20 }] });
    await use(adas, 'claude/1', { usd: 2, tokens: 100 });
    expect((await ada.ask('DELETE', '/api/v1/sessions/claude/1')).status).toBeLessThan(300);
    hub.clock.now += 20_000;
    expect(await budgets()).toMatchObject([{ usedUsd: 2 }, { usedUsd: 2 }]);
  });

  it.each([
    ['neither usd nor tokens', [{ scope: 'team', period: 'day' }]],
    ['the same twice', [{ scope: 'team', period: 'day', usd: 1 }, { scope: 'team', period: 'day', tokens: 1 }]],
    ['a project without a name', [{ scope: 'project', period: 'day', usd: 1 }]],
    ['nothing to use', [{ scope: 'team', period: 'day', usd: 0 }]],
  ])('%s is refused, and nothing is changed', async (_what, wrong) => {
    await set({ budgets: [{ scope: 'team', period: 'day', usd: 50 }] });
    expect((await set({ budgets: wrong })).status).toBe(400);
    expect((await set({ calendar: { timeZone: 'Mars/Olympus' } })).status).toBe(400);
    expect(await budgets()).toMatchObject([{ usd: 50 }]);
    expect((await set({ budgets: [] }, ada)).status).toBe(403);
  });
});
