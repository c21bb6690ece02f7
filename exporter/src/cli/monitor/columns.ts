import { isLiveSession } from '../../session/now.ts';
import type { NowSession } from '../../session/now.ts';
import { totalTokens } from '../../session/usage.ts';
import { bar, fillStyle } from '../bar.ts';
import { percent, shortNumber, shortTime, usd } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import type { Paint, Style } from '../terminal.ts';
import { levelStyle, unknown } from '../views/marks.ts';
import { errorsOf } from './state.ts';
import type { SortKey } from './state.ts';

/** What a cell may look at besides its session. */
export interface Cells {
  readonly now: number;
  readonly paint: Paint;
  /** Short names by id. */
  readonly names: ReadonlyMap<string, string>;
}

export interface ScreenColumn {
  readonly head: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly cell: (session: NowSession, cells: Cells) => string;
  /** The order that goes by it. */
  readonly sort?: SortKey;
  /** Takes what the others leave, up to so many columns. */
  readonly most?: number;
  /** The greatest goes first on a narrow screen; 0 stays. */
  readonly dropped: number;
}

/** The columns that fit, widened to fill the width. They do not depend on the rows: nothing jumps when sessions come and go. */
export const columnsFor = (width: number): { readonly columns: readonly ScreenColumn[]; readonly gap: number } => {
  const gap = width < 110 ? 1 : 2;
  let kept: readonly ScreenColumn[] = width < 60 ? narrow : wide;
  const needed = (columns: readonly ScreenColumn[]): number => columns.reduce((sum, column) => sum + column.width, gap * (columns.length - 1));
  while (needed(kept) > width && kept.some(({ dropped }) => dropped > 0)) {
    const most = Math.max(...kept.map(({ dropped }) => dropped));
    kept = kept.filter(({ dropped }) => dropped !== most);
  }
  return { columns: widened(kept, width - needed(kept)), gap };
};

/** The room that is left goes to the columns that can use it, one after the other. */
const widened = (columns: readonly ScreenColumn[], room: number): readonly ScreenColumn[] => {
  let left = Math.max(0, room);
  return columns.map((column) => {
    const more = Math.min(left, Math.max(0, (column.most ?? column.width) - column.width));
    left -= more;
    return { ...column, width: column.width + more };
  });
};

const stateStyles: Readonly<Record<string, Style>> = { working: 'green', waiting: 'yellow', idle: 'blue', ended: 'dim' };

export const stateCell = ({ state, lastWasError }: NowSession, paint: Paint): string => paint(stateStyles[state] ?? 'dim', state) + (lastWasError && state !== 'ended' ? paint('red', '✗') : '');

export const doingText = ({ state, waitingFor, runningTool }: NowSession): string => {
  if (state === 'ended') return '';
  if (waitingFor !== undefined) return `needs ${safeText(waitingFor)}`;
  return state === 'working' ? safeText(runningTool ?? '') : '';
};

/** ▓▓▓▓░░░░ 62 %; the bare size where the window is unknown. */
export const contextText = ({ context }: NowSession, paint: Paint, cells: number): string => {
  if (!context) return unknown;
  if (context.ratio === undefined) return `${shortNumber(context.used)} of ?`;
  return `${cells > 0 ? `${bar(context.ratio, cells, paint)} ` : ''}${paint(fillStyle(context.ratio), percent(context.ratio).padStart(5))}`;
};

/** ≥ when tokens without a price or unlogged output come on top. */
export const costCell = ({ costUsd, unpricedTokens, outputLowerBound }: NowSession): string =>
  costUsd === undefined ? unknown : `${outputLowerBound || (unpricedTokens ?? 0) > 0 ? '≥' : ''}${usd(costUsd)}`;

export const tokensCell = ({ tokens, tokensEstimated, outputLowerBound }: NowSession): string => {
  if (tokens) return `${outputLowerBound ? '≥' : ''}${shortNumber(totalTokens(tokens))}`;
  return tokensEstimated ? `~${shortNumber((tokensEstimated.input ?? 0) + (tokensEstimated.output ?? 0))}` : unknown;
};

