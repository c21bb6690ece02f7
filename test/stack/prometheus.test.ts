import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { requireServer, startPrometheus, until } from '../../exporter/test/servers.ts';
import type { Prometheus, QueryResult } from '../../exporter/test/servers.ts';
import { repository, textOf } from './compose.ts';
import { installedAndNewer } from './newer-servers.ts';
import { exampleNames, withExamples } from './prometheus-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchroom-prometheus-'));
afterAll(() => rmSync(folder, { recursive: true }));
const token = join(folder, 'token');
writeFileSync(token, 'scrape-token\n');
for (const path of ['alerts/rules', 'stack/targets']) cpSync(repository + path, join(folder, path), { recursive: true });

interface Job { readonly job_name: string; readonly sample_limit?: number; readonly label_limit?: number; readonly label_name_length_limit?: number; readonly label_value_length_limit?: number; readonly body_size_limit?: string }
interface Config { readonly scrape_configs: readonly Job[]; readonly remote_write?: readonly { readonly url: string }[] }

describe('prometheus.yml', () => {
  const jobsOf = (text: string): readonly Job[] => (parse(text) as Config).scrape_configs;

  it.each(['', 'http_sd'])('[M2] limits what every scrape of ours may bring (example: "%s")', (example) => {
    const ours = jobsOf(withExamples(example)).filter(({ job_name: job }) => job.startsWith('watchroom'));
    expect(ours).toHaveLength(example === '' ? 2 : 3);
    for (const job of ours) expect(job).toMatchObject({ sample_limit: expect.any(Number), label_limit: expect.any(Number), label_name_length_limit: expect.any(Number), label_value_length_limit: expect.any(Number), body_size_limit: expect.stringMatching(/^\d+MB$/) });
  });

  it('has examples for http_sd and for each remote storage of docs/remote-storage.md', () => {
    expect(exampleNames()).toEqual(['http_sd', 'mimir', 'thanos', 'victoriametrics']);
    for (const name of exampleNames().slice(1)) expect(textOf('docs/remote-storage.md')).toContain((parse(withExamples(name)) as Config).remote_write![0]!.url);
  });

  it('leaves every job alone whose example is still a comment', () => {
    expect(jobsOf(textOf('prometheus.yml')).map(({ job_name: job }) => job)).toEqual(['watchroom', 'watchroom-hub', 'prometheus', 'alertmanager']);
  });
});

requireServer('promtool')('promtool', () => {
  describe.each(installedAndNewer('promtool'))('%s', (_which, promtool) => {
    it.each(['', ...exampleNames()])('takes prometheus.yml with the example "%s"', (example) => {
      const file = join(folder, `prometheus-${example}.yml`);
      // promtool looks for the token where the configuration says.
      writeFileSync(file, (withExamples(example)).replaceAll('/run/secrets/hub_scrape_token', token));
      const { status, stdout, stderr } = spawnSync(promtool, ['check', 'config', file], { cwd: folder, encoding: 'utf8' });
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
    });
  });
});

/** A stand-in for an exporter, and for the hub's list of exporters: three known samples, and who asked for the list. */
const startTarget = async (): Promise<{ readonly address: string; readonly authorizations: string[]; readonly stop: () => void }> => {
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/api/v1/sd') {
      authorizations.push(request.headers.authorization ?? 'none');
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify([{ targets: [request.headers.host], labels: { team: 'blue', host_name: 'ada-laptop', user_name: 'ada' } }]));
    } else response.setHeader('Content-Type', 'text/plain; version=0.0.4').end('ai_tokens_total{tool="claude"} 5\nai_session_info{session_id="claude/1"} 1\nwatchroom_series 2\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, authorizations, stop: () => { server.closeAllConnections(); server.close(); } };
};

