import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tokenTypes } from 'watchroom/session/usage';
import type { UseRow, WireSession } from 'watchroom/wire';
import { ask, askRange, interpolated, lastValues, optionsOf } from '../../../dashboards/test/as-grafana.ts';
import type { Choices, TimeRange } from '../../../dashboards/test/as-grafana.ts';
import { dashboards, panelsOf, queryOf } from '../../../dashboards/test/committed.ts';
import type { DashboardJson } from '../../../dashboards/test/committed.ts';
import { requireServer, startPrometheus, until } from '../../../exporter/test/servers.ts';
import type { Prometheus } from '../../../exporter/test/servers.ts';
import { aWire, anAgent, hourOf } from '../agents/an-agent.ts';
import type { TestAgent } from '../agents/an-agent.ts';
import { posted } from '../rooms/posting.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';

const rounds = 4;
const rules = fileURLToPath(new URL('../../../alerts/rules/', import.meta.url));

/** Two teams, three people, four machines; ada's two know one session both. */
const machines = [
  { team: 'blue', user: 'ada', host: 'desk', sessions: ['claude/ada-1', 'claude/synced'] },
  { team: 'blue', user: 'ada', host: 'laptop', sessions: ['claude/synced', 'codex/ada-2'] },
  { team: 'blue', user: 'bob', host: 'desk', sessions: ['claude/bob-1'] },
  { team: 'red', user: 'eve', host: 'desk', sessions: ['claude/ada-1'] },
];

let hub: TestHub;
let prometheus: Prometheus;
let time: TimeRange;
let clock: NodeJS.Timeout;
const startedAt = Date.now();
const agents: TestAgent[] = [];
let bob: Client;
let commentedAt: number;

const models = ['claude-opus-4-6', 'house-model'];
const told = (id: string, round: number): WireSession => aWire({
  id, project: 'shop', gitBranch: 'main', title: 'A title', toolVersion: '2.0.1', model: models[0]!, state: id.includes('synced') ? 'waiting' : 'working', alive: true, processes: [{ pid: 7, cpuSeconds: round, residentBytes: 1e8 }],
  startedAt: hub.clock.now - 3_600_000, lastActivityAt: hub.clock.now, activeMs: 60_000 + round * 1000, context: { used: 150_000 + round * 6000, limit: 200_000, compactAt: 167_000 },
  models: {
    [models[0]!]: { usage: { input: 100 * round, output: 200 * round, cache_read: 5000 * round, cache_creation_5m: 30 * round, cache_creation_1h: 4 * round, reasoning: 20 * round }, requests: 3 * round, microUsd: 70_000 * round, unpricedTokens: 0 },
    [models[1]!]: { usage: { input: 10 * round }, requests: round, unpricedTokens: 10 * round },
  },
  messages: { user: round, assistant: 3 * round }, turns: round, toolCalls: { Read: 2 * round, Bash: round }, toolErrors: { Bash: round }, errors: { tool: round, api: 1 }, errorTimes: [hub.clock.now - 1000], compactions: round, subagents: 1,
  linesAdded: 10 * round, linesRemoved: round, files: { 'a.ts': { reads: 1, edits: 1, created: true, linesAdded: 1, linesRemoved: 1, lastAt: hub.clock.now, editedAt: hub.clock.now } }, filesEdited: 1, fileConflicts: ['a.ts'],
  rot: { repeatedFailures: 2, editChurn: 0.3, cacheHitRatio: 0.9, cacheCollapsed: id === 'codex/ada-2' }, estimatedTokens: { input: 11, output: 12 },
  rateLimits: [{ window: '5h', usedRatio: 0.4 + round / 100, resetsAt: hub.clock.now + 3_600_000, reportedAt: hub.clock.now }],
  health: { score: 40, level: 'warning', factors: { token_usage: 0.4, duration: 0.9, activity: 1, errors: 0.2 }, missing: [] },
});
const used = (id: string, round: number): UseRow[] => {
  const { models: uses, turns, linesAdded, linesRemoved, errors, toolCalls } = told(id, round);
  const hour = hourOf(startedAt);
  return [
    ...Object.entries(uses).flatMap(([model, { usage, microUsd = 0, requests }]): UseRow[] => [
      ...tokenTypes.map((type): UseRow => [id, model, type, hour, usage[type] ?? 0]), [id, model, 'requests', hour, requests], [id, model, 'micro_usd', hour, microUsd], [id, model, 'unpriced:input', hour, model === 'house-model' ? (usage.input ?? 0) : 0],
    ]),
    [id, '', 'started', hour, 1], [id, '', 'turns', hour, turns!], [id, '', 'lines:added', hour, linesAdded!], [id, '', 'lines:removed', hour, linesRemoved!],
    ...Object.entries(errors).map(([kind, count]): UseRow => [id, '', `error:${kind}` as UseRow[2], hour, count]), ...Object.entries(toolCalls).map(([name, count]): UseRow => [id, '', `tool:${name}`, hour, count]),
  ];
};

