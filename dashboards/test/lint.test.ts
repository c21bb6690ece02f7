/** @jest-environment-options {"customExportConditions": ["watchroom-source", "node", "node-addons"]} */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { uids } from '../src/links.ts';
import { limits } from '../src/thresholds.ts';
import { provisionedPrometheus } from '../src/variables.ts';
import { dashboards, linksOf, panelsOf, queriesOf } from './committed.ts';
import type { DashboardJson, PanelJson } from './committed.ts';
import { readsOf } from './promql.ts';

// In the manner of grafana/dashboard-linter, and some more that it does not ask for.

const each = dashboards.map((dashboard): [string, DashboardJson] => [dashboard.title, dashboard]);
/** Panels for which a rule does not hold. */
const offenders = (dashboard: DashboardJson, isWrong: (panel: PanelJson) => boolean): string[] => panelsOf(dashboard).filter(isWrong).map(({ title }) => title);
const queries = ({ targets = [] }: PanelJson): string => targets.map(({ expr }) => expr).join('\n');

describe.each(each)('lint: %s', (_title, dashboard) => {
  it('has a fixed uid, a title, the common tag, and a schema that Grafana 11 knows', () => {
    expect(Object.values(uids)).toContain(dashboard.uid);
    expect(dashboard.title).toMatch(/^Watchroom \/ \S/);
    expect(dashboard.tags).toEqual(['watchroom']);
    expect(dashboard.schemaVersion).toBe(39);
    expect(JSON.stringify(dashboard).includes('inControlsMenu')).toBe(false);
  });

  it('asks everything of the Prometheus that its first variable chooses', () => {
    const [first] = dashboard.templating.list;
    expect(first).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus', current: { value: provisionedPrometheus } });
    for (const panel of panelsOf(dashboard)) for (const { uid } of [panel.datasource!, ...panel.targets!.map(({ datasource }) => datasource)]) expect(uid).toBe('${datasource}');
    for (const { datasource } of dashboard.templating.list) if (datasource) expect(datasource.uid).toBe('${datasource}');
    for (const { builtIn, datasource } of dashboard.annotations.list) if (!builtIn) expect(datasource.uid).toBe('${datasource}');
  });

  it('every panel has a title, a query, a unit, and a description of more than one sentence that says what to do', () => {
    expect(offenders(dashboard, ({ title }) => title.trim() === '')).toEqual([]);
    expect(offenders(dashboard, ({ targets }) => !targets?.length || targets.some(({ expr }) => expr === ''))).toEqual([]);
    expect(offenders(dashboard, ({ fieldConfig }) => !fieldConfig?.defaults.unit)).toEqual([]);
    expect(offenders(dashboard, ({ description = '' }) => !/[.:?].+\.$/s.test(description) || description.length < 80)).toEqual([]);
  });

  it('titles are told apart', () => {
    const titles = panelsOf(dashboard).map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
  });

  it('every panel has an id of its own, and its queries letters of their own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(offenders(dashboard, ({ targets = [] }) => new Set(targets.map(({ refId }) => refId)).size !== targets.length)).toEqual([]);
  });

  it('no panel lies over another or beyond the edge, and every row is filled', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
      expect({ title, fits: x >= 0 && x + w <= 24 && w > 0 && h > 0 }).toEqual({ title, fits: true });
      for (let column = x; column < x + w; column += 1) for (let line = y; line < y + h; line += 1) {
        expect({ title, over: taken.get(`${column} ${line}`) }).toEqual({ title, over: undefined });
        taken.set(`${column} ${line}`, title);
      }
    }
    const height = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
    expect(taken.size).toBe(height * 24);
  });

  it('[T40] ranges are $__rate_interval for rates, $__range for the whole, $__interval only where the panel fixes the step', () => {
    for (const panel of panelsOf(dashboard)) for (const { expr } of panel.targets!) {
      for (const range of readsOf(expr).ranges) {
        const allowed = panel.interval === undefined ? ['$__rate_interval', '$__range'] : ['$__interval', '-$__interval'];
        expect({ panel: panel.title, range, allowed: allowed.includes(range) }).toEqual({ panel: panel.title, range, allowed: true });
      }
      expect(expr).not.toMatch(/\b(i?rate|deriv)\([^()]*\[(?!\$__rate_interval)/);
    }
  });

  it('counters are read by rate or increase; sessions\' own counters, which come and go, never by increase', () => {
    for (const { where, query } of queriesOf(dashboard)) {
      for (const [, counter] of query.matchAll(/(?<!rate\(|increase\()\b(ai_(?!session_)\w+_total)\{/g)) if (!where.includes('variable')) expect({ where, counter }).toBeUndefined();
      expect({ where, found: /increase\(ai_session_(?!s_)\w+/.exec(query)?.[0] }).toEqual({ where, found: undefined });
    }
  });

  it('no constant stands in for data that is missing', () => {
    for (const { where, query } of queriesOf(dashboard)) expect({ where, found: /\bvector\(|\babsent|\bor\s+(on\s*\(\)\s*)?\d/.exec(query)?.[0] }).toEqual({ where, found: undefined });
  });

  it('joins of sessions go by all labels that tell sessions apart', () => {
    for (const { where, query } of queriesOf(dashboard)) {
      for (const [, labels] of query.matchAll(/\bon \(([^)]*)\)/g)) expect({ where, labels: ['job, instance, team, host_name, user_name, session_id', 'job, instance', 'job, instance, source'].includes(labels!) }).toEqual({ where, labels: true });
    }
  });

  it('[T27] what costs at API prices says so', () => {
    expect(offenders(dashboard, (panel) => /cost_usd|budget_(used_)?usd/.test(queries(panel)) && !/API[- ](equivalent|prices)/.test(panel.title + panel.description))).toEqual([]);
  });

  it('[T43] health and context are coloured by the one file of limits: 0.4 and 0.7, 70 % and 90 %', () => {
    for (const panel of panelsOf(dashboard)) {
      const scales = [panel.fieldConfig!.defaults.thresholds?.steps, ...panel.fieldConfig!.overrides.flatMap(({ properties }) => properties.filter(({ id }) => id === 'thresholds').map(({ value }) => (value as { steps: never }).steps))];
      const read = readsOf(queries(panel)).metrics;
      if (['stat', 'bargauge'].includes(panel.type) && panel.targets!.length === 1 && read.has('ai_session_health_ratio') && !queries(panel).includes('bool')) expect(scales[0]).toEqual([{ value: null, color: 'red' }, { value: 0.4, color: 'yellow' }, { value: 0.7, color: 'green' }]);
      if (panel.title === 'Context used') expect(scales[0]).toEqual([{ value: null, color: 'green' }, { value: 0.7, color: 'yellow' }, { value: 0.9, color: 'red' }]);
    }
  });

  it('colours have names that Grafana draws for light and for dark', () => {
    const own = { ...dashboard, annotations: { list: dashboard.annotations.list.filter(({ builtIn }) => !builtIn) } };
    expect(/#[0-9a-f]{6}\b|rgba?\(/i.exec(JSON.stringify(own))?.[0]).toBeUndefined();
    const named = [...JSON.stringify(own).matchAll(/"(?:color|fixedColor|iconColor)":"(\w+)"/g)].map(([, color]) => color!);
    expect(named.filter((color) => !['green', 'yellow', 'orange', 'red', 'blue', 'purple', 'text'].includes(color))).toEqual([]);
  });

  it('links lead to dashboards that exist, keep time and data source, and use variables that the pages have', () => {
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    for (const panel of panelsOf(dashboard)) for (const { url } of linksOf(panel)) {
      if (url === '${__value.raw}') continue;
      const [, uid] = /^\/d\/([\w-]+)\?/.exec(url) ?? [];
      const target = dashboards.find((one) => one.uid === uid);
      expect({ url, found: target !== undefined }).toEqual({ url, found: true });
      expect(url).toContain('${__url_time_range}');
      expect(url).toContain('${datasource:queryparam}');
      for (const [, name] of url.matchAll(/\$\{(\w+):queryparam\}/g)) expect({ url, name, known: variables.has(name!) }).toEqual({ url, name, known: true });
      for (const [, name] of url.matchAll(/var-(\w+)=/g)) expect({ url, name, known: target!.templating.list.some((one) => one.name === name) }).toEqual({ url, name, known: true });
    }
    expect(dashboard.links[0]).toMatchObject({ type: 'dashboards', tags: ['watchroom'], keepTime: true, includeVars: true });
  });

  it('variables of queries exist', () => {
    const variables = new Set([...dashboard.templating.list.map(({ name }) => name), '__rate_interval', '__range', '__interval']);
    for (const { where, query } of [...queriesOf(dashboard), ...panelsOf(dashboard).map(({ title }) => ({ where: `title ${title}`, query: title }))]) {
      for (const [, name] of query.matchAll(/\$\{?(\w+)/g)) expect({ where, name, known: variables.has(name!) }).toEqual({ where, name, known: true });
    }
  });

  it('variables have names for people; those for several values match series without the label, too', () => {
    for (const { name, type, label, description, hide, multi, allValue, current } of dashboard.templating.list) {
      if (hide !== 2) expect({ name, said: Boolean(label && description) }).toEqual({ name, said: true });
      if (type === 'query' && multi) expect({ name, allValue, current }).toEqual({ name, allValue: '.*', current: { text: ['All'], value: ['$__all'] } });
    }
  });

  it('marks are asked for as Grafana does today and as it did', () => {
    for (const { builtIn, expr, step, target } of dashboard.annotations.list) if (!builtIn) expect(target).toMatchObject({ refId: 'Anno', expr, interval: step });
  });

  it('tables are sorted by a column they have', () => {
    for (const panel of panelsOf(dashboard).filter(({ type }) => type === 'table')) {
      const names = panel.fieldConfig!.overrides.flatMap(({ properties }) => properties.filter(({ id }) => id === 'displayName').map(({ value }) => value));
      expect(names).toContain(panel.options!.sortBy![0]!.displayName);
    }
  });
});

describe('lint: all together', () => {
  it('red begins where the alert of it fires', () => {
    const told = parse(readFileSync(new URL('../../alerts/thresholds.yml', import.meta.url), 'utf8')) as Record<string, Record<string, number | string>>;
    expect(limits.context.full).toBe(told['context']!['nearly_full']);
    expect(limits.health.critical).toBe(told['health']!['critical']);
    expect(limits.rateLimit).toEqual({ high: told['rate_limit']!['nearly'], reached: told['rate_limit']!['reached'] });
    expect(limits.budget.spent).toBe(told['budget']!['exceeded']);
    expect(limits.repeatedFailures.loop).toBe(told['loop']!['repeated_failures']);
    expect(`${limits.timeToFull.soon / 60}m`).toBe(told['context']!['full_within']);
    expect(`${limits.waiting.forgotten / 60}m`).toBe(told['waiting']!['longer_than']);
  });

  it('the five dashboards are there, each once', () => {
    expect(dashboards.map(({ uid }) => uid).sort()).toEqual(Object.values(uids).sort());
  });

  it('provisioning names the data source and the folder that dashboards and links expect', () => {
    const read = (path: string): Record<string, unknown> => parse(readFileSync(new URL(`../provisioning/${path}`, import.meta.url), 'utf8')) as Record<string, unknown>;
    const { datasources } = read('datasources/watchroom.yml') as { datasources: { uid: string; type: string; jsonData: Record<string, unknown> }[] };
    expect(datasources.map(({ uid, type }) => [uid, type])).toEqual([[provisionedPrometheus, 'prometheus'], ['watchroom-alertmanager', 'alertmanager']]);
    expect(datasources[0]!.jsonData).toMatchObject({ alertmanagerUid: 'watchroom-alertmanager', timeInterval: '15s' });
    expect(read('dashboards/watchroom.yml')).toMatchObject({ providers: [{ type: 'file', allowUiUpdates: false, options: { path: '/etc/grafana/dashboards/watchroom' } }] });
  });
});
