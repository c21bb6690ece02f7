import type { Alert } from './alert.ts';
import type { Thresholds } from './thresholds.ts';
import { target, theMachine } from './who.ts';

/** Prometheus' own word on the scrapes of exporters and hub: their jobs are called watchroom, watchroom-hub … */
const scraped = 'up{job=~"watchroom.*"}';
const self = 'watchroom-self?var-instance={{ $labels.instance | urlquery }}';

/** Alerts of Watchroom itself: somebody fell silent, or does not see everything. */
export const watchroomAlerts = ({ parse_errors: { count, within } }: Thresholds): readonly Alert[] => [
  {
    name: 'WatchroomExporterDown', area: 'silence', severity: 'warning', dashboard: self,
    expr: `${scraped} == 0`,
    summary: '{{ $labels.job }} at {{ $labels.instance }} cannot be scraped',
    description: 'Its sessions are not seen; alerts that fired there are held back until it is back, and not reported as resolved. See whether it runs and whether Prometheus reaches it (Status → Targets says the error).',
  },
  {
    name: 'WatchroomExporterMissing', area: 'silence', severity: 'critical', dashboard: 'watchroom-self',
    expr: `absent(${scraped})`,
    summary: 'Prometheus scrapes no Watchroom exporter and no hub',
    description: 'No target has a job called watchroom…: nothing is watched, and no other alert can fire. Look at scrape_configs in prometheus.yml and at service discovery.',
  },
  {
    name: 'WatchroomAgentGone', area: 'silence', severity: 'warning', dashboard: 'watchroom-health?var-user={{ $labels.user_name | urlquery }}',
    expr: 'watchroom_agent_up == 0',
    summary: `The agent${theMachine} has stopped reporting`,
    description: 'It did not say goodbye: its machine sleeps, is off the network, or the agent crashed. Its sessions are not seen until it is back; nothing counted is lost.',
  },
  {
    name: 'WatchroomSourceFailing', area: 'exporter', severity: 'warning', dashboard: self,
    expr: 'watchroom_source_up == 0',
    summary: `{{ $labels.source }}${theMachine} cannot be read`,
    description: 'The last scans of this source failed: its sessions are missing or stand still. `watchroom doctor` on that machine says what it could not read and why.',
  },
  {
    name: 'WatchroomParseErrors', area: 'exporter', severity: 'warning', dashboard: self,
    expr: `sum without (reason) (${newErrors(within)} or increase(watchroom_parse_errors_total[${within}])) >= ${count}`,
    summary: `{{ $value | printf "%.0f" }} records of {{ $labels.source }}${theMachine} could not be parsed within ${within}`,
    description: 'Numbers of this tool may be too low. Mostly its format has changed with an update: see `watchroom doctor`, and whether a newer Watchroom knows it.',
  },
  {
    name: 'WatchroomLedgerNotWritable', area: 'exporter', severity: 'critical', dashboard: self,
    expr: 'watchroom_ledger_durable == 0',
    summary: `The ledger${theMachine} is kept in memory only`,
    description: 'Counters will not survive a restart. The log of the exporter says why its state folder cannot be written (full disk, permissions); an exporter started with --home or --demo has a throw-away ledger on purpose.',
  },
];

/**
 * A reason that has just appeared is born with its count, of which increase() sees nothing [T36]. It counts whole if its source was
 * there before the window; else it is the first scan of an exporter.
 */
function newErrors(within: string): string {
  return `(watchroom_parse_errors_total unless watchroom_parse_errors_total offset ${within} and on (${[...target, 'source'].join(', ')}) watchroom_records_total offset ${within})`;
}
