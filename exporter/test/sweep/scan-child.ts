import { Ledger } from '../../src/ledger/ledger.ts';
import { readers } from '../../src/readers/registry.ts';
import { Engine } from '../../src/sweep/engine.ts';
import { makeReading } from '../../src/sweep/reading.ts';

// One scan in a process of its own, to be killed: node scan-child.ts HOME LEDGER NOW
const [home, path, now] = process.argv.slice(2) as [string, string, string];
const settings = { machine: { platform: 'linux' as const, home, env: {} } };
const ledger = new Ledger({ path, now: () => Number(now) });
const engine = new Engine({ readers, settings, reading: makeReading(settings), ledger, now: () => Number(now), recent: 1000, threads: 2, complete: (session) => session, onUpdate: () => process.stdout.write('.') });
await engine.scan();
process.stdout.write('done');
ledger.close();
