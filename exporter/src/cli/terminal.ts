import { styleText } from 'node:util';

/** Where a command writes: process.stdout is one. */
export interface Stream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Style = Parameters<typeof styleText>[0];
/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** How the output looks on this stream. */
export interface Look {
  readonly paint: Paint;
  /** Columns to fill; Infinity when nobody looks (a pipe). */
  readonly width: number;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Colours and width of a stream: NO_COLOR, FORCE_COLOR and COLUMNS as everybody means them (no-color.org, force-color.org). */
export const lookOf = (stream: Stream, variables: Variables): Look => ({ paint: coloured(stream, variables) ? paint : plain, width: widthOf(stream, variables) });

const coloured = ({ isTTY }: Stream, { NO_COLOR: no, FORCE_COLOR: force, TERM: term }: Variables): boolean => {
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return (no === undefined || no === '') && isTTY === true && term !== 'dumb';
};

const widthOf = ({ isTTY, columns }: Stream, { COLUMNS: told }: Variables): number => {
  const wanted = Number(told);
  if (Number.isInteger(wanted) && wanted >= 20) return wanted;
  return isTTY ? Math.max(20, columns ?? 80) : Infinity;
};

const paint: Paint = (style, text) => (text === '' ? text : styleText(style, text, { validateStream: false }));
const plain: Paint = (_style, text) => text;
