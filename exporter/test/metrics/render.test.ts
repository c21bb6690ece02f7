import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataPointType } from '@opentelemetry/sdk-metrics';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { catalogue } from '../../src/metrics/catalogue.ts';
import { showTruth } from '../../src/metrics/hold.ts';
import { aSession } from '../a-session.ts';
import { requireServer } from '../servers.ts';
import { aFullSnapshot, aKnownSession, aSnapshot } from './a-snapshot.ts';
import { aScraper, samplesOf } from './page-of.ts';

const openMetrics = 'application/openmetrics-text; version=1.0.0';

describe('the page', () => {
  let scraper: Awaited<ReturnType<typeof aScraper>>;
  beforeAll(async () => { scraper = await aScraper(aFullSnapshot(), { labels: { title: true, hubUrl: 'http://hub.example' } }); });
  afterAll(() => scraper.telemetry.stop());

  it('shows the very samples that OpenTelemetry collects', async () => {
    const collected = await scraper.telemetry.collect({ show: showTruth, wants: () => true });
    const ours = new Set(catalogue.filter(({ scope }) => scope !== 'own').map(({ name }) => name));
    const written = [...samplesOf(await scraper.text())].filter(([series]) => ours.has(familyOf(series)));
    expect(written.length).toBeGreaterThan(150);
    expect(written.map(([series, value]) => `${normal(series)} ${value}`).sort()).toEqual(samplesOfOtel(collected).sort());
  });

  it('has the same samples in both formats', async () => {
    const stable = (text: string): string[] => [...samplesOf(text)].filter(([series]) => /^(ai_|watchroom_s(eries|essions|ource))/.test(series)).map(String);
    expect(stable(await scraper.text({ accept: openMetrics }))).toEqual(stable(await scraper.text()));
  });

  it('is the same page when nothing has changed', async () => {
    const sessions = async (): Promise<string> => (await scraper.text()).split('\n').filter((line) => /ai_/.test(line)).join('\n');
    expect(await sessions()).toBe(await sessions());
  });

  it('has HELP and TYPE once per metric, before its samples, sorted by name', async () => {
    const types = [...(await scraper.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
    expect(types).toEqual([...new Set(types)].sort());
  });

  it('ends with # EOF, names counters without _total and gives the unit that ends the name, in OpenMetrics', async () => {
    const page = await scraper.text({ accept: openMetrics });
    expect(page.endsWith('\n# EOF\n')).toBe(true);
    expect(page).toContain('# TYPE ai_session_active_seconds counter\n# UNIT ai_session_active_seconds seconds\nai_session_active_seconds_total{');
    for (const [, family, type] of page.matchAll(/^# TYPE (\S+) (\S+)/gm)) if (type === 'counter') expect(family).not.toMatch(/_total$/);
  });

  it('has neither # EOF nor UNIT in text 0.0.4', async () => {
    expect(await scraper.text()).not.toMatch(/# (EOF|UNIT)/);
  });

  it('writes cumulative buckets up to +Inf, with the sum and the count', async () => {
    const lines = (await scraper.text()).split('\n').filter((line) => line.startsWith('ai_tool_call_duration_seconds'));
    expect(lines.slice(0, 3)).toEqual([
      'ai_tool_call_duration_seconds_bucket{tool="claude",tool_name="Bash",le="0.1"} 1',
      'ai_tool_call_duration_seconds_bucket{tool="claude",tool_name="Bash",le="0.5"} 3',
      'ai_tool_call_duration_seconds_bucket{tool="claude",tool_name="Bash",le="1.0"} 3',
    ]);
    expect(lines.slice(-3)).toEqual([
      'ai_tool_call_duration_seconds_bucket{tool="claude",tool_name="Bash",le="+Inf"} 3',
      'ai_tool_call_duration_seconds_sum{tool="claude",tool_name="Bash"} 3.5',
      'ai_tool_call_duration_seconds_count{tool="claude",tool_name="Bash"} 3',
    ]);
  });

  it.each([
    ['name[]=ai_tokens_total', { names: ['ai_tokens_total'] }, ['ai_tokens_total']],
    ['the name of a sample', { names: ['ai_turn_duration_seconds_bucket'] }, ['ai_turn_duration_seconds']],
    ['a counter as OpenMetrics names it', { names: ['ai_tokens'] }, ['ai_tokens_total']],
    ['a metric of prom-client', { names: ['watchroom_build_info'] }, ['watchroom_build_info']],
    ['a name nobody knows', { names: ['nothing'] }, []],
  ])('shows only what is asked for: %s', async (_title, request, expected) => {
    expect([...(await scraper.text(request)).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).toEqual(expected);
  });
});

describe('collector switches', () => {
  it.each([['session', /^ai_session_/], ['fleet', /^ai_(?!session_)/], ['exporter', /^watchroom_/], ['process', /^(process|nodejs)_/]] as const)('--no-collector.%s leaves its metrics out and nothing else', async (collector, theirs) => {
    const namesOf = async (without: [] | [typeof collector]): Promise<string[]> => {
      const { text, telemetry } = await aScraper(aFullSnapshot(), { without });
      const page = await text();
      await telemetry.stop();
      return [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
    };
    const all = await namesOf([]);
    expect(all.some((name) => theirs.test(name))).toBe(true);
    expect(await namesOf([collector])).toEqual(all.filter((name) => !theirs.test(name)));
  });
});

describe('a session that changes or leaves', () => {
  it('[T35] is gone from the next scrape when it left the snapshot', async () => {
    const { world, text, telemetry } = await aScraper(aSnapshot({ sessions: [aSession(), aSession({ id: 'codex/2', nativeId: '2', tool: 'codex' })] }));
    expect(await text()).toContain('codex/2');
    world.snapshot = aSnapshot({ sessions: [aSession()] });
    const page = await text();
    await telemetry.stop();
    expect(page).not.toContain('codex/2');
  });

  it('shows its new values, and the others theirs', async () => {
    const many = Array.from({ length: 200 }, (_, index) => aSession({ id: `claude/${index}`, nativeId: `${index}`, turns: 1 }));
    const { world, text, telemetry } = await aScraper(aSnapshot({ sessions: many }));
    const before = samplesOf(await text({ names: ['ai_session_turns_total'] }));
    world.snapshot = aSnapshot({ sessions: [aSession({ id: 'claude/new', nativeId: 'new', turns: 9 }), ...many.slice(1).map((session) => (session.id === 'claude/77' ? { ...session, turns: 2 } : session))] });
    const after = samplesOf(await text({ names: ['ai_session_turns_total'] }));
    await telemetry.stop();
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter((series) => before.get(series) !== after.get(series)).sort();
    expect(changed.map((series) => [/session_id="([^"]+)"/.exec(series)![1], before.get(series), after.get(series)])).toEqual([
      ['claude/0', 1, undefined], ['claude/77', 1, 2], ['claude/new', undefined, 9],
    ]);
  });

  it('lets its health sink with time although nothing is written', async () => {
    const { world, text, telemetry } = await aScraper(aSnapshot({ sessions: [aKnownSession()] }));
    const health = async (): Promise<number> => [...samplesOf(await text({ names: ['ai_session_health_ratio'] })).values()][0]!;
    const before = await health();
    world.now += 3 * 3_600_000;
    const after = await health();
    await telemetry.stop();
    expect(after).toBeLessThan(before);
  });

  it('counts the series of all sessions', async () => {
    const { text, telemetry } = await aScraper(aFullSnapshot());
    const samples = samplesOf(await text());
    await telemetry.stop();
    expect(samples.get('watchroom_series')).toBe([...samples.keys()].filter((series) => series.startsWith('ai_session_')).length);
  });
});

describe('labels', () => {
  it('survive any text of a transcript: the page can be read back', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (title) => {
      const { text, telemetry } = await aScraper(aSnapshot({ sessions: [aSession({ title, gitBranch: title })] }), { labels: { title: true } });
      const lines = (await text({ names: ['ai_session_info'] })).trimEnd().split('\n');
      await telemetry.stop();
      expect(lines).toHaveLength(3);
      const written = /git_branch="((?:[^"\\]|\\.)*)"/.exec(lines[2]!)?.[1] ?? '';
      const readBack = written.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
      expect(readBack).toBe(Buffer.from(title.replace(/[\r\u0000]/g, ' ')).toString());
    }), { numRuns: 50 });
  });

  it('that are equal make one series', async () => {
    const fleet = ['one', 'two'].map((unknown) => ({ metric: 'ai_turns_total', labels: { tool: 'claude', project: 'shop', unknown }, value: 2, bornAt: 0 }));
    const { text, telemetry } = await aScraper(aSnapshot({ fleet }));
    const samples = samplesOf(await text({ names: ['ai_turns_total'] }));
    await telemetry.stop();
    expect([...samples]).toEqual([['ai_turns_total{tool="claude",project="shop"}', 4]]);
  });
});

