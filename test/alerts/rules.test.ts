import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { generatedFiles } from '../../alerts/source/generated-files.ts';
import { readThresholds, secondsOf } from '../../alerts/source/thresholds.ts';
import { identity, target } from '../../alerts/source/who.ts';
import { catalogue, labelsOf } from '../../exporter/src/metrics/catalogue.ts';
import { requireServer } from '../../exporter/test/servers.ts';
import { installedAndNewer } from '../stack/newer-servers.ts';
import { alertNames, namesIn, rules, run, testFiles, textOf } from './the-alerts.ts';

/** Metrics of rules that no exporter of this catalogue makes. */
const otherMetrics: Readonly<Record<string, readonly string[]>> = {
  up: [], // Prometheus
  watchroom_agent_up: [], // the hub (exporter/src/metrics/hub-metrics.ts)
};
const labelsByMetric = new Map<string, readonly string[]>([...catalogue.map((metric) => [metric.name, labelsOf(metric)] as const), ...Object.entries(otherMetrics)]);
const sessionRules = rules.filter(({ labels }) => labels.area === 'session');

/** Metric names of a PromQL text or template, whatever stands in its strings. */
const metricsIn = (text: string): readonly string[] => [...new Set(text.match(/\b(?:ai|watchroom)_[a-z0-9_]+|\bup(?=\{)/g) ?? [])];

requireServer('promtool')('promtool', () => {
  describe.each(installedAndNewer('promtool'))('%s', (_which, promtool) => {
    it.each(namesIn('rules'))('accepts rules/%s', async (file) => {
      expect(await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', `rules/${file}`])).toMatchObject({ code: 0 });
    });

    it('passes every rule test', async () => {
      const results = await Promise.all(testFiles.map(({ file }) => run(promtool, ['test', 'rules', `tests/${file}`])));
      expect(results.filter(({ code }) => code !== 0).map(({ output }) => output)).toEqual([]);
    }, 60_000);
  });
});

describe('what is generated', () => {
  it.each(Object.entries(generatedFiles()))('%s is what node alerts/generate.ts writes', (path, text) => {
    expect(textOf(path)).toBe(text);
  });

  it('is every rule file but the recording rules, which are written by hand', () => {
    expect(namesIn('rules')).toEqual([...Object.keys(generatedFiles()).flatMap((path) => /^rules\/(.*)/.exec(path)?.[1] ?? []), 'recording.yml'].sort());
  });
});

describe('thresholds', () => {
  it('name a delay for every alert, and for nothing else', () => {
    expect(Object.keys(readThresholds().for).sort()).toEqual([...alertNames].sort());
  });

  it('keep what an exporter told longer than it takes until its silence is told', () => {
    const { for: delays, keep_firing_for: kept } = readThresholds();
    for (const name of ['WatchroomExporterDown', 'WatchroomExporterMissing', 'WatchroomAgentGone']) expect(secondsOf(kept)).toBeGreaterThanOrEqual(2 * secondsOf(delays[name]!));
  });

  it('let "waiting" be longer than the idle limit, after which a finished turn does not count as waiting any more', () => {
    expect(secondsOf(readThresholds().waiting.longer_than)).toBeGreaterThan(15 * 60);
  });
});

describe('every alert', () => {
  it.each(rules.map((rule) => [rule.alert, rule.labels.unit ?? '', rule] as const))('%s %s has severity, area, words and links', (_name, _unit, { labels, annotations, alert }) => {
    expect(['critical', 'warning', 'info']).toContain(labels.severity);
    expect(['session', 'limit', 'budget', 'exporter', 'silence']).toContain(labels.area);
    expect(annotations.summary).toBeTruthy();
    expect(annotations.summary).not.toMatch(/[.\n]$/);
    expect(annotations.description).toMatch(/\.$/);
    expect(annotations.runbook_url).toBe(`{{ $externalLabels.runbook_url }}#${alert.toLowerCase()}`);
    expect(annotations.dashboard_url).toMatch(/^\{\{ \$externalLabels\.grafana_url \}\}\/d\/watchroom-(team|session|usage|health|self)\b/);
    expect(annotations.room_url !== undefined).toBe(labels.area === 'session');
  });

  it('keeps the labels of the team: none is aggregated away', () => {
    for (const { expr } of rules) expect(expr).not.toMatch(/\b(by|group_left|group_right|ignoring)\b/);
  });

  it.each(sessionRules.map((rule) => [rule.alert, rule.expr] as const))('%s looks at live sessions only, joined by the whole identity', (_alert, expr) => {
    expect(expr).toMatch(/and on \(job, instance, team, host_name, user_name, session_id\) ai_session_state\{state(="(working|waiting|idle)"|=~"working\|waiting\|idle")\} == 1$/);
    for (const [, joined] of expr.matchAll(/\bon \(([^)]*)\)/g)) expect(joined).toBe(identity);
  });

  it('is kept while its exporter is silent, unless it tells the silence itself', () => {
    const { keep_firing_for: kept } = readThresholds();
    for (const { labels, keep_firing_for: keeps } of rules) expect(keeps).toBe(labels.area === 'silence' ? undefined : kept);
  });

  it('[T40] asks only for metrics and labels that the catalogue has', () => {
    const known = new Set([...target, ...[...labelsByMetric.values()].flat()]);
    for (const { expr, annotations } of rules) {
      const asked = [expr, ...Object.values(annotations)].join('\n');
      for (const metric of metricsIn(asked)) expect([...labelsByMetric.keys()]).toContain(metric);
      for (const [, metric, matchers] of asked.matchAll(/\b((?:ai|watchroom)_\w+|up)\{([^}]*)\}/g))
        for (const [, label] of matchers!.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) expect([...labelsByMetric.get(metric!)!, ...target]).toContain(label);
      for (const [, joined] of expr.matchAll(/\b(?:on|without) \(([^)]*)\)/g)) for (const label of joined!.split(', ')) expect(known).toContain(label);
    }
  });

  it('speaks only of labels that it has', () => {
    for (const { alert, expr, annotations, labels } of rules) {
      const has = new Set<string>([...target, ...Object.keys(labels), ...metricsIn(expr).flatMap((metric) => labelsByMetric.get(metric)!)]);
      for (const [, label] of Object.values(annotations).join('\n').matchAll(/\$labels\.(\w+)/g)) expect({ alert, label, has: has.has(label!) }).toEqual({ alert, label, has: true });
    }
  });

  it.each(alertNames)('%s has a test that fires and one that stays silent with its series present', (name) => {
    const metrics = metricsIn(rules.filter(({ alert }) => alert === name).map(({ expr }) => expr).join('\n'));
    const checks = testFiles.flatMap(({ tests }) => tests.flatMap(({ input_series: series, alert_rule_test: list = [] }) =>
      list.filter(({ alertname }) => alertname === name).map(({ exp_alerts: expected }) => ({ fires: (expected ?? []).length > 0, present: series.some((one) => metrics.some((metric) => one.series.startsWith(`${metric}{`))) }))));
    expect(checks.filter(({ fires }) => fires)).not.toEqual([]);
    expect(checks.filter(({ fires, present }) => !fires && present)).not.toEqual([]);
  });
});

describe('the runbook', () => {
  const runbook = textOf('runbook.md');
  const entries = runbook.split(/^## /m).slice(1);

  it('has one entry per alert, and no other', () => {
    expect(entries.map((entry) => entry.slice(0, entry.indexOf('\n'))).filter((title) => /^[A-Z]\w+$/.test(title)).sort()).toEqual([...alertNames].sort());
  });

  it.each(alertNames)('tells of %s what it means, how to check, what to do, when to silence', (name) => {
    const entry = entries.find((one) => one.startsWith(`${name}\n`))!;
    for (const part of ['**Means.**', '**Check.**', '**Do.**', '**Silence.**']) expect(entry).toContain(part);
  });

  it('names only commands that there are', () => {
    const commands = new Set([...readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8').matchAll(/^## watchroom (.+)$/gm)].map(([, command]) => command!));
    for (const [, command] of runbook.matchAll(/`watchroom ((?:ledger |config )?[a-z]+)/g)) expect(commands).toContain(command);
  });

  it('[T40] asks only for metrics that the catalogue has', () => {
    for (const metric of metricsIn(runbook)) expect([...labelsByMetric.keys()]).toContain(metric);
  });
});
