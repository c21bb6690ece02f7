import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from 'watchroom/wire';
import { agentPaths, wireVersion } from 'watchroom/wire';
import { samplesOf } from '../../../exporter/test/metrics/page-of.ts';
import { freePort, until } from '../../../exporter/test/servers.ts';
import { aWire, hourOf } from '../agents/an-agent.ts';
import { json, start } from './a-program.ts';
import type { Program } from './a-program.ts';

const agents = 200;
const sessionsEach = 5;
const rounds = process.env.WATCHROOM_FULL === '1' ? 60 : 3;
const everyMs = rounds > 3 ? 5000 : 500;

const folder = mkdtempSync(join(tmpdir(), 'watchroom-many-'));
const startedAt = Date.now();
let tokens: string[];
let scrape: string;
let url: string;
let hub: Program;

const made = async (path: string, body: unknown, token?: string) => (await json(url + path, { body, ...(token === undefined ? {} : { token }) })).body;

beforeAll(async () => {
  url = `http://localhost:${await freePort()}`;
  hub = start(['hub', 'serve', '--data', join(folder, 'hub'), '--listen', new URL(url).host.replace('localhost', '127.0.0.1')], { NODE_OPTIONS: `--import=${new URL('event-loop-probe.ts', import.meta.url).href}` });
  const login = (await made('/api/v1/auth/setup', { token: await hub.until(/\/setup#(\S+)/), username: 'ada', password: 'correct horse battery', displayName: 'Ada', team: 'reds' })).token;
  await fetch(`${url}/api/v1/teams/reds/settings`, { method: 'PATCH', headers: { authorization: `Bearer ${login}`, 'content-type': 'application/json' }, body: JSON.stringify({ limits: { agentTokensPerMember: agents } }) });
  scrape = (await made('/api/v1/tokens/scrape', { name: 'prometheus' }, login)).secret;
  tokens = [];
  for (let agent = 0; agent < agents; agent += 1) tokens.push((await made('/api/v1/teams/reds/tokens/agent', { name: `host-${agent}` }, login)).secret);
}, 30_000);
afterAll(async () => {
  polling.abort();
  await hub.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const polling = new AbortController();
const listen = (token: string, agent: number): void => void fetch(`${url}${agentPaths.downlink}?agent=agent-${agent}&wait=30`, { headers: { authorization: `Bearer ${token}` }, signal: polling.signal }).catch(() => undefined);

const report = async (token: string, agent: number, round: number): Promise<{ readonly status: number; readonly ms: number }> => {
  const ids = Array.from({ length: sessionsEach }, (_none, n) => `claude/${agent}-${n}`);
  const body: Report = {
    v: wireVersion, agent: { id: `agent-${agent}`, hostName: `host-${agent}`, platform: 'linux', version: '1', ledgerId: 'one', startedAt }, sentAt: Date.now(), since: startedAt, nextReportMs: 60_000,
    sessions: ids.map((id) => aWire({ id, project: 'shop', turns: round, lastActivityAt: Date.now() })), present: ids,
    use: ids.flatMap((id): Report['use'] => [[id, 'gpt-5', 'input', hourOf(startedAt), 100 * round], [id, '', 'turns', hourOf(startedAt), round]]),
  };
  const began = performance.now();
  const { status } = await json(url + agentPaths.report, { token, body });
  return { status, ms: performance.now() - began };
};

const page = async (): Promise<ReadonlyMap<string, number>> => samplesOf((await json(`${url}/metrics`, { token: scrape })).body);
const sum = (samples: ReadonlyMap<string, number>, start: string): number => [...samples].filter(([series]) => series.startsWith(start)).reduce((all, [, value]) => all + value, 0);

it(`[U7] ${agents} agents that report in the same moment, each with its long poll open, are all heard, none is refused and everything is counted once`, async () => {
  hub.process.kill('SIGUSR2');
  await page(); // asked before, so that the series that are born now are shown from 0 to their value
  const latencies: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const began = performance.now();
    const answers = await Promise.all(tokens.map((token, agent) => report(token, agent, round)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    latencies.push(...answers.map(({ ms }) => ms));
    if (round === 1) tokens.forEach(listen);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - (performance.now() - began))));
  }
  hub.process.kill('SIGUSR2');
  const [, said, longest] = /(event loop delay .* longest (\d+) ms)/.exec(await hub.until(/event loop delay .*ms\n.*(event loop delay .* ms)\n/s))!;
  await until(async () => sum(await page(), 'ai_tokens_total{') === agents * sessionsEach * 100 * rounds, 10_000, 1000);
  const samples = await page();
  expect(sum(samples, 'ai_turns_total{')).toBe(agents * sessionsEach * rounds);
  expect(sum(samples, 'watchroom_agent_up{')).toBe(agents);
  expect([...samples.keys()].filter((series) => series.startsWith('ai_session_info{'))).toHaveLength(agents * sessionsEach);
  expect(sum(samples, 'watchroom_http_request_duration_seconds_count{method="POST",route="/api/v1/agents/report"')).toBe(agents * rounds);
  expect([...samples.keys()].filter((series) => series.includes('status_class="5xx"'))).toEqual([]);
  latencies.sort((a, b) => a - b);
  process.stdout.write(`${agents} agents at once, ${rounds} times: answered in ${Math.round(latencies[latencies.length >> 1]!)} ms (p50), ${Math.round(latencies[Math.floor(latencies.length * 0.99)]!)} ms (p99); ${said}\n`);
  expect(Number(longest)).toBeLessThan(2000);
}, 60_000 + rounds * everyMs);
