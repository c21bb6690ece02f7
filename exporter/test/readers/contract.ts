import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reader } from '../../src/readers/reader.ts';
import { readFile } from './read-file.ts';
import type { ReadOptions } from './read-file.ts';
import { callsOf, usageOf } from './totals.ts';

/**
 * What every reader must do, whatever its tool writes. An adapter's own test is this suite plus what is peculiar to it.
 * @param fixture a small transcript of the tool, hand-written in its real shape, under exporter/test/fixtures
 */
export const readerContract = (reader: Reader, fixture: ReadOptions & { readonly sessions: readonly string[] }): void => {
  describe(`${reader.tool}: the contract of a reader`, () => {
    it('finds the sessions of its fixture, with a time and a finite account', () => {
      const findings = readFile(reader, fixture);
      expect(findings.parts.map((part) => part.nativeId).sort()).toEqual([...fixture.sessions].sort());
      for (const part of findings.parts) {
        expect(part.tool).toBe(reader.tool);
        expect(part.activeMs).toBeGreaterThanOrEqual(0);
        if (part.startedAt !== undefined) expect(part.startedAt).toBeLessThanOrEqual(part.lastActivityAt!);
      }
      expect(findings.parseErrors).toEqual({});
      expect(findings.unknownRecords).toBe(0);
      for (const count of Object.values(usageOf(findings))) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
    });

    it('finds the same by reading twice', () => {
      expect(readFile(reader, fixture)).toEqual(readFile(reader, fixture));
    });

    it('survives the ledger: its parts and memo are plain JSON', () => {
      const findings = readFile(reader, fixture);
      const stored = { parts: findings.parts, memo: findings.memo };
      expect(JSON.parse(JSON.stringify(stored))).toEqual(stored);
    });

    it('keeps no text of the conversation', () => {
      const findings = readFile(reader, fixture);
      // Every fixture plants these words in a prompt, in code and in a tool's output.
      for (const canary of ['CANARY_PROMPT', 'CANARY_CODE', 'CANARY_OUTPUT']) expect(JSON.stringify(findings)).not.toContain(canary);
    });

    it('plants all three canaries in its fixture', () => {
      const bytes = readFileSync(fixture.path, 'latin1');
      for (const canary of ['CANARY_PROMPT', 'CANARY_CODE', 'CANARY_OUTPUT']) expect(bytes).toContain(canary);
    });

    const format = reader.claim(fixture.as ?? fixture.path.slice((fixture.root ?? '').length + 1), { path: fixture.root ?? '', depth: 9, ...(fixture.rootKind === undefined ? {} : { kind: fixture.rootKind }) });
    if (format?.kind === 'log') {
      it('counts the same however the file is cut into reads', () => {
        const whole = readFile(reader, fixture);
        const size = readFileSync(fixture.path).length;
        fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: size - 1 }), { maxLength: 6 }), (cuts) => {
          const pieces = readFile(reader, { ...fixture, cuts: cuts.sort((a, b) => a - b) });
          expect(pieces.parts).toEqual(whole.parts);
          expect(callsOf(pieces)).toEqual(callsOf(whole));
        }), { numRuns: 40 });
      });
    }

    if (format?.kind !== 'database') {
      it('is hurt by no mutation of its input: errors are counted, numbers stay finite and not negative', () => {
        const original = readFileSync(fixture.path);
        const folder = mkdtempSync(join(tmpdir(), 'watchroom-mutant-'));
        const path = join(folder, 'mutant');
        try {
          fc.assert(fc.property(mutations, (mutation) => {
            writeFileSync(path, mutation.apply(original));
            const findings = readFile(reader, { ...fixture, path, as: fixture.as ?? fixture.path.slice((fixture.root ?? '').length + 1) });
            for (const { call } of findings.calls) for (const count of Object.values(call.usage)) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
            expect(JSON.parse(JSON.stringify(findings.parts))).toEqual(findings.parts);
          }), { numRuns: 150 });
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }
  });
};

export interface Mutation { readonly apply: (bytes: Buffer) => Buffer }

const swapValues: readonly (readonly [RegExp, string])[] = [
  [/:\s*\d+/, ':-7'], [/:\s*\d+/, ':1e308'], [/:\s*\d+/, ':99999999999999999999'], [/:\s*\d+/, ':null'], [/:\s*\d+/, ':"NaN"'], [/:\s*\d+/, ':{}'], [/:\s*\d+/, ':[[1]]'],
  [/:\s*"[^"]*"/, ':42'], [/:\s*"[^"]*"/, ':null'], [/:\s*"[^"]*"/, ':[]'], [/:\s*\{/, ':7,"x":{'], [/:\s*\[/, ':"a","x":['], [/:\s*\d+/, `:${'['.repeat(3000)}${']'.repeat(3000)}`],
  [/:\s*"[^"]*"/, ':"__proto__"'], [/:\s*"[^"]*"/, ':"constructor"'], [/"[a-zA-Z_]+"\s*:/, '"__proto__":'],
];

/** Cut, spliced, type-swapped, huge and negative numbers, NaN, deep nesting, invalid UTF-8 (issue 2). */
export const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.nat().map((at) => ({ apply: (bytes: Buffer) => bytes.subarray(0, at % (bytes.length + 1)), toString: () => `cut at ${at}` })),
  fc.tuple(fc.nat(), fc.nat(), fc.nat()).map(([from, to, into]) => ({
    apply: (bytes: Buffer) => {
      const [a, b, c] = [from % bytes.length, to % bytes.length, into % bytes.length];
      return Buffer.concat([bytes.subarray(0, c), bytes.subarray(Math.min(a, b), Math.max(a, b)), bytes.subarray(c)]);
    },
    toString: () => `splice ${from} ${to} ${into}`,
  })),
  fc.tuple(fc.constantFrom(...swapValues), fc.nat()).map(([[pattern, value], nth]) => ({
    apply: (bytes: Buffer) => {
      const text = bytes.toString('utf8');
      const matches = [...text.matchAll(new RegExp(pattern, 'g'))];
      const match = matches[nth % Math.max(1, matches.length)];
      return match ? Buffer.from(text.slice(0, match.index) + value + text.slice(match.index + match[0].length)) : bytes;
    },
    toString: () => `${nth}th ${pattern} becomes ${value.slice(0, 30)}`,
  })),
  fc.tuple(fc.nat(), fc.constantFrom(0xff, 0xc0, 0x00, 0x0a, 0x22)).map(([at, byte]) => ({
    apply: (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length] = byte;
      return copy;
    },
    toString: () => `byte ${at} = ${byte}`,
  })),
);
