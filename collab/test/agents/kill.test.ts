import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Report } from 'watchroom/wire';
import { agentPaths, wireVersion } from 'watchroom/wire';
import { freePort, until } from '../../../exporter/test/servers.ts';
import { samplesOf } from '../../../exporter/test/metrics/page-of.ts';
import { startTestHub } from '../support/hub.ts';
import { aWire, hourOf } from './an-agent.ts';

const kills = process.env.WATCHROOM_FULL === '1' ? 30 : 6;
const script = fileURLToPath(new URL('killable-hub.ts', import.meta.url));
const hosts = ['desk', 'laptop', 'tower'];

let dataFolder: string;
let url: string;
let port: number;
let scrapeSecret: string;
let hub: ChildProcess;
const agents: Reporter[] = [];

/** One machine that works all the time and tells what it has, again and again until it is heard. */
interface Reporter {
  readonly host: string;
  readonly secret: string;
  tokens: number;
  acknowledged: number;
}

const sessionsOf = ({ host }: Reporter): string[] => [0, 1, 2].map((number) => `claude/${host}-${number}`);

const reportOf = (agent: Reporter, startedAt: number): Report => ({
  v: wireVersion, agent: { id: agent.host, hostName: agent.host, platform: 'linux', version: '1', ledgerId: 'one', startedAt }, sentAt: Date.now(), since: startedAt, nextReportMs: 60_000,
  sessions: sessionsOf(agent).map((id) => aWire({ id, project: 'shop', turns: agent.tokens, lastActivityAt: Date.now() })), present: sessionsOf(agent),
  use: sessionsOf(agent).flatMap((id) => [[id, 'gpt-5', 'input', hourOf(startedAt), agent.tokens], [id, '', 'turns', hourOf(startedAt), agent.tokens]] as Report['use']),
});

const tell = async (agent: Reporter, startedAt: number): Promise<void> => {
  const tokens = agent.tokens;
  const response = await fetch(url + agentPaths.report, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${agent.secret}` }, body: JSON.stringify(reportOf(agent, startedAt)) });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  await response.text();
  agent.acknowledged = tokens;
};

const start = async (): Promise<void> => {
  hub = spawn(process.execPath, ['--conditions=watchroom-source', '--no-warnings', script, dataFolder, String(port)], { stdio: ['ignore', 'inherit', 'inherit'] });
  await until(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true, 30_000, 20);
};

const kill = async (): Promise<void> => {
  const ended = new Promise((resolve) => hub.once('exit', resolve));
  hub.kill('SIGKILL');
  await ended;
};

const counters = async (): Promise<Map<string, number>> => {
  const page = samplesOf(await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${scrapeSecret}` } })).text());
  return new Map([...page].filter(([series]) => /^ai_(tokens|turns|sessions_started|errors)_total/.test(series)));
};
const tokensOf = (page: ReadonlyMap<string, number>, host: string): number => [...page].filter(([series]) => series.startsWith('ai_tokens_total') && series.includes(`host_name="${host}"`)).reduce((sum, [, value]) => sum + value, 0);

beforeAll(async () => {
  const before = await startTestHub();
  dataFolder = before.dataFolder;
  const team = await before.team('blue');
  const ada = await before.person('ada', { id: team.id, role: 'admin' });
  for (const host of hosts) agents.push({ host, secret: (await before.token('agent', ada.userId, team.id)).secret, tokens: 1, acknowledged: 0 });
  scrapeSecret = (await before.token('scrape', ada.userId, team.id)).secret;
  await before.close();
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  hub.kill('SIGKILL');
  rmSync(dataFolder, { recursive: true, force: true });
});

describe(`a hub that is killed ${kills} times under reports`, () => {
  it('[R1] loses nothing it acknowledged, counts nothing twice, and no counter falls', async () => {
    const startedAt = Date.now();
    let seen = new Map<string, number>();
    for (let round = 0; round < kills; round += 1) {
      await start();
      let alive = true;
      const work = agents.map(async (agent) => {
        while (alive) {
          agent.tokens += 1 + Math.floor(Math.random() * 100);
          await tell(agent, startedAt).catch(() => { alive = false; });
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 500));
      await kill();
      await Promise.all(work);

      await start();
      const now = await counters();
      for (const [series, value] of seen) expect({ series, fell: now.get(series)! < value }).toEqual({ series, fell: false });
      for (const agent of agents) {
        const counted = tokensOf(now, agent.host);
        expect(counted).toBeGreaterThanOrEqual(3 * agent.acknowledged);
        expect(counted).toBeLessThanOrEqual(3 * agent.tokens);
      }
      seen = now;
      await kill();
    }
    await start();
    for (const agent of agents) await tell(agent, startedAt);
    const end = await counters();
    for (const agent of agents) expect(tokensOf(end, agent.host)).toBe(3 * agent.tokens);
    expect([...end].filter(([series]) => series.startsWith('ai_sessions_started_total')).length).toBe(0);
    const page = samplesOf(await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${scrapeSecret}` } })).text());
    expect([...page.keys()].filter((series) => series.startsWith('ai_session_info')).length).toBe(3 * hosts.length);
  }, 60_000 + kills * 15_000);
});