requireServer('promtool')('promtool', () => {
  it.each(['text/plain', openMetrics])('finds nothing to complain about in %s', async (accept) => {
    const { text, telemetry } = await aScraper(aFullSnapshot(), { labels: { title: true, hubUrl: 'http://hub.example' } });
    const page = await text({ accept });
    await telemetry.stop();
    // promtool reads text 0.0.4 only: what differs in OpenMetrics is taken back.
    const asText = page.replace(/^# (EOF|UNIT .*)\n/gm, '').replace(/^# (HELP|TYPE) (\S+)(.*)$/gm, (line, word, name, rest) => (page.includes(`\n${name}_total`) ? `# ${word} ${name}_total${rest}` : line));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: asText, encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});

const familyOf = (series: string): string => {
  const name = series.replace(/\{.*/s, '');
  return catalogue.some((metric) => metric.name === name) ? name : name.replace(/_(bucket|sum|count)$/, '');
};

/** A series with its labels sorted and its escapes read back. */
const normal = (series: string): string => {
  const labels = [...series.slice(series.indexOf('{') + 1).matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name!, value!.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))] as const);
  return written(series.replace(/\{.*/s, ''), labels);
};

const written = (name: string, labels: readonly (readonly [string, unknown])[]): string => `${name} ${JSON.stringify(Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1))))}`;

/** The samples that the OTLP path would send, as Prometheus would name them. */
const samplesOfOtel = ({ scopeMetrics }: ResourceMetrics): string[] =>
  scopeMetrics.flatMap(({ metrics }) => metrics).flatMap((data) => {
    const { name } = data.descriptor;
    if (data.dataPointType === DataPointType.HISTOGRAM) {
      return data.dataPoints.flatMap(({ attributes, value }) => {
        const labels = Object.entries(attributes);
        let total = 0;
        const buckets = value.buckets.counts.map((count, index) => {
          const bound = value.buckets.boundaries[index];
          const le = bound === undefined ? '+Inf' : Number.isInteger(bound) ? `${bound}.0` : String(bound);
          return `${written(`${name}_bucket`, [...labels, ['le', le]])} ${(total += count)}`;
        });
        return [...buckets, `${written(`${name}_sum`, labels)} ${value.sum}`, `${written(`${name}_count`, labels)} ${value.count}`];
      });
    }
    return data.dataPoints.map(({ attributes, value }) => `${written(name, Object.entries(attributes))} ${value}`);
  });
