import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FleetSeries } from '../../src/session/snapshot.ts';
import { aSession } from '../a-session.ts';
import { aFullSnapshot, aKnownSession, aSnapshot } from '../metrics/a-snapshot.ts';
import { requireServer, startPrometheus, until } from '../servers.ts';
import type { Prometheus } from '../servers.ts';
import { aServer } from './a-server.ts';

const tokens = (value: number, token_type: string, bornAt: number): FleetSeries => ({ metric: 'ai_tokens_total', labels: { tool: 'claude', model: 'm', project: 'shop', token_type }, value, bornAt });

requireServer('prometheus')('a real Prometheus', () => {
  let edge: Awaited<ReturnType<typeof aServer>>;
  let prometheus: Prometheus;
  let asText: Awaited<ReturnType<typeof textOnly>>;
  /** Samples of a series as they were scraped. */
  const raw = async (selector: string, job = 'watchroom'): Promise<number[]> =>
    (await prometheus.query(`${selector.replace('}', `,job="${job}"}`)}[5m]`)).flatMap(({ values }) => values!.map(([, value]) => Number(value)));
  const scraped = (selector: string, value: number, job = 'watchroom'): Promise<void> => until(async () => (await raw(selector, job)).includes(value), 20_000, 200);

  beforeAll(async () => {
    const snapshot = aFullSnapshot({ at: Date.now(), fleet: [tokens(1000, 'input', 0)] });
    edge = await aServer(snapshot, { telemetry: { now: () => Date.now(), labels: { title: true, hubUrl: 'http://hub.example' } } });
    const target = edge.url.slice('http://'.length, -1);
    asText = await textOnly(edge.url);
    prometheus = await startPrometheus({
      config: `
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - {job_name: watchroom, static_configs: [{targets: ['${target}']}]}
  - {job_name: slow, scrape_interval: 2s, scrape_timeout: 2s, static_configs: [{targets: ['${target}']}]}
  - {job_name: text, static_configs: [{targets: ['${asText.target}']}]}
  - {job_name: only, params: {'name[]': [ai_tokens_total]}, static_configs: [{targets: ['${target}']}]}
`,
    });
    await scraped('ai_tokens_total{token_type="input"}', 1000);
    await scraped('ai_tokens_total{token_type="input"}', 1000, 'slow');
    await scraped('ai_tokens_total{token_type="input"}', 1000, 'text');
  }, 60_000);
  afterAll(async () => {
    await prometheus.stop();
    await asText.close();
    await edge.close();
  });

  it('scrapes the page without a complaint, asking for OpenMetrics', async () => {
    const targets = async () => (await prometheus.get<{ activeTargets: { health: string; lastError: string; labels: Record<string, string> }[] }>('/targets')).activeTargets;
    await until(async () => (await targets()).every(({ health }) => health !== 'unknown'), 20_000, 200);
    const activeTargets = await targets();
    expect(activeTargets.map(({ health, lastError }) => [health, lastError])).toEqual(Array(4).fill(['up', '']));
    expect(Number((await prometheus.query('scrape_samples_scraped{job="watchroom"}'))[0]!.value![1])).toBeGreaterThan(150);
    expect(await prometheus.query('rate(prometheus_target_scrapes_sample_duplicate_timestamp_total[1m]) > 0')).toEqual([]);
  });

  it('scrapes the same from text 0.0.4', async () => {
    expect(asText.contentTypes).toContain('text/plain; version=0.0.4; charset=utf-8');
    const series = async (job: string): Promise<string[]> => (await prometheus.query(`{__name__=~"ai_.+",job="${job}"}`)).map(({ metric: { job: _job, instance: _instance, ...labels } }) => JSON.stringify(labels)).sort();
    const ofText = await series('text');
    expect(ofText.length).toBeGreaterThan(100);
    expect(ofText).toEqual(await series('watchroom'));
  });

  it('reads the types that the page states', async () => {
    const metadata = await prometheus.get<Record<string, { type: string; help: string }[]>>('/metadata');
    expect([metadata.ai_tokens_total ?? metadata.ai_tokens, metadata.ai_session_info, metadata.ai_turn_duration_seconds].map((rows) => rows?.[0]?.type)).toEqual(['counter', 'gauge', 'histogram']);
  });

  it('reads back every character of a label', async () => {
    const [info] = await prometheus.query('ai_session_info{job="watchroom",tool="claude"}');
    expect([info!.metric.title, info!.metric.git_branch]).toEqual(['Fix the "login" page\nand more', 'feature/ä\\b']);
  });

  it('sees a counter grow by exactly what was added, and increase() by that within one sample step', async () => {
    edge.world.snapshot = aFullSnapshot({ fleet: [tokens(1250, 'input', 0)] });
    await scraped('ai_tokens_total{token_type="input"}', 1250);
    const samples = await raw('ai_tokens_total{token_type="input"}');
    expect([samples[0], samples.at(-1)]).toEqual([1000, 1250]);
    const [increase] = await prometheus.query('increase(ai_tokens_total{token_type="input",job="watchroom"}[2m])');
    // increase() extrapolates by up to half a step at both ends.
    expect(Number(increase!.value![1])).toBeGreaterThanOrEqual(250);
    expect(Number(increase!.value![1])).toBeLessThanOrEqual(250 * (1 + 1 / (samples.length - 1)) + 1e-6);
  });

  it('[T36] misses nothing of a series that is born while it watches, in every job', async () => {
    edge.world.snapshot = aFullSnapshot({ fleet: [tokens(1250, 'input', 0), tokens(400, 'output', Date.now())] });
    for (const job of ['watchroom', 'slow', 'only']) {
      await scraped('ai_tokens_total{token_type="output"}', 400, job);
      const samples = await raw('ai_tokens_total{token_type="output"}', job);
      expect(samples.slice(0, 2)).toEqual([0, 0]);
      const [increase] = await prometheus.query(`increase(ai_tokens_total{token_type="output",job="${job}"}[2m])`);
      expect(Number(increase!.value![1])).toBeGreaterThanOrEqual(400);
    }
  }, 60_000);

  it('[T35] loses the series of an ended session at the next scrape', async () => {
    const alive = async (): Promise<number> => (await prometheus.query('ai_session_state{session_id="claude/gone",job="watchroom"}')).length;
    edge.world.snapshot = aSnapshot({ sessions: [aKnownSession(), aSession({ id: 'claude/gone', nativeId: 'gone' })] });
    await until(async () => (await alive()) === 4, 10_000, 200);
    edge.world.snapshot = aSnapshot({ sessions: [aKnownSession()] });
    await until(async () => (await alive()) === 0, 5_000, 200);
  }, 30_000);

  it('joins the info metric of a session to its numbers', async () => {
    const joined = await prometheus.query('ai_session_turns_total{job="watchroom"} * on (job, instance, team, host_name, user_name, session_id) group_left (project) ai_session_info');
    expect(joined.map(({ metric }) => metric.project)).toEqual(['shop']);
  });
});

/** Prometheus 2.42 cannot be told to prefer the text format: a proxy takes its Accept header away. */
const textOnly = async (url: string) => {
  const contentTypes: string[] = [];
  const server = createServer(async (_request, response) => {
    const answer = await fetch(`${url}metrics`, { headers: { accept: 'text/plain;version=0.0.4' } });
    contentTypes.push(answer.headers.get('content-type')!);
    response.setHeader('content-type', answer.headers.get('content-type')!).end(await answer.text());
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { contentTypes, target: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
};
