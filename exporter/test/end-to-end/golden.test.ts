import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBackend } from '../../src/wiring/backend.ts';
import { aProcTree, bootedAt } from '../processes/a-proc-tree.ts';
import { aWorld, repository, surroundings } from './a-world.ts';

/** Two minutes after the last record of the example home. */
const now = Date.parse('2026-11-18T10:22:00Z');
const golden = join(repository, 'exporter/test/fixtures/golden/metrics.txt');
/** Of the machine and the run, not of the sessions. */
const volatile = /^(process_|nodejs_|watchroom_scan_duration_seconds|watchroom_scrape_render_seconds|watchroom_ledger_bytes|watchroom_last_scan_timestamp_seconds|watchroom_http_request)/;

const proc = aProcTree([
  { pid: 1, argv: ['/sbin/init'], uid: 0 },
  { pid: 4321, argv: ['/usr/bin/gemini'], comm: 'gemini', cwd: '/home/mira/teashop', startTicks: (Date.parse('2026-11-18T10:10:00Z') - bootedAt) / 10, cpuTicks: 1250, residentPages: 30_000 },
  { pid: 4400, argv: ['grep', 'claude'], cwd: '/home/mira/teashop' },
]);
afterAll(() => proc.delete());

describe('golden /metrics', () => {
  it('is the checked-in page, line by line (update it with UPDATE_GOLDEN=1 and explain every changed line)', async () => {
    const world = aWorld({ home: join(repository, 'examples/home'), flags: { proc: proc.path } });
    const backend = createBackend(world, surroundings(() => now));
    const page = await backend.once();
    await backend.close?.();
    const lines = page.split('\n').filter((line) => !volatile.test(line.replace(/^# (HELP|TYPE) /, '')));
    const text = lines.join('\n').replaceAll(join(repository, 'examples/home'), '/home/mira');
    if (process.env.UPDATE_GOLDEN || !existsSync(golden)) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  it('[P5] carries no text of a session', () => {
    const text = readFileSync(golden, 'utf8');
    for (const word of ['CANARY', 'mira@', 'steep', '/home/', '.ts"']) expect(text).not.toContain(word);
  });
});
