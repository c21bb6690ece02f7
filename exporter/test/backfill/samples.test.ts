import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backfillSamples } from '../../src/metrics/backfill-samples.ts';
import type { Increment, PastCounter } from '../../src/metrics/backfill-samples.ts';

const sliceMs = 300_000;
const hour = 3_600_000;
const endsAt = 1_000_000 * sliceMs;
const last = 1_000_000;

const past = (increments: readonly Partial<Increment>[], more: Partial<PastCounter> = {}): (readonly [number, number])[] =>
  [...backfillSamples({ increments: increments.map((increment) => ({ slice: 0, amount: 0, inFleet: false, ...increment })), endsAt, sliceMs, firstShown: 0, ...more })];

/** What Prometheus takes for growth from the first sample to the last one at or before a time. */
const grown = (samples: readonly (readonly [number, number])[], until = Infinity): number => {
  let sum = 0;
  samples.forEach(([at, value], index) => {
    if (index === 0 || at > until) return;
    const before = samples[index - 1]![1];
    sum += value < before ? value : value - before;
  });
  return sum;
};

describe('the samples of a past', () => {
  it('[T8] begin at 0, have everything before their time, and stay while nothing is used', () => {
    const samples = past([{ slice: 1000, amount: 5 }, { slice: 1002, amount: 7 }]);
    const value = new Map(samples);
    expect(samples[0]).toEqual([1001 * sliceMs - 8 * hour, 0]);
    expect([1000, 1001, 1002, 1003, 1004].map((slice) => value.get(slice * sliceMs))).toEqual([0, 5, 5, 12, 12]);
    expect(samples.at(-2)).toEqual([1003 * sliceMs + 8 * hour, 12]);
  });

  it('end with 0 where the live series begins at 0, so that its first use is no difference to the past', () => {
    expect(past([{ slice: 1000, amount: 5 }]).slice(-2).map(([, value]) => value)).toEqual([5, 0]);
    const joined = past([{ slice: last - 1, amount: 5 }]);
    expect(joined.slice(-2)).toEqual([[endsAt - 100, 5], [endsAt - 50, 0]]);
  });

  it('end at the first live value: the counter falls once, where the rest leads to it', () => {
    const samples = past([{ slice: 1000, amount: 100 }, { slice: 1001, amount: 30 }, { slice: 1002, amount: 10, inFleet: true }, { slice: 1003, amount: 5, inFleet: true }], { firstShown: 25 });
    const around = samples.filter(([at]) => at >= 1001 * sliceMs && at <= 1004 * sliceMs);
    expect(around).toEqual([[1001 * sliceMs, 100], [1001 * sliceMs + 100_000, 120], [1001 * sliceMs + 200_000, 0], [1002 * sliceMs, 10], [1003 * sliceMs, 20], [1004 * sliceMs, 25]]);
    expect([grown(samples), samples.at(-1)![1]]).toEqual([145, 25]);
  });

  it('begin above 0 where the live series begins higher than the past can lead: --since left out what was before', () => {
    const samples = past([{ slice: 1000, amount: 5, inFleet: true }], { firstShown: 50 });
    expect([samples[0]![1], samples.at(-1)![1]]).toEqual([45, 50]);
  });

  it('leave out what the live series counted after its first sample, however early it is dated', () => {
    expect(grown(past([{ slice: 1000, amount: 5 }, { slice: last - 1, amount: 7, inFleet: true }]))).toBe(5);
    expect(grown(past([{ slice: 1000, amount: 5, inFleet: true }, { slice: last - 1, amount: 7, inFleet: true }], { firstShown: 8 }))).toBe(8);
    expect(past([{ slice: last - 1, amount: 7, inFleet: true }])).toEqual([]);
  });

  it('rest where two uses are more than sixteen hours apart, and never while use goes on', () => {
    const hours = (between: number): number => {
      const times = past([{ slice: 1000, amount: 5 }, { slice: 1000 + between * 12, amount: 5 }]).map(([at]) => at);
      return Math.max(...times.slice(1).map((at, index) => at - times[index]!)) / hour;
    };
    expect([hours(1), hours(16), hours(17)].map((gap) => Math.round(gap * 60))).toEqual([5, 5, 60]);
  });

  it('nothing used, no samples', () => {
    expect(past([])).toEqual([]);
    expect(past([], { firstShown: 9 })).toEqual([]);
  });

  it('for any past and any live beginning: exact sums at every slice, the first live value at the end, times that rise and end before it', () => {
    const increments = fc.array(fc.record({ slice: fc.integer({ min: last - 400, max: last }), amount: fc.integer({ min: 1, max: 1e9 }), inFleet: fc.boolean() }), { maxLength: 30 }).map((all) => all.sort((a, b) => a.slice - b.slice));
    const end = fc.integer({ min: 0, max: sliceMs - 1 });
    fc.assert(fc.property(increments, end, fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5e9 })), (all, into, firstShown) => {
      const ends = last * sliceMs + into;
      const given = all.filter(({ slice }) => slice * sliceMs < ends);
      const samples = past(given, { endsAt: ends, firstShown });
      const times = samples.map(([at]) => at);
      let room = firstShown;
      const kept = given.map(({ slice, amount, inFleet }) => {
        const own = inFleet ? Math.min(amount, room) : amount;
        if (inFleet) room -= own;
        return { at: (slice + 1) * sliceMs, own };
      }).filter(({ own }) => own > 0);
      expect(grown(samples)).toBe(kept.reduce((sum, { own }) => sum + own, 0));
      for (let slice = last - 402; slice < last; slice += 7)
        expect(grown(samples, slice * sliceMs)).toBe(kept.filter(({ at }) => at <= slice * sliceMs).reduce((sum, { own }) => sum + own, 0));
      expect(kept.length === 0 ? samples : [samples.at(-1)![1]]).toEqual(kept.length === 0 ? [] : [firstShown]);
      expect(times.every((at, index) => Number.isInteger(at) && at < ends && (index === 0 || at - times[index - 1]! >= 50))).toBe(true);
    }), { numRuns: 500 });
  });
});
