import type { Duration, Thresholds } from './thresholds.ts';

/** What an alert is about; Alertmanager's routes and inhibitions go by it. */
export type Area = 'session' | 'limit' | 'budget' | 'exporter' | 'silence';

/** How soon somebody should look: now, today, or when there is time. */
export type Severity = 'critical' | 'warning' | 'info';

export interface Alert {
  readonly name: string;
  readonly area: Area;
  readonly severity: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  /** PromQL. */
  readonly expr: string;
  /** One line that says everything to somebody who reads nothing else. */
  readonly summary: string;
  /** What it means, and the first step. */
  readonly description: string;
  /** Path and query of the dashboard that shows it. */
  readonly dashboard: string;
  /** Template of the room's address; only sessions have one. */
  readonly room?: string;
}

/** A rule as Prometheus reads it. */
export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: Duration;
  readonly keep_firing_for?: Duration;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The rule of an alert. Addresses come from the external labels `grafana_url` and `runbook_url` of prometheus.yml: they belong to
 * the installation, not to the rule.
 */
export const ruleOf = (alert: Alert, { for: delays, keep_firing_for: kept }: Thresholds): Rule => {
  const delay = delays[alert.name];
  if (delay === undefined) throw new Error(`alerts/thresholds.yml says no \`for\` of ${alert.name}`);
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(delay === '0s' ? {} : { for: delay }),
    // A silence is told by Prometheus itself, which stops when it is over.
    ...(alert.area === 'silence' ? {} : { keep_firing_for: kept }),
    labels: { severity: alert.severity, area: alert.area, ...alert.labels },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      dashboard_url: `{{ $externalLabels.grafana_url }}/d/${alert.dashboard}`,
      ...(alert.room === undefined ? {} : { room_url: alert.room }),
      runbook_url: `{{ $externalLabels.runbook_url }}#${alert.name.toLowerCase()}`,
    },
  };
};
