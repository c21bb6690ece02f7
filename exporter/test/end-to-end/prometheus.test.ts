import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { aProcTree, bootedAt } from '../processes/a-proc-tree.ts';
import { requireServer, startPrometheus, until } from '../servers.ts';
import type { Prometheus } from '../servers.ts';
import { aHome, claudeLine, claudePrompt } from '../sweep/a-home.ts';
import { startExporter } from './an-exporter.ts';
import type { RunningExporter } from './an-exporter.ts';

const session = '5e551011-0000-4000-8000-000000000001';
const transcript = `.claude/projects/-home-ada-shop/${session}.jsonl`;
const second = 1000;

// The real exporter under a real Prometheus that scrapes it twice a second, once as text and once as OpenMetrics.
requireServer('prometheus')('a real Prometheus on the real exporter', () => {
  const { home, machine, write } = aHome();
  const startTicks = Math.round((Date.now() - 3_600_000 - bootedAt) / 10);
  const proc = aProcTree([{ pid: 77, argv: ['/usr/bin/claude'], cwd: '/home/ada/shop', startTicks }, { pid: 78, argv: ['/usr/bin/claude'], cwd: '/home/ada/brief', startTicks }]);
  let exporter: RunningExporter;
  let prometheus: Prometheus;

  beforeAll(async () => {
    write(transcript, claudePrompt({ session, at: Date.now() - 300 * second }) + claudeLine({ session, at: Date.now() - 299 * second, output: 1000, id: 'old' }));
    write('.claude/projects/-home-ada-shop/history.jsonl', claudeLine({ session: 'history', at: Date.now() - 40 * 86_400 * second, output: 2_900_000, id: 'history' }));
    // Its window of a minute ends soon after the start.
    write('.claude/projects/-home-ada-brief/brief.jsonl', claudeLine({ session: 'brief', cwd: '/home/ada/brief', at: Date.now() - 45 * second, output: 3, id: 'brief' }));
    exporter = await startExporter(['--home', machine.home, '--proc', proc.path, '--state', join(home, 'state'), '--scan.process-interval', '1s', '--export.window', '1m']);
    await exporter.until(/ai_session_processes\{.*\} 1\n/);
    const target = new URL(exporter.url).host;
    prometheus = await startPrometheus({ config: `
global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 1s }
scrape_configs:
  - job_name: text
    scrape_protocols: [PrometheusText0.0.4]
    static_configs: [{ targets: ['${target}'] }]
  - job_name: openmetrics
    static_configs: [{ targets: ['${target}'] }]
`.replace(/^ *scrape_protocols.*\n/m, '') });
    await until(async () => (await prometheus.query('up == 1')).length === 2 && (await prometheus.query('ai_session_info')).length > 0, 20_000);
  }, 60_000);
  afterAll(async () => {
    await prometheus?.stop();
    await exporter?.stop('SIGKILL');
    rmSync(home, { recursive: true });
    proc.delete();
  });

  const one = async (promql: string): Promise<number | undefined> => {
    const [result] = await prometheus.query(promql);
    return result?.value === undefined ? undefined : Number(result.value[1]);
  };
  const append = (output: number, id: string): void => appendFileSync(join(home, transcript), claudeLine({ session, at: Date.now(), output, id }));

  it('scrapes both targets without an error and without a warning about what it reads', async () => {
    const { activeTargets } = await prometheus.get<{ activeTargets: { health: string; lastError: string }[] }>('/targets');
    expect(activeTargets.map(({ health, lastError }) => ({ health, lastError }))).toEqual([{ health: 'up', lastError: '' }, { health: 'up', lastError: '' }]);
  });

  it('[T41] a cold scan of old transcripts is no use of today: increase() over it is 0', async () => {
    expect((await one('sum(increase(ai_tokens_total{job="text"}[5m]))')) ?? 0).toBe(0);
    expect(await one(`ai_session_tokens_total{job="text",token_type="output",session_id="claude/${session}"}`)).toBe(1000);
  });

  it('the raw samples of a fleet counter that was born meanwhile differ by exactly the tokens appended, from 0 on, for both readers', async () => {
    append(40, 'a');
    for (const job of ['text', 'openmetrics']) await until(async () => (await one(`ai_tokens_total{job="${job}",token_type="output"}`)) === 40, 20_000);
    append(2, 'b');
    append(500, 'c');
    for (const job of ['text', 'openmetrics']) {
      await until(async () => (await one(`ai_tokens_total{job="${job}",token_type="output"}`)) === 542, 20_000);
      const [series] = await prometheus.query(`ai_tokens_total{job="${job}",token_type="output"}[2m]`);
      const samples = series!.values!.map(([, value]) => Number(value));
      expect(samples[0]).toBe(0);
      expect(samples.at(-1)! - samples[0]!).toBe(542);
      expect(samples.every((value, index) => index === 0 || value >= samples[index - 1]!)).toBe(true);
      // increase() extrapolates to the window's ends, by at most 1.1 sample steps at each (promql/functions.go, extrapolatedRate).
      const increase = (await one(`increase(ai_tokens_total{job="${job}",token_type="output"}[2m])`))!;
      expect(increase).toBeGreaterThanOrEqual(542);
      expect(increase).toBeLessThanOrEqual(542 * (1 + 2.2 / (samples.length - 1)));
    }
  }, 60_000);

  it('an ended session leaves at the next scrape once it is out of the export window, and the others stay', async () => {
    const of = (state: string): Promise<number | undefined> => one(`ai_session_state{job="text",session_id="claude/brief",state="${state}"}`);
    expect(await of('ended')).toBe(0);
    proc.remove(78);
    await until(async () => (await of('ended')) !== 0, 20_000);
    await until(async () => (await prometheus.query('{job="text",session_id="claude/brief"}')).length === 0, 60_000, 250);
    expect(await one(`ai_session_state{job="text",session_id="claude/${session}",state="ended"}`)).toBe(0);
    expect(await one('ai_sessions{job="text",tool="claude",state="ended"}')).toBe(2);
  }, 90_000);
});
