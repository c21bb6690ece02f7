import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/**
 * Puts how late the event loop was in place of prom-client's gauges of it. Node's histogram holds the whole time from one look to the next, and
 * prom-client tells it as it is: with a look a second an idle process would be a second late for ever.
 */
export const measureEventLoop = (registry: Registry, lookEveryMs: number): void => {
  const delay = monitorEventLoopDelay({ resolution: lookEveryMs });
  delay.enable();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - lookEveryMs / 1000);
  const gauges = Object.entries({ min: () => delay.min, mean: () => delay.mean, max: () => delay.max, p50: () => delay.percentile(50), p90: () => delay.percentile(90), p99: () => delay.percentile(99) });
  const read = (): number[] => {
    const values = delay.count === 0 ? gauges.map(() => 0) : gauges.map(([, value]) => late(value()));
    delay.reset();
    return values;
  };
  const made: Gauge[] = gauges.map(([name], index) => {
    const full = `nodejs_eventloop_lag_${name}_seconds`;
    registry.removeSingleMetric(full);
    const help = `How late the event loop was since the last scrape, looked at every ${lookEveryMs} ms: ${name}.`;
    // The first of them reads for all.
    return new Gauge({ name: full, help, registers: [registry], ...(index === 0 ? { collect: () => read().forEach((value, other) => made[other]!.set(value)) } : {}) });
  });
};
