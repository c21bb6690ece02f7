import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useOfCcusage } from '../ccusage.ts';
import { differences, disagreements } from '../exactness.ts';
import type { Use } from '../exactness.ts';
import type { Finding } from '../goals.ts';
import { run } from '../measure.ts';
import { interleave, medians } from '../rounds.ts';
import type { Bench } from './bench.ts';

export interface ColdScans {
  readonly findings: readonly Finding[];
  /** Seconds of a full run of ccusage. */
  readonly ccusageSeconds: number;
}

/** G1a, G1b, G2 and the peak of G5: our two scans, ccusage and cat in turn, each in a new process with a warm page cache. */
export const coldScans = async (bench: Bench): Promise<ColdScans> => {
  const { data, ccusage, built } = bench;
  const exact = await exactness(bench);
  const cat = catHalves(bench);
  const { of, dropped, disturbed } = await interleave({
    ccusage: () => run(ccusage.command(data.folder)),
    lean: () => run({ argv: [process.execPath, built.child('lean-scan'), data.folder] }),
    full: () => run({ argv: [process.execPath, built.child('cold-scan'), data.folder, newLedger(bench)] }),
    cat: () => run({ argv: cat }),
  }, bench);
  const [theirs, lean, full, reading] = [medians(of.ccusage), medians(of.lean), medians(of.full), medians(of.cat)];
  const notes = [...exact, ...(dropped ? [`${dropped} rounds dropped`] : []), ...(disturbed ? ['the machine was never quiet: the least disturbed rounds'] : [])];
  const seconds = (who: typeof theirs, name: string): Record<string, number> => ({ [`${name} wall s`]: who.wallSeconds, [`${name} CPU s`]: who.cpuSeconds, [`${name} peak MB`]: who.peakBytes / 1e6 });
  return {
    ccusageSeconds: theirs.wallSeconds,
    findings: [
      {
        goal: 'G1a', notes, numbers: { ...seconds(theirs, 'ccusage'), ...seconds(lean, 'Watchroom') },
        criteria: [
          { what: 'wall', value: theirs.wallSeconds / lean.wallSeconds, unit: '× faster', at: 'least', goal: 2, stretch: 3 },
          { what: 'CPU', value: theirs.cpuSeconds / lean.cpuSeconds, unit: '× less', at: 'least', goal: 2 },
        ],
      },
      {
        goal: 'G1b', notes, numbers: { ...seconds(theirs, 'ccusage'), ...seconds(full, 'Watchroom') },
        criteria: [
          { what: 'wall', value: full.wallSeconds / theirs.wallSeconds, unit: '×', at: 'most', goal: 1, stretch: 0.5 },
          { what: 'CPU', value: full.cpuSeconds / theirs.cpuSeconds, unit: '×', at: 'most', goal: 1.5 },
        ],
      },
      { goal: 'G2', notes, numbers: { 'cat wall s': reading.wallSeconds, 'Watchroom wall s': full.wallSeconds }, criteria: [{ what: 'wall', value: full.wallSeconds / reading.wallSeconds, unit: '×', at: 'most', goal: 5, stretch: 3 }] },
      { goal: 'G5', notes, numbers: { ...seconds(theirs, 'ccusage'), ...seconds(full, 'Watchroom') }, criteria: [{ what: 'peak', value: full.peakBytes / theirs.peakBytes, unit: '×', at: 'most', goal: 0.75, stretch: 0.5 }] },
    ],
  };
};

/** Fails when a total of ours is wrong; says where ccusage sees it otherwise. */
const exactness = async (bench: Bench): Promise<readonly string[]> => {
  const { data, ccusage, built } = bench;
  const lean = JSON.parse((await run({ argv: [process.execPath, built.child('lean-scan'), data.folder] })).stdout) as { uses: Use[] };
  const full = JSON.parse((await run({ argv: [process.execPath, built.child('cold-scan'), data.folder, newLedger(bench), '--tell'] })).stdout) as { uses: Use[]; problems: string[] };
  const theirs = useOfCcusage((await run(ccusage.command(data.folder))).stdout);
  const calls = (session: string): number => data.bySession[session]?.messages ?? 0;
  const wrong = [...differences(lean.uses, data), ...differences(full.uses, data), ...disagreements(lean.uses, full.uses, calls), ...full.problems];
  if (wrong.length > 0) throw new Error(`a total is wrong, so there is nothing to measure:\n${wrong.slice(0, 20).join('\n')}`);
  const elsewhere = new Set(differences(theirs, data).map((difference) => difference.split(':')[0]));
  const models = [...elsewhere].filter((key) => key?.startsWith('model')).length;
  return [`exact against the truth by session and by model; ccusage ${models === 0 ? 'exact by model' : `differs in ${models} models`}, differs in ${elsewhere.size - models} of ${Object.keys(data.bySession).length} sessions`];
};

/** Each cold scan has a ledger of its own that did not exist. */
let ledgers = 0;
const newLedger = (bench: Bench): string => join(bench.folder(`ledger-${(ledgers += 1)}`), 'ledger.db');

/** Two cats at once, each with half of the bytes. */
const catHalves = ({ data, folder }: Bench): string[] => {
  const lists: [string[], string[]] = [[], []];
  const bytes: [number, number] = [0, 0];
  for (const entry of readdirSync(data.folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const half = bytes[0] <= bytes[1] ? 0 : 1;
    const path = join(entry.parentPath, entry.name);
    lists[half].push(path);
    bytes[half] += statSync(path).size;
  }
  const files = lists.map((list, index) => {
    const file = join(folder('cat'), `list-${index}`);
    writeFileSync(file, list.join('\0'));
    return file;
  });
  return ['sh', '-c', 'xargs -0 cat < "$0" > /dev/null & xargs -0 cat < "$1" > /dev/null; wait', ...files];
};
