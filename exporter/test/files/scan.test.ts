import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { compileScanner } from '../../../scripts/scan-wasm.ts';
import { hash32 } from '../../src/files/hash.ts';
import { LineScanner, makeScanner } from '../../src/files/scan.ts';
import type { Shape } from '../../src/files/scan-shape.ts';

const scanners = new Map<Shape, LineScanner>();
const scannerOf = (shape: Shape): LineScanner => {
  const scanner = scanners.get(shape) ?? new LineScanner(shape, singles);
  scanners.set(shape, scanner);
  return scanner;
};

/** Slots below it are had once in a line. */
const singles = 10;

/** Every value of the lines, those that are had once first; 'odd' for a line that must be parsed. */
const scanned = (shape: Shape, text: string | Buffer, texts: readonly number[] = []): readonly (string | readonly unknown[])[] => {
  const line = scannerOf(shape);
  const told: (string | readonly unknown[])[] = [];
  line.scan(Buffer.from(text), {
    plain: () => {
      const values: unknown[] = [];
      for (let slot = 1; slot < singles; slot += 1) if (line.has(slot)) values.push([slot, texts.includes(slot) ? line.text(slot) : line.word(slot)]);
      for (let event = line.firstEvent; event < line.lastEvent; event += 1) values.push([line.slotOf(event), texts.includes(line.slotOf(event)) ? line.textOf(event) : line.wordOf(event)]);
      told.push(values);
    },
    odd: () => told.push('odd'),
  });
  return told;
};

