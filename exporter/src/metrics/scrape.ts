import type { EpochMs } from '../session/part.ts';
import { contentTypes, formatOf } from './accept.ts';
import { Viewers, showTruth } from './hold.ts';
import type { OwnRegistry } from './own.ts';
import { renderPage, sessionSeries } from './render.ts';
import { selects } from './select.ts';
import type { Collector } from './select.ts';
import type { Telemetry } from './telemetry.ts';

export interface ScraperOptions {
  readonly telemetry: Telemetry;
  readonly own: OwnRegistry;
  readonly now: () => EpochMs;
  /** Groups that are switched off. */
  readonly without?: readonly Collector[];
}

export interface ScrapeRequest {
  /** The Accept header. */
  readonly accept?: string;
  /** Who asks: its address and user agent. Absent: a single look, nothing is held at 0. */
  readonly viewer?: string;
  /** From X-Prometheus-Scrape-Timeout-Seconds. */
  readonly intervalMs?: number;
  /** `?name[]=` */
  readonly names?: readonly string[];
}

export interface ScrapePage {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Answers scrapes: the catalogue's metrics and the exporter's own as one page. */
export const createScraper = ({ telemetry, own, now, without = [] }: ScraperOptions): ((request: ScrapeRequest) => Promise<ScrapePage>) => {
  const viewers = new Viewers(telemetry.startedAt);
  return async ({ accept, viewer, intervalMs, names }) => {
    const done = own.render.startTimer();
    const wants = selects({ ...(names ? { names } : {}), without });
    const show = viewer === undefined ? showTruth : viewers.look(`${viewer} ${names?.join() ?? ''}`, now(), intervalMs);
    const collected = await telemetry.collect({ show, wants });
    own.series.set(sessionSeries(collected));
    // Only what is wanted is asked for its values: the event loop's percentiles alone take a third of a millisecond.
    const ownMetrics = await Promise.all(own.registry.getMetricsAsArray().filter(({ name }) => wants(name)).map(({ name }) => own.registry.getSingleMetric(name)!.get()));
    const format = formatOf(accept);
    const body = renderPage({ collected, own: ownMetrics, format });
    done();
    return { contentType: contentTypes[format], body };
  };
};
