/** Metrics of panels that are not in the catalogue, and who makes them. */
export const otherMetrics = {
  up: 'Prometheus: 1 when the last scrape of a target worked',
  ALERTS: 'Prometheus: one series for each alert that is pending or firing',
  scrape_duration_seconds: 'Prometheus: how long the scrape took',
  scrape_samples_scraped: 'Prometheus: samples of the scrape',
  process_cpu_seconds_total: 'prom-client in the exporter: its CPU time',
  process_resident_memory_bytes: 'prom-client in the exporter: its memory',
  process_start_time_seconds: 'prom-client in the exporter: when it started',
  nodejs_eventloop_lag_p99_seconds: 'prom-client in the exporter: how late its event loop was',
} as const satisfies Record<string, string>;
