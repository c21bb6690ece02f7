import { isLiveSession } from '../../session/now.ts';
import type { NowSession } from '../../session/now.ts';
import { healthFactors } from '../../session/health-type.ts';
import type { Counts } from '../../session/part.ts';
import { toolNames } from '../../session/tool.ts';
import type { Tool } from '../../session/tool.ts';
import { longNumber, longTime, many, shortNumber, usd } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import type { Paint } from '../terminal.ts';
import { joinFitting } from './cells.ts';
import { contextText, costCell, doingText, shortModel, stateCell, tokensCell } from './columns.ts';

export interface DetailsView {
  readonly columns: number;
  readonly paint: Paint;
  readonly now: number;
}

/** One session in a few lines, the most telling first, so that a low pane may cut the last. */
export const detailLines = (session: NowSession, view: DetailsView): readonly string[] => {
  const { columns, paint } = view;
  const line = (name: string, parts: readonly (string | undefined)[]): readonly string[] => {
    const known = parts.filter((part): part is string => part !== undefined && part !== '');
    return known.length === 0 ? [] : [paint('dim', name.padEnd(nameWidth)) + joinFitting(known, columns - nameWidth, ' · ')];
  };
  return [
    joinFitting([paint('bold', safeText(session.title ?? session.project ?? session.id)), paint('cyan', safeText(session.id))], columns, '  '),
    joinFitting([isLiveSession(session) ? paint(['green', 'bold'], 'LIVE') : '', stateCell(session, paint), ...who(session)].filter(Boolean), columns, ' · '),
    ...line('Context', contextParts(session, view)),
    ...line('Health', healthParts(session)),
    ...line('Tokens', tokenParts(session)),
    ...line('Cost', [costCell(session), session.burn?.usdPerHour === undefined ? '' : `${usd(session.burn.usdPerHour)}/h now`, count(session.requests, 'request'), session.unpricedTokens ? `${shortNumber(session.unpricedTokens)} tokens have no price` : '']),
    ...line('Errors', errorParts(session, paint)),
    ...line('Work', [count(session.turns, 'turn'), count(session.messages, 'message'), count(session.subagents, 'sub-agent'), count(session.compactions, 'compaction'), toolsText(session.toolCalls ?? {})]),
    ...line('Files', fileParts(session, paint)),
    ...line('Time', timeParts(session, view)),
    ...line('Place', [session.cwd && safeText(session.cwd), session.pid === undefined ? '' : `pid ${(session.pids ?? [session.pid]).join(' ')}`]),
    ...line('Said', [session.description && safeText(session.description), ...(session.tags ?? []).map((tag) => paint('magenta', `#${safeText(tag)}`))]),
  ];
};

const nameWidth = 9;

const who = (session: NowSession): readonly string[] => [
  doingText(session),
  safeText([session.project, session.gitBranch && `on ${session.gitBranch}`].filter(Boolean).join(' ')),
  shortModel(session.model ?? ''),
  safeText(`${toolNames[session.tool as Tool] ?? session.tool} ${session.toolVersion ?? ''}`),
];

const contextParts = (session: NowSession, { columns, paint }: DetailsView): readonly string[] => {
  const { context } = session;
  if (!context) return [];
  if (context.limit === undefined) return [`${longNumber(context.used)} tokens of a window whose size is unknown`];
  const toCompaction = context.compactAt === undefined ? '' : context.used < context.compactAt ? `${shortNumber(context.compactAt - context.used)} to compaction` : paint('red', 'compacts now');
  return [contextText(session, paint, columns < 60 ? 10 : 24), `${shortNumber(context.used)} of ${shortNumber(context.limit)}`, toCompaction];
};

const healthParts = ({ health, state }: NowSession): readonly string[] => [
  health.score === undefined ? 'not enough is known' : `${health.score.toFixed(0)} ${health.level}${state === 'ended' ? ' at its end' : ''}`,
  ...healthFactors.flatMap((factor) => (health.factors[factor] === undefined ? [] : [`${factor.replace('_', ' ')} ${health.factors[factor]!.toFixed(2)}`])),
];

const tokenParts = (session: NowSession): readonly string[] => {
  const { tokens, burn } = session;
  const kinds = tokens ? [['in', tokens.input], ['out', tokens.output], ['cache read', tokens.cache_read], ['cache written', sum(tokens.cache_creation_5m, tokens.cache_creation_1h)]] as const : [];
  return [tokensCell(session), ...kinds.flatMap(([kind, value]) => (value === undefined ? [] : [`${kind} ${shortNumber(value)}`])), burn === undefined ? '' : `${shortNumber(burn.tokensPerMinute)}/min now`];
};

const sum = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0));

const errorParts = ({ errors, toolErrors, fileConflicts }: NowSession, paint: Paint): readonly string[] => [
  ...Object.entries(errors ?? {}).filter(([, value]) => value > 0).map(([kind, value]) => paint('red', `${kind.replace('_', ' ')} ${value}`)),
  toolsText(toolErrors ?? {}),
  fileConflicts?.length ? paint('red', `${many(fileConflicts.length, 'file')} edited by another live session too`) : '',
];

/** The most frequent tools. */
const toolsText = (calls: Counts): string =>
  Object.entries(calls).filter(([, value]) => value > 0).sort(([, a], [, b]) => b - a).slice(0, 6).map(([name, value]) => `${safeText(name)} ${longNumber(value)}`).join(', ');

const fileParts = ({ filesEdited, linesAdded, linesRemoved, commits }: NowSession, paint: Paint): readonly string[] => [
  !filesEdited ? '' : `${longNumber(filesEdited)} edited`,
  !linesAdded && !linesRemoved ? '' : `${paint('green', `+${longNumber(linesAdded ?? 0)}`)} ${paint('red', `−${longNumber(linesRemoved ?? 0)}`)} lines`,
  commits ? many(commits, 'commit') : '',
];

const timeParts = ({ startedAt, lastActivityAt, activeSeconds, endedAt }: NowSession, { now }: DetailsView): readonly string[] => [
  startedAt === undefined ? '' : `began ${longTime(now - Date.parse(startedAt))} ago`,
  lastActivityAt === undefined ? '' : `last record ${longTime(now - Date.parse(lastActivityAt))} ago`,
  endedAt === undefined ? '' : `ended ${longTime(now - Date.parse(endedAt))} ago`,
  activeSeconds === undefined ? '' : `active ${longTime(activeSeconds * 1000)}`,
];

const count = (value: number | undefined, noun: string): string => (value ? many(value, noun) : '');
