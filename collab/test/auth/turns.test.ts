import { describe, expect, it } from '@jest/globals';
import { passwordMatches } from '../../server/auth/password.ts';
import { Turns } from '../../server/auth/turns.ts';
import { cheapPassword } from '../support/example-things.ts';

describe('hashing passwords', () => {
  it('goes on for so many at once, the rest in the order they came, even when some fail', async () => {
    const turns = new Turns(4, 100);
    let running = 0;
    let most = 0;
    const done: number[] = [];
    const work = async (nth: number): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(nth);
      if (nth % 3 === 0) throw new Error('it failed');
    };
    await Promise.allSettled(Array.from({ length: 30 }, (_, nth) => turns.take(() => work(nth))));
    expect(most).toBe(4);
    expect(done).toEqual(Array.from({ length: 30 }, (_, nth) => nth));
    await turns.take(async () => undefined);
  });

  it('[R11] refuses more than can wait, with 503 and when to come again', async () => {
    const many = Array.from({ length: 4 + 64 + 5 }, () => passwordMatches('x', cheapPassword).then(() => undefined, (error: unknown) => error));
    const refused = (await Promise.all(many)).filter((error) => error !== undefined);
    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({ status: 503, id: 'unavailable', retryAfterSeconds: 5 });
  });
});
