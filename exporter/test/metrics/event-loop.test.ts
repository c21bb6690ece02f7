import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { measureEventLoop } from '../../src/metrics/event-loop.ts';
import { until } from '../servers.ts';
import { samplesOf } from './page-of.ts';

it('an event loop that is on time is told as such, whatever the time from one look to the next; one that was blocked by how long', async () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 200 });
  measureEventLoop(registry, 200);
  const lag = async (of: string): Promise<number> => samplesOf(await registry.metrics()).get(`nodejs_eventloop_lag_${of}_seconds`)!;
  await sleep(900);
  expect(await lag('p50')).toBeLessThan(0.15);
  await until(async () => {
    await sleep(450);
    for (const began = performance.now(); performance.now() - began < 600;);
    await sleep(50);
    return (await lag('max')) > 0.3;
  }, 20_000); // each look begins anew: on a busy machine a block can fall between two of them
});
