import type { NowPage } from '../../session/now.ts';
import { renderTable } from '../table.ts';
import type { Look } from '../terminal.ts';
import { shortIds } from '../find-session.ts';
import { columnsFor } from './columns.ts';
import { headingLines } from './heading.ts';
import { firstState, rowsOf } from './state.ts';

/** The same picture once, as plain lines: what a pipe gets. */
export const plainPage = (page: NowPage, { paint, width, timeZone }: Look & { readonly timeZone: string }): string => {
  const names = shortIds(page.sessions);
  const rows = rowsOf(page, firstState);
  const { columns } = columnsFor(Number.isFinite(width) ? width : wholeWidth);
  const heading = headingLines({ ...page, minutes: [] }, { columns: Number.isFinite(width) ? width : wholeWidth, paint, timeZone, from: undefined, problem: undefined, paused: false });
  if (rows.length === 0) return [heading[0], '', page.sessions.length === 0 ? 'No session of a known tool was found on this machine. watchroom doctor says where was looked.' : 'No session is live or recent. watchroom list --all has the others.'].join('\n');
  const table = renderTable(rows, columns.map(({ head, cell, align, width: least }) => ({ head, cell: (session) => cell(session, { now: page.at, paint, names }), ...(align ? { align } : {}), ...(Number.isFinite(width) ? { least, most: least } : {}) })), { width, paint });
  return [...heading.filter((line) => page.burn !== undefined || !line.includes('measuring')), '', table].join('\n');
};

const wholeWidth = 240;
