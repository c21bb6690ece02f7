import { untilQuiet } from './machine.ts';
import type { Run } from './measure.ts';

/** More than this used by others, and a round does not count. */
const tolerated = 0.05;

export interface Rounds<Name extends string> {
  readonly of: Readonly<Record<Name, readonly Run[]>>;
  /** Rounds that were thrown away because something else used the CPU. */
  readonly dropped: number;
  /** Even the rounds that were kept were disturbed: the machine never got quiet. */
  readonly disturbed: boolean;
}

/** Runs all candidates in turn (A B A B …), so that whatever slows the machine slows all of them, until enough rounds were undisturbed. */
export const interleave = async <Name extends string>(candidates: Readonly<Record<Name, () => Promise<Run>>>, { rounds, tries = rounds * 4 }: { readonly rounds: number; readonly tries?: number }): Promise<Rounds<Name>> => {
  const names = Object.keys(candidates) as Name[];
  const done: Record<Name, Run>[] = [];
  const good = (): Record<Name, Run>[] => done.filter((round) => worst(round) <= tolerated);
  for (const name of names) await candidates[name](); // warms the page cache; not counted
  for (let tried = 0; tried < tries && good().length < rounds; tried += 1) {
    await untilQuiet();
    const round: Partial<Record<Name, Run>> = {};
    for (const name of names) round[name] = await candidates[name]();
    done.push(round as Record<Name, Run>);
  }
  const disturbed = good().length < rounds;
  const kept = disturbed ? done.toSorted((a, b) => worst(a) - worst(b)).slice(0, rounds) : good();
  return { of: Object.fromEntries(names.map((name) => [name, kept.map((round) => round[name])])) as Record<Name, Run[]>, dropped: done.length - kept.length, disturbed };
};

const worst = (round: Record<string, Run>): number => Math.max(...Object.values(round).map((run) => run.othersShare));

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** The value that this part (0–1) of the values does not exceed. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)]!;
};

/** Medians of what a candidate needed. */
export const medians = (runs: readonly Run[]): { readonly wallSeconds: number; readonly cpuSeconds: number; readonly peakBytes: number } => ({
  wallSeconds: median(runs.map((run) => run.wallSeconds)),
  cpuSeconds: median(runs.map((run) => run.cpuSeconds)),
  peakBytes: median(runs.map((run) => run.peakBytes)),
});
