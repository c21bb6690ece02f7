import { describe, expect, it } from '@jest/globals';
import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { LineCutter } from '../../src/files/cut-lines.ts';
import type { Piece } from '../../src/files/cut-lines.ts';
import { isUnchanged, openTail } from '../../src/files/tail.ts';
import type { Opening, TailOptions, TailState } from '../../src/files/tail.ts';
import { temporaryFolder } from './folder.ts';

const folder = temporaryFolder();

interface Read { readonly outcome: Opening['outcome']; readonly text: string; readonly pieces: readonly Piece[]; readonly state: TailState | undefined }

/** One pass, its state through JSON as the ledger does it. */
const read = (path: string, before?: TailState, options?: TailOptions): Read => {
  const opening = openTail(path, before, options);
  if (!('tail' in opening)) return { outcome: opening.outcome, text: '', pieces: [], state: before };
  const pieces = Array.from(opening.tail, (piece) => (piece.kind === 'lines' ? { ...piece, bytes: Buffer.from(piece.bytes) } : piece));
  const text = pieces.map((piece) => (piece.kind === 'lines' ? piece.bytes.toString() : `<${piece.length} bytes at ${piece.position}>`)).join('');
  return { outcome: opening.outcome, text, pieces, state: JSON.parse(JSON.stringify(opening.tail.state)) as TailState };
};

