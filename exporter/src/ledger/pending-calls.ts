import { callColumns, valuesOf } from './call-row.ts';
import type { CallRow } from './call-row.ts';

const width = callColumns.length;

/**
 * Calls that are booked and not yet written. Lists of numbers, not objects with names: a long scan books some ten thousand between two commits, and as
 * many objects that live for half a second cost thirty megabytes.
 */
export class PendingCalls {
  /** Each by `callColumns`. */
  #rows: number[][] = [];
  /** The last row of each message. */
  #lastOf = new Map<number, number>();
  /** Of each row the one of the same message before it, if there is one. */
  #before: (number | undefined)[] = [];

  /** Keeps a call; one of the same identity is replaced. */
  put(row: CallRow): void {
    const last = this.#lastOf.get(row.message);
    const index = this.#indexOf(last, row.request);
    if (index !== undefined) this.#rows[index] = valuesOf(row);
    else {
      this.#lastOf.set(row.message, this.#rows.push(valuesOf(row)) - 1);
      this.#before.push(last);
    }
  }

  find(message: number, request: number): CallRow | undefined {
    const index = this.#indexOf(this.#lastOf.get(message), request);
    return index === undefined ? undefined : rowOf(this.#rows[index]!);
  }

  /** All calls of a message. */
  of(message: number): CallRow[] {
    const rows: CallRow[] = [];
    for (let index = this.#lastOf.get(message); index !== undefined; index = this.#before[index]) rows.push(rowOf(this.#rows[index]!));
    return rows;
  }

  /**
   * Hands out all calls sorted as the table is, so many at a time and the last ones singly: their values one after the other, in a list that may be
   * used again. It is over with them then.
   */
  takeAll(atOnce: number, take: (values: readonly number[]) => void): void {
    const rows = this.#rows.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
    const grouped = rows.length - (rows.length % atOnce);
    const values = new Array<number>(atOnce * width).fill(NaN);
    for (let index = 0, at = 0; index < grouped; index += 1) {
      const row = rows[index]!;
      for (let column = 0; column < width; column += 1) values[at + column] = row[column]!;
      at = (at + width) % values.length;
      if (at === 0) take(values);
    }
    for (let index = grouped; index < rows.length; index += 1) take(rows[index]!);
    this.#rows = [];
    this.#lastOf = new Map();
    this.#before = [];
  }

  /** Which row a request is among those of its message, whose last one is told. */
  #indexOf(last: number | undefined, request: number): number | undefined {
    let index = last;
    while (index !== undefined && this.#rows[index]![1] !== request) index = this.#before[index];
    return index;
  }
}

const rowOf = (values: readonly number[]): CallRow => Object.fromEntries(callColumns.map((name, column) => [name, known(values[column]!)])) as unknown as CallRow;

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
