import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, startExporter } from '../../exporter/test/end-to-end/an-exporter.ts';
import { aLivingTeam } from './a-living-team.ts';
import type { Person } from './a-living-team.ts';
import { startPrometheus, until } from './a-prometheus.ts';
import type { Prometheus } from './a-prometheus.ts';

const rules = fileURLToPath(new URL('../../alerts/rules/', import.meta.url));
const roundMs = 3000;

/** A real Prometheus that scraped real exporters of a made-up team while it worked. */
export interface Stage {
  readonly prometheus: Prometheus;
  /** When Prometheus saw the team first, epoch ms. */
  readonly since: number;
  readonly stop: () => Promise<void>;
}

/** Lets the team work for some seconds; their past is put into Prometheus as `watchroom backfill` writes it. */
export const aStage = async (seconds: number, say: (text: string) => void): Promise<Stage> => {
  const people = aLivingTeam(Date.now());
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-preview-'));
  const exporters = await Promise.all(people.map(({ home, proc, state, config }) => startExporter(['--home', home, '--proc', proc, '--state', state, '--config', config, '--scan.process-interval', '1s', '--hub.url', 'https://watchroom.example', '--expose-sessions'])));
  await Promise.all(exporters.map((exporter) => exporter.until(/ai_session_info\{/)));
  const instances = exporters.map(({ url }) => new URL(url).host);
  const prometheus = await startPrometheus(folder, configOf(people, instances));
  const stop = async (): Promise<void> => {
    await Promise.all(exporters.map((exporter) => exporter.stop()));
    await prometheus.stop();
    for (const person of people) {
      person.delete();
      rmSync(person.home, { recursive: true });
    }
    rmSync(folder, { recursive: true });
  };
  try {
    await until(async () => (await prometheus.count('ai_session_info')) >= 6, 'Prometheus has seen six sessions');
    const since = Date.now();
    say('the past goes into Prometheus');
    await Promise.all(people.map((person, index) => backfill(person, { prometheus, instance: instances[index]!, data: join(folder, 'data') })));
    say(`the team works for ${seconds} s`);
    // It ends at a moment when somebody works, but it does not wait long for one.
    const busy = async (): Promise<boolean> => (await prometheus.count('ai_session_state{state="working"} == 1')) >= 2;
    for (let round = 0; Date.now() < since + seconds * 1000 || (Date.now() < since + (seconds + 30) * 1000 && !(await busy())); round += 1) {
      for (const person of people) person.goOn(round, Date.now());
      await new Promise((resolve) => setTimeout(resolve, roundMs));
    }
    return { prometheus, since, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The labels that the hub gives are given here by the scrape; it has no other part in these series. */
const configOf = (people: readonly Person[], targets: readonly string[]): string => JSON.stringify({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '2s', external_labels: { grafana_url: 'https://grafana.example', runbook_url: 'https://runbook.example' } },
  rule_files: readdirSync(rules).map((file) => join(rules, file)),
  scrape_configs: [{ job_name: 'watchroom', static_configs: people.map(({ name, host }, index) => ({ targets: [targets[index]], labels: { team: 'tea', host_name: host, user_name: name } })) }],
});

const backfill = async ({ home, state, config }: Person, { prometheus, instance, data }: { readonly prometheus: Prometheus; readonly instance: string; readonly data: string }): Promise<void> => {
  const past = join(home, 'past.om');
  const { code, stderr } = await run(['backfill', '--prometheus', prometheus.url, '--job', 'watchroom', '--instance', instance, '--output', past, '--home', home, '--state', state, '--config', config]);
  if (code !== 0) throw new Error(`watchroom backfill ended with ${code}: ${stderr}`);
  const made = spawnSync('promtool', ['tsdb', 'create-blocks-from', '--max-block-duration=168h', 'openmetrics', past, data], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`promtool made no blocks: ${made.stderr}`);
};
