import { healthOf, lastHealthOf } from '../../src/health/health.ts';
import { createApp } from '../../src/http/app.ts';
import type { AppOptions } from '../../src/http/app.ts';
import type { Snapshot } from '../../src/session/snapshot.ts';
import { aScraper } from '../metrics/page-of.ts';

/** The pages over a snapshot, without a socket of their own. */
export const anApp = async (snapshot: Snapshot, settings: Partial<AppOptions> = {}) => {
  const { scrape, own, world, telemetry } = await aScraper(snapshot);
  const app = createApp({
    snapshot: () => world.snapshot, scrape, own, now: () => world.now, version: '0.1.0',
    healthOf: (session, now) => (session.state === 'ended' ? lastHealthOf(session) : healthOf(session, now)), ...settings,
  });
  return { app, world, stop: () => telemetry.stop() };
};
