// Loaded into a hub by --import: says at SIGUSR2 how late its event loop was since the last time.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const everyMs = 10;
const delay = monitorEventLoopDelay({ resolution: everyMs });
delay.enable();
const late = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / 1e6 - everyMs));
process.on('SIGUSR2', () => {
  process.stdout.write(`event loop delay p99 ${late(delay.percentile(99))} ms, longest ${late(delay.max)} ms\n`);
  delay.reset();
});