export const burnCell = ({ burn, state }: NowSession, paint: Paint): string => {
  if (state === 'ended') return '';
  if (!burn) return unknown;
  return burn.tokensPerMinute === 0 ? paint('dim', '0') : shortNumber(burn.tokensPerMinute);
};

const errorsCell = (session: NowSession, paint: Paint): string => {
  const errors = errorsOf(session);
  if (errors === undefined) return unknown;
  return errors === 0 ? paint('dim', '0') : paint(session.state === 'ended' ? 'dim' : 'red', shortNumber(errors));
};

export const healthCell = ({ health, state }: NowSession, paint: Paint): string =>
  health.score === undefined ? unknown : paint(state === 'ended' ? 'dim' : levelStyle(health.level), String(Math.floor(health.score)));

export const ageText = ({ lastActivityAt }: NowSession, now: number): string => (lastActivityAt === undefined ? unknown : shortTime(now - Date.parse(lastActivityAt)));

/** "claude-sonnet-4-5-20250929" without the date. */
export const shortModel = (model: string): string => safeText(model).replace(/-20\d{6}$/, '');

const live: ScreenColumn = { head: '', width: 1, dropped: 0, cell: (session, { paint }) => (isLiveSession(session) ? paint('green', '●') : ' ') };
const state: ScreenColumn = { head: 'STATE', width: 8, dropped: 0, sort: 'state', cell: (session, { paint }) => stateCell(session, paint) };
const name: ScreenColumn = { head: 'SESSION', width: 16, most: 26, dropped: 0, cell: ({ id }, { paint, names }) => paint('cyan', safeText(names.get(id) ?? id)) };
const health: ScreenColumn = { head: 'HEALTH', width: 6, align: 'right', dropped: 0, sort: 'health', cell: (session, { paint }) => healthCell(session, paint) };
const cost: ScreenColumn = { head: 'COST', width: 7, align: 'right', dropped: 2, sort: 'cost', cell: costCell };

const wide: readonly ScreenColumn[] = [
  live, state, name,
  { head: 'PROJECT', width: 10, most: 18, dropped: 6, sort: 'project', cell: ({ project }) => safeText(project ?? '') },
  { head: 'TITLE', width: 13, most: 60, dropped: 7, cell: ({ title }) => safeText(title ?? '') },
  { head: 'DOING', width: 10, most: 18, dropped: 8, cell: doingText },
  { head: 'MODEL', width: 14, most: 20, dropped: 10, cell: ({ model }) => shortModel(model ?? '') },
  { head: 'CONTEXT', width: 14, dropped: 1, sort: 'context', cell: (session, { paint }) => contextText(session, paint, 8) },
  { head: 'TOKENS', width: 7, align: 'right', dropped: 9, cell: tokensCell },
  { head: 'BURN/m', width: 6, align: 'right', dropped: 3, sort: 'burn', cell: (session, { paint }) => burnCell(session, paint) },
  cost,
  { head: 'ERR', width: 3, align: 'right', dropped: 5, sort: 'errors', cell: (session, { paint }) => errorsCell(session, paint) },
  health,
  { head: 'AGE', width: 4, align: 'right', dropped: 4, sort: 'activity', cell: (session, { now }) => ageText(session, now) },
];

const narrow: readonly ScreenColumn[] = [
  live,
  { ...state, width: 7, cell: ({ state: text }, { paint }) => paint(stateStyles[text] ?? 'dim', text) },
  { head: 'PROJECT', width: 12, most: 24, dropped: 0, sort: 'project', cell: ({ project, id }, { paint, names }) => paint('cyan', safeText(project ?? names.get(id) ?? id)) },
  { head: 'CTX', width: 5, align: 'right', dropped: 1, sort: 'context', cell: (session, { paint }) => contextText(session, paint, 0) },
  { ...cost, width: 6 },
  { head: 'ERR', width: 3, align: 'right', dropped: 4, sort: 'errors', cell: (session, { paint }) => errorsCell(session, paint) },
  { ...health, head: 'HP', width: 3 },
];
