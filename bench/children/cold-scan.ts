import { startLedgerThread } from '../../exporter/src/wiring/ledger-thread.ts';

// What the exporter's ledger thread does from its start to the first complete picture, and how many seconds that takes.
// node cold-scan.js CONFIG_DIR LEDGER [--tell]
const [folder, ledgerPath, tell] = process.argv.slice(2) as [string, string, string?];

const started = performance.now();
const complete = Promise.withResolvers<number>();
const thread = startLedgerThread({
  ledgerPath, reading: { machine: { platform: 'linux', home: '/nonexistent', env: { CLAUDE_CONFIG_DIR: folder } } }, disabledTools: [], extraRoots: [], recent: 1000, threads: 2,
  pollIntervalMs: 30_000, rescanIntervalMs: 60_000, maxWatchedDirectories: 8192, budgets: [], weekStart: 'monday',
}, {
  onUpdate: (update) => update.complete && complete.resolve(performance.now()),
  onFailure: (message) => complete.reject(new Error(message)),
  onWord: () => undefined,
  onDeath: (error) => complete.reject(error),
});
const seconds = ((await complete.promise) - started) / 1000;
await thread.stop();
console.log(JSON.stringify({ seconds, ...(tell === undefined ? {} : await used()) }));

/** The books' own check, and the use of each model in each session. */
async function used() {
  const { Ledger } = await import('../../exporter/src/ledger/ledger.ts');
  const ledger = new Ledger({ path: ledgerPath, now: Date.now, readonly: true });
  const uses = ledger.sessions('all').flatMap(({ nativeId, models }) => Object.entries(models).map(([model, { usage, microUsd = 0 }]) => ({
    session: nativeId, model, input: usage.input ?? 0, output: usage.output ?? 0, cache_creation: (usage.cache_creation_5m ?? 0) + (usage.cache_creation_1h ?? 0), cache_read: usage.cache_read ?? 0, costUsd: microUsd / 1e6,
  })));
  const problems = ledger.verify();
  ledger.close();
  return { problems, uses };
}
