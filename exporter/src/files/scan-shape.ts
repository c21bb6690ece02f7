/**
 * What a scanner shall write down of a JSON value, and of which kind the value may be.
 * null is always allowed and never written down. A value of any other kind makes its line odd.
 */
export interface Shape {
  /** Where the value is told, 1–254: two may share one. Not needed for what is only passed through. */
  readonly slot?: number;
  readonly string?: StringCapture;
  /** count: a whole number from 0 of at most 12 digits, others are odd. */
  readonly number?: 'skip' | 'count';
  /** true or false. */
  readonly flag?: true;
  /** Members that are asked for; others are validated and passed over. */
  readonly object?: 'skip' | Readonly<Record<string, Shape>>;
  readonly array?: 'skip' | Shape;
  /** Told at the beginning of the object or array: its first word is 0 or 1. */
  readonly mark?: true;
  /** Told behind the value, whatever its kind: its first word is the hash of its bytes. */
  readonly hash?: true;
}

/**
 * skip: nothing. text: the text. sticky: the same, cheap when it repeats itself from line to line.
 * first: words 1 to 3 are its first byte (0: it is empty), the address where it begins, and its length as written.
 * lines: word 1 is how many line breaks it holds, word 2 whether it ends with one, word 3 its length as written.
 * time: an ISO time with milliseconds and Z, told as a count. oneOf: word 1 says which of these words it is, from 1; 0: none.
 * With others: 'stop' a line in which it is none of them is not looked at further: what came before is told, and the rest may be anything.
 * find: told when it holds the word, or may hold it.
 */
export type StringCapture = 'skip' | 'text' | 'sticky' | 'first' | 'lines' | 'time' | { readonly oneOf: readonly string[]; readonly others?: 'stop' } | { readonly find: string };

/** Bytes of a sticky value's last text, as scan.as lays them out. */
const stickyBytes = 8 + 240 + 16;
const entryBytes = 48;
const nodeBytes = 12;

/** A shape as scan.as reads it. */
export interface LaidOut {
  readonly bytes: Uint8Array;
  readonly root: number;
  readonly stickyFrom: number;
  readonly stickyTo: number;
}

/** Lays a shape out for scan.as, for the addresses from `base` on. */
export const layOut = (shape: Shape, base: number): LaidOut => {
  const out = new Layout(base, countSticky(shape));
  const root = out.take(entryBytes);
  out.entry(root, '', shape, 0);
  return { bytes: out.finished(), root, stickyFrom: out.stickyFrom, stickyTo: out.stickyTo };
};

const countSticky = (shape: Shape): number => {
  const own = shape.string === 'sticky' ? 1 : 0;
  const members = typeof shape.object === 'object' ? Object.values(shape.object).reduce((sum, member) => sum + countSticky(member), 0) : 0;
  return own + members + (typeof shape.array === 'object' ? countSticky(shape.array) : 0);
};

const modes = { skip: 0, text: 1, sticky: 2, first: 4, lines: 5, time: 6 } as const;
const wordMode = 3;
const findMode = 7;

class Layout {
  readonly stickyFrom: number;
  readonly stickyTo: number;
  readonly #base: number;
  #sticky: number;
  #bytes = new Uint8Array(64 * 1024);
  #end: number;

  constructor(base: number, stickies: number) {
    this.#base = base;
    this.stickyFrom = this.#sticky = base;
    this.stickyTo = this.#end = base + stickies * stickyBytes;
  }

  finished(): Uint8Array {
    return this.#bytes.slice(0, this.#end - this.#base);
  }

