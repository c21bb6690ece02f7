import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { appendFileSync, readFileSync, renameSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { LineCutter } from '../../src/files/cut-lines.ts';
import type { Piece } from '../../src/files/cut-lines.ts';
import { openTail } from '../../src/files/tail.ts';
import type { TailState } from '../../src/files/tail.ts';
import { temporaryFolder } from './folder.ts';

const folder = temporaryFolder();

type Step =
  | { readonly do: 'append' | 'rewrite' | 'replace'; readonly bytes: readonly Written[] }
  | { readonly do: 'truncate'; readonly keep: number }
  | { readonly do: 'pass'; readonly chunkBytes: number; readonly quiet: boolean; readonly stopAfter: number; readonly stored: boolean };

type Written = { readonly kind: 'line' | 'json' | 'half' | 'half-json' | 'end'; readonly fill: number; readonly end: '\n' | '\r\n' };

const written: fc.Arbitrary<Written> = fc.record({ kind: fc.constantFrom('line', 'json', 'half', 'half-json', 'end'), fill: fc.nat(90), end: fc.constantFrom('\n', '\r\n') });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), bytes: fc.array(written, { maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('rewrite' as const, 'replace' as const), bytes: fc.array(written, { maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('truncate' as const), keep: fc.nat(400) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), chunkBytes: fc.integer({ min: 1, max: 120 }), quiet: fc.boolean(), stopAfter: fc.oneof(fc.constant(Infinity), fc.nat(3)), stored: fc.boolean() }) },
);

const maxLineBytes = 60;

/** What the ledger of this test knows: the state, and the bytes of the file that have been dealt with. */
interface Known { readonly state: TailState | undefined; readonly covered: readonly Covered[] }
interface Covered { readonly from: number; readonly to: number; readonly piece: Piece }

const covers = (piece: Piece): Covered => ({ from: piece.position, to: piece.position + (piece.kind === 'lines' ? piece.bytes.length : piece.length), piece: piece.kind === 'lines' ? { ...piece, bytes: Buffer.from(piece.bytes) } : piece });

it('[T10] gives every complete line exactly once however the file is appended to, cut, rewritten or replaced, and however passes are cut and lost', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
    const path = folder.at('log.jsonl');
    let serial = 0;
    let clock = 1_700_000_000;
    // Serial numbers at the end of each write make two contents differ where their 64 last bytes are compared.
    const textOf = (bytes: readonly Written[]): string => bytes.map(({ kind, fill, end }) => {
      serial += 1;
      if (kind === 'end') return end;
      if (kind !== 'line' && kind !== 'half') return `{"fill":"${'x'.repeat(fill)}","n":${serial}}${kind === 'json' ? end : ''}`;
      return `${'y'.repeat(fill)}#${serial}${kind === 'half' ? '' : end}`;
    }).join('');
    writeFileSync(path, '');
    let known: Known = { state: undefined, covered: [] };

    for (const each of [...steps, { do: 'pass', chunkBytes: 50, quiet: false, stopAfter: Infinity, stored: true } as const]) {
      if (each.do === 'pass') {
        const after = pass(path, known, each);
        if (each.stored) known = after;
        continue;
      }
      if (each.do === 'truncate') truncateSync(path, Math.min(each.keep, statSync(path).size));
      else write(path, each.do, textOf(each.bytes));
      utimesSync(path, (clock += 1), clock); // file systems with coarse times must not hide a rewrite
    }
    expectAllRead(known, readFileSync(path));
  }), { numRuns: 400 });
});

const write = (path: string, how: 'append' | 'rewrite' | 'replace', text: string): void => {
  if (how === 'append') return appendFileSync(path, text);
  writeFileSync(how === 'replace' ? `${path}.new` : path, text);
  if (how === 'replace') renameSync(`${path}.new`, path);
};

const pass = (path: string, { state, covered }: Known, { chunkBytes, quiet, stopAfter }: Extract<Step, { do: 'pass' }>): Known => {
  const opening = openTail(path, state, { acceptPartialTail: quiet, cutter: new LineCutter({ chunkBytes, maxLineBytes }) });
  if (opening.outcome === 'unchanged') return { state: opening.state, covered };
  if (!('tail' in opening)) throw new Error(opening.outcome);
  const pieces: Covered[] = [];
  if (stopAfter > 0) for (const piece of opening.tail) if (pieces.push(covers(piece)) >= stopAfter) break;
  if (stopAfter === 0) opening.tail.close();
  return { state: JSON.parse(JSON.stringify(opening.tail.state)) as TailState, covered: [...(opening.outcome === 'grown' ? covered : []), ...pieces] };
};

/** The pieces follow each other without gap or overlap, tell the truth, and reach to the last line end. */
const expectAllRead = ({ covered, state }: Known, content: Buffer): void => {
  let position = 0;
  let before: Piece['kind'] = 'lines';
  let endedAt = -1; // where an unterminated line ended that was handed out
  for (const { from, to, piece } of covered) {
    expect(from).toBeGreaterThanOrEqual(position);
    // Between two pieces: the line end of an unterminated line that was handed out, or what followed of a long one.
    expect(content.subarray(position, from).toString()).toMatch(before === 'lines' ? /^(\r?\n)?$/ : /^[^\n]*\n?$/);
    position = to;
    before = piece.kind;
    if (piece.kind === 'lines') {
      if (from === endedAt) expect(piece.bytes.toString()).not.toMatch(/^\r?\n/); // its line end is no line of its own
      endedAt = piece.bytes.at(-1) === 10 ? -1 : to;
      expect(piece.bytes.toString()).toBe(content.subarray(from, to).toString());
      for (const line of piece.bytes.toString().split('\n')) expect(line.length).toBeLessThanOrEqual(maxLineBytes);
    } else expect(to - from).toBeGreaterThan(maxLineBytes);
  }
  const rest = content.subarray(Math.max(position, state!.offset));
  expect(rest.toString()).not.toContain('\n');
};
