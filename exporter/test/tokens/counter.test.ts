import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { countSync } from '../../src/tokens/count.ts';
import { createTokenCounter } from '../../src/tokens/counter.ts';
import type { TokenCounter } from '../../src/tokens/counter.ts';

describe('the token counter', () => {
  let counter: TokenCounter;
  afterEach(() => counter.close());

  it('starts its worker with the first text, not before', async () => {
    counter = createTokenCounter();
    expect(counter.running()).toBe(false);
    await counter.count('hello world');
    expect(counter.running()).toBe(true);
  });

  it('[FEATURES T2] gives each of many texts its own count, the same as in the own thread', async () => {
    counter = createTokenCounter();
    const texts = ['', 'hello world', '<|endoftext|>', 'x'.repeat(5000), '你好，世界'];
    expect(await Promise.all(texts.map(counter.count))).toEqual(texts.map(countSync));
  });

  it('ends an idle worker and starts another for the next text', async () => {
    counter = createTokenCounter({ idleMs: 1 });
    await counter.count('hello');
    while (counter.running()) await turn();
    expect(await counter.count('hello world')).toBe(2);
  });

  it('refuses what is under way when it is closed', async () => {
    counter = createTokenCounter();
    const refused = expect(counter.count('hello')).rejects.toThrow('closed');
    await counter.close();
    await refused;
  });
});
