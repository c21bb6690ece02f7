import { expect, it, jest } from '@jest/globals';
import { coalesce } from '../../src/files/coalesce.ts';

it('tells a path at once, then once per pause while it goes on, and never loses the last mention', () => {
  jest.useFakeTimers();
  try {
    const told: string[] = [];
    const { mention, close } = coalesce((path) => told.push(path), 20);
    mention('a');
    mention('a');
    mention('b');
    expect(told).toEqual(['a', 'b']);
    jest.advanceTimersByTime(20);
    expect(told).toEqual(['a', 'b', 'a']);
    mention('b');
    expect(told).toEqual(['a', 'b', 'a', 'b']);
    jest.advanceTimersByTime(40);
    expect(told).toHaveLength(4);
    mention('a');
    mention('a');
    close();
    jest.advanceTimersByTime(40);
    expect(told).toEqual(['a', 'b', 'a', 'b', 'a']);
  } finally {
    jest.useRealTimers();
  }
});
