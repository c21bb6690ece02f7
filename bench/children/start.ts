import { createWatcher } from '../../exporter/src/files/watch.ts';
import { Ledger } from '../../exporter/src/ledger/ledger.ts';
import { readers } from '../../exporter/src/readers/registry.ts';
import { completeSession } from '../../exporter/src/sweep/complete.ts';
import { Engine } from '../../exporter/src/sweep/engine.ts';
import { makePrices, makeReading } from '../../exporter/src/sweep/reading.ts';
import { Scene } from '../../exporter/src/sweep/scene.ts';

// From opening the ledger to the first complete Snapshot, as the exporter's threads do it, here in one: the start of a thread is not in it.
// node start.js CONFIG_DIR LEDGER
const [folder, path] = process.argv.slice(2) as [string, string];
const settings = { machine: { platform: 'linux' as const, home: '/nonexistent', env: { CLAUDE_CONFIG_DIR: folder } } };
const prices = makePrices(settings);
const reading = makeReading(settings);

const started = performance.now();
const ledger = new Ledger({ path, now: Date.now });
const scene = new Scene({ platform: 'linux', idleAfterMs: 900_000, exportWindowMs: 86_400_000, exportLimit: 1000, durable: true });
const watcher = createWatcher({ onChange: () => undefined, onDirectory: () => undefined });
let seconds: number | undefined;
const engine = new Engine({
  readers, settings, reading, ledger, watcher, now: Date.now, recent: 1000, threads: 2,
  complete: (session) => completeSession(session, prices),
  onUpdate: (update) => {
    scene.apply(update);
    if (update.complete && scene.snapshot(Date.now()).complete) seconds ??= (performance.now() - started) / 1000;
  },
});
await engine.scan();
watcher.close();
ledger.close();
console.log(JSON.stringify({ seconds }));
