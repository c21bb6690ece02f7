import { describe, expect, it } from '@jest/globals';
import type { Refusal } from '../../server/routes/errors.ts';
import { callLimit } from '../../server/routes/limit.ts';

const aLimit = (perMinute: number) => {
  const clock = { now: 1000 };
  const limit = callLimit(perMinute, () => clock.now);
  return {
    clock,
    /** What the headers say, or the refusal. */
    call: (address: string): Readonly<Record<string, string>> | Refusal => {
      const headers: Record<string, string> = {};
      try {
        limit(address, { setHeader: ((name: string, value: string) => { headers[name] = value; }) as never });
        return headers;
      } catch (error) {
        return error as Refusal;
      }
    },
  };
};

describe('a limit of calls', () => {
  it('[R11] refuses what is too much of one address until its minute is over', () => {
    const { clock, call } = aLimit(2);
    expect(call('10.0.0.1')).toEqual({ 'RateLimit-Policy': '"2-in-1min"; q=2; w=60', RateLimit: '"2-in-1min"; r=1; t=60' });
    clock.now += 15_500;
    expect(call('10.0.0.1')).toMatchObject({ RateLimit: '"2-in-1min"; r=0; t=45' });
    expect(call('10.0.0.1')).toMatchObject({ status: 429, id: 'too_many', retryAfterSeconds: 45 });
    expect(call('10.0.0.2')).toMatchObject({ RateLimit: '"2-in-1min"; r=1; t=60' });
    clock.now += 44_499;
    expect(call('10.0.0.1')).toMatchObject({ status: 429, retryAfterSeconds: 1 });
    clock.now += 1;
    expect(call('10.0.0.1')).toMatchObject({ RateLimit: '"2-in-1min"; r=1; t=60' });
  });

  it('takes a /56 of IPv6 for one address: a household has as many as it likes', () => {
    const { call } = aLimit(1);
    call('2001:db8:0:1200::1');
    expect(call('2001:db8:0:12ff::7')).toMatchObject({ status: 429 });
    expect(call('2001:db8:0:1300::1')).toMatchObject({ RateLimit: '"1-in-1min"; r=0; t=60' });
  });
});
