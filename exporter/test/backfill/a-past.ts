import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Ledger } from '../../src/ledger/ledger.ts';
import type { Used } from '../../src/session/history.ts';
import type { Prometheus } from '../servers.ts';

const dayMs = 86_400_000;

/** Makes blocks of a past in a data folder, as docs/backfill.md says. */
export const importPast = (file: string, data: string): void => {
  const { status, stdout, stderr } = spawnSync('promtool', ['tsdb', 'create-blocks-from', '--max-block-duration=744h', 'openmetrics', file, data], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool: ${stdout}${stderr}`);
};

export interface RawSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [at: number, value: number])[];
}

/** Every raw sample of some series over ten years, in milliseconds. */
export const rawSamples = async (prometheus: Prometheus, selector: string): Promise<RawSeries[]> =>
  (await prometheus.query(`${selector}[3650d]`)).map(({ metric, values = [] }) => ({ labels: metric, samples: values.map(([seconds, value]) => [Math.round(seconds * 1000), Number(value)] as const) }));

/** What counters grew by from one moment to another, by raw samples: each has everything before its time, and a fall is a reset. */
export const grownBetween = (series: readonly RawSeries[], from: number, to: number): number =>
  series.reduce((sum, { samples }) => {
    for (let index = 1; index < samples.length; index += 1) {
      const [at, value] = samples[index]!;
      const before = samples[index - 1]![1];
      if (at > from && at <= to) sum += value < before ? value : value - before;
    }
    return sum;
  }, 0);

/** Asks the ledger of a state folder beside whoever owns it. */
export const usedIn = (state: string, from: number, to: number, by: { readonly project?: string; readonly tool?: string } = {}): Used => {
  const ledger = new Ledger({ path: join(state, 'ledger.db'), now: Date.now, readonly: true });
  try {
    return ledger.usedBetween(from, to, by);
  } finally {
    ledger.close();
  }
};

/** UTC midnights around a time, oldest first. */
export const days = (from: number, to: number): number[] => {
  const first = Math.floor(from / dayMs) * dayMs;
  return Array.from({ length: Math.ceil((to - first) / dayMs) }, (_, index) => first + index * dayMs);
};
