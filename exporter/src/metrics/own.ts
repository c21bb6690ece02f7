import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { measureEventLoop } from './event-loop.ts';
import { ownMetrics } from './exporter-metrics.ts';

export interface Build {
  readonly version: string;
  /** Commit it was built from; '' when unknown. */
  readonly revision?: string;
  readonly nodeVersion: string;
}

/** What the exporter measures about itself while it serves. */
export interface OwnRegistry {
  readonly registry: Registry;
  readonly series: Gauge;
  readonly render: Histogram;
  readonly http: Histogram;
}

/**
 * prom-client's registry of the exporter: build, rendering, HTTP, and prom-client's metrics of the process.
 * @param build shown by watchroom_build_info
 */
export const createOwnRegistry = (build: Build): OwnRegistry => {
  const registry = new Registry();
  const { build: buildInfo, series, render, http } = ownMetrics;
  const common = (metric: (typeof ownMetrics)[keyof typeof ownMetrics]) => ({ name: metric.name, help: metric.help, labelNames: metric.labels, registers: [registry] });
  new Gauge(common(buildInfo)).set({ version: build.version, revision: build.revision ?? '', node_version: build.nodeVersion }, 1);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopSampleMs });
  measureEventLoop(registry, eventLoopSampleMs);
  for (const name of misnamed) registry.removeSingleMetric(name);
  return {
    registry,
    series: new Gauge(common(series)),
    render: new Histogram({ ...common(render), buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] }),
    http: new Histogram({ ...common(http), buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] }),
  };
};

/** prom-client wakes up this often to measure the event loop; its default of 10 ms would be most of our idle cost (G8). */
const eventLoopSampleMs = 1000;

/** Gauges that end in _total, which OpenMetrics keeps for counters; the ones by kind stay. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];
