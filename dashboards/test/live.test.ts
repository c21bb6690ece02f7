/** @jest-environment-options {"customExportConditions": ["watchroom-source", "node", "node-addons"]} */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startExporter } from '../../exporter/test/end-to-end/an-exporter.ts';
import type { RunningExporter } from '../../exporter/test/end-to-end/an-exporter.ts';
import { Ledger } from '../../exporter/src/ledger/ledger.ts';
import { requireServer, startPrometheus, until } from '../../exporter/test/servers.ts';
import type { Prometheus, QueryResult } from '../../exporter/test/servers.ts';
import { aTeam, sessions } from './a-team.ts';
import { ask, askRange, interpolated, lastValues, optionsOf } from './as-grafana.ts';
import type { Choices, TimeRange } from './as-grafana.ts';
import { dashboards, linksOf, panelsOf, queryOf } from './committed.ts';
import type { DashboardJson, PanelJson } from './committed.ts';
import { onlyOfHub } from '../src/every-metric.ts';
import { readsOf } from './promql.ts';

const rounds = 9;
const hourMs = 3_600_000;
const recordingRules = fileURLToPath(new URL('../../alerts/rules/recording.yml', import.meta.url));
const hubLabels = { team: 'tea', host_name: 'box', user_name: 'ada' };

/** Fires in the test so that panels of alerts have something to show; the real rules wait longer. */
const alertRule = `groups: [{name: test, rules: [{alert: ContextNearlyFull, expr: 'session:ai_session_context:ratio > 0.7', labels: {severity: warning}}, {alert: RateLimitNearlyReached, expr: 'ai_rate_limit_used_ratio > 0.5', labels: {severity: warning}}]}]\n`;

const prometheusConfig = (target: string, rules: readonly string[], labels: Readonly<Record<string, string>>): string => JSON.stringify({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
  rule_files: rules,
  scrape_configs: [{ job_name: 'watchroom', static_configs: [{ targets: [target], labels }] }],
});

/** Every query of every page, once with a hub's labels and once as an exporter on its own has them. */
interface Scene {
  readonly prometheus: Prometheus;
  readonly exporter: RunningExporter;
}

const scenes: Partial<Record<'hub' | 'local', Scene>> = {};
let team: ReturnType<typeof aTeam>;
let time: TimeRange;
let ledger: Ledger;

