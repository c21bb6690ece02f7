import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { healthOf, lastHealthOf } from '../../src/health/health.ts';
import { defaultHealth } from '../../src/health/settings.ts';
import { healthFactors } from '../../src/session/health-type.ts';
import type { Session } from '../../src/session/session.ts';
import { aSession, minutesAgo, now } from '../a-session.ts';

/** Everything known and everything well; a test changes one thing. */
const aWell = (facts: Partial<Session> = {}): Session =>
  aSession({ context: { used: 10_000, limit: 200_000 }, sources: ['/t.jsonl'], ...facts });
const factorsOf = (session: Session) => healthOf(session, now).factors;
const withErrors = (count: number) => aWell({ errors: { tool: count }, errorTimes: Array.from({ length: count }, () => minutesAgo(2)) });

describe('health: the score', () => {
  it('[H1] a session with nothing wrong has 100 and is healthy', () => {
    expect(healthOf(aWell(), now)).toEqual({ score: 100, level: 'healthy', factors: { token_usage: 1, duration: 1, activity: 1, errors: 1 }, missing: [] });
  });

  it.each([[0.5, 1], [0.7, 1], [0.8, 0.65], [0.9, 0.3], [0.95, 0.15], [1, 0], [1.4, 0]])('[H1] a context used to %p gives the token factor %p', (ratio, factor) => {
    expect(factorsOf(aWell({ context: { used: ratio * 200_000, limit: 200_000 } })).token_usage).toBeCloseTo(factor, 9);
  });

  it.each([[0, 1], [4, 1], [6, 0.7], [8, 0.4], [16, 0.25], [24, 0.1], [500, 0.1]])('[H1] a session of %p hours has the duration factor %p', (hours, factor) => {
    expect(factorsOf(aWell({ startedAt: minutesAgo(hours * 60), lastActivityAt: now })).duration).toBeCloseTo(factor, 9);
  });

  it.each([[0, 1], [15, 1], [22.5, 0.75], [30, 0.5], [135, 0.35], [240, 0.2], [9000, 0.2]])('[H1] %p minutes after the last record the activity factor is %p', (minutes, factor) => {
    expect(factorsOf(aWell({ startedAt: minutesAgo(minutes), lastActivityAt: minutesAgo(minutes) })).activity).toBeCloseTo(factor, 9);
  });

  it.each([[0, 1], [1, 0.94], [5, 0.7], [7, 0.54], [10, 0.3], [15, 0.15], [20, 0], [99, 0], [150, 0]])('[H1] %p errors give the error factor %p', (count, factor) => {
    expect(factorsOf(withErrors(count)).errors).toBeCloseTo(factor, 9);
  });

  it('[H1] the factors weigh 40, 20, 20 and 20 per cent', () => {
    expect(healthOf(aWell({ context: { used: 1, limit: 1 } }), now).score).toBe(60);
    expect(healthOf(withErrors(20), now).score).toBe(80);
    expect(healthOf(aWell({ startedAt: minutesAgo(24 * 60), lastActivityAt: now }), now).score).toBe(82);
    expect(healthOf(aWell({ startedAt: minutesAgo(240), lastActivityAt: minutesAgo(240) }), now).score).toBe(84);
  });

  it('[H1] 70 is still healthy, 40 still a warning, less is critical; the level agrees with the score that is shown', () => {
    const curves = { ...defaultHealth.curves, token_usage: [[0, 0], [1, 1]] as const };
    const only = { ...defaultHealth, weights: { token_usage: 1, duration: 0, activity: 0, errors: 0 }, curves };
    const levelAt = (ratio: number) => healthOf(aWell({ context: { used: ratio * 1e6, limit: 1e6 } }), now, only);
    expect(levelAt(0.7)).toMatchObject({ score: 70, level: 'healthy' });
    expect(levelAt(0.69996)).toMatchObject({ score: 70, level: 'healthy' });
    expect(levelAt(0.699)).toMatchObject({ score: 69.9, level: 'warning' });
    expect(levelAt(0.4)).toMatchObject({ score: 40, level: 'warning' });
    expect(levelAt(0.399)).toMatchObject({ score: 39.9, level: 'critical' });
  });

  it('[H1] weights, curves and thresholds come from the settings', () => {
    const strict = { ...defaultHealth, thresholds: { healthy: 100, warning: 99 } };
    expect(healthOf(withErrors(1), now, strict).level).toBe('critical');
  });

  it('every score lies between 0 and 100, and more context never raises it', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }), fc.nat(30_000), fc.nat(200), (one, other, minutes, errors) => {
      const scoreAt = (ratio: number) => healthOf(aWell({ context: { used: ratio * 1000, limit: 1000 }, startedAt: minutesAgo(minutes), errors: { api: errors } }), now).score!;
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(scoreAt(less)).toBeGreaterThanOrEqual(scoreAt(more));
      expect(scoreAt(more)).toBeGreaterThanOrEqual(0);
      expect(scoreAt(less)).toBeLessThanOrEqual(100);
    }));
  });
});