  take(bytes: number): number {
    const at = this.#end;
    this.#end = (at + bytes + 7) & ~7;
    if (this.#end - this.#base > this.#bytes.length) throw new Error('the shape of a scanner is larger than 64 KiB; ask for fewer members');
    return at;
  }

  /** The layout is that of Entry in scan.as. */
  entry(at: number, key: string, shape: Shape, bit: number): void {
    const name = Buffer.from(key, 'utf8');
    this.#text(at, name.subarray(0, 8));
    if (name.length > 8) this.#text(at + 8, name.subarray(-8));
    this.#u32(at + 16, name.length);
    this.#u32(at + 20, this.#textAt(name));
    this.#u32(at + 24, this.#node(shape));
    this.#u32(at + 28, this.#data(shape.string));
    this.#text(at + 32, [modeOf(shape.string), kindsOf(shape), extrasOf(shape), bit, shape.slot ?? 0]);
  }

  #node({ object, array }: Shape): number {
    const members = typeof object === 'object' ? Object.entries(object) : [];
    const element = typeof array === 'object' ? array : undefined;
    if (members.length === 0 && !element) return 0;
    if (members.length > 64) throw new Error('a scanner can ask for 64 members of an object at most');
    const node = this.take(nodeBytes);
    const size = 2 ** Math.ceil(Math.log2(members.length * 2 + 1));
    const table = this.take(size * entryBytes);
    this.#u32(node, size - 1);
    this.#u32(node + 4, table);
    members.forEach(([key, member], bit) => this.entry(this.#freeIn(table, size, key), key, member, bit));
    if (element) {
      const at = this.take(entryBytes);
      this.#u32(node + 8, at);
      this.entry(at, '', element, 0);
    }
    return node;
  }

  /** Open addressing, from the hash that scan.as computes of a key. */
  #freeIn(table: number, size: number, key: string): number {
    const name = Buffer.alloc(8);
    name.write(key, 'utf8');
    const length = Buffer.byteLength(key);
    const mixed = ((name.readBigUInt64LE() ^ (BigInt(length) << 56n)) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
    let index = Number(mixed >> 40n) & (size - 1);
    while (this.#readU32(table + index * entryBytes + 16) !== 0) index = (index + 1) & (size - 1);
    return table + index * entryBytes;
  }

  #data(capture: StringCapture | undefined): number {
    if (capture === 'sticky') {
      this.#sticky += stickyBytes;
      return this.#sticky - stickyBytes;
    }
    if (typeof capture !== 'object') return 0;
    if ('find' in capture) {
      const word = Buffer.from(capture.find);
      const at = this.take(4 + word.length + 8);
      this.#u32(at, word.length);
      this.#text(at + 4, word);
      return at;
    }
    const at = this.take(4 + capture.oneOf.length * 32 + 8);
    this.#u32(at, capture.oneOf.length);
    capture.oneOf.forEach((word, index) => {
      const bytes = Buffer.from(word);
      if (bytes.length > 28) throw new Error(`a scanner compares words of 28 bytes at most, got "${word}"`);
      this.#u32(at + 4 + index * 32, bytes.length);
      this.#text(at + 8 + index * 32, bytes);
    });
    return at;
  }

  #textAt(text: Uint8Array): number {
    const at = this.take(text.length + 8);
    this.#text(at, text);
    return at;
  }

  #text(at: number, bytes: ArrayLike<number>): void {
    this.#bytes.set(bytes, at - this.#base);
  }

  #u32(at: number, value: number): void {
    new DataView(this.#bytes.buffer).setUint32(at - this.#base, value, true);
  }

  #readU32(at: number): number {
    return new DataView(this.#bytes.buffer).getUint32(at - this.#base, true);
  }
}

const modeOf = (capture: StringCapture | undefined): number => (typeof capture === 'object' ? ('find' in capture ? findMode : wordMode) : modes[capture ?? 'skip']);

const kindsOf = ({ string, number, flag, object, array }: Shape): number =>
  (string === undefined ? 0 : 1) | (number === undefined ? 0 : 2) | (flag === undefined ? 0 : 4) | (object === undefined ? 0 : 8) | (array === undefined ? 0 : 16);

const extrasOf = ({ mark, hash, number, string }: Shape): number =>
  (mark ? 1 : 0) | (hash ? 2 : 0) | (number === 'count' ? 4 : 0) | (typeof string === 'object' && 'others' in string ? 8 : 0);
