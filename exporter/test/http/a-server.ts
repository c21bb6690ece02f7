import { healthOf, lastHealthOf } from '../../src/health/health.ts';
import { startServer } from '../../src/http/server.ts';
import type { ServerOptions } from '../../src/http/server.ts';
import type { TelemetryOptions } from '../../src/metrics/telemetry.ts';
import type { Snapshot } from '../../src/session/snapshot.ts';
import { aScraper } from '../metrics/page-of.ts';

/** The whole edge on a free port, over a snapshot that the test may replace and a clock it may move. */
export const aServer = async (snapshot: Snapshot, settings: Partial<ServerOptions> & { readonly telemetry?: Partial<TelemetryOptions> } = {}) => {
  const { telemetry: telemetrySettings = {}, ...serverSettings } = settings;
  const scraper = await aScraper(snapshot, telemetrySettings);
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 }, snapshot: () => scraper.world.snapshot, scrape: scraper.scrape, own: scraper.own, now: telemetrySettings.now ?? (() => scraper.world.now),
    healthOf: (session, now) => (session.state === 'ended' ? lastHealthOf(session) : healthOf(session, now)), version: '0.1.0', ...serverSettings,
  });
  return {
    ...server,
    world: scraper.world,
    close: async (): Promise<void> => {
      await server.close();
      await scraper.telemetry.stop();
    },
  };
};
