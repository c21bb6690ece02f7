import { ipKeyGenerator } from 'express-rate-limit';
import type { Response } from 'express';
import { tooMany } from './errors.ts';

const windowMs = 60_000;

interface Count {
  readonly until: number;
  calls: number;
}

/** Takes so many calls a minute of one address, refuses the rest, and says in the answer's headers what is left (draft-ietf-httpapi-ratelimit-headers). One household or office has a whole /56 of IPv6. */
export const callLimit = (perMinute: number, now: () => number = () => performance.now()): ((address: string, response: Pick<Response, 'setHeader'>) => void) => {
  const counts = new Map<string, Count>();
  const policy = `"${perMinute}-in-1min"`;
  return (address, response) => {
    const at = now();
    const count = countOf(counts, address === 'unknown' ? address : ipKeyGenerator(address), at);
    count.calls += 1;
    const seconds = Math.ceil((count.until - at) / 1000);
    response.setHeader('RateLimit-Policy', `${policy}; q=${perMinute}; w=60`);
    response.setHeader('RateLimit', `${policy}; r=${Math.max(0, perMinute - count.calls)}; t=${seconds}`);
    if (count.calls > perMinute) throw tooMany(`More than ${perMinute} calls in a minute. Wait, then go on more slowly.`, seconds);
  };
};

const countOf = (counts: Map<string, Count>, key: string, at: number): Count => {
  forgetOld(counts, at);
  const count = counts.get(key) ?? { until: at + windowMs, calls: 0 };
  counts.set(key, count);
  return count;
};

/** The map is in the order of their ends, for an entry keeps its place while it counts. */
const forgetOld = (counts: Map<string, Count>, at: number): void => {
  for (const [key, { until }] of counts) {
    if (until > at) return;
    counts.delete(key);
  }
};
