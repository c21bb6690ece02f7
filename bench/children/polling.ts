import { startLedgerThread } from '../../exporter/src/wiring/ledger-thread.ts';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

// The ledger's thread with no folder watched by the system, as on a network mount: CPU of one look at all folders.
// node polling.js HOME LEDGER INTERVAL_SECONDS PASSES
const [home, ledgerPath, seconds, passes] = [process.argv[2]!, process.argv[3]!, Number(process.argv[4]), Number(process.argv[5])];

const complete = Promise.withResolvers<void>();
const thread = startLedgerThread({
  ledgerPath, reading: { machine: { platform: 'linux', home, env: {} } }, disabledTools: [], extraRoots: [], recent: 1000, threads: 2,
  pollIntervalMs: seconds * 1000, rescanIntervalMs: 3_600_000, maxWatchedDirectories: 0, budgets: [], weekStart: 'monday',
}, {
  onUpdate: (update) => update.complete && complete.resolve(),
  onFailure: (message) => complete.reject(new Error(message)),
  onWord: () => undefined,
  onDeath: complete.reject,
});
await complete.promise;
await sleep(3000);
const before = cpuSeconds();
await sleep(seconds * 1000 * passes);
console.log(JSON.stringify({ cpuSecondsOfPass: (cpuSeconds() - before) / passes }));
await thread.stop();

/** Of all threads; process.cpuUsage() counts in too large steps. */
function cpuSeconds(): number {
  return readdirSync('/proc/self/task').reduce((total, task) => total + Number(readFileSync(`/proc/self/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e9;
}
