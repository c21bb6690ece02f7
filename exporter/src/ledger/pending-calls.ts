import type { CallRow } from './call-books.ts';

/** A row's columns, in the order of the table. */
const width = 19;
const headsAtFirst = 256;

/**
 * Calls that are booked and not yet written, by the hashes of their identity. One list of numbers, not objects: a long scan books some
 * twenty thousand between two commits, and as many objects that live for half a second cost thirty megabytes.
 */
export class PendingCalls {
  /** NaN: not told. */
  #columns: number[] = [];
  /** First row of each chain of like hashes, plus one; 0: none. */
  #heads: number[] = newHeads(headsAtFirst);
  /** The next row of a row's chain, plus one. */
  #next: number[] = [];

  /** Keeps a call; one of the same identity is replaced. */
  put(row: CallRow): void {
    const index = this.#indexOf(row.message, row.request);
    if (index >= 0) this.#write(index * width, row);
    else this.#append(row);
  }

  find(message: number, request: number): CallRow | undefined {
    const index = this.#indexOf(message, request);
    return index < 0 ? undefined : this.#row(index);
  }

  /** All calls of a message. */
  of(message: number): CallRow[] {
    const rows: CallRow[] = [];
    for (let index = this.#first(message); index >= 0; index = this.#next[index]! - 1) if (this.#columns[index * width] === message) rows.push(this.#row(index));
    return rows;
  }

  /** Hands out each call's columns in the order of the table, sorted as the table is; the list is used again. */
  each(take: (columns: readonly (number | null)[]) => void): void {
    const columns = this.#columns;
    const order = Uint32Array.from(this.#next, (_, index) => index * width);
    order.sort((a, b) => columns[a]! - columns[b]! || columns[a + 1]! - columns[b + 1]!);
    const told = new Array<number | null>(width).fill(null);
    for (const at of order) {
      for (let column = 0; column < width; column += 1) told[column] = known(columns[at + column]!);
      take(told);
    }
  }

  clear(): void {
    if (this.#next.length === 0) return;
    this.#columns = [];
    this.#heads = newHeads(headsAtFirst);
    this.#next = [];
  }

  #append(row: CallRow): void {
    if (this.#next.length === this.#heads.length) this.#spread();
    const index = this.#next.length;
    this.#write(index * width, row);
    this.#link(index, row.message);
  }

  /** Column after column: the list stays one of plain numbers. */
  #write(at: number, row: CallRow): void {
    const columns = this.#columns;
    columns[at] = row.message;
    columns[at + 1] = row.request;
    columns[at + 2] = row.session;
    columns[at + 3] = row.source;
    columns[at + 4] = row.position;
    columns[at + 5] = row.owner_started;
    columns[at + 6] = row.at;
    columns[at + 7] = row.model;
    columns[at + 8] = row.input ?? NaN;
    columns[at + 9] = row.output ?? NaN;
    columns[at + 10] = row.cache_read ?? NaN;
    columns[at + 11] = row.cache_creation_5m ?? NaN;
    columns[at + 12] = row.cache_creation_1h ?? NaN;
    columns[at + 13] = row.reasoning ?? NaN;
    columns[at + 14] = row.requests;
    columns[at + 15] = row.web_searches;
    columns[at + 16] = row.flags;
    columns[at + 17] = row.micro_usd ?? NaN;
    columns[at + 18] = row.project;
  }

  #row(index: number): CallRow {
    const at = index * width;
    const column = (which: number): number => this.#columns[at + which]!;
    return {
      message: column(0), request: column(1), session: column(2), source: column(3), position: column(4), owner_started: column(5), at: column(6), model: column(7),
      input: known(column(8)), output: known(column(9)), cache_read: known(column(10)), cache_creation_5m: known(column(11)), cache_creation_1h: known(column(12)), reasoning: known(column(13)),
      requests: column(14), web_searches: column(15), flags: column(16), micro_usd: known(column(17)), project: column(18),
    };
  }

  #indexOf(message: number, request: number): number {
    for (let index = this.#first(message); index >= 0; index = this.#next[index]! - 1)
      if (this.#columns[index * width] === message && this.#columns[index * width + 1] === request) return index;
    return -1;
  }

  #first(message: number): number {
    return this.#heads[headOf(message, this.#heads)]! - 1;
  }

  #link(index: number, message: number): void {
    const head = headOf(message, this.#heads);
    this.#next[index] = this.#heads[head]!;
    this.#heads[head] = index + 1;
  }

  /** Twice as many chains. */
  #spread(): void {
    this.#heads = newHeads(this.#heads.length * 2);
    for (let index = 0; index < this.#next.length; index += 1) this.#link(index, this.#columns[index * width]!);
  }
}

const newHeads = (count: number): number[] => new Array<number>(count).fill(0);

/** By the lowest bits of a hash; there is a power of two of them. */
const headOf = (hash: number, heads: readonly number[]): number => (hash | 0) & (heads.length - 1);

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
