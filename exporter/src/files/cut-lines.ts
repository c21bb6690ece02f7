/** What a file brought: complete lines, or the report of one too long to be held. */
export type Piece = Lines | LongLine;

/** Complete lines, each ended by \n; only the last one of a finished file may lack it. */
export interface Lines {
  readonly kind: 'lines';
  /** Valid until the next piece is asked for: the buffer is used again, so copy what must stay. */
  readonly bytes: Buffer;
  /** Offset of the first byte in the file. */
  readonly position: number;
}

/** A line longer than the cap: it was streamed past. */
export interface LongLine {
  readonly kind: 'long_line';
  readonly position: number;
  /** Bytes of the line, its \n left out. */
  readonly length: number;
  /** Its first bytes; a copy. */
  readonly head: Buffer;
}

/** A line too long to be held, in the middle of which a pass stands. */
export interface LongLineStart {
  readonly position: number;
  readonly head: Buffer;
  /** It was handed out as the unterminated end of a quiet file; what follows of it is passed over in silence. */
  readonly reported: boolean;
}

export interface CutterStart {
  /** Offset of the first byte that will be filled in. @default 0 */
  readonly position?: number;
  /** The bytes before it, at most 64. @default none */
  readonly behind?: Buffer;
  /** How many bytes are to come, when known: small files get a small buffer. */
  readonly expected?: number;
  /** An earlier pass stopped in the middle of this line. */
  readonly longLine?: LongLineStart | undefined;
}

export interface LineLimits {
  /** How many bytes a piece has at most, unless it is one longer line. @default 1 MiB */
  readonly chunkBytes?: number;
  /** Lines longer than this are streamed past. The memory of a pass is a small multiple of it in the worst case, and of chunkBytes usually. @default 16 MiB */
  readonly maxLineBytes?: number;
}

/** How much of a line that was streamed past is reported. */
export const longLineHeadBytes = 64 * 2 ** 10;

/** How many bytes before an offset tell that a file is still the one that was read. */
export const behindBytes = 64;

/** The last 64 bytes of two that follow each other; a copy. */
export const lastOf = (before: Buffer, after: Buffer): Buffer => Buffer.concat([before, after.subarray(-behindBytes)]).subarray(-behindBytes);

const nothing: Buffer = Buffer.alloc(0);
const smallestBuffer = 64 * 2 ** 10;

/**
 * Cuts a stream of bytes into pieces of complete lines, with one buffer for everything. Fill `room()`, say `wrote(n)`, then ask `next()` until it has nothing.
 * One file at a time: `start` begins the next one and keeps the buffer.
 */
export class LineCutter {
  readonly #chunkBytes: number;
  readonly #maxLineBytes: number;
  #buffer: Buffer = nothing;
  /** Offset in the file of the buffer's first byte. */
  #origin = 0;
  /** The bytes [from, filled) of the buffer have not been handed out. */
  #from = 0;
  #filled = 0;
  /** No \n lies before this index and at or after #from. */
  #searched = 0;
  #behind: Buffer = nothing;
  #longLine: LongLineStart | undefined;

  constructor({ chunkBytes = 2 ** 20, maxLineBytes = 16 * 2 ** 20 }: LineLimits = {}) {
    this.#chunkBytes = Math.min(chunkBytes, maxLineBytes + 1);
    this.#maxLineBytes = maxLineBytes;
  }

