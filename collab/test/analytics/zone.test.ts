import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTimeZone } from 'watchroom/session/period';
import { clockOf, hourMs, nextDate, startOfDay } from '../../server/analytics/zone.ts';

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Apia', 'Pacific/Kiritimati', 'Africa/Cairo'];

describe('[M5] days of a time zone', () => {
  it('the start of a day is the first moment that has its date', () => {
    fc.assert(fc.property(fc.constantFrom(...zones), fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2035, 0, 1) }), (zone, at) => {
      const { date } = clockOf(zone)(at);
      const start = startOfDay(date, zone);
      expect(start).toBeLessThanOrEqual(at);
      expect([clockOf(zone)(start).date, clockOf(zone)(start - 1000).date < date]).toEqual([date, true]);
    }), { numRuns: 200 });
  });

  it('has 23 hours when summer time begins and 25 when it ends', () => {
    const hoursOf = (date: string, zone: string): number => (startOfDay(nextDate(date), zone) - startOfDay(date, zone)) / hourMs;
    expect([hoursOf('2026-03-29', 'Europe/Berlin'), hoursOf('2026-10-25', 'Europe/Berlin'), hoursOf('2026-11-21', 'Europe/Berlin'), hoursOf('2026-04-05', 'Australia/Lord_Howe')]).toEqual([23, 25, 24, 24.5]);
  });

  it('a date that a zone has left out begins with the next one', () => {
    expect(startOfDay('2011-12-30', 'Pacific/Apia')).toBe(startOfDay('2011-12-31', 'Pacific/Apia'));
  });

  it('midnight is hour 0, Sunday is day 7', () => {
    expect(clockOf('Europe/Berlin')(Date.UTC(2026, 2, 28, 23))).toEqual({ date: '2026-03-29', hour: 0, weekday: 7 });
  });

  it('knows what is no zone', () => {
    expect([...zones, 'Mars/Olympus', '', 'Europe/../etc'].filter((zone) => !isTimeZone(zone))).toEqual(['Mars/Olympus', '', 'Europe/../etc']);
  });
});
