import { expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ruleFiles } from '../../alerts/source/rule-files.ts';
import { readThresholds } from '../../alerts/source/thresholds.ts';
import type { Thresholds } from '../../alerts/source/thresholds.ts';
import { requireServer } from '../../exporter/test/servers.ts';
import { run, testFiles } from './the-alerts.ts';

const usual = readThresholds();
const delay = (alert: string, shorter: string): Thresholds => ({ ...usual, for: { ...usual.for, [alert]: shorter } });

/** Each alert's threshold, one step easier to reach. */
const easier: Readonly<Record<string, Thresholds>> = {
  SessionContextNearlyFull: { ...usual, context: { ...usual.context, nearly_full: 0.89999 } },
  SessionContextFillsSoon: { ...usual, context: { ...usual.context, full_within: '901s' } },
  SessionUnhealthy: { ...usual, health: { critical: 0.401 } },
  SessionErrorBurst: { ...usual, errors: { ...usual.errors, count: 4 } },
  SessionStuckInLoop: { ...usual, loop: { repeated_failures: 2 } },
  SessionWaitingForHuman: { ...usual, waiting: { longer_than: '19m45s' } },
  SessionFileConflict: { ...usual, conflict: { files: 0 } },
  SessionAbandoned: { ...usual, abandoned: { ...usual.abandoned, cost_usd: 9.99 } },
  RateLimitNearlyReached: { ...usual, rate_limit: { ...usual.rate_limit, nearly: 0.79 } },
  RateLimitReached: { ...usual, rate_limit: { ...usual.rate_limit, reached: 0.94 } },
  BudgetBurningTooFast: { ...usual, budget: { ...usual.budget, pace: 5.9 } },
  BudgetExceeded: { ...usual, budget: { ...usual.budget, exceeded: 0.999 } },
  WatchroomExporterDown: delay('WatchroomExporterDown', '90s'),
  WatchroomAgentGone: delay('WatchroomAgentGone', '90s'),
  WatchroomSourceFailing: delay('WatchroomSourceFailing', '285s'),
  WatchroomParseErrors: { ...usual, parse_errors: { ...usual.parse_errors, count: 9 } },
};

/** Runs the tests in which one alert is always silent against rules made from these thresholds. */
const outcomeOf = async (alert: string, thresholds: Thresholds): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-rules-'));
  mkdirSync(join(folder, 'rules'));
  mkdirSync(join(folder, 'tests'));
  for (const [name, text] of Object.entries(ruleFiles(thresholds))) writeFileSync(join(folder, 'rules', name), text);
  const outcomes = [];
  for (const { file, tests, ...rest } of testFiles) {
    const own = tests.map((test) => ({ ...test, alert_rule_test: (test.alert_rule_test ?? []).filter(({ alertname }) => alertname === alert) })).filter(({ alert_rule_test: checks }) => checks.length > 0 && checks.every(({ exp_alerts: expected }) => !expected?.length));
    if (own.length === 0) continue;
    writeFileSync(join(folder, 'tests', file), stringify({ ...rest, tests: own }, { aliasDuplicateObjects: false }));
    outcomes.push((await run('promtool', ['test', 'rules', join(folder, 'tests', file)])).output);
  }
  rmSync(folder, { recursive: true });
  return outcomes.join('\n');
};

requireServer('promtool')('the silent tests are one step under the threshold', () => {
  it.each(Object.keys(easier))('%s: a threshold that is one step easier to reach is noticed', async (alert) => {
    expect(await outcomeOf(alert, easier[alert]!)).toMatch(/exp:\[\],?\s+got:\[\s+0:/);
  });
});
