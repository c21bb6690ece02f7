import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { behindBytes, lastOf, LineCutter, longLineHeadBytes } from './cut-lines.ts';
import type { LongLineStart, Piece } from './cut-lines.ts';
import { hindranceOf } from './hindrance.ts';
import type { Hindrance } from './hindrance.ts';
import { fileStat } from './identity.ts';
import type { FileStat } from './identity.ts';

/** How far a file was read: plain JSON for the ledger. A pass that is not stored is repeated, so a crash loses nothing. */
export interface TailState {
  readonly dev: number;
  readonly ino: number;
  /** The size up to which the file was looked at. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Everything before it was handed out. */
  readonly offset: number;
  /** Hash of the last ≤ 64 bytes before the offset: a file rewritten in place does not have them there. */
  readonly tailHash: string;
  /** An unterminated line was handed out; the line end that follows belongs to it. */
  readonly partial?: true;
  /** The offset stands in the middle of a line too long to be held. */
  readonly longLine?: { readonly position: number; readonly reported: boolean };
}

export interface TailOptions {
  /**
   * The file is finished or quiet: an unterminated last line is handed out when it is a complete JSON object or array. @default false
   */
  readonly acceptPartialTail?: boolean;
  /** Buffer and limits. One serves all files of a thread, one after the other: while a tail is read no other may use it. @default a new one */
  readonly cutter?: LineCutter;
}

/** What became of a file since it was last read. All but 'grown' start at the first byte. */
export type Opening =
  | { readonly outcome: 'unchanged'; readonly state: TailState }
  | { readonly outcome: 'new' | 'grown' | 'replaced' | 'shrunk' | 'rewritten'; readonly tail: Tail }
  | { readonly outcome: 'vanished' }
  | { readonly outcome: 'unreadable'; readonly reason: Hindrance };

/**
 * Opens a log to read what is new in it; links are not followed.
 * @param before what the last pass over it left; undefined: never read
 */
export const openTail = (path: string, before: TailState | undefined, options: TailOptions = {}): Opening => {
  let file: number;
  try {
    file = openSync(path, openFlags);
  } catch (error) {
    return failed(error);
  }
  try {
    const seen = fstatSync(file);
    if (!seen.isFile()) return closed(file, { outcome: 'unreadable', reason: 'not_a_file' });
    return opened({ path, file, stat: fileStat(seen), before, options });
  } catch (error) {
    return closed(file, failed(error));
  }
};

/** Whether a file seen by a walk needs no opening: nothing was written since the state was stored, and nothing was left over. */
export const isUnchanged = (before: TailState, now: FileStat, { acceptPartialTail = false }: TailOptions = {}): boolean =>
  before.ino === now.ino && before.dev === now.dev && before.size === now.size && before.mtimeMs === now.mtimeMs && !(acceptPartialTail && hasRest(before));

/** The new complete lines of one file, as pieces. Iterate once, to the end or not; `close` only when it is not iterated at all. */
export class Tail implements Iterable<Piece> {
  readonly stat: FileStat;
  readonly #path: string;
  readonly #file: number;
  readonly #cutter: LineCutter;
  readonly #acceptPartialTail: boolean;
  #readTo: number;
  /** Where an unterminated line ended that was handed out. */
  #partialAt: number | undefined;
  #done = false;
  #last: TailState | undefined;

  constructor({ path, file, stat, from, cutter, acceptPartialTail }: { readonly path: string; readonly file: number; readonly stat: FileStat; readonly from: Start; readonly cutter: LineCutter; readonly acceptPartialTail: boolean }) {
    this.#path = path;
    this.#file = file;
    this.stat = stat;
    this.#cutter = cutter;
    this.#acceptPartialTail = acceptPartialTail;
    this.#readTo = from.offset;
    this.#partialAt = from.partial ? from.offset : undefined;
    cutter.start({ position: from.offset, behind: from.behind, expected: stat.size - from.offset, longLine: from.longLine });
  }

  /** What to store once all pieces handed out so far are dealt with: the next opening goes on behind them. */
  get state(): TailState {
    return this.#last ?? this.#stateNow();
  }

  /** Bytes of the file that were not handed out (yet): the unterminated last line when all pieces were. */
  get remainingBytes(): number {
    return Math.max(0, this.stat.size - this.state.offset);
  }