const anything: Shape = { string: 'skip', number: 'skip', flag: true, object: 'skip', array: 'skip' };
const oneOfAnything: Shape = { object: { asked: anything } };
const isPlain = (line: string | Buffer): boolean => {
  const told = scanned(oneOfAnything, line);
  return told.length === 1 && told[0] !== 'odd';
};
const isObject = (line: string | Buffer): boolean => {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

describe('the scanner of lines', () => {
  it('is compiled from the source beside it', async () => {
    const committed = readFileSync(new URL('../../src/files/scan.wasm', import.meta.url));
    expect(Buffer.from(await compileScanner()).equals(committed)).toBe(true); // else: node scripts/scan-wasm.ts
  }, 60_000);

  it('is left out where its file is not', () => {
    expect(makeScanner({}, singles, new URL('file:///nowhere/scan.wasm'))).toBeUndefined();
    expect(makeScanner({}, singles)).toBeInstanceOf(LineScanner);
  });

  it('takes every JSON object that JSON.stringify writes', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 200 }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 5 }), fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 })),
    })).value;
    fc.assert(fc.property(fc.array(value, { maxLength: 6 }), fc.boolean(), (values, indented) => {
      const line = JSON.stringify({ ...Object.fromEntries(values.map((item, index) => [`k${index}`, item])), last: values }, null, indented ? '\t' : '').replaceAll('\n', ' ');
      // A key with escapes is odd where members are asked for; here only on the first level.
      expect(isPlain(line)).toBe(true);
    }), { numRuns: 500 });
  });

  it('never takes for plain what JSON.parse does not parse', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '"a"', '"a":', '1', '-', '0', '.', 'e', '+', 'true', 'nul', 'null', ' ', '\t', '\\n', '\\u00e9', '\\u12', 'ä', '\u0001', 'x'.repeat(70), '\\"'.repeat(40), '"asked":');
    fc.assert(fc.property(fc.array(pieces, { maxLength: 25 }).map((parts) => `{${parts.join('')}}`), (line) => {
      if (isPlain(line)) expect(isObject(line)).toBe(true);
    }), { numRuns: 20_000 });
  });

  it('takes a string for what JSON.parse takes it, wherever blocks begin and end', () => {
    const unit = fc.constantFrom('a', 'b', '\\', '\\\\', '\\"', '\\n', '\\u0041', '\\u00', 'é', '\u001f', '"', 'x'.repeat(15), 'y'.repeat(31));
    fc.assert(fc.property(fc.array(unit, { maxLength: 60 }).map((parts) => parts.join('')), (content) => {
      const line = `{"asked":"${content}"}`;
      expect(isPlain(line)).toBe(isObject(line));
    }), { numRuns: 20_000 });
  });

  it('tells the values that are asked for, by structure and not by name', () => {
    const shape: Shape = { object: { id: { slot: 1, string: 'text' }, count: { slot: 2, number: 'count' }, is: { slot: 3, flag: true }, inner: { object: { id: { slot: 4, string: 'sticky' } } }, list: { slot: 5, mark: true, array: { slot: 16, mark: true, object: { word: { slot: 17, string: { oneOf: ['one', 'two'] } } } } } } };
    const told = scanned(shape, '{"other":{"id":"no","inner":{"id":"no"}},"is":true,"text":"\\"id\\":\\"no\\"","id":"yes","inner":{"id":"in","is":false},"list":[{"word":"two"},{"word":"three"}],"nested":[{"id":"no"}]}', [1, 4]);
    expect(told).toEqual([[[1, 'yes'], [3, 1], [4, 'in'], [5, 1], [16, 0], [17, 2], [16, 0], [17, 0]]]);
  });

  it('tells a count, and null and absence as nothing', () => {
    const line = new LineScanner({ object: { count: { slot: 1, number: 'count' } } }, singles);
    const told: unknown[] = [];
    line.scan(Buffer.from('{"count":0}\n{"count":999999999999}\n{"count":null}\n{}\n{"count":1000000000000}\n{"count":-1}\n{"count":1.0}\n{"count":"1"}\n{"count":01}'), { plain: () => told.push(line.count(1)), odd: () => told.push('odd') });
    expect(told).toEqual([0, 999_999_999_999, undefined, undefined, 'odd', 'odd', 'odd', 'odd', 'odd']);
  });

  it('tells apart long names that differ in the middle only', () => {
    const shape: Shape = { object: { abcdefgh_one_ijklmnop: { slot: 1, flag: true }, abcdefgh_two_ijklmnop: { slot: 2, flag: true } } };
    expect(scanned(shape, '{"abcdefgh_two_ijklmnop":true,"abcdefgh_six_ijklmnop":true,"abcdefgh_one_ijklmnop":true}')).toEqual([[[1, 1], [2, 1]]]);
  });

  it('a text that repeats itself is told again as the same, also after an odd line', () => {
    const shape: Shape = { object: { id: { slot: 1, string: 'sticky' } } };
    const text = ['{"id":"a"}', '{"id":"a"}', '{"id":"b","id":"c"}', '{"id":"a"}', '{"id":"ä"}', '{"id":"ä"}', '{"id":"a"}', '{"id":""}', `{"id":"${'z'.repeat(300)}"}`, `{"id":"${'z'.repeat(300)}"}`].join('\n');
    expect(scanned(shape, text, [1])).toEqual([...['a', 'a'].map((id) => [[1, id]]), 'odd', ...['a', 'ä', 'ä', 'a', '', 'z'.repeat(300), 'z'.repeat(300)].map((id) => [[1, id]])]);
  });

  it('a time is told in milliseconds as Date.parse has it', () => {
    const scanner = new LineScanner({ object: { at: { slot: 1, string: 'time' } } }, singles);
    fc.assert(fc.property(fc.date({ min: new Date('2020-01-01T00:00:00.000Z'), max: new Date('2099-12-31T23:59:59.999Z'), noInvalidDate: true }), (date) => {
      let told: number | undefined;
      scanner.scan(Buffer.from(`{"at":"${date.toISOString()}"}\n`), { plain: () => { told = scanner.count(1); }, odd: () => undefined });
      expect(told).toBe(date.getTime());
    }), { numRuns: 500 });
  });

  it('hashes a value as hash.ts does', () => {
    const shape: Shape = { object: { value: { slot: 1, hash: true, array: 'skip' } } };
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => {
      const line = Buffer.from(JSON.stringify({ x: 1, value: [text] }));
      const from = line.indexOf('[');
      expect(scanned(shape, line)).toEqual([[[1, hash32(line, from, line.length - 1)]]]);
    }));
  });

  it('passes over the rest of a line that is none of those that are looked for', () => {
    const shape: Shape = { object: { id: { slot: 1, string: 'sticky' }, type: { slot: 2, string: { oneOf: ['wanted'], others: 'stop' } }, after: { slot: 3, flag: true } } };
    expect(scanned(shape, '{"id":"a","type":"other","after":tr\n{"id":"a","type":"wanted","after":true}\n{"id":"b","type":7}\n{"id":"a","x":{"type":"other"},"after":true}\n{"type":"other"', [1])).toEqual([
      [[1, 'a'], [2, 0]], [[1, 'a'], [2, 1], [3, 1]], 'odd', [[1, 'a'], [3, 1]], [[2, 0]],
    ]);
  });

  it('finds a word in a text, or says that it may be there', () => {
    const shape: Shape = { object: { text: { slot: 1, string: { find: 'commit' } } } };
    const found = (text: string): boolean => scanned(shape, JSON.stringify({ text }))[0]!.length === 1;
    expect(['commit', 'a commit', 'committ', `${'x'.repeat(90)}commit`, '\u0007'].map(found)).toEqual([true, true, true, true, true]);
    expect(['', 'commi', 'comm it', 'c'.repeat(99), '\\\\', 'COMMIT'].map(found)).toEqual([false, false, false, false, false, false]);
  });

  it('hands lines out where they stand, in any size', () => {
    const scanner = new LineScanner({ object: {} }, singles);
    fc.assert(fc.property(fc.array(fc.nat({ max: 400_000 }), { maxLength: 8 }), (sizes) => {
      const lines = sizes.map((size) => `{"id":"${'i'.repeat(size)}"}`);
      const bytes = Buffer.from(`${lines.join('\n')}\n`);
      const ranges: string[] = [];
      scanner.scan(bytes, { plain: (from, to) => ranges.push(bytes.toString('utf8', from, to)), odd: (from, to) => ranges.push(bytes.toString('utf8', from, to)) });
      expect(ranges).toEqual(lines);
    }), { numRuns: 30 });
  });
});