const start = async (): Promise<void> => {
  hub = await startTestHub();
  clock = setInterval(() => { hub.clock.now = Date.now(); }, 50);
  const teams = new Map(await Promise.all(['blue', 'red'].map(async (name) => [name, await hub.team(name)] as const)));
  const people = new Map<string, Client>();
  for (const { team, user, host } of machines) {
    if (!people.has(user)) people.set(user, await hub.person(user, { id: teams.get(team)!.id, role: 'admin' }, user === 'ada' ? { operator: true } : {}));
    agents.push(await anAgent(hub, { userId: people.get(user)!.userId, teamId: teams.get(team)!.id, hostName: host, id: `${user}-${host}` }));
  }
  bob = people.get('bob')!;
  const scraper = await hub.token('scrape', people.get('ada')!.userId);
  prometheus = await startPrometheus({ config: JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: readdirSync(rules).map((name) => rules + name),
    scrape_configs: [{ job_name: 'watchroom-hub', authorization: { credentials: scraper.secret }, static_configs: [{ targets: [new URL(hub.url).host] }] }],
  }) });
  await until(async () => (await prometheus.query('count_over_time(up[1m]) > 2')).length > 0, 20_000);
};

const work = async (round: number): Promise<void> => {
  await Promise.all(agents.map((agent, index) => agent.tells({ sessions: machines[index]!.sessions.map((id) => told(id, round)), use: machines[index]!.sessions.flatMap((id) => used(id, round)) })));
};

