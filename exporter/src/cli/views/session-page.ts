import { healthOf, lastHealthOf } from '../../health/health.ts';
import type { Health } from '../../session/health-type.ts';
import { healthFactors } from '../../session/health-type.ts';
import type { Counts } from '../../session/part.ts';
import type { ModelUse, Session } from '../../session/session.ts';
import { toolNames } from '../../session/tool.ts';
import { addUsage, tokenTypes, totalTokens } from '../../session/usage.ts';
import type { TokenType, Usage } from '../../session/usage.ts';
import { bytes, clockTime, longNumber, longTime, many, percent, shortNumber, shortTime } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import { renderTable } from '../table.ts';
import { hanging, wrap } from '../wrap.ts';
import { contextBar, costText, doing, isLive, outputIsLowerBound, scoreText, stateText, tokensOf, unknown } from './marks.ts';
import type { SessionsView } from './sessions-table.ts';

export interface SessionView extends SessionsView {
  readonly timeZone: string;
}

/** One session on a page: who and what, its numbers, its work, where they come from. */
export const sessionPage = (session: Session, view: SessionView): string =>
  [heading(session, view), facts(numbers(session, view), view), tokens(session, view), facts(work(session, view), view)].filter(Boolean).join('\n\n');

const heading = (session: Session, { paint, now, width }: SessionView): string => {
  const pending = session.present.pendingTools[0];
  const busy = doing(session) && `${doing(session)}${pending && session.state === 'working' ? ` for ${shortTime(now - pending.since)}` : ''}`;
  const place = [session.projectName ?? session.project, session.gitBranch && `on ${session.gitBranch}`].filter(Boolean).join(' ');
  const told = [busy, place, session.model ?? '', `${toolNames[session.tool]} ${session.toolVersion ?? ''}`].map(safeText);
  return [
    ...(session.title ? [paint('bold', safeText(session.title))] : []),
    ...(session.description ? [safeText(session.description)] : []),
    paint('cyan', safeText(session.id)),
    ...wrap([isLive(session) ? paint(['green', 'bold'], 'LIVE') : '', stateText(session, paint), ...told].filter(Boolean).join(' · '), width),
    ...(session.tags?.length ? [session.tags.map((tag) => paint('magenta', `#${safeText(tag)}`)).join(' ')] : []),
  ].join('\n');
};

type Facts = readonly (readonly [name: string, value: string | undefined])[];

/** "Name      value", what is unknown left out; long values go on under themselves. */
const facts = (all: Facts, { paint, width }: SessionView): string => {
  const known = all.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '');
  const widest = Math.max(0, ...known.map(([name]) => name.length)) + 2;
  return known.map(([name, value]) => hanging(name.padEnd(widest), value, width, paint('dim', name.padEnd(widest)))).join('\n');
};

const numbers = (session: Session, view: SessionView): Facts => {
  const uses = Object.values(session.models);
  const unpriced = uses.reduce((sum, { unpricedTokens }) => sum + unpricedTokens, 0);
  return [
    ['Context', contextLine(session, view)],
    ['Health', healthLine(session, view)],
    ['Cost', uses.length === 0 ? undefined : `${costText(uses)} API-equivalent${unpriced > 0 ? ` · ${longNumber(unpriced)} tokens have no price` : ''}`],
    ['Time', timeLine(session, view)],
  ];
};

const contextLine = ({ context }: Session, { paint }: SessionView): string | undefined => {
  if (!context) return undefined;
  const { used, limit, compactAt } = context;
  if (!limit) return `${longNumber(used)} tokens of a window whose size is unknown`;
  return `${contextBar(context, paint, 20)} · ${shortNumber(used)} of ${shortNumber(limit)}${compactAt === undefined ? '' : used < compactAt ? ` · ${shortNumber(compactAt - used)} to compaction` : ' · compacts now'}`;
};

const healthLine = (session: Session, { now, health: settings, paint }: SessionView): string => {
  if (session.state === 'ended') return `none after the end; it was ${scoreLine(lastHealthOf(session, settings), paint)}`;
  return scoreLine(healthOf(session, now, settings), paint);
};

const scoreLine = (health: Health, paint: SessionView['paint']): string => {
  const factors = healthFactors.map((factor) => `${factor.replace('_', ' ')} ${health.factors[factor]?.toFixed(2) ?? 'unknown'}`).join(' · ');
  return `${health.score === undefined ? 'insufficient data' : `${scoreText(health, paint)} ${health.level}`} · ${factors}`;
};

const timeLine = ({ startedAt, lastActivityAt, endedAt, activeMs }: Session, { now, timeZone }: SessionView): string =>
  [
    startedAt === undefined ? '' : `started ${clockTime(startedAt, timeZone)}`,
    lastActivityAt === undefined ? '' : `last record ${longTime(now - lastActivityAt)} ago`,
    endedAt === undefined ? '' : `ended ${clockTime(endedAt, timeZone)}`,
    activeMs === undefined ? '' : `active ${longTime(activeMs)}`,
  ].filter(Boolean).join(' · ');

const kindNames: Readonly<Record<TokenType, string>> = { input: 'INPUT', output: 'OUTPUT', cache_read: 'CACHE READ', cache_creation_5m: 'WRITE 5M', cache_creation_1h: 'WRITE 1H' };

interface TokenRow {
  readonly name: string;
  readonly usage: Usage;
  readonly uses: readonly ModelUse[];
}

