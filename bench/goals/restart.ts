import { join } from 'node:path';
import type { Finding } from '../goals.ts';
import { run } from '../measure.ts';
import type { Run } from '../measure.ts';
import { interleave, median } from '../rounds.ts';
import type { Bench } from './bench.ts';

/** G4: from opening the ledger to the first complete picture, when nothing is new and when everything is. */
export const restart = async (bench: Bench): Promise<Finding> => {
  const { data, built, folder } = bench;
  const ledger = join(folder('restart'), 'ledger.db');
  let colds = 0;
  const scan = (path: string): Promise<Run> => run({ argv: [process.execPath, built.child('start'), data.folder, path] });
  await scan(ledger);
  const { of, disturbed } = await interleave({ cold: () => scan(join(folder(`cold-${(colds += 1)}`), 'ledger.db')), current: () => scan(ledger) }, bench);
  const seconds = (runs: readonly Run[]): number => median(runs.map(({ stdout }) => (JSON.parse(stdout) as { seconds: number }).seconds));
  const [cold, current] = [seconds(of.cold), seconds(of.current)];
  return {
    goal: 'G4', notes: disturbed ? ['the machine was never quiet'] : [], numbers: { 'cold scan s': cold, 'current ledger s': current },
    criteria: [{ what: '', value: cold / current, unit: '× faster', at: 'least', goal: 10, stretch: 20 }],
  };
};
