import type { FollowedFrom } from '../backend.ts';
import type { NowPage } from '../../session/now.ts';
import { sessionStates } from '../../session/session.ts';
import type { BudgetStatus } from '../../session/snapshot.ts';
import { bar } from '../bar.ts';
import { clockTime, longTime, percent, shortNumber, usd } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import type { Paint } from '../terminal.ts';
import { joinFitting, spread } from './cells.ts';

export interface Heading {
  readonly columns: number;
  readonly paint: Paint;
  readonly timeZone: string;
  readonly from: FollowedFrom | undefined;
  /** Why there is no newer page. */
  readonly problem: string | undefined;
  readonly paused: boolean;
}

/** Above the table: who is at it, how fast it burns, what the accounts and budgets still allow. */
export const headingLines = (page: NowPage, view: Heading): readonly string[] =>
  [whoLine(page, view), burnLine(page, view), ...allowanceLine(page, view)];

const whoLine = ({ at, live, counts, complete, scanned }: NowPage, { columns, paint, timeZone, from, problem, paused }: Heading): string => {
  const states = sessionStates.flatMap((state) => (counts[state] === 0 ? [] : [`${counts[state]} ${state}`])).join(' · ');
  const left = joinFitting([paint(['bold', 'cyan'], 'watchroom'), live > 0 ? paint(['green', 'bold'], `● ${live} LIVE`) : paint('dim', 'nothing live'), states], columns, '  ');
  const source = problem !== undefined ? paint('red', 'no answer') : paused ? paint('yellow', 'paused') : paint('dim', complete ? sourceText(from) : `reading ${percent(scanned)}`);
  return spread(left, `${source}  ${clockTime(at, timeZone).slice(11, 16)}`, columns);
};

const sourceText = (from: FollowedFrom | undefined): string => (from?.kind === 'exporter' ? `exporter ${new URL(from.address).host}` : (from?.kind ?? ''));

const burnLine = ({ burn, minutes }: NowPage, { columns, paint }: Heading): string => {
  const rate = burn ? `${paint('bold', shortNumber(burn.tokensPerMinute))} tokens/min` : paint('dim', 'burn: measuring');
  const cost = burn?.usdPerHour === undefined ? '' : `${usd(burn.usdPerHour)}/h`;
  return joinFitting([rate, cost, minutes.some((tokens) => tokens > 0) ? `${paint('cyan', sparkline(minutes))} ${paint('dim', `${minutes.length}m`)}` : ''], columns, paint('dim', ' · '));
};

const blocks = '▁▂▃▄▅▆▇█';

/** The highest is full; what is nothing is lowest, and what is little is seen. */
export const sparkline = (values: readonly number[]): string => {
  const most = Math.max(...values);
  return values.map((value) => blocks[value === 0 ? 0 : Math.max(1, Math.min(7, Math.floor((value / most) * 7.999)))]).join('');
};

const allowanceLine = ({ at, rateLimits, budgets }: NowPage, { columns, paint }: Heading): readonly string[] => {
  const cells = columns < 60 ? 4 : 8;
  const limits = rateLimits.map(({ tool, window, usedRatio, resetsAt }) =>
    `${tool} ${safeText(window)} ${bar(usedRatio, cells, paint)} ${percent(usedRatio)}${resetsAt === undefined ? '' : paint('dim', ` ↻${longTime(resetsAt - at)}`)}`);
  const line = joinFitting([...limits, ...budgets.map((budget) => budgetText(budget, cells, paint))], columns, '  ');
  return line === '' ? [] : [line];
};

const budgetText = ({ scope, name, period, limitUsd, limitTokens, usedUsd, usedTokens }: BudgetStatus, cells: number, paint: Paint): string => {
  const ratio = limitUsd !== undefined ? usedUsd / limitUsd : limitTokens !== undefined ? usedTokens / limitTokens : undefined;
  if (ratio === undefined) return '';
  const used = limitUsd !== undefined ? `${usd(usedUsd)} of ${usd(limitUsd)}` : `${shortNumber(usedTokens)} of ${shortNumber(limitTokens!)}`;
  return `${scope === 'all' ? '' : `${safeText(name)} `}${period} ${bar(ratio, cells, paint)} ${used}`;
};