const start = async (name: 'hub' | 'local', flags: readonly string[], labels: Readonly<Record<string, string>>): Promise<void> => {
  const state = join(team.state, name);
  mkdirSync(state, { recursive: true });
  // A ledger that began three hours ago: what is written an hour late can be told from history.
  new Ledger({ path: join(state, 'ledger.db'), now: () => Date.now() - 3 * hourMs }).close();
  const exporter = await startExporter(['--home', team.home, '--proc', team.proc, '--state', state, '--config', team.config, '--scan.process-interval', '1s', '--web.allowed-hosts', 'localhost', ...flags]);
  await exporter.until(/ai_session_context_used_tokens\{session_id="codex[^\n]* 12400\n/);
  const rules = [recordingRules, join(team.home, 'alert.yml')];
  const prometheus = await startPrometheus({ config: prometheusConfig(new URL(exporter.url).host, rules, labels) });
  scenes[name] = { prometheus, exporter };
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Nine moments of work while both servers look on; then everything stands still and the exporters are gone. */
const live = async (): Promise<void> => {
  team = aTeam(Date.now());
  writeFileSync(join(team.home, 'alert.yml'), alertRule);
  await Promise.all([
    start('hub', ['--hub.url', 'https://hub.example:8877', '--expose-sessions', '--metrics.labels.title'], hubLabels),
    start('local', [], {}),
  ]);
  await until(async () => (await Promise.all(Object.values(scenes).map(({ prometheus }) => prometheus.query('count_over_time(up[1m]) > 3')))).every((found) => found.length > 0), 20_000);
  for (let round = 0; round < rounds; round += 1) {
    team.goOn(round, Date.now());
    await pause(2500);
  }
  const seen = `ai_session_context_used_tokens{session_id="claude/${sessions.busy}"} == ${150_000 + 6000 * (rounds - 1)}`;
  await until(async () => (await Promise.all(Object.values(scenes).map(({ prometheus }) => prometheus.query(seen)))).every((found) => found.length > 0), 20_000);
  await pause(4000); // young fleet series are held at 0 for two scrapes, and rules follow a second later
  // The points of a drawn panel lie on whole steps: the last one is to be now.
  await until(() => Math.floor(Date.now() / 1000) % 15 === 0, 20_000);
  const now = Math.floor(Date.now() / 1000);
  time = { from: now - 600, to: now };
  for (const { exporter } of Object.values(scenes)) await exporter.stop();
  ledger = new Ledger({ path: join(team.state, 'hub', 'ledger.db'), now: Date.now, readonly: true });
};

const pages = dashboards.map((dashboard): [string, DashboardJson] => [dashboard.title, dashboard]);
const choicesOfSession = (session: string): Choices => ({ session });
const allSessions = Object.entries(sessions).map(([name, id]) => (name === 'codex' ? `codex/${id}` : name === 'estimated' ? `cursor-agent/${id}` : `claude/${id}`));

/** The ways to fill in a page: one for each session where the page shows a single one. */
const waysOf = (dashboard: DashboardJson, choices: Choices): readonly Choices[] =>
  dashboard.templating.list.some(({ name }) => name === 'session') ? allSessions.map((session) => ({ ...choices, ...choicesOfSession(session) })) : [choices];

/** Queries of what only a hub tells, which is asked a hub in its own tests (collab/test/metrics/prometheus.test.ts). */
const isOfHub = (query: string): boolean => [...readsOf(query).metrics].some((name) => onlyOfHub.has(name.replace(/_bucket$/, '')));

/** What a query gives in all ways together. */
const answersOf = async (scene: Scene, dashboard: DashboardJson, panel: PanelJson, choices: Choices): Promise<{ readonly refId: string; readonly results: QueryResult[] }[]> =>
  Promise.all(panel.targets!.map(async (target) => ({
    refId: target.refId,
    results: (await Promise.all(waysOf(dashboard, choices).map((way) => ask(scene.prometheus, { panel, target, variables: dashboard.templating.list, choices: way, time })))).flat(),
  })));

/** Queries of a page that give nothing. */
const silentQueries = async (scene: Scene, dashboard: DashboardJson, choices: Choices): Promise<string[]> => {
  const silent: string[] = [];
  for (const panel of panelsOf(dashboard)) for (const { refId, results } of await answersOf(scene, dashboard, panel, choices)) {
    if (isOfHub(panel.targets!.find((target) => target.refId === refId)!.expr)) continue;
    if (lastValues(results).every((value) => Number.isNaN(value))) silent.push(`${panel.title} ${refId}`);
  }
  for (const { name, expr } of dashboard.annotations.list) {
    if (expr === undefined || isOfHub(expr)) continue;
    const results = await Promise.all(waysOf(dashboard, choices).map((way) => askRange(scene.prometheus, interpolated(expr, dashboard.templating.list, way, time, 5), time, 5)));
    if (results.flat().length === 0) silent.push(`annotation ${name}`);
  }
  for (const variable of dashboard.templating.list) {
    const query = queryOf(variable);
    if (query === undefined) continue;
    const options = await Promise.all(waysOf(dashboard, choices).map((way) => optionsOf(scene.prometheus, interpolated(query, dashboard.templating.list, way, time, 15), time)));
    if (options.flat().length === 0) silent.push(`variable ${variable.name}`);
  }
  return silent;
};

requireServer('prometheus')('the dashboards on a real Prometheus that scraped the real exporter', () => {
  beforeAll(live, 180_000);
  afterAll(async () => {
    ledger?.close();
    await Promise.all(Object.values(scenes).map(async ({ exporter, prometheus }) => {
      await exporter.stop('SIGKILL');
      await prometheus.stop();
    }));
    team.delete();
    rmSync(team.home, { recursive: true });
  });

  describe.each(pages)('%s', (_title, dashboard) => {
    it('[T40] every query of every panel, annotation and variable returns data', async () => {
      expect(await silentQueries(scenes.hub!, dashboard, {})).toEqual([]);
    });

    it('the same with everything chosen by name, several at once', async () => {
      const chosen: Choices = { user: ['ada'], project: ['shop', 'blog'], tool: ['claude', 'codex', 'cursor-agent'], model: ['claude-opus-4-6', 'claude-sonnet-4-6', 'gpt-5.3-codex', 'house-model-1', 'unknown'], token_type: ['input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h'], instance: [new URL(scenes.hub!.exporter.url).host], by: 'user_name' };
      // Cursor's command line names no model.
      const withoutModel = ['Tokens in particular B'];
      expect((await silentQueries(scenes.hub!, dashboard, chosen)).filter((query) => !withoutModel.includes(query))).toEqual([]);
    });

    it('the same without a hub, but for its users and rooms', async () => {
      const ofHub = ['variable user', 'variable room'].filter((name) => dashboard.templating.list.some((variable) => `variable ${variable.name}` === name));
      expect(await silentQueries(scenes.local!, dashboard, {})).toEqual(ofHub);
    });

    it('columns that links lead from, and fields that they use, are in the answers', async () => {
      for (const panel of panelsOf(dashboard)) {
        const answers = await answersOf(scenes.hub!, dashboard, panel, {});
        const labels = new Set(answers.flatMap(({ results }) => results.flatMap(({ metric }) => Object.keys(metric))));
        for (const { url } of linksOf(panel)) for (const [, field] of url.matchAll(/\$\{__(?:data\.fields|field\.labels)\.(\w+)/g)) expect({ panel: panel.title, field, known: labels.has(field!) }).toEqual({ panel: panel.title, field, known: true });
        if (panel.type !== 'table') continue;
        const fields = new Set([...labels, ...answers.map(({ refId }) => (answers.length === 1 ? 'Value' : `Value #${refId}`))]);
        const columns = panel.fieldConfig!.overrides.map(({ matcher }) => matcher.options).filter((name) => !neverHere.includes(name));
        expect({ panel: panel.title, missing: columns.filter((column) => !fields.has(column)) }).toEqual({ panel: panel.title, missing: [] });
      }
    });

    it('every row of a table is one session, one budget, one limit: its queries meet', async () => {
      for (const panel of panelsOf(dashboard).filter(({ type, targets }) => type === 'table' && targets!.length > 1)) {
        const answers = await answersOf(scenes.hub!, dashboard, panel, {});
        const common = keysInAll(answers.map(({ results }) => results));
        for (const { refId, results } of answers) {
          const rows = results.map(({ metric }) => JSON.stringify(common.map((name) => metric[name])));
          expect({ panel: panel.title, refId, rows: rows.length }).toEqual({ panel: panel.title, refId, rows: new Set(rows).size });
        }
      }
    });
  });

  it('a negative control: a metric, a label\'s value and a user that are not there give nothing', async () => {
    const dashboard = dashboards.find(({ uid }) => uid === 'watchroom-team')!;
    const broken = (from: string, to: string): DashboardJson => JSON.parse(JSON.stringify(dashboard).replaceAll(from, to)) as DashboardJson;
    expect(await silentQueries(scenes.hub!, broken('ai_turns_total', 'ai_turn_total'), {})).toEqual(['Turns A']);
    expect(await silentQueries(scenes.hub!, broken('state=\\"waiting', 'state=\\"awaiting'), {})).toEqual(['Waiting A']);
    expect(await silentQueries(scenes.hub!, dashboard, { user: ['nobody'] })).toContain('Cost A');
  });

  describe('what the panels say is what the ledger knows', () => {
    /** The numbers of a panel's query by a label, in both scenes: they must be the same. */
    const shown = async (uid: string, title: string, { by = '', session, refId = 'A' }: { readonly by?: string; readonly session?: string; readonly refId?: string } = {}): Promise<Record<string, number>> => {
      const dashboard = dashboards.find((one) => one.uid === `watchroom-${uid}`)!;
      const panel = panelsOf(dashboard).find((one) => one.title === title)!;
      const target = panel.targets!.find((one) => one.refId === refId)!;
      const results = await ask(scenes.hub!.prometheus, { panel, target, variables: dashboard.templating.list, choices: session === undefined ? {} : { session }, time });
      return Object.fromEntries(results.map((result) => [result.metric[by] ?? '', lastValues([result])[0]!]));
    };
    const fleet = (metric: string, labels: Readonly<Record<string, string>> = {}): number =>
      ledger.fleet().filter((series) => series.metric === metric && Object.entries(labels).every(([name, value]) => series.labels[name] === value)).reduce((sum, { value }) => sum + value, 0);
    const stored = (id: string) => ledger.sessions({ ids: [id] })[0]!;
    /** increase() looks on by up to a scrape beyond the samples it has, which here are some twenty seconds. */
    const expectIncrease = (value: number | undefined, truth: number): void => {
      expect(truth).toBeGreaterThan(0);
      expect(value! / truth).toBeGreaterThan(0.98);
      expect(value! / truth).toBeLessThan(1.12);
    };
    const busy = `claude/${sessions.busy}`;

    it('1. Team overview, Tokens', async () => {
      expectIncrease((await shown('team', 'Tokens'))[''], fleet('ai_tokens_total') - fleet('ai_tokens_total', { token_type: 'cache_read' }));
    });
    it('2. Team overview, Cost', async () => {
      expectIncrease((await shown('team', 'Cost'))[''], fleet('ai_cost_usd_total'));
    });
    it('3. Team overview, Turns: nine of each of four sessions and one of the newcomer', async () => {
      expect(fleet('ai_turns_total')).toBe(4 * rounds + 1);
      expectIncrease((await shown('team', 'Turns'))[''], fleet('ai_turns_total'));
    });
    it('4. Team overview, Working and Waiting: by the states of three processes', async () => {
      const states = await shown('team', 'Sessions by state', { by: 'state' });
      const working = (await shown('team', 'Working'))['']!;
      const waiting = (await shown('team', 'Waiting'))['']!;
      expect(working + waiting).toBe(3);
      expect({ working: states['working'], waiting: states['waiting'] }).toEqual({ working, waiting });
    });
    it('5. Team overview, Live sessions: the context of the busy one, of what fits before it compacts', async () => {
      expect(stored(busy).context?.used).toBe(150_000 + 6000 * (rounds - 1));
      expect((await shown('team', 'Live sessions', { by: 'session_id' }))[busy]).toBeCloseTo(stored(busy).context!.used / compactsAt, 10);
    });
    it('6. Team overview, Live sessions: the cost of each', async () => {
      const costs = await shown('team', 'Live sessions', { by: 'session_id', refId: 'D' });
      const truth = Object.fromEntries(Object.keys(costs).map((id) => [id, costOf(stored(id))]));
      expect(Object.keys(costs).sort()).toEqual([busy, `claude/${sessions.waiting}`, `codex/${sessions.codex}`].sort());
      for (const [id, cost] of Object.entries(costs)) expect(cost).toBeCloseTo(truth[id]!, 6);
    });
    it('7. Session, Tokens by kind', async () => {
      const { reasoning: _part, ...usage } = Object.values(stored(busy).models)[0]!.usage;
      expect(await shown('session', 'Tokens by kind', { by: 'token_type', session: busy })).toEqual(usage);
    });
    it('8. Session, Cost', async () => {
      expect((await shown('session', 'Cost', { session: busy }))['']).toBeCloseTo(costOf(stored(busy)), 6);
    });
    it('9. Session, Errors so far, by kind: those that happened', async () => {
      const errors = await shown('session', 'Errors so far, by kind', { by: 'error_kind', session: busy });
      expect(errors).toMatchObject({ tool: rounds, overloaded: rounds });
      expect(errors).toEqual(stored(busy).errors);
    });
    it('10. Session, Tool calls and failed tool calls', async () => {
      expect(await shown('session', 'Tool calls', { by: 'tool_name', session: busy })).toEqual(stored(busy).toolCalls);
      expect(await shown('session', 'Failed tool calls', { by: 'tool_name', session: busy })).toEqual(stored(busy).toolErrors);
    });
    it('11. Session, Lines and Turns', async () => {
      const { linesAdded, linesRemoved, turns } = stored(busy);
      expect(await shown('session', 'Lines', { by: 'change', session: busy })).toEqual({ added: linesAdded, removed: linesRemoved });
      expect((await shown('session', 'Turns', { session: busy }))['']).toBe(turns);
    });
    it('12. Usage and cost, Cache hits', async () => {
      const input = ['input', 'cache_read', 'cache_creation_5m', 'cache_creation_1h'].reduce((sum, token_type) => sum + fleet('ai_tokens_total', { token_type }), 0);
      expect((await shown('usage', 'Cache hits'))['']).toBeCloseTo(fleet('ai_tokens_total', { token_type: 'cache_read' }) / input, 1);
    });
    it('13. Usage and cost, Lines changed by project', async () => {
      expectIncrease((await shown('usage', 'Lines changed'))[''], fleet('ai_lines_total'));
    });
    it('14. Usage and cost, today\'s bars: by project what the ledger has booked', async () => {
      const bars = await shown('usage', 'Cost per day by project, API-equivalent', { by: 'project' });
      expectIncrease(bars['shop'], fleet('ai_cost_usd_total', { project: 'shop' }));
    });
    it('15. Health and errors, Errors', async () => {
      expectIncrease((await shown('health', 'Errors'))[''], fleet('ai_errors_total'));
    });
    it('16. Health and errors, Rate limits: as Codex reported last', async () => {
      expect(Object.values(await shown('health', 'Rate limits', { by: 'window' })).sort()).toEqual([0.06, (60 + rounds) / 100]);
    });
    it('17. a number that is not the ledger\'s is found', () => {
      expect(() => expectIncrease(fleet('ai_turns_total') * 1.3, fleet('ai_turns_total'))).toThrow();
      expect(() => expectIncrease(fleet('ai_turns_total') * 0.9, fleet('ai_turns_total'))).toThrow();
    });
  });
});

/** Where Claude Code compacts a window of 200,000 tokens by itself, as the exporter tells. */
const compactsAt = 167_000;

/** Columns that this team's sessions do not fill: nobody branched off a session, the build has no commit. */
const neverHere = ['parent_session_id', 'title', 'revision'];

const costOf = ({ models }: { readonly models: Readonly<Record<string, { readonly microUsd?: number }>> }): number =>
  Object.values(models).reduce((sum, { microUsd = 0 }) => sum + microUsd, 0) / 1e6;

/** Labels that all queries of a table have: Grafana merges rows by them. */
const keysInAll = (answers: readonly (readonly QueryResult[])[]): string[] => {
  const keys = answers.map((results) => new Set(results.flatMap(({ metric }) => Object.keys(metric))));
  return [...keys[0]!].filter((key) => keys.every((one) => one.has(key)));
};