describe('tail: what is new in a growing file', () => {
  it('reads a file whole, then only what was appended', () => {
    const path = folder.at('grows.jsonl');
    writeFileSync(path, 'one\ntwo\n');
    const first = read(path);
    expect(first).toMatchObject({ outcome: 'new', text: 'one\ntwo\n', pieces: [{ position: 0 }] });
    expect(read(path, first.state)).toMatchObject({ outcome: 'unchanged', text: '' });
    appendFileSync(path, 'three\n');
    expect(read(path, first.state)).toMatchObject({ outcome: 'grown', text: 'three\n', pieces: [{ position: 8 }] });
  });

  it('[T10] waits for the rest of a half-written line', () => {
    const path = folder.at('half.jsonl');
    writeFileSync(path, 'one\n{"half');
    const first = read(path);
    expect(first.text).toBe('one\n');
    appendFileSync(path, '":1}');
    const second = read(path, first.state);
    expect(second).toMatchObject({ outcome: 'grown', text: '' });
    appendFileSync(path, '\nnext\n');
    expect(read(path, second.state).text).toBe('{"half":1}\nnext\n');
  });

  it('[T10] starts again when the file shrank below what was read', () => {
    const path = folder.at('shrinks.jsonl');
    writeFileSync(path, 'one\ntwo\n');
    const { state } = read(path);
    truncateSync(path, 4);
    expect(read(path, state)).toMatchObject({ outcome: 'shrunk', text: 'one\n' });
  });

  it('starts again when another file took its place', () => {
    const path = folder.at('replaced.jsonl');
    writeFileSync(path, 'one\ntwo\n');
    const { state } = read(path);
    writeFileSync(`${path}.new`, 'one\ntwo\nthree\n');
    renameSync(`${path}.new`, path);
    expect(read(path, state)).toMatchObject({ outcome: 'replaced', text: 'one\ntwo\nthree\n' });
  });

  it('starts again when the file was rewritten in place, even to a greater size', () => {
    const path = folder.at('rewritten.jsonl');
    writeFileSync(path, 'one\ntwo\n');
    const { state } = read(path);
    writeFileSync(path, 'uno\ndue\ntre\n');
    expect(read(path, state)).toMatchObject({ outcome: 'rewritten', text: 'uno\ndue\ntre\n' });
  });

  it('knows a file by its inode and its last bytes when the device got another number at a reboot', () => {
    const path = folder.at('rebooted.jsonl');
    writeFileSync(path, 'one\n');
    const { state } = read(path);
    appendFileSync(path, 'two\n');
    expect(read(path, { ...state!, dev: 4711 })).toMatchObject({ outcome: 'grown', text: 'two\n' });
  });

  it('reads nothing when only the time of the file changed', () => {
    const path = folder.at('touched.jsonl');
    writeFileSync(path, 'one\n');
    const { state } = read(path);
    utimesSync(path, 5, 5);
    const touched = read(path, state);
    expect(touched).toMatchObject({ outcome: 'grown', text: '' });
    expect(isUnchanged(touched.state!, statSync(path))).toBe(true);
  });

  it('hands out an unterminated last line of a quiet file when it is whole, and never again', () => {
    const path = folder.at('partial.jsonl');
    writeFileSync(path, '{"a":1}\n{"b":2}');
    const busy = read(path);
    expect(busy.text).toBe('{"a":1}\n');
    const quiet = read(path, busy.state, { acceptPartialTail: true });
    expect(quiet).toMatchObject({ outcome: 'grown', text: '{"b":2}' });
    expect(read(path, quiet.state, { acceptPartialTail: true }).outcome).toBe('unchanged');
    for (const lineEnd of ['\n', '\r\n']) {
      truncateSync(path, 15);
      appendFileSync(path, lineEnd);
      const ended = read(path, quiet.state);
      expect(ended).toMatchObject({ outcome: 'grown', text: '' });
      appendFileSync(path, '{"c":3}\n');
      expect(read(path, ended.state).text).toBe('{"c":3}\n');
      expect(read(path, quiet.state).text).toBe('{"c":3}\n');
    }
  });

  it('hands out what a second writer put directly behind an unterminated record', () => {
    const path = folder.at('glued.jsonl');
    writeFileSync(path, '{"a":1}');
    const { state } = read(path, undefined, { acceptPartialTail: true });
    appendFileSync(path, '{"b":2}\n');
    expect(read(path, state).text).toBe('{"b":2}\n');
  });

  it.each(['{"a":', '{"a":1', '12', '"text"', 'true', '{"a":1}}', ''])('keeps the unterminated %j for later: it may go on', (rest) => {
    const path = folder.at('rest.jsonl');
    writeFileSync(path, `one\n${rest}`);
    const first = read(path, undefined, { acceptPartialTail: true });
    expect(first.text).toBe('one\n');
    appendFileSync(path, '\n');
    expect(read(path, first.state).text).toBe(`${rest}\n`);
  });

  it('goes on where the caller stopped: what was not stored comes again, what was stored does not', () => {
    const path = folder.at('stopped.jsonl');
    writeFileSync(path, 'one\ntwo\nthree\n');
    const opening = openTail(path, undefined, { cutter: new LineCutter({ chunkBytes: 5 }) });
    if (!('tail' in opening)) throw new Error('not opened');
    for (const piece of opening.tail) {
      expect(piece).toMatchObject({ kind: 'lines', position: 0 });
      break;
    }
    expect(read(path, opening.tail.state)).toMatchObject({ outcome: 'grown', text: 'two\nthree\n' });
    expect(read(path).text).toBe('one\ntwo\nthree\n');
  });

  it('keeps pieces to their size, except for one longer line', () => {
    const path = folder.at('pieces.jsonl');
    writeFileSync(path, `a\nb\nc\n${'d'.repeat(30)}\ne\nf\n`);
    const { pieces } = read(path, undefined, { cutter: new LineCutter({ chunkBytes: 6, maxLineBytes: 40 }) });
    expect(pieces.map((piece) => (piece.kind === 'lines' ? piece.bytes.length : -1))).toEqual([6, 31, 4]);
  });

  it('[T10] streams a line past that is too long, reports it once, and reads the lines around it', () => {
    const path = folder.at('long.jsonl');
    writeFileSync(path, `one\n${'x'.repeat(50)}\ntwo\n`);
    const whole = read(path, undefined, { cutter: new LineCutter({ chunkBytes: 8, maxLineBytes: 20 }) });
    expect(whole.text).toBe('one\n<50 bytes at 4>two\n');
    expect(whole.pieces[1]).toMatchObject({ kind: 'long_line', position: 4, length: 50, head: Buffer.from('x'.repeat(21)) });
  });

  it('[T10] does not read a long line again while it is still being written', () => {
    const path = folder.at('long-grows.jsonl');
    const cutter = new LineCutter({ chunkBytes: 8, maxLineBytes: 20 });
    writeFileSync(path, `one\n${'x'.repeat(50)}`);
    const first = read(path, undefined, { cutter });
    expect(first).toMatchObject({ text: 'one\n', state: { offset: 54, longLine: { position: 4, reported: false } } });
    appendFileSync(path, `${'x'.repeat(10)}\ntwo\n`);
    const second = read(path, first.state, { cutter });
    expect(second.text).toBe('<60 bytes at 4>two\n');
    expect(second.pieces[0]).toMatchObject({ head: Buffer.from('x'.repeat(50)) });
  });

  it('[T10] reports the unterminated long line of a quiet file once, whatever follows', () => {
    const path = folder.at('long-quiet.jsonl');
    const options = { acceptPartialTail: true, cutter: new LineCutter({ chunkBytes: 8, maxLineBytes: 20 }) };
    writeFileSync(path, 'x'.repeat(50));
    const quiet = read(path, undefined, options);
    expect(quiet.text).toBe('<50 bytes at 0>');
    expect(read(path, quiet.state, options).outcome).toBe('unchanged');
    appendFileSync(path, 'x'.repeat(30));
    const longer = read(path, quiet.state, options);
    expect(longer).toMatchObject({ outcome: 'grown', text: '' });
    appendFileSync(path, 'x\ntwo\n');
    expect(read(path, longer.state, options).text).toBe('two\n');
  });

  it('[T10] spends little memory on a line of 300 MB', () => {
    const path = folder.at('giant.jsonl');
    writeGiantLine(path, 300);
    const script = `
      import { existsSync, readFileSync } from 'node:fs';
      import { openTail } from ${JSON.stringify(new URL('../../src/files/tail.ts', import.meta.url).href)};
      const opening = openTail(process.argv[1], undefined);
      const pieces = Array.from(opening.tail, (piece) => [piece.kind, piece.length ?? piece.bytes.length]);
      // maxRSS would count the memory of the process that forked this one.
      const peak = existsSync('/proc/self/status') ? Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) : process.resourceUsage().maxRSS;
      console.log(JSON.stringify({ pieces, peakMiB: peak / 1024 }));`;
    const { pieces, peakMiB } = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--no-warnings', '-e', script, path]).toString()) as { pieces: unknown; peakMiB: number };
    expect(pieces).toEqual([['lines', 4], ['long_line', 300 * 2 ** 20], ['lines', 4]]);
    expect(peakMiB).toBeLessThan(130); // Node alone takes 50
    rmSync(path);
  });

  it('says that a file is gone, and why one cannot be read', () => {
    expect(openTail(folder.at('nothing.jsonl'), undefined)).toEqual({ outcome: 'vanished' });
    writeFileSync(folder.at('plain'), '');
    expect(openTail(folder.at('plain', 'below.jsonl'), undefined)).toEqual({ outcome: 'vanished' });
    mkdirSync(folder.at('a-folder.jsonl'));
    expect(openTail(folder.at('a-folder.jsonl'), undefined)).toEqual({ outcome: 'unreadable', reason: 'not_a_file' });
    symlinkSync(folder.at('grows.jsonl'), folder.at('a-link.jsonl'));
    expect(openTail(folder.at('a-link.jsonl'), undefined)).toEqual({ outcome: 'unreadable', reason: 'symlink' });
  });

  it('does not hang on a pipe that bears the name of a log', () => {
    execFileSync('mkfifo', [folder.at('pipe.jsonl')]);
    expect(openTail(folder.at('pipe.jsonl'), undefined)).toEqual({ outcome: 'unreadable', reason: 'not_a_file' });
  });

  it('ends quietly when the file is cut off while it is read', () => {
    const path = folder.at('cut-off.jsonl');
    writeFileSync(path, 'one\ntwo\nthree\n');
    const opening = openTail(path, undefined, { cutter: new LineCutter({ chunkBytes: 4 }) });
    if (!('tail' in opening)) throw new Error('not opened');
    const seen: string[] = [];
    for (const piece of opening.tail) {
      if (piece.kind === 'lines') seen.push(piece.bytes.toString());
      truncateSync(path, 4);
    }
    expect(seen).toEqual(['one\n']);
    expect(read(path, opening.tail.state).text).toBe('');
    appendFileSync(path, 'four\n');
    expect(read(path, opening.tail.state).text).toBe('four\n');
  });

  it('reads an empty file as nothing', () => {
    writeFileSync(folder.at('empty.jsonl'), '');
    const { outcome, text, state } = read(folder.at('empty.jsonl'));
    expect({ outcome, text }).toEqual({ outcome: 'new', text: '' });
    appendFileSync(folder.at('empty.jsonl'), 'one\n');
    expect(read(folder.at('empty.jsonl'), state)).toMatchObject({ outcome: 'grown', text: 'one\n' });
  });
});

/** "one", a line of zeros, "two": sparse, so it costs no disk. */
const writeGiantLine = (path: string, mebibytes: number): void => {
  const file = openSync(path, 'w');
  writeSync(file, 'one\n');
  ftruncateSync(file, 4 + mebibytes * 2 ** 20);
  writeSync(file, '\ntwo\n', 4 + mebibytes * 2 ** 20);
  closeSync(file);
};
