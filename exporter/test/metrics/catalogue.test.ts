import { describe, expect, it } from '@jest/globals';
import { catalogue, labelsOf } from '../../src/metrics/catalogue.ts';
import { aFullSnapshot } from './a-snapshot.ts';
import { aScraper } from './page-of.ts';

describe('the catalogue', () => {
  it('names every metric once', () => {
    const names = catalogue.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(catalogue.map((metric) => [metric.name, metric] as const))('%s follows the naming rules', (name, metric) => {
    expect(name).toMatch(/^(ai|watchroom)_[a-z0-9_]+$/);
    expect(name.endsWith('_total')).toBe(metric.type === 'counter');
    expect(metric.help).toMatch(/^[A-Z0-9].*\.$/s);
    if (metric.unit === 's') expect(name).toMatch(/_seconds(_total)?$/);
    if (metric.unit === 'By') expect(name).toMatch(/_bytes(_total)?$/);
    if (metric.unit === '1') expect(name).toMatch(/_ratio$/);
    for (const label of labelsOf(metric)) expect(['type', 'service', 'env', 'owner', 'region', 'instance', 'job', 'host', 'user', 'le']).not.toContain(label);
  });

  it('[T40] has a series of every metric when everything is known', async () => {
    const { text, telemetry } = await aScraper(aFullSnapshot(), { labels: { hubUrl: 'http://hub.example' } });
    const page = await text();
    await telemetry.stop();
    const missing = catalogue.map(({ name }) => name).filter((name) => !page.includes(`# TYPE ${name} `));
    // Made by the first HTTP request, not by a scrape.
    expect(missing).toEqual(['watchroom_http_request_duration_seconds']);
  });

  it('writes no label that it does not name', async () => {
    const { text, telemetry } = await aScraper(aFullSnapshot(), { labels: { title: true, hubUrl: 'http://hub.example' } });
    const page = await text();
    await telemetry.stop();
    for (const metric of catalogue) {
      const allowed = new Set([...labelsOf(metric), 'le']);
      const lines = page.split('\n').filter((line) => line.startsWith(`${metric.name}{`));
      for (const line of lines) for (const [, label] of line.slice(line.indexOf('{') + 1, line.lastIndexOf('}')).matchAll(/(?:^|",)([a-z_]+)="/g)) expect([metric.name, allowed.has(label!), label]).toEqual([metric.name, true, label]);
    }
  });
});
