import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readThresholds, secondsOf } from '../../alerts/source/thresholds.ts';
import { limits } from '../../dashboards/src/thresholds.ts';
import { rules } from './the-alerts.ts';

interface Dashboard { readonly uid: string; readonly templating: { readonly list: readonly { readonly name: string }[] } }
const dashboardOf = (uid: string): Dashboard => JSON.parse(readFileSync(new URL(`../../dashboards/grafana/${uid}.json`, import.meta.url), 'utf8')) as Dashboard;

describe('alerts and dashboards', () => {
  it.each(rules.map(({ alert, labels, annotations }) => [alert, labels.unit ?? '', annotations.dashboard_url!] as const))('%s %s leads to a dashboard that exists, by variables that it has', (_alert, _unit, url) => {
    const uid = /\/d\/([\w-]+)/.exec(url)![1]!;
    const { uid: found, templating } = dashboardOf(uid);
    expect(found).toBe(uid);
    for (const [, name] of url.matchAll(/var-(\w+)=/g)) expect(templating.list.map((variable) => variable.name)).toContain(name);
  });

  it('speak of the same limits: where a panel turns red somebody is told', () => {
    const { context, health, rate_limit: rateLimit, loop, waiting, budget } = readThresholds();
    expect({ full: context.nearly_full, soon: secondsOf(context.full_within), critical: health.critical, high: rateLimit.nearly, reached: rateLimit.reached, loop: loop.repeated_failures, forgotten: secondsOf(waiting.longer_than), spent: budget.exceeded })
      .toEqual({ full: limits.context.full, soon: limits.timeToFull.soon, critical: limits.health.critical, high: limits.rateLimit.high, reached: limits.rateLimit.reached, loop: limits.repeatedFailures.loop, forgotten: limits.waiting.forgotten, spent: limits.budget.spent });
  });
});
