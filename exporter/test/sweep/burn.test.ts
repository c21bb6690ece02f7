import { describe, expect, it } from '@jest/globals';
import { BurnMeter } from '../../src/sweep/burn.ts';
import { aStoredSession, now } from '../a-session.ts';

const seconds = (count: number): number => now + count * 1000;
const used = (tokens: number, at: number, facts = {}) => aStoredSession({ lastActivityAt: at, startedAt: now - 3_600_000, models: { m: { usage: { input: tokens }, requests: 1, microUsd: tokens, unpricedTokens: 0 } }, ...facts });
const watched = (...seen: readonly (readonly [second: number, tokens: number])[]): BurnMeter => {
  const meter = new BurnMeter(now);
  for (const [second, tokens] of seen) meter.saw([used(tokens, seconds(second))], { now: seconds(second), complete: true });
  return meter;
};
const id = used(0, now);

describe('[L2] burn', () => {
  it('is the growth of the last five minutes by the minute', () => {
    const meter = watched([0, 1_000_000], [60, 1_006_000], [240, 1_010_000]);
    expect(meter.burnOf(id, seconds(300))).toEqual({ tokensPerMinute: 2000, usdPerHour: expect.closeTo(0.12, 9) });
    expect(meter.burnOf(id, seconds(400))).toMatchObject({ tokensPerMinute: 800 });
    expect(meter.burnOf(id, seconds(900))).toMatchObject({ tokensPerMinute: 0 });
  });

  it('is unknown until it was watched for half a minute', () => {
    const meter = watched([0, 1000], [10, 2000]);
    expect(meter.burnOf(id, seconds(20))).toBeUndefined();
    expect(meter.burnOf(id, seconds(60))).toMatchObject({ tokensPerMinute: 1000 });
    expect(meter.burnOf({ id: 'other' }, seconds(60))).toBeUndefined();
  });

  it('counts a session that began meanwhile from its first token', () => {
    const meter = new BurnMeter(now);
    meter.saw([used(6000, seconds(120), { startedAt: seconds(60) })], { now: seconds(120), complete: true });
    expect(meter.burnOf(id, seconds(180))).toMatchObject({ tokensPerMinute: 3000 });
  });

  it('what a first scan reads, or finds of long ago, is no burn', () => {
    const meter = new BurnMeter(now);
    for (const [second, tokens] of [[0, 1000], [5, 900_000]] as const) meter.saw([used(tokens, seconds(second))], { now: seconds(second), complete: false });
    meter.saw([used(950_000, seconds(-600))], { now: seconds(10), complete: true });
    expect(meter.burnOf(id, seconds(60))).toMatchObject({ tokensPerMinute: 0 });
    expect(meter.minutes(seconds(60))).toEqual([0, 0]);
  });

  it('of all sessions is the sum, and is kept by the minute for half an hour', () => {
    const meter = new BurnMeter(now);
    for (const second of [0, 30, 90]) meter.saw(['a', 'b'].map((nativeId) => used(1000 + second * 10, seconds(second), { id: `claude/${nativeId}`, nativeId })), { now: seconds(second), complete: true });
    expect(meter.minutes(seconds(90))).toEqual([600, 1200]);
    expect(meter.burn(seconds(90))).toMatchObject({ tokensPerMinute: 1200 });
    expect(meter.minutes(seconds(7200))).toHaveLength(30);
  });
});
