import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvHeading, csvOf } from '../../server/analytics/csv.ts';

/** A reader of RFC 4180, to read back what was written. */
const readCsv = (text: string): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let match = cell.exec(text); match !== null; match = cell.exec(text)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
};

describe('[M5] CSV', () => {
  it('whatever text is in a cell is read back as it was', () => {
    fc.assert(fc.property(fc.array(fc.record({ a: fc.string({ unit: 'grapheme' }), b: fc.constantFrom('x,y', '"', 'line\r\nbreak', 'a\nb', ''), n: fc.double({ noNaN: true }) })), (rows) => {
      const read = readCsv(csvHeading(['a', 'b', 'n']) + csvOf(['a', 'b', 'n'], rows));
      expect(read.slice(1).map(([a, b, n]) => [a!.replace(/^'(?=\s*[=+\-@\t\r])/, ''), b, n])).toEqual(rows.map(({ a, b, n }) => [a.replace(/^'(?=\s*[=+\-@\t\r])/, ''), b, String(n)]));
    }));
  });

  it('no text is a formula to a spreadsheet, and numbers stay numbers', () => {
    const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =cmd|calc', '＝1'];
    expect(readCsv(csvOf(['text', 'number'], texts.map((text) => ({ text, number: -5 })))).map(([text]) => text!.startsWith("'"))).toEqual([true, true, true, true, true, true, true, true]);
    expect(csvOf(['number'], [{ number: -5 }])).toBe('-5\r\n');
  });

  it('nested values have names with dots, lists are joined, the unknown is empty', () => {
    expect(csvOf(['a.b.c', 'list', 'none'], [{ a: { b: { c: 1 } }, list: ['x', 'y'] }])).toBe('1,x; y,\r\n');
  });
});
