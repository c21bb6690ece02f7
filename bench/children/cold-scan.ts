import { Ledger } from '../../exporter/src/ledger/ledger.ts';
import { readers } from '../../exporter/src/readers/registry.ts';
import { completeSession } from '../../exporter/src/sweep/complete.ts';
import { Engine } from '../../exporter/src/sweep/engine.ts';
import { makePrices, makeReading } from '../../exporter/src/sweep/reading.ts';

// One scan of a tree into a ledger, as the exporter's ledger thread does it, and the seconds from opening the ledger to the first complete picture.
// node cold-scan.js CONFIG_DIR LEDGER [--tell]
const [folder, path, tell] = process.argv.slice(2) as [string, string, string?];

const settings = { machine: { platform: 'linux' as const, home: '/nonexistent', env: { CLAUDE_CONFIG_DIR: folder } } };
const started = performance.now();
const cpuBefore = process.cpuUsage();
const ledger = new Ledger({ path, now: Date.now });
const prices = makePrices(settings);
let complete = 0;
const engine = new Engine({
  readers, settings, reading: makeReading(settings), ledger, now: Date.now, recent: 1000, threads: 2,
  complete: (session) => completeSession(session, prices),
  onUpdate: (update) => {
    if (update.complete) complete ||= performance.now();
  },
});
await engine.scan();
const cpu = process.cpuUsage(cpuBefore);
const told = { seconds: (complete - started) / 1000, cpuSeconds: (cpu.user + cpu.system) / 1e6 };

if (tell === undefined) console.log(JSON.stringify(told));
else
  console.log(JSON.stringify({
    ...told,
    problems: ledger.verify(),
    uses: ledger.sessions('all').flatMap(({ nativeId, models }) => Object.entries(models).map(([model, { usage, microUsd = 0 }]) => ({
      session: nativeId, model, input: usage.input ?? 0, output: usage.output ?? 0, cache_creation: (usage.cache_creation_5m ?? 0) + (usage.cache_creation_1h ?? 0), cache_read: usage.cache_read ?? 0, costUsd: microUsd / 1e6,
    }))),
  }));
ledger.close();