  /** Begins a file, or goes on with one. */
  start({ position = 0, behind = nothing, expected = this.#chunkBytes, longLine }: CutterStart = {}): void {
    const wanted = Math.min(this.#chunkBytes, Math.max(smallestBuffer, 2 ** Math.ceil(Math.log2(expected + 1))));
    if (this.#buffer.length < wanted || this.#buffer.length > this.#chunkBytes) this.#buffer = Buffer.allocUnsafeSlow(wanted);
    this.#origin = position;
    this.#from = this.#filled = this.#searched = 0;
    this.#behind = behind;
    this.#longLine = longLine;
  }

  /** Gives the buffer back; the next start makes a new one. */
  release(): void {
    this.#buffer = nothing;
  }

  /** Offset of the first byte that was neither handed out nor streamed past. */
  get offset(): number {
    return this.#origin + this.#from;
  }

  /** The last bytes before the offset, at most 64. */
  get behind(): Buffer {
    return this.#behind;
  }

  /** The too long line in the middle of which the offset stands; undefined: it stands at the beginning of a line. */
  get longLine(): LongLineStart | undefined {
    return this.#longLine;
  }

  /** The bytes after the last complete line: an unterminated one. */
  get rest(): Buffer {
    return this.#buffer.subarray(this.#from, this.#filled);
  }

  /** Where the next bytes of the file go; never empty once next() has said undefined. */
  room(): Buffer {
    if (this.#filled === this.#buffer.length) this.#makeRoom();
    return this.#buffer.subarray(this.#filled);
  }

  wrote(bytes: number): void {
    this.#filled += bytes;
  }

  /** The next piece; undefined: more bytes are needed. */
  next(): Piece | undefined {
    if (this.#longLine) {
      const piece = this.#passLongLine(this.#longLine);
      if (piece || this.#longLine) return piece;
    }
    const end = this.#endOfLines();
    if (end !== undefined) return this.#lines(end);
    this.#searched = this.#filled;
    if (this.rest.length > this.#maxLineBytes) this.#beginLongLine();
    return undefined;
  }

  /** Hands out the unterminated rest of a finished file; undefined: there is none. */
  takeRest(): Piece | undefined {
    if (!this.#longLine) return this.rest.length === 0 ? undefined : this.#lines(this.#filled);
    if (this.#longLine.reported) return undefined;
    const { position, head } = this.#longLine;
    this.#longLine = { position, head, reported: true };
    return { kind: 'long_line', position, length: this.offset - position, head };
  }

  #beginLongLine(): void {
    this.#longLine = { position: this.offset, head: Buffer.from(this.rest.subarray(0, longLineHeadBytes)), reported: false };
    this.#advance(this.#filled);
  }

  #passLongLine({ position, head, reported }: LongLineStart): LongLine | undefined {
    const newline = this.rest.indexOf(10);
    if (newline < 0) {
      this.#advance(this.#filled);
      return undefined;
    }
    const length = this.offset + newline - position;
    this.#longLine = undefined;
    this.#advance(this.#from + newline + 1);
    return reported ? undefined : { kind: 'long_line', position, length, head };
  }

  /** Index behind as many complete lines as a piece may hold, or behind the first line when it alone is longer. */
  #endOfLines(): number | undefined {
    const limit = Math.min(this.#filled, this.#from + this.#chunkBytes);
    const last = this.#searched < limit ? this.#buffer.subarray(this.#searched, limit).lastIndexOf(10) : -1;
    if (last >= 0) return this.#searched + last + 1;
    const beyond = Math.max(this.#searched, limit);
    const first = beyond < this.#filled ? this.#buffer.subarray(beyond, this.#filled).indexOf(10) : -1;
    return first < 0 ? undefined : beyond + first + 1;
  }

  #lines(end: number): Lines {
    const piece: Lines = { kind: 'lines', bytes: this.#buffer.subarray(this.#from, end), position: this.offset };
    this.#advance(end);
    return piece;
  }

  #advance(index: number): void {
    this.#behind = lastOf(this.#behind, this.#buffer.subarray(this.#from, index));
    this.#from = index;
    this.#searched = Math.max(this.#searched, index);
  }

  #makeRoom(): void {
    const rest = this.rest;
    const larger = rest.length < this.#buffer.length ? this.#buffer : Buffer.allocUnsafeSlow(Math.min(Math.max(this.#buffer.length * 2, this.#chunkBytes), this.#maxLineBytes + 1));
    larger.set(rest);
    this.#origin += this.#from;
    this.#searched -= this.#from;
    this.#filled -= this.#from;
    this.#from = 0;
    this.#buffer = larger;
  }
}
