import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSync, countTokens, maxCharacters, partWidth } from '../../src/tokens/count.ts';
import { o200k } from '../../src/tokens/o200k.ts';

describe('counting tokens', () => {
  it.each([
    ['', 0],
    ['hello world', 2],
    ['const answer = 42;\n', 6],
    ['The quick brown fox jumps over the lazy dog.', 10],
    ['你好，世界', 3],
  ])('counts %j as %i tokens of o200k_base', (text, tokens) => {
    expect(countSync(text)).toBe(tokens);
  });

  it.each(['<|endoftext|>', 'before <|endofprompt|> after', '<|im_start|>user'])('takes %s as ordinary text instead of refusing it', (text) => {
    expect(countSync(text)).toBeGreaterThan(2);
  });

  it('[FEATURES T2] gives the encoder\'s own count as long as no piece of the text is long', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom(' ', '\n', '  ', 'don\'t', 'HTTPServer', '3.14159', '🤖', '\ud83d'))), (words) => {
      const text = words.join('');
      expect(countSync(text)).toBe(o200k().tokensOf(text));
    }));
  });

  it.each([['a', 1000], [' ', 1000], ['-', 777], ['─', 1000], ['\n', 500], ['😀', 300]])('counts a run of %j exactly although it is cut', (character, length) => {
    const run = character.repeat(length);
    expect(countSync(run)).toBe(o200k().tokensOf(run));
  });

  it('is off by less than 2 % where a long word must be cut', () => {
    const word = letters(3000);
    expect(Math.abs(countSync(word) / o200k().tokensOf(word) - 1)).toBeLessThan(0.02);
  });
});

describe('the work of counting is bounded', () => {
  it.each(['x', ' ', '=', 'é', '🤖'])('a run of 300,000 %j encodes a handful of pieces', (character) => {
    expect(countTokens(character.repeat(300_000)).encoded).toBeLessThan(10);
  });

  it('a long word is encoded in parts, each at most once', () => {
    const { encoded } = countTokens(letters(maxCharacters));
    expect(encoded).toBeLessThanOrEqual(Math.ceil(maxCharacters / partWidth.ascii));
  });

  it('a text beyond the limit is counted by samples from all of it, and says so', () => {
    const code = 'export const answerOf = (question: Question): Answer => table[question.id];\n';
    const text = code.repeat(10_000) + 'x'.repeat(code.length * 10_000);
    const { tokens, extrapolated, encoded } = countTokens(text);
    const truth = countSync(code) * 10_000 + countSync('x'.repeat(128)) * (code.length * 10_000) / 128;
    expect(extrapolated).toBe(true);
    expect(encoded).toBeLessThan(100);
    expect(Math.abs(tokens / truth - 1)).toBeLessThan(0.1);
    expect(countTokens(code).extrapolated).toBe(false);
  });
});

/** Letters without a pattern: the worst text for the encoder. */
const letters = (length: number): string => {
  let state = 42;
  return Array.from({ length }, () => String.fromCharCode(97 + ((state = (state * 48_271) % 2_147_483_647) % 26))).join('');
};
