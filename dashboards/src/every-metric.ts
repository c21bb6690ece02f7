import { catalogue } from 'watchroom/metrics';
import type { Metric } from 'watchroom/metrics';
import { hubCatalogue } from 'watchroom/metrics/hub-metrics';

/** What only a hub tells: panels of it are empty without one. */
export const onlyOfHub: ReadonlySet<string> = new Set(hubCatalogue.map(({ name }) => name).filter((name) => !catalogue.some((row) => row.name === name)));

/** Every metric that exporters and hubs emit, each once. */
export const everyMetric: readonly Metric[] = [...catalogue, ...hubCatalogue.filter(({ name }) => onlyOfHub.has(name))];
