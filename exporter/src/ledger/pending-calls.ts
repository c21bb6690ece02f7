import { callColumns } from './call-row.ts';
import type { CallRow } from './call-row.ts';

const width = callColumns.length;

/**
 * Calls that are booked and not yet written. One list of numbers, not objects: a long scan books some ten thousand between two commits, and as many
 * objects that live for half a second cost thirty megabytes.
 */
export class PendingCalls {
  /** Row after row, by `callColumns`; NaN: not told. */
  #numbers: number[] = [];
  /** Where the last row of each message begins. */
  #lastOf = new Map<number, number>();
  /** Of each row where the row of the same message before it begins, if there is one. */
  #before: (number | undefined)[] = [];

  /** Keeps a call; one of the same identity is replaced. */
  put(row: CallRow): void {
    let at = this.#at(row.message, row.request);
    if (at === undefined) {
      at = this.#numbers.length;
      this.#before.push(this.#lastOf.get(row.message));
      this.#lastOf.set(row.message, at);
    }
    for (let column = 0; column < width; column += 1) this.#numbers[at + column] = row[callColumns[column]!] ?? NaN;
  }

  find(message: number, request: number): CallRow | undefined {
    const at = this.#at(message, request);
    return at === undefined ? undefined : this.#row(at);
  }

  /** All calls of a message. */
  of(message: number): CallRow[] {
    const rows: CallRow[] = [];
    for (let at = this.#lastOf.get(message); at !== undefined; at = this.#before[at / width]) rows.push(this.#row(at));
    return rows;
  }

  /** Hands out each call by `callColumns`, sorted as the table is; the list is used again. */
  each(take: (columns: readonly (number | null)[]) => void): void {
    const numbers = this.#numbers;
    const order = Uint32Array.from(this.#before, (_, index) => index * width);
    order.sort((a, b) => numbers[a]! - numbers[b]! || numbers[a + 1]! - numbers[b + 1]!);
    const told = new Array<number | null>(width).fill(null);
    for (const at of order) {
      for (let column = 0; column < width; column += 1) told[column] = known(numbers[at + column]!);
      take(told);
    }
  }

  clear(): void {
    this.#numbers = [];
    this.#lastOf = new Map();
    this.#before = [];
  }

  #at(message: number, request: number): number | undefined {
    let at = this.#lastOf.get(message);
    while (at !== undefined && this.#numbers[at + 1] !== request) at = this.#before[at / width];
    return at;
  }

  #row(at: number): CallRow {
    return Object.fromEntries(callColumns.map((name, column) => [name, known(this.#numbers[at + column]!)])) as unknown as CallRow;
  }
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
