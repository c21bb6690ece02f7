import Table from 'cli-table3';
import type { Paint } from './terminal.ts';
import { textWidth } from './text-width.ts';
import { wrap } from './wrap.ts';

/** One column of a table that fits itself into the terminal. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** The most columns it may take. @default as many as its widest cell */
  readonly most?: number;
  /** It may be cut down to so many columns; without it the column is never cut. */
  readonly least?: number;
  /** What is too long goes on in the next line instead of being cut. */
  readonly wraps?: boolean;
  /** Narrow terminals drop the column with the greatest number first. 0 stays. @default 0 */
  readonly dropped?: number;
}

/** Rows as text, no wider than asked: first the columns that may are cut, then the least important ones are left out. */
export const renderTable = <Row>(rows: readonly Row[], columns: readonly Column<Row>[], { width, paint }: { readonly width: number; readonly paint: Paint }): string => {
  const filled = columns.map((column) => ({ column, cells: rows.map(column.cell) })).filter(({ cells }) => cells.some((cell) => cell !== ''));
  const fitted = fit(filled.map(({ column, cells }) => ({ column, cells, natural: naturalWidth(column, cells) })), width);
  const lines = (head: string[], from: number): string => {
    const table = new Table({ head, colWidths: fitted.map(({ columns }) => columns), colAligns: fitted.map(({ column }) => column.align ?? 'left'), chars: noBorders, style: noStyle });
    const last = Math.min(from + rowsAtOnce, rows.length);
    for (let index = from; index < last; index += 1) table.push(fitted.map(({ column, cells, columns }) => (column.wraps ? wrap(cells[index]!, columns).join('\n') : cells[index]!)));
    return table.toString();
  };
  const pieces = [lines(fitted.map(({ column }) => paint('dim', column.head)), 0)];
  for (let from = rowsAtOnce; from < rows.length; from += rowsAtOnce) pieces.push(lines([], from));
  return pieces.join('\n').split('\n').map((line) => line.trimEnd()).join('\n');
};

/** cli-table3 takes quadratic time: 10,000 rows at once half a minute. The widths are fixed, so pieces line up. */
const rowsAtOnce = 100;

interface Filled<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly string[];
  readonly natural: number;
}

const gap = 2;
const noStyle = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };
const noBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'].map((name) => [name, '']).concat([['middle', ' '.repeat(gap)]]),
);

const naturalWidth = <Row>({ head, most }: Column<Row>, cells: readonly string[]): number => Math.min(most ?? Infinity, cells.reduce((widest, cell) => Math.max(widest, textWidth(cell)), textWidth(head)));

const fit = <Row>(all: readonly Filled<Row>[], width: number): (Filled<Row> & { readonly columns: number })[] => {
  let kept = [...all];
  while (kept.length > 1 && leastWidth(kept) > width) {
    const most = Math.max(...kept.map(({ column }) => column.dropped ?? 0));
    if (most === 0) break;
    kept = kept.filter(({ column }) => (column.dropped ?? 0) !== most);
  }
  let spare = width - leastWidth(kept);
  return kept.map((one) => {
    const least = leastOf(one);
    const more = Math.max(0, Math.min(one.natural - least, spare));
    spare -= more;
    return { ...one, columns: least + more };
  });
};

const leastOf = <Row>({ column, natural }: Filled<Row>): number => Math.min(natural, column.least ?? natural);
const leastWidth = <Row>(filled: readonly Filled<Row>[]): number => filled.reduce((sum, one) => sum + leastOf(one), gap * (filled.length - 1));