/** Bob says something in the room of his session, and comments on a line of it. */
const talk = async (): Promise<void> => {
  const { id } = await hub.base.store.selectFrom('sessions').select('id').where('session_key', '=', 'claude/bob-1').executeTakeFirstOrThrow();
  commentedAt = Date.now() / 1000;
  await posted(bob, id, 'Look at the cart.');
  await posted(bob, id, 'This line.', { type: 'custom_code_comment', props: { anchor: { path: 'a.ts', startLine: 1 } } });
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Panels of what an exporter says of itself, of its budgets and of the durations that only it measures. */
const ofExporters = /watchroom_(?!agent|room|messages|delivery|socket|sessions_exported|sessions_dropped|series|build_info|http|scrape)|ai_budget|_duration_seconds|ALERTS/;

/** Queries of a page that give nothing, but for those that only an exporter answers. */
const silentQueries = async (dashboard: DashboardJson, choices: Choices): Promise<string[]> => {
  const silent: string[] = [];
  const variables = dashboard.templating.list;
  const usable = (query: string): boolean => !ofExporters.test(query);
  for (const panel of panelsOf(dashboard)) for (const target of panel.targets!.filter(({ expr }) => usable(expr)))
    if (lastValues(await ask(prometheus, { panel, target, variables, choices, time })).every((value) => Number.isNaN(value))) silent.push(`${panel.title} ${target.refId}`);
  for (const { name, expr } of dashboard.annotations.list)
    if (expr !== undefined && usable(expr) && (await askRange(prometheus, interpolated(expr, variables, choices, time, 5), time, 5)).length === 0) silent.push(`annotation ${name}`);
  for (const variable of variables) {
    const query = queryOf(variable);
    if (query !== undefined && usable(query) && (await optionsOf(prometheus, interpolated(query, variables, choices, time, 15), time)).length === 0) silent.push(`variable ${variable.name}`);
  }
  return silent;
};

requireServer('prometheus')('a real Prometheus that scrapes the hub of two teams, three people and four machines', () => {
  beforeAll(async () => {
    await start();
    for (let round = 1; round <= rounds; round += 1) {
      await work(round);
      if (round === 3) await talk();
      await pause(round === 1 ? 6000 : 1500); // marks are drawn from points 5 s apart: the first word on a session and its growth must not fall between two of them
    }
    await pause(4000); // young series are held at 0 for two scrapes, and rules follow a second later
    await until(() => Math.floor(Date.now() / 1000) % 15 === 0, 20_000); // the points of a drawn panel lie on whole steps: the last one is to be now
    const now = Math.floor(Date.now() / 1000);
    time = { from: now - 600, to: now };
  }, 90_000);
  afterAll(async () => {
    clearInterval(clock);
    await hub.stop();
    await prometheus.stop();
  });

  it.each(dashboards.map((dashboard): [string, DashboardJson] => [dashboard.title, dashboard]))('[M12] %s: its queries give data for several machines and people, as they are', async (_title, dashboard) => {
    const choices: Choices = dashboard.templating.list.some(({ name }) => name === 'session') ? { session: 'claude/bob-1' } : {};
    expect(await silentQueries(dashboard, choices)).toEqual([]);
  });

  it.each([['session', 'claude/bob-1'], ['team', undefined], ['health', undefined]])('[M10] a comment in a room is a mark at its moment on the dashboard %s, and nowhere else', async (name, session) => {
    const { templating, annotations } = dashboards.find(({ uid }) => uid === `watchroom-${name}`)!;
    const marks = async (choices: Choices): Promise<readonly { readonly session: string | undefined; readonly at: number }[]> =>
      (await askRange(prometheus, interpolated(annotations.list.find((one) => one.name === 'Comments')!.expr!, templating.list, choices, time, 5), time, 5)).flatMap(({ metric, values }) => values!.map(([at]) => ({ session: metric.session_id, at })));
    const found = await marks(session === undefined ? {} : { session });
    expect([...new Set(found.map((one) => one.session))]).toEqual(['claude/bob-1']);
    // Seen at the next scrape; the last step in which it is news is one step later.
    for (const { at } of found) expect(at - commentedAt > 0 && at - commentedAt < 30).toBe(true);
    expect(await marks(session === undefined ? { user: ['ada'] } : { session: 'claude/synced' })).toEqual([]);
  });

  it('[M12] a negative control: a person who is not there gives nothing', async () => {
    expect(await silentQueries(dashboards.find(({ uid }) => uid === 'watchroom-team')!, { user: ['nobody'] })).toContain('Cost A');
  });

  it('[M7] every rule can be evaluated, and alerts of sessions tell machines and people apart', async () => {
    const { groups } = await prometheus.get<{ groups: { rules: { name: string; health: string; lastError?: string; alerts?: { labels: Record<string, string> }[] }[] }[] }>('/rules');
    const all = groups.flatMap((group) => group.rules);
    expect(all.filter(({ health }) => health !== 'ok').map(({ name, health, lastError }) => [name, health, lastError])).toEqual([]);
    const full = all.find(({ name }) => name === 'SessionContextNearlyFull')!.alerts!;
    expect(full.map(({ labels }) => `${labels.team} ${labels.user_name} ${labels.session_id}`).sort()).toEqual(['blue ada claude/ada-1', 'blue ada claude/synced', 'blue ada codex/ada-2', 'blue bob claude/bob-1', 'red eve claude/ada-1']);
  });

  it('[M2] joins with the info metric stay unique, also where one session is on two machines', async () => {
    const joined = await prometheus.query('sum by (team, user_name, host_name, session_id, project) (ai_session_tokens_total * on (job, instance, team, host_name, user_name, session_id) group_left (project) ai_session_info)');
    expect(joined.length).toBe(5);
    expect((await prometheus.query('ai_session_info{session_id="claude/synced"}')).length).toBe(1);
  });

  it('raw samples of the counters are what the sum of all use is', async () => {
    const { store } = hub.base;
    const use = await store.selectFrom('session_use').innerJoin('sessions', 'sessions.id', 'session_use.session_id').innerJoin('teams', 'teams.id', 'sessions.team_id').innerJoin('users', 'users.id', 'sessions.owner_id')
      .select(['teams.name as team', 'users.username as user', 'kind', 'counted']).execute();
    const sum = (wants: (kind: string) => boolean, team: string, user: string): number => use.filter((row) => row.team === team && row.user === user && wants(row.kind)).reduce((total, { counted }) => total + counted, 0);
    const metrics: readonly [metric: string, wants: (kind: string) => boolean, unit: number][] = [
      ['ai_tokens_total', (kind) => (tokenTypes as readonly string[]).includes(kind), 1], ['ai_cost_usd_total', (kind) => kind === 'micro_usd', 1e6], ['ai_turns_total', (kind) => kind === 'turns', 1],
      ['ai_errors_total', (kind) => kind.startsWith('error:'), 1], ['ai_tool_calls_total', (kind) => kind.startsWith('tool:'), 1], ['ai_lines_total', (kind) => kind.startsWith('lines:'), 1], ['ai_sessions_started_total', (kind) => kind === 'started', 1],
    ];
    for (const [metric, wants, unit] of metrics) for (const { metric: { team, user_name: user }, value } of await prometheus.query(`sum by (team, user_name) (${metric})`)) {
      expect({ metric, team, user, value: Number(value![1]) }).toEqual({ metric, team, user, value: expect.closeTo(sum(wants, team!, user!) / unit, 6) });
      expect(Number(value![1])).toBeGreaterThan(0);
    }
    // The synced session counted once: five sessions of all rounds.
    expect(Number((await prometheus.query('sum(ai_turns_total)'))[0]!.value![1])).toBe(5 * rounds);
    // Every series was seen at 0 first, so increase() misses nothing.
    for (const { values } of await prometheus.query('ai_turns_total[1m]')) expect(values![0]![1]).toBe('0');
  });

  it('an agent that falls silent: its sessions are gone, its counters stay, the others are as they were', async () => {
    clearInterval(clock);
    hub.clock.now += 100_000;
    const others = agents.slice(1);
    await Promise.all(others.map((agent) => agent.tells()));
    await until(async () => (await prometheus.query('watchroom_agent_up == 0')).length === 1, 10_000);
    expect((await prometheus.query('watchroom_agent_up == 0'))[0]!.metric).toMatchObject({ team: 'blue', host_name: 'desk', user_name: 'ada' });
    expect((await prometheus.query('ai_session_info{team="blue",host_name="desk",user_name="ada"}')).length).toBe(0);
    expect((await prometheus.query('ai_session_info{session_id="claude/synced",host_name="laptop"}')).length).toBe(1);
    expect((await prometheus.query('ai_session_info')).length).toBe(4);
    expect((await prometheus.query('ai_turns_total{team="blue",host_name="desk",user_name="ada"}')).length).toBe(1);
  });
});
