import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import type { WireSession } from 'watchroom/wire';
import { aWire, anAgent, hourOf, tokensRow } from '../agents/an-agent.ts';
import type { TestAgent } from '../agents/an-agent.ts';
import { requireServer } from '../../../exporter/test/servers.ts';
import { samplesOf } from '../../../exporter/test/metrics/page-of.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';

let hub: TestHub;
let blue: { readonly id: string; readonly name: string };
let ada: Client;
/** Admin of the team, and runs the hub. */
let boss: Client;
let desk: TestAgent;
let scraper: Client;
beforeEach(async () => {
  hub = await startTestHub();
  blue = await hub.team('blue');
  ada = await hub.person('ada', { id: blue.id, role: 'member' });
  boss = await hub.person('boss', { id: blue.id, role: 'admin' }, { operator: true });
  desk = await anAgent(hub, { userId: ada.userId, teamId: blue.id });
  scraper = await hub.token('scrape', boss.userId, blue.id);
});
afterEach(() => hub.stop());

const page = async (by: Client = scraper, query = ''): Promise<ReadonlyMap<string, number>> => {
  const { status, text } = await by.ask('GET', `/metrics${query}`);
  if (status !== 200) throw new Error(`${status}: ${text}`);
  return samplesOf(text);
};
const ofAda = 'team="blue",host_name="desk",user_name="ada"';
const known = (id: string, facts: Partial<WireSession> = {}): WireSession => aWire({
  id, project: 'shop', gitBranch: 'main', lastActivityAt: hub.clock.now, model: 'claude-sonnet-4-5',
  models: { 'claude-sonnet-4-5': { usage: { input: 10, output: 20 }, requests: 1, microUsd: 1_500_000, unpricedTokens: 0 } },
  context: { used: 50, limit: 100 }, health: { score: 65.5, level: 'warning', factors: { duration: 0.5 }, missing: [] }, toolCalls: { Read: 2 },
  ...facts,
});

