import { stripVTControlCharacters } from 'node:util';
import type { NowPage, NowSession } from '../../session/now.ts';
import { shortIds } from '../find-session.ts';
import { textWidth } from '../text-width.ts';
import { wrap } from '../wrap.ts';
import { cell, joinFitting, spread } from './cells.ts';
import { columnsFor } from './columns.ts';
import type { ScreenColumn } from './columns.ts';
import { detailLines } from './details.ts';
import { headingLines } from './heading.ts';
import type { Heading } from './heading.ts';
import { helpLines } from './help.ts';
import { rowsOf } from './state.ts';
import type { MonitorState } from './state.ts';

export interface Screen extends Omit<Heading, 'paused'> {
  readonly rows: number;
}

/** The whole screen as lines, none wider and not more than the terminal has; a pure picture of the page and of what was typed. */
export const screenLines = (page: NowPage | undefined, state: MonitorState, screen: Screen): readonly string[] => {
  if (!page) return screen.problem === undefined ? [screen.paint('dim', 'Reading sessions …')] : wrap(screen.problem, screen.columns);
  const rows = rowsOf(page, state);
  const selected = selectedOf(rows, state);
  const heading = headingLines(page, { ...screen, paused: state.paused });
  const room = screen.rows - heading.length - 2; // a line of heads, a line of keys
  const details = state.help ? helpLines(screen) : selected && detailsShown(state, screen) ? detailLines(selected, { ...screen, now: page.at }) : [];
  const rule = screen.paint('dim', '─'.repeat(screen.columns));
  const shownDetails = details.slice(0, Math.max(0, isWhole(screen) || state.help ? room - 1 : Math.min(room - leastRows - 1, mostDetails)));
  const tableRows = room - (shownDetails.length > 0 ? shownDetails.length + 1 : 0);
  const table = tableRows >= 1 ? tableLines(page, rows, { ...screen, state, selected, room: tableRows }) : [];
  const lines = [...heading, ...table, ...(shownDetails.length > 0 ? [rule, ...shownDetails] : []), footer(state, screen, rows.length)].slice(0, screen.rows);
  // What cannot be narrower is cut; elsewhere everything is made to fit.
  return screen.columns >= leastColumns ? lines : lines.map((line) => cell(line, screen.columns));
};

const leastColumns = 36;

/** Where the details are, by the person's word or by the room there is. */
export const detailsShown = ({ details }: MonitorState, screen: Pick<Screen, 'rows' | 'columns'>): boolean => details ?? !isWhole(screen);

/** A small terminal shows the details instead of the table. */
const isWhole = ({ rows, columns }: Pick<Screen, 'rows' | 'columns'>): boolean => rows < 22 || columns < 60;

const leastRows = 4;
const mostDetails = 12;

export const selectedOf = (rows: readonly NowSession[], { selected }: MonitorState): NowSession | undefined => rows.find(({ id }) => id === selected) ?? rows[0];

interface Table extends Screen {
  readonly state: MonitorState;
  readonly selected: NowSession | undefined;
  /** Lines for rows; the heads have one more. */
  readonly room: number;
}

const tableLines = (page: NowPage, rows: readonly NowSession[], table: Table): readonly string[] => {
  const { columns: width, paint, room, state, selected } = table;
  if (rows.length === 0) return ['', ...wrap(nothing(page, state), width).slice(0, room)].concat(Array.from({ length: Math.max(0, room - wrap(nothing(page, state), width).length) }, () => ''));
  const { columns, gap } = columnsFor(width);
  const between = ' '.repeat(gap);
  const names = shortIds(page.sessions);
  const line = (session: NowSession): string => {
    const text = columns.map((column) => cell(column.cell(session, { now: page.at, paint, names }), column.width, column.align)).join(between);
    return session === selected ? marked(text, width, paint) : text;
  };
  const at = selected ? rows.indexOf(selected) : 0;
  const first = Math.max(0, Math.min(rows.length - room, at - Math.floor(room / 2)));
  const lines = rows.slice(first, first + room).map(line);
  return [headLine(columns, between, state, paint), ...lines, ...Array.from({ length: room - lines.length }, () => '')];
};

/** The session that is looked at: reversed where there are colours, pointed at where there are none. */
const marked = (text: string, width: number, paint: Screen['paint']): string => {
  const plain = stripVTControlCharacters(text);
  const reversed = paint('inverse', cell(plain, width));
  return reversed === cell(plain, width) ? `>${plain.slice(1)}` : reversed;
};

const headLine = (columns: readonly ScreenColumn[], between: string, { sort, reversed }: MonitorState, paint: Screen['paint']): string =>
  columns.map(({ head, width, align, sort: key }) => {
    const isSorted = key === sort;
    const arrow = isSorted ? (reversed ? '▴' : '▾') : '';
    const text = cell(textWidth(head + arrow) <= width ? head + arrow : `${head.slice(0, width - 1)}${arrow}`, width, align);
    return paint(isSorted ? ['bold'] : 'dim', text);
  }).join(between);

const nothing = ({ sessions, complete }: NowPage, { filter, search }: MonitorState): string => {
  if (!complete) return 'Reading sessions for the first time …';
  if (search !== '') return `None of ${sessions.length} sessions has "${search}". Esc ends the search.`;
  if (sessions.length > 0) return `None of ${sessions.length} sessions is ${filter}. f chooses others.`;
  return 'No session of a known tool was found on this machine. Start one, and it appears here; watchroom doctor says where was looked.';
};

const footer = (state: MonitorState, { columns, paint, problem }: Screen, count: number): string => {
  if (state.typing) return joinFitting([`${paint('bold', '/')}${state.search}${paint('inverse', ' ')}`, paint('dim', 'Enter keeps, Esc ends')], columns, '  ');
  if (problem !== undefined) return cell(paint('red', problem), columns).trimEnd();
  const key = (name: string, meaning: string): string => `${paint('cyan', name)} ${paint('dim', meaning)}`;
  const left = joinFitting([key('q', 'quit'), key('?', 'help'), key('s', state.sort), key('f', state.filter), key('/', state.search === '' ? 'search' : state.search), key('⏎', 'details'), key('r', 'now'), key('p', state.paused ? 'go on' : 'pause')], columns, '  ');
  return spread(left, paint('dim', `${count}`), columns);
};
