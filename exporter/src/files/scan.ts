import { readFileSync } from 'node:fs';
import { layOut } from './scan-shape.ts';
import type { Shape } from './scan-shape.ts';

/** The exports of scan.wasm, which is scan.as compiled. */
interface Wasm {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
  readonly setUp: (root: number, sticky: number, stickyTo: number, tape: number, tapeTo: number, pool: number, poolTo: number) => void;
  readonly scan: (from: number, to: number) => number;
  readonly forget: () => void;
  readonly tapeTop: () => number;
  readonly poolTop: () => number;
}

/** How a text stands on the tape. */
const inPool = 0;
const sameAsBefore = 1;

// Memory: the shape, the tape, the pool of texts, a margin, the lines, a margin. All addresses are bytes.
const shapeAt = 4096;
const tapeBytes = 192 * 1024;
const poolBytes = 192 * 1024;
const margin = 64;
/** Lines are scanned in windows that stay in a core's cache. */
const windowBytes = 256 * 1024;

/** Of the web's WebAssembly, whose types come with a browser's library, the part that is used here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

const scanWasm = new URL('./scan.wasm', import.meta.url);

/** Receives the lines in their order. `from` and `to` are indices of the bytes that are scanned; the \n is not in the line. */
export interface LineTaker {
  /** A line whose events are those from `first` up to, not including, `last`. */
  readonly plain: (first: number, last: number, from: number, to: number) => void;
  /** A line that must be parsed. */
  readonly odd: (from: number, to: number) => void;
}

/**
 * Walks JSON lines by their structure, in WebAssembly, and hands out the values its shape asks for, as events on a tape.
 * An event is four words: slot and form, and three that depend on what was asked for (scan-shape.ts).
 * A line that is not plain is handed out as odd, whether or not it is valid JSON: parse it.
 */
export class LineScanner {
  /** Event i is words[4 i] … words[4 i + 3]. */
  words = new Uint32Array(0);
  /** Its count or time is numbers[2 i + 1]. */
  numbers = new Float64Array(0);
  readonly #wasm: Wasm;
  readonly #shape: ReturnType<typeof layOut>;
  readonly #tapeAt: number;
  readonly #poolAt: number;
  readonly #linesAt: number;
  #room = 0;
  #memory: Buffer = Buffer.alloc(0);
  #pool = '';
  readonly #texts: string[] = new Array<string>(256).fill('');

  constructor(shape: Shape, wasm: URL = scanWasm) {
    this.#wasm = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm))).exports as Wasm;
    this.#shape = layOut(shape, shapeAt);
    this.#tapeAt = align(shapeAt + this.#shape.bytes.length);
    this.#poolAt = this.#tapeAt + tapeBytes;
    this.#linesAt = align(this.#poolAt + poolBytes + margin);
    this.#makeRoom(windowBytes);
  }

  /** Scans complete lines; only the last one may lack its \n. */
  scan(bytes: Buffer, taker: LineTaker): void {
    this.#wasm.forget();
    for (let from = 0; from < bytes.length;) {
      const to = endOfWindow(bytes, from);
      this.#window(bytes, from, to, taker);
      from = to;
    }
  }

  /** The text of an event; texts must be asked for in their order, each once. */
  text(event: number): string {
    const word = this.words[event * 4]!;
    const slot = word & 0xff;
    const form = word >>> 8;
    if (form === sameAsBefore) return this.#texts[slot]!;
    const at = this.words[event * 4 + 1]!;
    const length = this.words[event * 4 + 2]!;
    return (this.#texts[slot] = form === inPool ? this.#pool.substring(at, at + length) : (JSON.parse(`"${this.#memory.toString('utf8', at, at + length)}"`) as string));
  }

  /** A byte of the lines, at an address an event told. */
  byteAt(address: number): number | undefined {
    return this.#memory[address];
  }

  #window(bytes: Buffer, from: number, to: number, taker: LineTaker): void {
    if (to - from > this.#room) this.#makeRoom(to - from);
    const wasm = this.#wasm;
    const start = this.#linesAt;
    const end = start + (to - from);
    bytes.copy(this.#memory, start, from, to);
    this.#memory[end] = 10;
    for (let at = start; at < end;) {
      at = wasm.scan(at, end);
      this.#pool = this.#memory.toString('latin1', this.#poolAt, wasm.poolTop());
      this.#readTape((wasm.tapeTop() - this.#tapeAt) / 16, from - start, taker);
    }
  }

  /** @param offset from an address in memory to an index of the caller's bytes */
  #readTape(events: number, offset: number, taker: LineTaker): void {
    const { words } = this;
    for (let head = 0; head < events;) {
      const size = words[head * 4]!; // 0: an odd line
      const from = words[head * 4 + 1]! + offset;
      const to = from + words[head * 4 + 2]!;
      if (size === 0) taker.odd(from, to);
      else taker.plain(head + 1, head + size, from, to);
      head += size || 1;
    }
  }

  #makeRoom(bytes: number): void {
    const { memory } = this.#wasm;
    const missing = this.#linesAt + bytes + 1 + margin - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
    this.#room = memory.buffer.byteLength - this.#linesAt - 1 - margin;
    this.#memory = Buffer.from(memory.buffer);
    this.#memory.set(this.#shape.bytes, shapeAt);
    this.words = new Uint32Array(memory.buffer, this.#tapeAt, tapeBytes / 4);
    this.numbers = new Float64Array(memory.buffer, this.#tapeAt, tapeBytes / 8);
    this.#wasm.setUp(this.#shape.root, this.#shape.stickyFrom, this.#shape.stickyTo, this.#tapeAt, this.#tapeAt + tapeBytes, this.#poolAt, this.#poolAt + poolBytes);
  }
}

/** Behind the last complete line that begins and ends inside the window; a longer line is a window of its own. */
const endOfWindow = (bytes: Buffer, from: number): number => {
  if (bytes.length - from <= windowBytes) return bytes.length;
  const newline = bytes.lastIndexOf(10, from + windowBytes - 1);
  if (newline >= from) return newline + 1;
  const next = bytes.indexOf(10, from + windowBytes);
  return next < 0 ? bytes.length : next + 1;
};

const align = (address: number): number => (address + 15) & ~15;

/** A scanner of lines; undefined where WebAssembly with SIMD, or the file that holds it, is not to be had: parse the lines then. */
export const makeScanner = (shape: Shape, wasm: URL = scanWasm): LineScanner | undefined => {
  try {
    return new LineScanner(shape, wasm);
  } catch {
    return undefined;
  }
};