describe('/metrics of the hub', () => {
  it('every series of an agent has team, host_name and user_name, info included', async () => {
    await desk.tells({ sessions: [known('claude/1')], use: [tokensRow('claude/1', 10, { hour: hourOf(hub.clock.now) })] });
    const samples = await page();
    expect(samples.get(`ai_session_info{session_id="claude/1",tool="claude",${ofAda},model="claude-sonnet-4-5",project="shop",git_branch="main",room_url="http://hub.example/rooms/claude/1"}`)).toBe(1);
    expect(samples.get(`ai_session_cost_usd_total{session_id="claude/1",tool="claude",${ofAda},model="claude-sonnet-4-5"}`)).toBe(1.5);
    expect(samples.get(`ai_session_health_ratio{session_id="claude/1",tool="claude",${ofAda}}`)).toBe(0.655);
    expect(samples.get(`ai_sessions{tool="claude",state="working",${ofAda}}`)).toBe(1);
    expect(samples.get(`watchroom_agent_up{${ofAda}}`)).toBe(1);
    for (const series of samples.keys()) if (series.startsWith('ai_')) expect(series).toContain(ofAda);
  });

  it('a fleet series is born at 0 for a scraper that was there before, and then shows its value', async () => {
    await page();
    hub.clock.now += 15_000;
    await desk.tells({ sessions: [known('claude/1')], use: [tokensRow('claude/1', 10, { hour: hourOf(hub.clock.now) })] });
    const series = `ai_tokens_total{tool="claude",model="claude-sonnet-4-5",project="shop",token_type="input",${ofAda}}`;
    const seen = [];
    for (let sight = 0; sight < 4; sight += 1) {
      seen.push((await page()).get(series));
      hub.clock.now += 15_000;
    }
    expect(seen).toEqual([0, 0, 10, 10]);
  });

  it('[R7] a private session shows that it is one, and no word of its owner', async () => {
    await desk.tells({ sessions: [known('claude/1')] });
    await hub.base.store.updateTable('sessions').set({ visibility: 'private' }).execute();
    const canary = 'CANARY';
    const session = known('claude/1', {
      project: canary, cwd: canary, gitBranch: canary, title: canary, toolVersion: canary, model: canary, parentId: canary, tags: [canary], projectName: canary, description: canary,
      models: { [canary]: { usage: { input: 7 }, requests: 1, unpricedTokens: 0 }, other: { usage: { input: 1 }, requests: 1, unpricedTokens: 0 } },
      toolCalls: { [`mcp__${canary}__x`]: 3, [canary]: 1, Read: 2 }, toolErrors: { [canary]: 1 }, files: { [canary]: { reads: 1, edits: 1, created: false, linesAdded: 0, linesRemoved: 0, lastAt: 1 } },
      fileConflicts: [canary], rateLimits: [{ window: canary, usedRatio: 0.5, reportedAt: 1 }], present: { turnOpen: true, pendingTools: [], waitingFor: canary },
    });
    const hour = hourOf(hub.clock.now);
    await desk.tells({ sessions: [session], use: [tokensRow('claude/1', 7, { hour, model: canary }), ['claude/1', '', 'turns', hour, 3], ['claude/1', '', `tool:${canary}`, hour, 3], ['claude/1', '', 'tool:Read', hour, 2], ['claude/1', canary, 'micro_usd', hour, 3]] });
    const operator = await hub.token('scrape', boss.userId);
    for (const by of [scraper, operator]) {
      const { text } = await by.ask('GET', '/metrics');
      expect(text).not.toContain(canary);
      const samples = samplesOf(text);
      expect(samples.get(`ai_session_info{session_id="claude/1",tool="claude",${ofAda},model="private",project="private",title="private",git_branch="private",room_url="http://hub.example/rooms/claude/1"}`)).toBe(1);
      expect(samples.get(`ai_session_tokens_total{session_id="claude/1",tool="claude",${ofAda},model="private",token_type="input"}`)).toBe(8);
      expect(samples.get(`ai_session_tool_calls_total{session_id="claude/1",tool="claude",${ofAda},tool_name="private"}`)).toBe(4);
      expect(samples.has(`ai_turns_total{tool="claude",project="private",${ofAda}}`)).toBe(true);
      expect(samples.get(`ai_session_health_ratio{session_id="claude/1",tool="claude",${ofAda}}`)).toBe(0.655);
    }
  });

  it('[R7] a team\'s token sees its own team, the operator\'s all; nobody else anything', async () => {
    const red = await hub.team('red');
    const eve = await hub.person('eve', { id: red.id, role: 'member' });
    const hers = await anAgent(hub, { userId: eve.userId, teamId: red.id, hostName: 'CANARY', url: 'http://canary.example:10877' });
    await desk.tells({ sessions: [known('claude/1')] });
    await hers.tells({ sessions: [known('claude/1', { project: 'CANARY' })], use: [tokensRow('claude/1', 10, { hour: hourOf(hub.clock.now) })] });
    expect((await scraper.ask('GET', '/metrics')).text).not.toMatch(/canary|red|eve/i);
    expect((await scraper.ask('GET', '/api/v1/sd')).body).toEqual([]);
    const operator = await hub.token('scrape', boss.userId);
    const all = await page(operator);
    expect([...all.keys()].filter((series) => series.startsWith('ai_session_info')).length).toBe(2);
    expect(all.has('process_resident_memory_bytes')).toBe(true);
    for (const other of [hub.nobody, ada, await hub.token('agent', ada.userId, blue.id)]) expect((await other.ask('GET', '/metrics')).status).toBeGreaterThanOrEqual(401);
  });

  it('one session on two machines is there once; on two hosts of one name, agents are one series', async () => {
    const laptop = await anAgent(hub, { userId: ada.userId, teamId: blue.id, hostName: 'laptop' });
    const twin = await anAgent(hub, { userId: ada.userId, teamId: blue.id, hostName: 'desk', id: 'desk-2' });
    const session = known('claude/1');
    for (const agent of [desk, laptop, twin]) await agent.tells({ sessions: [session] });
    await twin.tells({ sessions: [known('claude/2')] });
    const infos = [...(await page()).keys()].filter((series) => series.startsWith('ai_session_info'));
    expect(infos).toHaveLength(2);
    expect(infos.every((series) => series.includes(ofAda))).toBe(true);
  });

  it('[H7] files that sessions on two machines edit are conflicts of both; private sessions and other teams take no part', async () => {
    const bob = await hub.person('bob', { id: blue.id, role: 'member' });
    const his = await anAgent(hub, { userId: bob.userId, teamId: blue.id, hostName: 'bobs' });
    const red = await hub.team('red');
    const eve = await hub.person('eve', { id: red.id, role: 'member' });
    const hers = await anAgent(hub, { userId: eve.userId, teamId: red.id, hostName: 'eves' });
    const edits = (...letters: string[]): WireSession['edits'] => letters.map((letter) => ({ key: letter.repeat(43), path: `${letter}.ts`, at: hub.clock.now - 1000 }));
    const conflicts = async (): Promise<Record<string, number>> => Object.fromEntries([...(await page(await hub.token('scrape', boss.userId), '?name[]=ai_session_file_conflicts'))].map(([series, value]) => [/session_id="([^"]+)"/.exec(series)![1]!, value]));
    await desk.tells({ sessions: [known('claude/1', { edits: edits('a', 'b', 'c'), fileConflicts: ['z.ts'] })] });
    await hers.tells({ sessions: [known('claude/3', { edits: edits('c') })] });
    expect(await conflicts()).toEqual({ 'claude/1': 1 });
    await his.tells({ sessions: [known('claude/2', { edits: edits('b', 'a', 'x') })] });
    expect(await conflicts()).toEqual({ 'claude/1': 3, 'claude/2': 2 });
    const row = await hub.base.store.selectFrom('sessions').selectAll().where('session_key', '=', 'claude/2').executeTakeFirstOrThrow();
    hub.base.events.emit('session:updated', { session: { ...row, visibility: 'private' } });
    expect(await conflicts()).toEqual({ 'claude/1': 1 });
    hub.base.events.emit('session:updated', { session: row });
    hub.clock.now += 2 * 3_600_000;
    await desk.tells();
    await his.tells();
    expect(await conflicts()).toEqual({ 'claude/1': 1 });
  });

  it('[M2] limits of series leave out the sessions that were active longest ago, and are told', async () => {
    await hub.stop();
    hub = await startTestHub({ seriesPerUser: 100 });
    blue = await hub.team('blue');
    ada = await hub.person('ada', { id: blue.id, role: 'member' });
    boss = await hub.person('boss', { id: blue.id, role: 'admin' });
    desk = await anAgent(hub, { userId: ada.userId, teamId: blue.id });
    scraper = await hub.token('scrape', boss.userId, blue.id);
    await desk.tells({ sessions: Array.from({ length: 10 }, (_, index) => known(`claude/${index}`, { lastActivityAt: hub.clock.now - index * 1000 })) });
    const samples = await page();
    const shown = samples.get('watchroom_sessions_exported')!;
    expect(samples.get('watchroom_series')).toBeLessThanOrEqual(100);
    expect(shown).toBeGreaterThan(2);
    expect(samples.get('watchroom_sessions_dropped{reason="user_limit"}')).toBe(10 - shown);
    expect(samples.get('watchroom_series_limit{scope="user"}')).toBe(100);
    expect([...samples.keys()].filter((series) => series.startsWith('ai_session_info')).map((series) => /session_id="claude\/(\d)/.exec(series)![1])).toEqual(Array.from({ length: shown }, (_, index) => String(index)));
  });

  it('an agent that falls silent takes its sessions along, and brings them back when it wakes; its counters stay', async () => {
    await desk.tells({ sessions: [known('claude/1')], use: [tokensRow('claude/1', 10, { hour: hourOf(hub.clock.now) })] });
    hub.clock.now += 89_000;
    expect((await page()).get(`watchroom_agent_up{${ofAda}}`)).toBe(1);
    hub.clock.now += 2_000;
    const silent = await page();
    expect(silent.get(`watchroom_agent_up{${ofAda}}`)).toBe(0);
    expect([...silent.keys()].filter((series) => series.startsWith('ai_session'))).toEqual([]);
    expect([...silent.keys()].some((series) => series.startsWith('ai_tokens_total'))).toBe(true);
    await desk.tells();
    expect([...(await page()).keys()].some((series) => series.startsWith('ai_session_info'))).toBe(true);
    await desk.tells({ goodbye: true });
    const gone = await page();
    expect([...gone.keys()].filter((series) => /^(ai_session|watchroom_agent)/.test(series))).toEqual([]);
  });

  it('speaks text and OpenMetrics, packed for whoever takes it, and only what is asked for', async () => {
    await desk.tells({ sessions: [known('claude/1')] });
    const open = await scraper.ask('GET', '/metrics', undefined, { accept: 'application/openmetrics-text; version=1.0.0' });
    expect([open.headers.get('content-type'), open.text.endsWith('# EOF\n')]).toEqual(['application/openmetrics-text; version=1.0.0; charset=utf-8', true]);
    expect([...(await page(scraper, '?name[]=watchroom_agent_up')).keys()]).toEqual([`watchroom_agent_up{${ofAda}}`]);
    expect((await scraper.ask('GET', '/metrics?name[]=a-b')).status).toBe(400);
    const { get } = await import('node:http');
    const packed = await new Promise<Buffer>((resolve) => get(`${hub.url}/metrics`, { headers: { authorization: `Bearer ${scraper.secret}`, 'accept-encoding': 'gzip' } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces)));
    }));
    expect(gunzipSync(packed).toString()).toContain('ai_session_info');
  });

  it('[P3] is ready when its store answers, and measures its calls by route', async () => {
    expect(await hub.nobody.ask('GET', '/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
    const own = await page(await hub.token('scrape', boss.userId), '?name[]=watchroom_http_request_duration_seconds');
    expect([...own.keys()].some((series) => series.includes('route="/readyz"'))).toBe(true);
  });

  it('discovery names the exporters that others can reach', async () => {
    const reachable = await anAgent(hub, { userId: ada.userId, teamId: blue.id, hostName: 'tower', url: 'https://tower.example:10877/' });
    const local = await anAgent(hub, { userId: ada.userId, teamId: blue.id, hostName: 'box', url: 'http://127.0.0.1:10877' });
    await reachable.tells();
    await local.tells();
    expect((await scraper.ask('GET', '/api/v1/sd')).body).toEqual([{ targets: ['tower.example:10877'], labels: { team: 'blue', host_name: 'tower', user_name: 'ada', __scheme__: 'https', __metrics_path__: '/metrics' } }]);
  });
});

requireServer('promtool')('promtool', () => {
  it('finds nothing wrong with the page', async () => {
    await desk.tells({ sessions: [known('claude/1')], use: [tokensRow('claude/1', 10, { hour: hourOf(hub.clock.now) })] });
    const { text } = await (await hub.token('scrape', boss.userId)).ask('GET', '/metrics');
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(`${stdout}${stderr}`.split('\n').filter((line) => /^(ai_|watchroom_)|error/.test(line))).toEqual([]);
  });
});
