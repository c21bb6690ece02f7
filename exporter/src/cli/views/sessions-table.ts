import { lastHealthOf, healthOf } from '../../health/health.ts';
import type { HealthSettings } from '../../health/settings.ts';
import type { EpochMs } from '../../session/part.ts';
import { sessionStates } from '../../session/session.ts';
import type { Session } from '../../session/session.ts';
import { many, shortNumber, shortTime } from '../figures.ts';
import { shortIds } from '../find-session.ts';
import { safeText } from '../safe-text.ts';
import { renderTable } from '../table.ts';
import type { Column } from '../table.ts';
import type { Look } from '../terminal.ts';
import { cutText } from '../text-width.ts';
import { wrap } from '../wrap.ts';
import { contextBar, costText, doing, isLive, scoreText, stateText, tokensOf, tokensText, unknown } from './marks.ts';

export interface SessionsView extends Look {
  readonly now: EpochMs;
  readonly health: HealthSettings;
}

/** The sessions as a table that fits the terminal, with a line of sums below. */
export const sessionsTable = (sessions: readonly Session[], view: SessionsView): string =>
  `${renderTable(sessions, columns(sessions, view), view)}\n\n${wrap(sums(sessions), view.width).map((line) => view.paint('dim', line)).join('\n')}`;

const columns = (sessions: readonly Session[], { now, health, paint, width }: SessionsView): readonly Column<Session>[] => {
  const names = shortIds(sessions);
  const narrow = width < 70;
  return [
    { head: '', cell: (session) => (isLive(session) ? paint('green', '●') : '') },
    { head: 'STATE', cell: (session) => stateText(session, paint) },
    { head: 'SESSION', cell: ({ id }) => paint('cyan', safeText(names.get(id)!)), least: narrow ? 16 : 20, most: 28 },
    { head: 'PROJECT', cell: ({ projectName, project }) => safeText(projectName ?? project ?? ''), least: 8, most: 24, dropped: 2 },
    { head: 'TITLE', cell: ({ title }) => safeText(title ?? ''), least: 16, most: 48, dropped: 7 },
    { head: 'DOING', cell: (session) => cutText(safeText(doing(session)), 20), dropped: 6 },
    { head: 'BRANCH', cell: ({ gitBranch }) => safeText(gitBranch ?? ''), least: 8, most: 24, dropped: 9 },
    { head: 'MODEL', cell: ({ model }) => shortModel(safeText(model ?? '')), least: 10, most: 24, dropped: 8 },
    { head: 'CONTEXT', cell: ({ context }) => contextBar(context, paint, narrow ? 4 : 8), dropped: 1 },
    { head: 'TOKENS', cell: tokensText, align: 'right', dropped: 5 },
    { head: 'COST', cell: ({ models }) => costText(Object.values(models)), align: 'right', dropped: 3 },
    { head: 'HEALTH', cell: (session) => (session.state === 'ended' ? paint('dim', scoreText(lastHealthOf(session, health), (_, text) => text)) : scoreText(healthOf(session, now, health), paint)), align: 'right' },
    { head: 'PID', cell: ({ processes }) => processes.map(({ pid }) => pid).join(' '), align: 'right', dropped: 10 },
    { head: 'AGE', cell: ({ lastActivityAt }) => (lastActivityAt === undefined ? unknown : shortTime(now - lastActivityAt)), align: 'right', dropped: 4 },
  ];
};

/** "claude-sonnet-4-5-20250929" without the date. */
const shortModel = (model: string): string => model.replace(/-20\d{6}$/, '');

const sums = (sessions: readonly Session[]): string => {
  const uses = sessions.flatMap(({ models }) => Object.values(models));
  const states = sessionStates.flatMap((state) => {
    const count = sessions.filter((session) => session.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const live = sessions.filter(isLive).length;
  return [
    `${many(sessions.length, 'session')}: ${states.join(', ')}`,
    ...(live > 0 ? [`● LIVE ${live}`] : []),
    ...(uses.length > 0 ? [`${shortNumber(tokensOf(uses))} tokens`] : []),
    ...(costText(uses) === unknown ? [] : [`${costText(uses)} API-equivalent`]),
  ].join(' · ');
};
