import { exporterMetrics, ownMetrics } from './exporter-metrics.ts';
import { fleetMetrics } from './fleet-metrics.ts';
import type { Metric, SnapshotMetric } from './metric.ts';
import { sessionMetrics } from './session-metrics.ts';

/** Every metric that an exporter emits. The producer, the renderer, docs/metrics.md, dashboards and rule tests follow this table. */
export const catalogue: readonly Metric[] = [...sessionMetrics, ...fleetMetrics, ...exporterMetrics, ...Object.values(ownMetrics)];

/** Those that are read from the Snapshot as a whole. */
export const snapshotMetrics: readonly SnapshotMetric[] = [...fleetMetrics, ...exporterMetrics];

/** All labels of a metric, in the order they are written. */
export const labelsOf = (metric: Metric): readonly string[] => (metric.scope === 'session' ? ['session_id', 'tool', ...metric.labels] : metric.labels);

export type { Metric } from './metric.ts';
