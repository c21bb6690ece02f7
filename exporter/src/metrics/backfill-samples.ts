import type { EpochMs } from '../session/part.ts';

/** What a counter grew by within one slice of time. */
export interface Increment {
  readonly slice: number;
  readonly amount: number;
  /** It moved the live counter too. */
  readonly inFleet: boolean;
}

export interface PastCounter {
  /** Oldest first. */
  readonly increments: readonly Increment[];
  /** When the live series begins; every sample is before. */
  readonly endsAt: EpochMs;
  readonly sliceMs: number;
  /** The first value of the live series. */
  readonly firstShown: number;
}

/**
 * The samples of a counter before its live series begins. A sample on the grid of slices has everything before its time, so the difference of two is
 * exactly what was used between them.
 *
 * The past must end at the first live value, or Prometheus would take the difference for use. Where it sums to more, the counter falls to 0 once, at the
 * one point from which the rest leads to that value: a reset, which every function over counters understands. Where it sums to less, it begins above 0.
 *
 * `increase()` extrapolates by up to one and a half times the mean distance of the samples in its range, so four samples around some use would be
 * overrated by a third. Samples therefore go on for eight hours before and after every use: 2 % at most over a day that has any.
 */
export function* backfillSamples({ increments, endsAt, sliceMs, firstShown }: PastCounter): Generator<readonly [at: EpochMs, value: number]> {
  const growth = perSlice(withoutShownLive(increments, firstShown), lastSlice(endsAt, sliceMs));
  const total = growth.reduce((sum, { amount }) => sum + amount, 0);
  const fallsAt = total > firstShown ? total - firstShown : 0;
  const base = Math.max(0, firstShown - total);
  const end = endsAt - 2 * apartMs; // a last fall fits before the first live sample
  let count = 0;
  let last = -Infinity;
  for (const { from, to, uses } of stretches(growth, sliceMs)) {
    let next = 0;
    for (let tick = from; tick <= to && last < end; tick += sliceMs) {
      const at = Math.min(tick, end);
      const use = uses[next];
      if (use && (use.slice + 1) * sliceMs === tick) {
        next += 1;
        const begin = tick - sliceMs;
        if (fallsAt > 0 && count <= fallsAt && count + use.amount > fallsAt) {
          yield [Math.round(begin + (at - begin) / 3), fallsAt];
          yield [Math.round(begin + ((at - begin) * 2) / 3), 0];
        }
        count += use.amount;
      }
      yield [at, fallsAt > 0 && count > fallsAt ? count - fallsAt : base + count];
      last = at;
    }
  }
  if (fallsAt > 0 && count === fallsAt) yield [last + apartMs, 0]; // the live series begins at 0
}

/** promtool reads times as fractions of seconds and cuts them off: a millisecond apart would be too close. */
const apartMs = 50;

/** What the live counter had counted already at its first sample is past; what it counted after is not, however it is dated. */
const withoutShownLive = (increments: readonly Increment[], firstShown: number): Increment[] => {
  let shown = 0;
  return increments.flatMap((increment) => {
    if (!increment.inFleet) return [increment];
    const amount = Math.min(increment.amount, firstShown - shown);
    shown += amount;
    return amount > 0 ? [{ ...increment, amount }] : [];
  });
};

/** A slice of less than a second before the end is part of the one before, so that samples have room. */
const lastSlice = (endsAt: EpochMs, sliceMs: number): number => Math.floor((endsAt - 1000) / sliceMs);

const perSlice = (increments: readonly Increment[], last: number): { readonly slice: number; readonly amount: number }[] => {
  const sums: { slice: number; amount: number }[] = [];
  for (const { slice, amount } of increments) {
    const own = Math.min(slice, last);
    const before = sums.at(-1);
    if (before?.slice === own) before.amount += amount;
    else sums.push({ slice: own, amount });
  }
  return sums;
};

const restMs = 8 * 3_600_000;

interface Stretch {
  readonly from: EpochMs;
  to: EpochMs;
  readonly uses: { readonly slice: number; readonly amount: number }[];
}

/** Times of use with the rests around them; what overlaps is one. */
const stretches = (growth: readonly { readonly slice: number; readonly amount: number }[], sliceMs: number): Stretch[] => {
  const rest = Math.ceil(restMs / sliceMs) * sliceMs;
  const found: Stretch[] = [];
  for (const use of growth) {
    const at = (use.slice + 1) * sliceMs;
    const before = found.at(-1);
    if (before && at - rest <= before.to + sliceMs) {
      before.to = at + rest;
      before.uses.push(use);
    } else found.push({ from: at - rest, to: at + rest, uses: [use] });
  }
  return found;
};
