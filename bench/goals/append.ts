import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startExporter } from '../exporter.ts';
import type { RunningExporter } from '../exporter.ts';
import type { Finding } from '../goals.ts';
import { liveHome } from '../live-home.ts';
import type { LiveSession } from '../live-home.ts';
import { untilQuiet } from '../machine.ts';
import { run } from '../measure.ts';
import { median, quantile } from '../rounds.ts';
import type { Bench } from './bench.ts';

const appends = 200;
const pollSeconds = 5;

/** G3: the time from an appended line to a scrape that shows its tokens; and what a look at all folders costs where nothing tells of changes. */
export const append = async ({ data, built, folder }: Bench, ccusageSeconds: number): Promise<Finding> => {
  const { home, live, remove } = liveHome(data);
  try {
    const exporter = await startExporter({ main: built.main, home, state: folder('append') });
    const latencies: number[] = [];
    try {
      await exporter.caughtUp(Object.keys(data.bySession).length);
      await untilQuiet();
      for (let n = 0; n < appends + 10; n += 1) {
        const ms = await untilShown(exporter, live[n % live.length]!);
        if (n >= 10) latencies.push(ms); // the first ones compile the code
        await sleep(50);
      }
    } finally {
      await exporter.stop();
    }
    const polled = await run({ argv: [process.execPath, built.child('polling'), home, join(folder('polling'), 'ledger.db'), String(pollSeconds), '6'] });
    const { cpuSecondsOfPass } = JSON.parse(polled.stdout) as { cpuSecondsOfPass: number };
    const [p50, p99] = [median(latencies), quantile(latencies, 0.99)];
    return {
      goal: 'G3',
      notes: [`by file events; ${appends} lines; a pass of polling over the same folders takes ${(cpuSecondsOfPass * 1000).toFixed(1)} ms of CPU`],
      numbers: { 'append p50 ms': p50, 'append p99 ms': p99, 'ccusage wall s': ccusageSeconds, 'polling pass CPU ms': cpuSecondsOfPass * 1000 },
      criteria: [
        { what: 'median', value: (ccusageSeconds * 1000) / p50, unit: '× faster', at: 'least', goal: 1000 },
        { what: 'p99', value: p99, unit: ' ms', at: 'most', goal: Infinity, stretch: 50 },
      ],
    };
  } finally {
    remove();
  }
};

/** Appends a line and asks again and again for the one metric, until it is another value. */
const untilShown = async ({ scrape }: RunningExporter, session: LiveSession): Promise<number> => {
  const query = '?name[]=ai_session_tokens_total';
  const own = (text: string): string => text.split('\n').filter((line) => line.includes(session.id)).join('\n');
  const before = own((await scrape(query)).text);
  if (before === '') throw new Error(`the live session ${session.id} is not in /metrics`);
  const started = performance.now();
  session.answer();
  for (;;) {
    if (own((await scrape(query)).text) !== before) return performance.now() - started;
    if (performance.now() - started > 30_000) throw new Error('an appended line was not seen within 30 s');
  }
};