const tokens = (session: Session, { paint, width }: SessionView): string => {
  const rows: TokenRow[] = Object.entries(session.models).map(([name, use]) => ({ name, usage: use.usage, uses: [use] }));
  if (rows.length === 0) return estimates(session);
  if (rows.length > 1) rows.push({ name: 'all models', usage: rows.map(({ usage }) => usage).reduce(addUsage), uses: rows.flatMap(({ uses }) => uses) });
  const count = (value: number | undefined, lowerBound = false) => (value === undefined ? unknown : `${lowerBound ? '≥' : ''}${longNumber(value)}`);
  const table = renderTable(rows, [
    { head: 'MODEL', cell: ({ name }) => safeText(name), least: 12 },
    ...tokenTypes.filter((kind) => rows.some(({ usage }) => usage[kind])).map((kind) => ({
      head: kindNames[kind], cell: ({ usage, uses }: TokenRow) => count(usage[kind], kind === 'output' && outputIsLowerBound(uses)), align: 'right' as const, dropped: kind === 'input' || kind === 'output' ? 1 : 2,
    })),
    { head: 'REASONING', cell: ({ usage }) => (usage.reasoning ? count(usage.reasoning) : ''), align: 'right', dropped: 4 },
    { head: 'ALL', cell: ({ usage, uses }) => count(totalTokens(usage), outputIsLowerBound(uses)), align: 'right' },
    { head: 'REQUESTS', cell: ({ uses }) => longNumber(uses.reduce((sum, { requests }) => sum + requests, 0)), align: 'right', dropped: 3 },
    { head: 'COST', cell: ({ uses }) => costText(uses), align: 'right' },
  ], { width, paint });
  const sent = tokensOf(rows.at(-1)!.uses) - (rows.at(-1)!.usage.output ?? 0);
  const cached = rows.at(-1)!.usage.cache_read;
  return [table, sent > 0 && cached !== undefined ? paint('dim', `${percent(cached / sent)} of what was sent came from the cache`) : '', estimates(session)].filter(Boolean).join('\n');
};

const estimates = ({ estimatedTokens: { input, output } = {} }: Session): string =>
  input === undefined && output === undefined ? '' : `Tokens   ~${longNumber(input ?? 0)} in, ~${longNumber(output ?? 0)} out: counted with a tokenizer, the tool reports none`;

const work = (session: Session, { paint }: SessionView): Facts => {
  const { turns, messages, toolCalls, errors, compactions, subagents, rot, processes, sources, fileConflicts } = session;
  const said = Object.values(messages).reduce((sum, count) => sum + count, 0);
  return [
    ['Work', [turns === undefined ? '' : many(turns, 'turn'), said === 0 ? '' : many(said, 'message'), subagents ? many(subagents, 'sub-agent') : '', compactions ? many(compactions, 'compaction') : ''].filter(Boolean).join(' · ')],
    ['Tools', counts(toolCalls) && `${longNumber(total(toolCalls))}: ${counts(toolCalls)}${total(session.toolErrors) > 0 ? ` · ${many(total(session.toolErrors), 'failure')}` : ''}`],
    ['Files', fileLine(session)],
    ['Errors', counts(errors as Counts) && paint('red', counts(errors as Counts))],
    ['Conflicts', fileConflicts?.length ? paint('red', `${fileConflicts.map(safeText).join(', ')}: also edited by another live session`) : undefined],
    ['Signs of rot', [
      rot.repeatedFailures ? `${many(rot.repeatedFailures, 'repeated failing call')}` : '',
      rot.editChurn !== undefined && rot.editChurn >= 0.3 ? `${percent(rot.editChurn)} of the edited lines edited again` : '',
      rot.cacheCollapsed ? 'the cache is hit half as often as before' : '',
    ].filter(Boolean).join(' · ')],
    ['Folder', session.cwd && safeText(session.cwd)],
    ['Started from', session.parentId && safeText(session.parentId)],
    ['Processes', processes.map(({ pid, residentBytes, cpuSeconds }) => `pid ${pid}${residentBytes === undefined ? '' : `, ${bytes(residentBytes)}`}${cpuSeconds === undefined ? '' : `, ${shortTime(cpuSeconds * 1000)} of CPU time`}`).join('\n')],
    ['Read from', sources.slice(0, 5).map(safeText).join('\n') + (sources.length > 5 ? `\n… and ${sources.length - 5} more` : '')],
  ];
};

const fileLine = ({ filesEdited, linesAdded, linesRemoved, commits }: Session): string =>
  [filesEdited === undefined ? '' : `${longNumber(filesEdited)} edited`, linesAdded === undefined && linesRemoved === undefined ? '' : `+${longNumber(linesAdded ?? 0)} −${longNumber(linesRemoved ?? 0)} lines`, commits ? many(commits, 'commit') : ''].filter(Boolean).join(' · ');

const mostNames = 8;

/** The most frequent names with their counts. */
const counts = (all: Counts): string => {
  const sorted = Object.entries(all).filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  const rest = sorted.length > mostNames ? [`${sorted.length - mostNames} more`] : [];
  return [...sorted.slice(0, mostNames).map(([name, count]) => `${safeText(name)} ${longNumber(count)}`), ...rest].join(', ');
};
const total = (all: Counts): number => Object.values(all).reduce((sum, count) => sum + count, 0);