describe('health: what is unknown', () => {
  it('[H2] an unknown factor is named, and the others are weighted anew', () => {
    const health = healthOf(aWell({ context: { used: 500_000 }, errors: { tool: 20 } }), now);
    expect(health.missing).toEqual(['token_usage']);
    expect(health.factors).not.toHaveProperty('token_usage');
    expect(health.score).toBeCloseTo((100 * (0.2 + 0.2)) / 0.6, 1);
  });

  it('[H2] [T43] with token usage and one other factor unknown there is no score and no level', () => {
    const health = healthOf(aSession(), now);
    expect(health).toEqual({ factors: { duration: 1, activity: 1 }, missing: ['token_usage', 'errors'] });
  });

  it('[H2] two unknown factors without token usage among them leave a score', () => {
    const { startedAt: _, lastActivityAt: __, ...timeless } = aWell({ context: { used: 100, limit: 100 } });
    expect(healthOf(timeless, now)).toMatchObject({ score: 33.3, missing: ['duration', 'activity'] });
  });

  it('[H2] a process without a transcript says nothing about errors', () => {
    expect(healthOf(aWell({ sources: [] }), now).missing).toEqual(['errors']);
  });

  it('a session that ended has no score, but the one of its last record can be asked for', () => {
    const ended = aWell({ state: 'ended', startedAt: minutesAgo(900), lastActivityAt: minutesAgo(840) });
    expect(healthOf(ended, now)).toEqual({ factors: {}, missing: [] });
    expect(lastHealthOf(ended)).toMatchObject({ score: 100, level: 'healthy' });
  });

  it('weights that leave nothing known give no score', () => {
    const settings = { ...defaultHealth, weights: { token_usage: 1, duration: 0, activity: 0, errors: 0 } };
    expect(healthOf(aWell({ context: { used: 1 } }), now, settings)).not.toHaveProperty('score');
  });

  it('a clock behind the records makes no negative age', () => {
    expect(healthOf(aWell({ startedAt: now + 60_000, lastActivityAt: now + 120_000 }), now).score).toBe(100);
  });
});

describe('health: which errors count', () => {
  it('counts those of the last hour of activity', () => {
    const session = aWell({ lastActivityAt: minutesAgo(30), errors: { tool: 12 }, errorTimes: [...Array.from({ length: 10 }, () => minutesAgo(200)), minutesAgo(80), minutesAgo(31)] });
    expect(factorsOf(session).errors).toBeCloseTo(0.88, 9);
  });

  it('counts all when some carry no time', () => {
    expect(factorsOf(aWell({ errors: { tool: 4, api: 6 }, errorTimes: [minutesAgo(500)] })).errors).toBeCloseTo(0.3, 9);
  });

  it('goes by the kept times when there were more errors than times are kept', () => {
    const session = aWell({ errors: { tool: 5000 }, errorTimes: Array.from({ length: 100 }, (_, index) => minutesAgo(100 * (100 - index))) });
    expect(factorsOf(session).errors).toBe(1);
  });

  it('names its factors as the metric labels do', () => {
    expect(healthFactors).toEqual(['token_usage', 'duration', 'activity', 'errors']);
  });
});
