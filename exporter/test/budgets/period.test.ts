import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { weekDays } from '../../src/session/week-day.ts';
import { periodAround } from '../../src/session/period.ts';

const hour = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const bounds = (period: 'day' | 'week' | 'month', now: string, timeZone: string, weekStart?: (typeof weekDays)[number]): string[] => {
  const { startsAt, endsAt } = periodAround(period, at(now), { timeZone, weekStart });
  return [startsAt, endsAt].map((time) => new Date(time).toISOString().slice(0, 16));
};

describe('periods', () => {
  it.each([
    ['a usual day', 'day', '2026-11-20T12:00Z', ['2026-11-19T23:00', '2026-11-20T23:00'], 24],
    ['the day on which the clocks go forward', 'day', '2026-03-29T12:00Z', ['2026-03-28T23:00', '2026-03-29T22:00'], 23],
    ['its last moment', 'day', '2026-03-29T21:59:59.999Z', ['2026-03-28T23:00', '2026-03-29T22:00'], 23],
    ['the day on which the clocks go back', 'day', '2026-10-25T00:30Z', ['2026-10-24T22:00', '2026-10-25T23:00'], 25],
    ['its second half past two', 'day', '2026-10-25T01:30Z', ['2026-10-24T22:00', '2026-10-25T23:00'], 25],
    ['the week in which the clocks go forward', 'week', '2026-03-27T12:00Z', ['2026-03-22T23:00', '2026-03-29T22:00'], 7 * 24 - 1],
    ['the week in which they go back', 'week', '2026-10-25T22:59Z', ['2026-10-18T22:00', '2026-10-25T23:00'], 7 * 24 + 1],
    ['the month in which the clocks go forward', 'month', '2026-03-15T12:00Z', ['2026-02-28T23:00', '2026-03-31T22:00'], 31 * 24 - 1],
    ['the month in which they go back', 'month', '2026-10-31T22:59Z', ['2026-09-30T22:00', '2026-10-31T23:00'], 31 * 24 + 1],
  ] as const)('[T30] %s in Berlin begins and ends at midnight there', (_what, period, now, expected, hours) => {
    expect(bounds(period, now, 'Europe/Berlin')).toEqual(expected);
    const { startsAt, endsAt } = periodAround(period, at(now), { timeZone: 'Europe/Berlin' });
    expect((endsAt - startsAt) / hour).toBe(hours);
  });

  it.each([
    ['31 January', '2027-01-31T12:00Z', ['2027-01-01T00:00', '2027-02-01T00:00']],
    ['the last moment of February', '2027-02-28T23:59Z', ['2027-02-01T00:00', '2027-03-01T00:00']],
    ['29 February', '2028-02-29T00:00Z', ['2028-02-01T00:00', '2028-03-01T00:00']],
    ['the last moment of the year', '2026-12-31T23:59Z', ['2026-12-01T00:00', '2027-01-01T00:00']],
    ['the first moment of a year', '2027-01-01T00:00Z', ['2027-01-01T00:00', '2027-02-01T00:00']],
  ])('%s belongs to its month', (_what, now, expected) => {
    expect(bounds('month', now, 'UTC')).toEqual(expected);
  });

  it('weeks begin on Monday, or on the day that was configured', () => {
    const friday = '2026-11-20T12:00Z';
    expect(weekDays.map((day) => bounds('week', friday, 'UTC', day)[0]!.slice(5, 10))).toEqual(['11-15', '11-16', '11-17', '11-18', '11-19', '11-20', '11-14']);
    expect(bounds('week', friday, 'UTC')).toEqual(['2026-11-16T00:00', '2026-11-23T00:00']);
    expect(bounds('week', '2026-11-15T23:59Z', 'UTC', 'sunday')).toEqual(['2026-11-15T00:00', '2026-11-22T00:00']);
  });

  it('where the clocks change at midnight itself, a day begins with its first moment', () => {
    expect(bounds('day', '2026-03-08T12:00Z', 'America/Havana')).toEqual(['2026-03-08T05:00', '2026-03-09T04:00']); // 00:00 does not exist
    expect(bounds('day', '2026-11-01T12:00Z', 'America/Havana')).toEqual(['2026-11-01T04:00', '2026-11-02T05:00']); // 00:00 is twice
    expect(bounds('day', '2026-04-24T12:00Z', 'Africa/Cairo')).toEqual(['2026-04-23T22:00', '2026-04-24T21:00']);
    expect(bounds('day', '2026-10-30T12:00Z', 'Africa/Cairo')).toEqual(['2026-10-29T22:00', '2026-10-30T22:00']);
  });

  it('every moment is in exactly one period, from the first moment of a local day, at a quarter of an hour', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'America/Havana', 'America/Santiago', 'Africa/Cairo', 'Asia/Kathmandu', 'Asia/Beirut', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Kiritimati'];
    fc.assert(fc.property(
      fc.integer({ min: at('2025-01-01T00:00Z'), max: at('2028-01-01T00:00Z') }), fc.constantFrom(...zones), fc.constantFrom('day', 'week', 'month'), fc.constantFrom(...weekDays),
      (now, timeZone, period, weekStart) => {
        const { startsAt, endsAt } = periodAround(period, now, { timeZone, weekStart });
        expect(startsAt <= now && now < endsAt).toBe(true);
        expect(periodAround(period, endsAt, { timeZone, weekStart }).startsAt).toBe(endsAt);
        expect(periodAround(period, startsAt - 1, { timeZone, weekStart }).endsAt).toBe(startsAt);
        const date = (time: number): string => new Date(time).toLocaleDateString('sv-SE', { timeZone });
        expect(date(startsAt - 1) < date(startsAt)).toBe(true);
        expect(startsAt % 900_000).toBe(0);
      }), { numRuns: 300 });
  });
});
