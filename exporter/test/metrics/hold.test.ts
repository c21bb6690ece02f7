import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Viewers, isHeld } from '../../src/metrics/hold.ts';

const second = 1000;
const minute = 60 * second;
const start = 1_000_000_000;

/** A page with series that are born, read by viewers that come and go. */
const world = () => {
  const viewers = new Viewers(start);
  const series: { key: string; value: number; bornAt: number }[] = [];
  return {
    born: (key: string, value: number, bornAt: number) => void series.push({ key, value, bornAt }),
    read: (name: string, now: number, intervalMs?: number): Record<string, number> => {
      const show = viewers.look(name, now, intervalMs);
      return Object.fromEntries(series.map((one) => [one.key, show(one)]));
    },
  };
};

describe('series that are born while the exporter runs', () => {
  it('[T36] are shown to a scraper as 0 twice before their value', () => {
    const { born, read } = world();
    read('prometheus', start + 15 * second, 15 * second);
    born('new', 500, start + 20 * second);
    const shown = [30, 45, 60, 75].map((at) => read('prometheus', start + at * second, 15 * second).new);
    expect(shown).toEqual([0, 0, 500, 500]);
  });

  it('[T36] are 0 at first for a second reader too that had already fetched the page, however often the first one reads', () => {
    const { born, read } = world();
    read('fast', start, second);
    read('slow', start, 30 * second);
    born('new', 5, start + second);
    const fast = Array.from({ length: 40 }, (_, index) => read('fast', start + (2 + index) * second, second).new);
    expect(fast.slice(0, 3)).toEqual([0, 0, 5]);
    expect([60, 90, 120].map((at) => read('slow', start + at * second, 30 * second).new)).toEqual([0, 0, 5]);
  });

  it('are 0 for two intervals of a scraper that scrapes more often than it says', () => {
    const { born, read } = world();
    read('pair', start, 10 * second);
    born('new', 5, start + second);
    expect([2, 3, 4, 20, 21].map((at) => read('pair', start + at * second, 10 * second).new)).toEqual([0, 0, 0, 0, 5]);
  });

  it('are shown to someone who states no interval and reads again and again after two readings', () => {
    const { born, read } = world();
    read('curl', start);
    born('new', 5, start + second);
    expect([2, 3, 4].map((at) => read('curl', start + at * second).new)).toEqual([0, 0, 5]);
  });

  it('are held for two minutes for a stranger who states no interval', () => {
    const { born, read } = world();
    read('prometheus', start, 15 * second);
    born('new', 5, start + second);
    expect(read('someone', start + 2 * minute).new).toBe(0);
    expect(read('someone else', start + 2 * minute + second).new).toBe(5);
  });

  it('count as known, and are not held, when they are older than the first reading of all', () => {
    const { born, read } = world();
    born('old', 5, start - minute);
    born('made while starting', 6, start + second);
    expect(read('curl', start + 2 * second)).toEqual({ old: 5, 'made while starting': 6 });
  });

  it('are held for a scraper that may have known the exporter before its restart', () => {
    const { born, read } = world();
    born('from before', 5, start - minute);
    born('found while catching up', 6, start + second);
    expect([2, 17, 32].map((at) => read('prometheus', start + at * second, 15 * second))).toEqual([
      { 'from before': 5, 'found while catching up': 0 }, { 'from before': 5, 'found while catching up': 0 }, { 'from before': 5, 'found while catching up': 6 },
    ]);
  });

  it('that a viewer has not asked for before are not held when they are old', () => {
    const { born, read } = world();
    read('prometheus', start, 15 * second);
    born('relabelled', 700, start + second);
    expect(read('prometheus', start + 10 * minute, 15 * second).relabelled).toBe(0);
    born('relabelled later', 700, start + 2 * minute);
    expect(read('prometheus', start + 11 * minute, 15 * second)['relabelled later']).toBe(700);
  });

  it('are known although the snapshot that had them was still being made at the reading before', () => {
    const { born, read } = world();
    read('prometheus', start + 10 * second, 15 * second);
    born('late', 5, start + 9 * second);
    expect(read('prometheus', start + 25 * second, 15 * second).late).toBe(0);
  });

  it('[T36] lose nothing to any scraper, whatever the intervals: each sees 0 before the value, and never 0 again', () => {
    const readings = fc.array(fc.record({ who: fc.constantFrom('a', 'b', 'c'), gap: fc.integer({ min: 1, max: 40 * second }) }), { minLength: 10, maxLength: 60 });
    fc.assert(fc.property(readings, fc.integer({ min: 0, max: 9 }), (list, birth) => {
      const { born, read } = world();
      let now = start;
      const known = new Set<string>();
      const seen = new Map<string, number[]>();
      list.forEach(({ who, gap }, index) => {
        now += gap;
        if (index === birth) born('new', 7, now - 1);
        const { new: value } = read(who, now, 5 * second);
        if (value === undefined) known.add(who);
        else if (known.has(who)) seen.set(who, [...(seen.get(who) ?? []), value]);
      });
      for (const values of seen.values()) {
        expect(values.slice(0, 2).every((value) => value === 0)).toBe(true);
        const first = values.indexOf(7);
        if (first >= 0) expect(values.slice(first).every((value) => value === 7)).toBe(true);
      }
    }));
  });

  it('forget viewers that do not come back before they forget those that do', () => {
    const { born, read } = world();
    read('prometheus', start, 15 * second);
    for (let index = 0; index < 200; index += 1) {
      read(`visitor ${index}`, start + index);
      read('prometheus', start + index, 15 * second);
    }
    born('new', 5, start + minute);
    expect(read('prometheus', start + 10 * minute, 15 * second).new).toBe(0);
  });

  it('are judged by a pure function', () => {
    const begins = { startedAt: start, firstReadAt: start + second };
    expect(isHeld({ bornAt: start + 2 * second, now: start + 3 * second, sights: undefined, intervalMs: undefined, begins })).toBe(true);
    expect(isHeld({ bornAt: start, now: start + 3 * second, sights: undefined, intervalMs: undefined, begins })).toBe(false);
    expect(isHeld({ bornAt: start, now: start + 3 * second, sights: 1, intervalMs: undefined, begins })).toBe(true);
    expect(isHeld({ bornAt: start, now: start + 3 * second, sights: 2, intervalMs: undefined, begins })).toBe(false);
  });
});
