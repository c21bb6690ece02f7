/** @jest-environment-options {"customExportConditions": ["watchroom-source", "node", "node-addons"]} */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { labelsOf } from 'watchroom/metrics';
import { parse } from 'yaml';
import { everyMetric } from '../src/every-metric.ts';
import { targetLabels } from '../src/identity.ts';
import { otherMetrics } from '../src/other-metrics.ts';
import { recordedNames } from '../src/queries.ts';
import { dashboards, queriesOf } from './committed.ts';
import { readsOf } from './promql.ts';

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[] }[];
}

const rulesFolder = new URL('../../alerts/rules/', import.meta.url);
const rules = readdirSync(rulesFolder).filter((name) => name.endsWith('.yml')).flatMap((name) => (parse(readFileSync(new URL(name, rulesFolder), 'utf8')) as RuleFile).groups.flatMap((group) => group.rules));
const recording = rules.flatMap(({ record, expr }) => (record === undefined ? [] : [{ record, expr }]));
const queries = dashboards.flatMap(queriesOf);
const ofPanels = new Set(queries.flatMap(({ query }) => [...readsOf(query).metrics]));
const emitted = new Map(everyMetric.map((row) => [row.name, row]));
/** A histogram's buckets, sum and count are the histogram. */
const family = (name: string): string => (emitted.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''));

describe('[T40] metrics and labels', () => {
  it('every metric that a panel, a variable, an annotation or a recording rule reads is emitted', () => {
    const unknown = [...queries, ...recording.map(({ record, expr }) => ({ where: record, query: expr }))].flatMap(({ where, query }) =>
      [...readsOf(query).metrics].filter((name) => !emitted.has(family(name)) && !recordedNames.has(name) && !(name in otherMetrics)).map((name) => ({ where, name })));
    expect(unknown).toEqual([]);
  });

  it('every label by which they select belongs to the metric', () => {
    const wrong = queries.flatMap(({ where, query }) => readsOf(query).matched
      .filter(([name]) => emitted.has(family(name)))
      .filter(([name, label]) => ![...labelsOf(emitted.get(family(name))!), ...targetLabels, 'le'].includes(label))
      .map(([name, label]) => ({ where, name, label })));
    expect(wrong).toEqual([]);
  });

  it('every label by which they group or join belongs to a metric of the query', () => {
    const ofAlerts = ['alertname', 'severity', 'session_id', 'tool', 'project'];
    const wrong = queries.flatMap(({ where, query }) => {
      const { metrics, grouped } = readsOf(query);
      const known = new Set<string>([...targetLabels, 'le', '$by', ...[...metrics].flatMap((name) => (name === 'ALERTS' ? ofAlerts : labelsOfAny(name)))]);
      return [...grouped].filter((label) => !known.has(label)).map((label) => ({ where, label }));
    });
    expect(wrong).toEqual([]);
  });

  it('the rules that panels read are those of recording.yml, and panels or alerts read every one', () => {
    expect([...recordedNames].sort()).toEqual(recording.map(({ record }) => record).sort());
    const ofAlerts = new Set(rules.filter(({ alert }) => alert !== undefined).flatMap(({ expr }) => [...readsOf(expr).metrics]));
    expect([...recordedNames].filter((name) => !ofPanels.has(name) && !ofAlerts.has(name))).toEqual([]);
  });

  it('every metric of the catalogue is used by a panel or a rule, or docs/dashboards.md says why not', () => {
    const used = new Set([...ofPanels, ...rules.flatMap(({ expr }) => [...readsOf(expr).metrics])].map(family));
    const excused = new Set([...readFileSync(new URL('../../docs/dashboards.md', import.meta.url), 'utf8').matchAll(/^- `(\w+)` is on no panel: \S/gm)].map(([, name]) => name!));
    expect(everyMetric.map(({ name }) => name).filter((name) => !used.has(name) && !excused.has(name))).toEqual([]);
    expect([...excused].filter((name) => used.has(name) || !emitted.has(name))).toEqual([]);
  });

  it('the list of foreign metrics holds no more than is read', () => {
    expect(Object.keys(otherMetrics).filter((name) => !ofPanels.has(name))).toEqual([]);
  });
});

const labelsOfAny = (name: string): readonly string[] => {
  const row = emitted.get(family(name));
  if (row) return labelsOf(row);
  const rule = recording.find(({ record }) => record === name);
  return rule ? [...readsOf(rule.expr).metrics].flatMap(labelsOfAny) : [];
};

describe('the reader of PromQL behind these tests', () => {
  it('finds metrics, matchers, groupings and ranges, and nothing else', () => {
    const { metrics, matched, grouped, ranges } = readsOf('topk(3, sum by (le, tool) (rate(a_b_bucket{tool=~"x|y{2}"}[$__rate_interval])) > bool 1) and on (job) c:d:e or label_replace(f, "g", "h", "i", "^$") - f offset $__interval');
    expect([...metrics]).toEqual(['a_b_bucket', 'c:d:e', 'f']);
    expect(matched).toEqual([['a_b_bucket', 'tool']]);
    expect([...grouped]).toEqual(['le', 'tool', 'job']);
    expect(ranges).toEqual(['$__rate_interval', '$__interval']);
    expect([...readsOf('{__name__=~"a|b", user="x"}').metrics]).toEqual(['a', 'b']);
  });
});