requireServer('prometheus')('with real servers', () => {
  const remotes = exampleNames().slice(1);
  const team = join(folder, 'stack/targets/team');
  const opened: { readonly stop: () => unknown }[] = [];
  let target: Awaited<ReturnType<typeof startTarget>>;
  let sender: Prometheus;
  let receivers: ReadonlyMap<string, Prometheus>;
  let finder: Prometheus;

  /** prometheus.yml as it is, with what stands in this test for the other services, and no rules. */
  const here = (text: string): string =>
    text.replaceAll(/_interval: \S+/g, '_interval: 1s').replaceAll(/'(?:alertmanager:9093|localhost:9090)'/g, `'${target.address}'`).replaceAll('collab:8877', target.address)
      .replaceAll('/run/secrets/hub_scrape_token', token).replaceAll('- stack/targets', `- ${folder}/stack/targets`).replace(/^rule_files:\n.*\n/m, '');

  const start = async (config: string, args: readonly string[] = []): Promise<Prometheus> => {
    const prometheus = await startPrometheus({ config, args });
    opened.push(prometheus);
    return prometheus;
  };

  beforeAll(async () => {
    target = await startTarget();
    opened.push(target);
    receivers = new Map(await Promise.all(remotes.map(async (name) => [name, await start('global: {}\n', ['--web.enable-remote-write-receiver'])] as const)));
    const everyRemote = remotes.map((name) => {
      const { remote_write: [remote] } = parse(withExamples(name)) as { remote_write: [object] };
      return { ...remote, url: `${receivers.get(name)!.url}/api/v1/write` };
    });
    sender = await startPrometheus({ config: `${here(withExamples())}\nremote_write: ${JSON.stringify(everyRemote)}\n`, args: ['--enable-feature=expand-external-labels'] });
    finder = await start(here(withExamples('http_sd')).replace('sample_limit: 500000', 'sample_limit: 2'));
  }, 30_000);
  afterAll(async () => {
    await sender?.stop(); // first: it would wait for the others to take the rest
    await Promise.all(opened.map((one) => one.stop()));
  });

  const samplesOf = async (server: Prometheus, selector: string): Promise<Map<string, readonly (readonly [number, string])[]>> =>
    new Map((await server.query(`${selector}[1m]`)).map(({ metric, values }: QueryResult) => [JSON.stringify(Object.entries(metric).sort()), values!]));

  it.each(remotes)('remote-write as for %s brings the same samples to another Prometheus, without the labels that only links need', async (name) => {
    const receiver = receivers.get(name)!;
    await until(async () => (await receiver.query('count_over_time(ai_tokens_total{job="prometheus"}[1m]) >= 3')).length === 1, 20_000);
    const [got, sent] = [await samplesOf(receiver, 'ai_tokens_total'), await samplesOf(sender, 'ai_tokens_total')];
    expect([...got.keys()].sort()).toEqual([...sent.keys()].sort());
    for (const [series, values] of got) expect(sent.get(series)).toEqual(expect.arrayContaining([...values]));
    // Only the example for Mimir leaves out what stands for one session.
    expect((await receiver.query('ai_session_info{job="prometheus"}')).length).toBe(name === 'mimir' ? 0 : 1);
  });

  it('finds exporters by http_sd, with the token of the file, and keeps the labels of the list', async () => {
    await until(async () => (await finder.query('ai_tokens_total{job="watchroom-discovered", team="blue", host_name="ada-laptop", user_name="ada"} == 5')).length === 1, 20_000);
    expect(new Set(target.authorizations)).toEqual(new Set(['Bearer scrape-token']));
  });

  it('a scrape beyond the limits is refused as a whole, and the target says so', async () => {
    await until(async () => (await finder.query('up{job="watchroom-hub"} == 0')).length === 1, 20_000);
    const { activeTargets } = await finder.get<{ activeTargets: { labels: { job: string }; lastError: string }[] }>('/targets');
    expect(activeTargets.find(({ labels }) => labels.job === 'watchroom-hub')!.lastError).toContain('sample limit exceeded');
  });

  it("finds a colleague's exporter as soon as its file is there, as stack/targets/team/README.md says", async () => {
    const [, example] = /```yaml\n([^]*?)```/.exec(readFileSync(join(team, 'README.md'), 'utf8'))!;
    writeFileSync(join(team, 'ada.yml'), example!.replace('ada.example:10877', target.address));
    await until(async () => (await finder.query('ai_tokens_total{job="watchroom", host_name="ada", user_name="ada"}')).length === 1, 20_000);
  });
});
