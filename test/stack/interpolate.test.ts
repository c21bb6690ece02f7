import { describe, expect, it } from '@jest/globals';
import { interpolate } from './interpolate.ts';

describe('interpolation of docker-compose.yml', () => {
  it.each([
    ['${X}', { X: 'a' }, 'a'],
    ['${X}', {}, ''],
    ['$X/b', { X: 'a' }, 'a/b'],
    ['${X:-d}', { X: '' }, 'd'],
    ['${X-d}', { X: '' }, ''],
    ['${X-d}', {}, 'd'],
    ['${X:+r}', { X: 'a' }, 'r'],
    ['${X:+r}', { X: '' }, ''],
    ['$${X}', { X: 'a' }, '${X}'],
    ['${X}:${Y}', { X: '1', Y: '2' }, '1:2'],
  ] as const)('%s with %j is "%s"', (text, variables, expected) => {
    expect(interpolate(text, variables)).toBe(expected);
  });

  it('says what is missing in the words of the file', () => {
    expect(() => interpolate('${X:?run setup}', { X: '' })).toThrow('required variable X is missing a value: run setup');
    expect(interpolate('${X?run setup}', { X: '' })).toBe('');
  });
});
