import { readFileSync } from 'node:fs';
import { layOut } from './scan-shape.ts';
import type { Shape } from './scan-shape.ts';

/** The exports of scan.wasm, which is scan.as compiled. */
interface Wasm {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
  readonly setUp: (root: number, sticky: number, stickyTo: number, tape: number, tapeTo: number, pool: number, poolTo: number, singles: number) => void;
  readonly scan: (from: number, to: number) => number;
  readonly forget: () => void;
  readonly tapeTop: () => number;
  readonly poolTop: () => number;
}

/** How a text stands on the tape. */
const inPool = 0;
const sameAsBefore = 1;
/** Stands for the number of events of a line that must be parsed. */
const oddLine = 0xffffffff;

// Memory: the shape, the tape, the pool of texts, a margin, the lines, a margin. All addresses are bytes.
const shapeAt = 4096;
const tapeBytes = 256 * 1024;
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
  /** A line whose values the scanner now tells. Texts that are sticky must be asked for in every line that has them, and once. */
  readonly plain: (from: number, to: number) => void;
  /** A line that must be parsed. */
  readonly odd: (from: number, to: number) => void;
}

/**
 * Walks JSON lines by their structure, in WebAssembly, and hands out the values its shape asks for.
 * A line that is not plain is handed out as odd, whether or not it is valid JSON: parse it.
 *
 * Slots below `singles` stand for one value of a line and are asked for by slot. The others may come several times:
 * they are events, numbered from `firstEvent` up to, not including, `lastEvent`, in the order of the line.
 */
export class LineScanner {
  firstEvent = 0;
  lastEvent = 0;
  /** The row of the line, in units of 16 bytes. */
  #row = 0;
  #words = new Uint32Array(0);
  #numbers = new Float64Array(0);
  readonly #wasm: Wasm;
  readonly #shape: ReturnType<typeof layOut>;
  readonly #singles: number;
  readonly #tapeAt: number;
  readonly #poolAt: number;
  readonly #linesAt: number;
  #room = 0;
  #memory: Buffer = Buffer.alloc(0);
  #pool = '';
  readonly #texts: string[] = new Array<string>(256).fill('');

  /** @param singles at most 64 */
  constructor(shape: Shape, singles: number, wasm: URL = scanWasm) {
    this.#singles = singles;
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

  /** Whether the line has a value for a slot. */
  has(slot: number): boolean {
    return ((this.#words[this.#row * 4 + (slot >>> 5)]! >>> (slot & 31)) & 1) === 1;
  }

  /** A flag that is true; absent ones are not. */
  is(slot: number): boolean {
    return this.has(slot) && this.word(slot) === 1;
  }

  /** What was captured for a slot that the line has: see StringCapture. */
  word(slot: number, which = 1): number {
    return this.#words[(this.#row + slot) * 4 + which]!;
  }

  /** A count or a time. */
  count(slot: number): number | undefined {
    return this.has(slot) ? this.#numbers[(this.#row + slot) * 2 + 1] : undefined;
  }

  text(slot: number): string | undefined {
    return this.has(slot) ? this.#text(this.#row + slot) : undefined;
  }

  slotOf(event: number): number {
    return this.#words[event * 4]! & 0xff;
  }

  wordOf(event: number, which = 1): number {
    return this.#words[event * 4 + which]!;
  }

  countOf(event: number): number {
    return this.#numbers[event * 2 + 1]!;
  }

  textOf(event: number): string {
    return this.#text(event);
  }

  /** A byte of the lines, at an address an event told. */
  byteAt(address: number): number | undefined {
    return this.#memory[address];
  }

  #text(place: number): string {
    const word = this.#words[place * 4]!;
    const slot = word & 0xff;
    const form = word >>> 8;
    if (form === sameAsBefore) return this.#texts[slot]!;
    const at = this.#words[place * 4 + 1]!;
    const length = this.#words[place * 4 + 2]!;
    return (this.#texts[slot] = form === inPool ? this.#pool.substring(at, at + length) : (JSON.parse(`"${this.#memory.toString('utf8', at, at + length)}"`) as string));
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
  #readTape(top: number, offset: number, taker: LineTaker): void {
    const words = this.#words;
    for (let head = 0; head < top;) {
      const events = words[head * 4]!;
      const from = words[head * 4 + 1]! + offset;
      const to = from + words[head * 4 + 2]!;
      if (events === oddLine) {
        head += 1;
        taker.odd(from, to);
        continue;
      }
      this.#row = head + 1;
      this.firstEvent = this.#row + this.#singles;
      head = this.lastEvent = this.firstEvent + events;
      taker.plain(from, to);
    }
  }

  #makeRoom(bytes: number): void {
    const { memory } = this.#wasm;
    const missing = this.#linesAt + bytes + 1 + margin - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
    this.#room = memory.buffer.byteLength - this.#linesAt - 1 - margin;
    this.#memory = Buffer.from(memory.buffer);
    this.#memory.set(this.#shape.bytes, shapeAt);
    this.#words = new Uint32Array(memory.buffer, this.#tapeAt, tapeBytes / 4);
    this.#numbers = new Float64Array(memory.buffer, this.#tapeAt, tapeBytes / 8);
    this.#wasm.setUp(this.#shape.root, this.#shape.stickyFrom, this.#shape.stickyTo, this.#tapeAt, this.#tapeAt + tapeBytes, this.#poolAt, this.#poolAt + poolBytes, this.#singles);
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
export const makeScanner = (shape: Shape, singles: number, wasm: URL = scanWasm): LineScanner | undefined => {
  try {
    return new LineScanner(shape, singles, wasm);
  } catch {
    return undefined;
  }
};
