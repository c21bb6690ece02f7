import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, startExporter } from '../exporter.ts';
import type { RunningExporter } from '../exporter.ts';
import type { Finding } from '../goals.ts';
import { liveHome } from '../live-home.ts';
import { Disturbance, untilQuiet } from '../machine.ts';
import { memoryOf } from '../measure.ts';
import { quantile } from '../rounds.ts';
import type { Bench } from './bench.ts';

const idleSeconds = 120;
const pauseMs = 20;

/** G7, G8 and the steady part of G5, all on one exporter that is started on a home with everything still to read. */
export const steady = async ({ data, built, folder }: Bench): Promise<{ readonly scrapes: Finding; readonly idle: Finding; readonly memory: Finding['criteria'][number]; readonly memoryNumbers: Record<string, number> }> => {
  const { home, remove } = liveHome(data);
  const sessions = Object.keys(data.bySession).length;
  try {
    const busy: number[] = [];
    const rest: number[] = [];
    let restarted: RunningExporter | undefined;
    for (let round = 0; round < 3; round += 1) {
      await restarted?.stop();
      await untilQuiet();
      restarted = await startExporter({ main: built.main, home, state: folder(`steady-${round}`) });
      const done = restarted.caughtUp(sessions).then(() => true);
      busy.push(...(await scrapes(restarted, () => Promise.race([done, sleep(0, false)]))));
      await untilQuiet();
      let left = 300;
      rest.push(...(await scrapes(restarted, () => Promise.resolve((left -= 1) < 0))));
    }
    const exporter = restarted!;
    await sleep(60_000);
    const memory = memoryOf(exporter.pid);
    const idle = await idleCost(exporter);
    const later = memoryOf(exporter.pid);
    await exporter.stop();
    const [atWork, atRest] = [quantile(busy, 0.99), quantile(rest, 0.99)];
    return {
      scrapes: {
        goal: 'G7', notes: [`${busy.length} scrapes while scanning, ${rest.length} at rest, every ${pauseMs} ms`], numbers: { 'scanning p99 ms': atWork, 'scanning p50 ms': quantile(busy, 0.5), 'rest p99 ms': atRest, 'rest p50 ms': quantile(rest, 0.5) },
        criteria: [{ what: 'p99', value: atWork / atRest, unit: '×', at: 'most', goal: 5, stretch: 2 }],
      },
      idle,
      memory: { what: 'exporter', value: memory.nowBytes / 1e6, unit: ' MB', at: 'most', goal: 150, stretch: 110 },
      memoryNumbers: { 'a minute after the scan MB': memory.nowBytes / 1e6, 'three minutes after MB': later.nowBytes / 1e6, 'highest MB': memory.peakBytes / 1e6 },
    };
  } finally {
    remove();
  }
};

const scrapes = async (exporter: RunningExporter, isDone: () => Promise<boolean>): Promise<number[]> => {
  const took: number[] = [];
  while (!(await isDone())) {
    took.push((await exporter.scrape()).ms);
    await sleep(pauseMs);
  }
  return took;
};

/** CPU of the exporter when nobody writes and nobody asks; then with a scrape every 15 seconds. */
const idleCost = async (exporter: RunningExporter): Promise<Finding> => {
  const alone = await cpuShare(exporter, () => Promise.resolve());
  const scraped = await cpuShare(exporter, async () => void (await exporter.scrape()));
  return {
    goal: 'G8', notes: [`over ${idleSeconds} s; with a scrape every 15 s ${(scraped.share * 100).toFixed(3)} %`],
    numbers: { 'idle % of a core': alone.share * 100, 'scraped every 15 s % of a core': scraped.share * 100, 'others meanwhile % of the machine': alone.others * 100 },
    criteria: [{ what: '', value: alone.share * 100, unit: ' % of a core', at: 'most', goal: 0.5, stretch: 0.1 }],
  };
};

const cpuShare = async ({ pid }: RunningExporter, each15Seconds: () => Promise<void>): Promise<{ share: number; others: number }> => {
  const disturbance = new Disturbance();
  const started = performance.now();
  const before = cpuSecondsOf(pid);
  for (let seconds = 0; seconds < idleSeconds; seconds += 15) {
    await each15Seconds();
    await sleep(15_000);
  }
  const spent = cpuSecondsOf(pid) - before;
  return { share: spent / ((performance.now() - started) / 1000), others: disturbance.othersShare(spent) };
};