  *[Symbol.iterator](): Generator<Piece, void, undefined> {
    try {
      while (this.#readTo < this.stat.size && this.#read()) yield* this.#pieces();
      if (this.#readTo < this.stat.size) return; // cut off meanwhile: the next opening sees it
      if (this.#acceptPartialTail) yield* this.#lastLine();
      this.#done = true;
    } finally {
      this.#last = this.#stateNow(); // the cutter may serve another file from here on
      this.close();
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #stateNow(): TailState {
    const { offset, behind, longLine } = this.#cutter;
    return {
      dev: this.stat.dev,
      ino: this.stat.ino,
      size: this.#done ? this.stat.size : offset,
      mtimeMs: this.stat.mtimeMs,
      offset,
      tailHash: hashOf(behind),
      ...(this.#partialAt === offset ? { partial: true } : {}),
      ...(longLine ? { longLine: { position: longLine.position, reported: longLine.reported } } : {}),
    };
  }

  /** Reads on, up to the size at opening; false: there is nothing more. */
  #read(): boolean {
    const room = this.#cutter.room();
    const bytes = readAt(this.#path, this.#file, room.subarray(0, Math.min(room.length, this.stat.size - this.#readTo)), this.#readTo);
    this.#cutter.wrote(bytes);
    this.#readTo += bytes;
    return bytes > 0;
  }

  *#pieces(): Generator<Piece> {
    for (let piece = this.#cutter.next(); piece; piece = this.#cutter.next()) yield piece;
  }

  *#lastLine(): Generator<Piece> {
    if (!this.#cutter.longLine && !isWholeJson(this.#cutter.rest)) return;
    const piece = this.#cutter.takeRest();
    if (piece?.kind === 'lines') this.#partialAt = this.#cutter.offset;
    if (piece) yield piece;
  }
}

interface Start {
  readonly offset: number;
  readonly behind: Buffer;
  readonly partial: boolean;
  readonly longLine?: LongLineStart;
}

interface OpenFile {
  readonly path: string;
  readonly file: number;
  readonly stat: FileStat;
  readonly before: TailState | undefined;
  readonly options: TailOptions;
}

const opened = (open: OpenFile): Opening => {
  const { path, file, stat, before, options } = open;
  if (before && isUnchanged(before, stat, options)) return closed(file, { outcome: 'unchanged', state: before });
  const { outcome, from } = compare(open);
  const cutter = options.cutter ?? new LineCutter();
  return { outcome, tail: new Tail({ path, file, stat, from, cutter, acceptPartialTail: options.acceptPartialTail ?? false }) };
};

type Compared = { readonly outcome: 'new' | 'grown' | 'replaced' | 'shrunk' | 'rewritten'; readonly from: Start };

const compare = (open: OpenFile): Compared => {
  const { stat, before } = open;
  if (!before) return { outcome: 'new', from: beginning };
  if (before.ino !== stat.ino) return { outcome: 'replaced', from: beginning };
  if (stat.size < before.offset) return { outcome: 'shrunk', from: beginning };
  const behind = bytesAt(open, Math.max(0, before.offset - behindBytes), Math.min(before.offset, behindBytes));
  if (hashOf(behind) !== before.tailHash) return { outcome: 'rewritten', from: beginning };
  return { outcome: 'grown', from: before.partial ? afterPartial(open, before, behind) : { offset: before.offset, behind, partial: false, ...longLineOf(open, before) } };
};

/** Passes over the line end of a line that was handed out without it. */
const afterPartial = (open: OpenFile, { offset }: TailState, behind: Buffer): Start => {
  const next = bytesAt(open, offset, 2);
  const lineEnd = next[0] === 10 ? 1 : next[0] === 13 && next[1] === 10 ? 2 : 0;
  return { offset: offset + lineEnd, behind: lastOf(behind, next.subarray(0, lineEnd)), partial: lineEnd === 0 };
};

const longLineOf = (open: OpenFile, { offset, longLine }: TailState): Pick<Start, 'longLine'> =>
  longLine ? { longLine: { ...longLine, head: bytesAt(open, longLine.position, Math.min(longLineHeadBytes, offset - longLine.position)) } } : {};

const bytesAt = ({ path, file }: OpenFile, position: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, length === 0 ? 0 : readAt(path, file, bytes, position));
};

const readAt = (path: string, file: number, into: Buffer, position: number): number => {
  try {
    return readSync(file, into, 0, into.length, position);
  } catch (error) {
    throw new Error(`cannot read ${path} at ${position}`, { cause: error });
  }
};

/** An object or array, complete: nothing that may follow could make it a longer one. */
const isWholeJson = (bytes: Buffer): boolean => {
  const text = bytes.toString('utf8').trim();
  if (!/^[{[]/.test(text) || !/[}\]]$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const hashOf = (bytes: Buffer): string => (bytes.length === 0 ? '' : hash('sha256', bytes, 'base64url').slice(0, 22));

const hasRest = ({ offset, size, longLine }: TailState): boolean => offset < size || longLine?.reported === false;

const failed = (error: unknown): Opening => {
  const reason = hindranceOf(error);
  return reason === 'vanished' ? { outcome: 'vanished' } : { outcome: 'unreadable', reason };
};

const closed = (file: number, opening: Opening): Opening => {
  closeSync(file);
  return opening;
};

const beginning: Start = { offset: 0, behind: Buffer.alloc(0), partial: false };

// A link is refused and a pipe does not block; Windows has neither flag.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
