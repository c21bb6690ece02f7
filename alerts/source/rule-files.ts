import { stringify } from 'yaml';
import type { Alert } from './alert.ts';
import { ruleOf } from './alert.ts';
import { budgetAlerts } from './budget-alerts.ts';
import { limitAlerts } from './limit-alerts.ts';
import { sessionAlerts } from './session-alerts.ts';
import type { Thresholds } from './thresholds.ts';
import { watchroomAlerts } from './watchroom-alerts.ts';

const files: Readonly<Record<string, (thresholds: Thresholds) => readonly Alert[]>> = {
  sessions: sessionAlerts,
  limits: limitAlerts,
  budgets: budgetAlerts,
  watchroom: watchroomAlerts,
};

/** Every rule file by its name, as text. */
export const ruleFiles = (thresholds: Thresholds): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([name, alerts]) => [`${name}.yml`, heading + stringify({ groups: [{ name: `watchroom-${name}`, rules: alerts(thresholds).map((alert) => ruleOf(alert, thresholds)) }] }, { lineWidth: 0, blockQuote: 'literal' })]));

const heading = '# Made by `node alerts/generate.ts` from alerts/thresholds.yml and alerts/source. What each alert means: alerts/runbook.md\n';
