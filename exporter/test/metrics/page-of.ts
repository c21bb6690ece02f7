import { createOwnRegistry } from '../../src/metrics/own.ts';
import { createScraper } from '../../src/metrics/scrape.ts';
import type { ScrapeRequest, ScraperOptions } from '../../src/metrics/scrape.ts';
import { startTelemetry } from '../../src/metrics/telemetry.ts';
import type { TelemetryOptions } from '../../src/metrics/telemetry.ts';
import { healthOf } from '../../src/health/health.ts';
import type { EpochMs } from '../../src/session/part.ts';
import type { Snapshot } from '../../src/session/snapshot.ts';
import { now } from '../a-session.ts';

/** A scraper over a snapshot that the test may replace, with a clock it may move. */
export const aScraper = async (snapshot: Snapshot, settings: Partial<TelemetryOptions> & Pick<ScraperOptions, 'without'> = {}) => {
  const world = { snapshot, now: now as EpochMs };
  const { without, now: clock = () => world.now, ...telemetrySettings } = settings;
  const telemetry = await startTelemetry({ env: {}, snapshot: () => world.snapshot, now: clock, healthOf, version: '0.0.0', ...telemetrySettings });
  const own = createOwnRegistry({ version: '0.0.0', revision: 'abc', nodeVersion: 'v24' });
  const scrape = createScraper({ telemetry, own, now: clock, ...(without ? { without } : {}) });
  return { world, telemetry, own, scrape, text: async (request: ScrapeRequest = {}): Promise<string> => (await scrape(request)).body.toString() };
};

/** Sample lines by series: 'name{labels}' → value. Says so when a series stands there twice. */
export const samplesOf = (text: string): Map<string, number> => {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const end = line.lastIndexOf(' ');
    const key = line.slice(0, end);
    if (samples.has(key)) throw new Error(`the page says this twice: ${key}`);
    samples.set(key, Number(line.slice(end + 1).replace('Inf', 'Infinity')));
  }
  return samples;
};
