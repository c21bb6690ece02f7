import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytes, clockTime, longTime, percent, shortNumber, shortTime, usd } from '../../src/cli/figures.ts';
import { withProgress } from '../../src/cli/progress.ts';
import { safeText } from '../../src/cli/safe-text.ts';
import { cutText, textWidth } from '../../src/cli/text-width.ts';
import { wrap } from '../../src/cli/wrap.ts';

describe('figures', () => {
  it.each([[0, '0'], [999, '999'], [1000, '1.0k'], [12_345, '12.3k'], [99_949, '99.9k'], [144_000, '144k'], [999_499, '999k'], [999_500, '1.0M'], [1_234_567, '1.2M'], [38_245_470, '38.2M'], [4e9, '4.0G']])('%d tokens are %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });

  it.each([[0, '$0.00'], [0.0042, '$0.0042'], [0.05, '$0.05'], [3.214, '$3.21'], [1234.5, '$1,235']])('%d dollars are %s', (value, text) => {
    expect(usd(value)).toBe(text);
  });

  it.each([[0.999, '99 %'], [1, '100 %'], [0.7, '70 %'], [0.004, '0.4 %'], [0, '0 %'], [1.4, '140 %']])('a ratio of %d is %s: never rounded up to full', (ratio, text) => {
    expect(percent(ratio)).toBe(text);
  });

  it('ages have one unit, durations two', () => {
    expect([59_999, 60_000, 5_400_000, 172_800_000].map(shortTime)).toEqual(['59s', '1m', '1h', '2d']);
    expect([12_000, 60_000, 5_400_000, 7_200_000, 187_200_000].map(longTime)).toEqual(['12s', '1m', '1h 30m', '2h', '2d 4h']);
  });

  it('[T30] times are those of the time zone of the person', () => {
    const at = Date.parse('2026-09-01T22:30:00Z');
    expect([clockTime(at, 'UTC'), clockTime(at, 'Europe/Berlin'), clockTime(9e99, 'UTC')]).toEqual(['2026-09-01 22:30:00', '2026-09-02 00:30:00', 'unknown']);
  });

  it('sizes are in powers of 1024', () => {
    expect([512, 2048, 327_155_712, 3 * 2 ** 30].map(bytes)).toEqual(['512 B', '2.0 KiB', '312 MiB', '3.0 GiB']);
  });
});

describe('text in a terminal', () => {
  it('is never wider than it was cut to, whatever it is made of', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
      expect(textWidth(cutText(safeText(text), width))).toBeLessThanOrEqual(width);
    }));
  });

  it('keeps all its words when it is wrapped', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/)), fc.integer({ min: 12, max: 40 }), (words, width) => {
      const lines = wrap(words.join(' '), width);
      expect(lines.join(' ')).toBe(words.join(' '));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }));
  });

  it('counts East Asian characters and emoji as two columns, colours as none', () => {
    expect(['日本', '✨', 'é', '\u001b[31mred\u001b[0m', '▓░'].map(textWidth)).toEqual([4, 2, 1, 3, 2]);
  });
});

describe('progress', () => {
  const during = async (isTTY: boolean, ms: number): Promise<string> => {
    let written = '';
    await withProgress({ isTTY, write: (text) => { written += text; } }, 'Reading', new Promise((done) => setTimeout(done, ms)));
    return written;
  };

  it('is said after a second, to people only, and leaves nothing behind', async () => {
    expect(await Promise.all([during(true, 1100), during(true, 10), during(false, 1100)])).toEqual(['\rReading … 1 s\r\u001b[K', '', '']);
  });
});
