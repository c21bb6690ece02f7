import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { callColumns } from '../../src/ledger/call-row.ts';
import type { CallRow } from '../../src/ledger/call-row.ts';
import { PendingCalls } from '../../src/ledger/pending-calls.ts';

const call = (message: number, request: number, output: number | null = 1): CallRow => ({
  message, request, session: 1, source: 2, position: 3, owner_started: 4, at: 1_790_000_000_000, model: 5, input: null, output, cache_read: 0, cache_creation_5m: null, cache_creation_1h: 7,
  reasoning: null, requests: 1, web_searches: 0, flags: 0, micro_usd: null, project: 6,
});

/** Hashes of 53 bits, many of them alike in their lowest bits. */
const hash = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 2 ** 21 - 1 }).map((high) => high * 2 ** 32 + 1));

describe('calls that wait to be written', () => {
  it('are what a map by both hashes would hold, told in the order of the table', () => {
    fc.assert(fc.property(fc.array(fc.record({ message: hash, request: hash, output: fc.option(fc.nat()) }), { maxLength: 600 }), (told) => {
      const pending = new PendingCalls();
      const expected = new Map<string, CallRow>();
      for (const { message, request, output } of told) {
        pending.put(call(message, request, output));
        expected.set(`${message} ${request}`, call(message, request, output));
      }
      const rows = [...expected.values()].sort((a, b) => a.message - b.message || a.request - b.request);
      for (const row of rows) expect(pending.find(row.message, row.request)).toEqual(row);
      for (const { message } of rows) expect(pending.of(message).sort((a, b) => a.request - b.request)).toEqual(rows.filter((row) => row.message === message));
      const written: (readonly number[])[] = [];
      pending.takeAll(8, (values) => written.push([...values]));
      expect(written.flat()).toEqual(rows.flatMap((row) => callColumns.map((column) => row[column] ?? NaN)));
      expect(written.map((values) => values.length / callColumns.length)).toEqual([...new Array<number>(Math.floor(rows.length / 8)).fill(8), ...new Array<number>(rows.length % 8).fill(1)]);
    }), { numRuns: 60 });
  });

  it('are none once they are taken, and unknown ones are not found', () => {
    const pending = new PendingCalls();
    pending.put(call(1, 2));
    expect(pending.find(1, 3)).toBeUndefined();
    expect(pending.of(257)).toEqual([]);
    const written: (readonly number[])[] = [];
    pending.takeAll(8, (values) => written.push(values));
    expect(written).toHaveLength(1);
    expect(pending.find(1, 2)).toBeUndefined();
    pending.takeAll(8, (values) => written.push(values));
    expect(written).toHaveLength(1);
  });
});
