import { healthOf, lastHealthOf } from '../../health/health.ts';
import { measuresOf } from '../../health/measures.ts';
import { healthFactors } from '../../session/health-type.ts';
import type { Health, HealthFactor } from '../../session/health-type.ts';
import type { Session } from '../../session/session.ts';
import { longTime, many, percent, shortNumber } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import { renderTable } from '../table.ts';
import { wrap } from '../wrap.ts';
import { levelStyle, scoreText, unknown } from './marks.ts';
import type { SessionsView } from './sessions-table.ts';

/** One factor of the score with everything that led to it. */
export interface FactorRow {
  readonly factor: HealthFactor;
  /** As configured, 0–1. */
  readonly weight: number;
  /** After the factors that are missing gave theirs away, 0–1; undefined: this one is missing. */
  readonly share?: number;
  readonly value?: number;
  /** Points of the 100 it brings. */
  readonly points?: number;
  readonly reason: string;
}

/** The breakdown of a session's score; of an ended one, that of its last record. */
export const breakdown = (session: Session, { now, health: settings }: Pick<SessionsView, 'now' | 'health'>): { readonly health: Health; readonly factors: readonly FactorRow[] } => {
  const ended = session.state === 'ended';
  const at = ended ? (session.lastActivityAt ?? now) : now;
  const health = ended ? lastHealthOf(session, settings) : healthOf(session, now, settings);
  const sum = healthFactors.reduce((total, factor) => total + settings.weights[factor], 0);
  const known = healthFactors.reduce((total, factor) => total + (health.factors[factor] === undefined ? 0 : settings.weights[factor]), 0);
  return {
    health,
    factors: healthFactors.map((factor) => {
      const value = health.factors[factor];
      const weight = settings.weights[factor] / sum;
      const reason = reasonOf(factor, session, at);
      if (value === undefined || known === 0) return { factor, weight, reason };
      const share = settings.weights[factor] / known;
      return { factor, weight, share, value, points: 100 * share * value, reason };
    }),
  };
};

/** The breakdown as text: the score, the four factors, and what is missing. */
export const healthTable = (session: Session, view: SessionsView): string => {
  const { paint } = view;
  const { health, factors } = breakdown(session, view);
  const table = renderTable(factors, [
    { head: 'FACTOR', cell: ({ factor }) => factor.replace('_', ' ') },
    { head: 'WEIGHT', cell: ({ weight, share }) => (share === undefined || Math.abs(share - weight) < 0.0005 ? percent(weight) : `${percent(weight)} → ${percent(share)}`), align: 'right' },
    { head: 'VALUE', cell: ({ value }) => (value === undefined ? unknown : value.toFixed(2)), align: 'right' },
    { head: 'POINTS', cell: ({ points }) => (points === undefined || health.score === undefined ? unknown : points.toFixed(1)), align: 'right', dropped: 1 },
    { head: 'BECAUSE', cell: ({ reason }) => reason, least: 18, wraps: true },
  ], view);
  const verdict = health.score === undefined ? paint('bold', 'insufficient data') : `${paint('bold', scoreText(health, paint))} of 100, ${paint(levelStyle(health.level), health.level!)}`;
  const when = session.state === 'ended' ? 'It has ended and has no score any more; this was its last: ' : '';
  return [`${paint('cyan', safeText(session.id))}  ${session.state}`, ...wrap(`${when}${verdict}`, view.width), '', table, ...notes(health, view)].join('\n');
};

const notes = ({ missing, score }: Health, { health: { thresholds }, paint, width }: SessionsView): string[] => {
  const names = missing.map((factor) => factor.replace('_', ' ')).join(' and ');
  const instead = score === undefined ? 'Without token usage and one more factor there is no score.' : 'The other factors weigh more instead.';
  return [
    '',
    ...(missing.length === 0 ? [] : wrap(`Unknown: ${names}. ${instead}`, width)),
    ...wrap(`healthy from ${thresholds.healthy}, warning from ${thresholds.warning}, critical below; docs/health.md`, width).map((line) => paint('dim', line)),
  ];
};

const reasonOf = (factor: HealthFactor, session: Session, at: number): string => {
  const measure = measuresOf(session, at)[factor];
  const { context } = session;
  switch (factor) {
    case 'token_usage':
      if (!context) return 'no request has told the size of its context';
      return measure === undefined ? `${shortNumber(context.used)} tokens in a window whose size is unknown` : `${percent(measure)} of the context window: ${shortNumber(context.used)} of ${shortNumber(context.limit!)}`;
    case 'duration':
      return measure === undefined ? 'no record tells when it began' : `began ${longTime(measure * 3_600_000)} ago`;
    case 'activity':
      return measure === undefined ? 'no record tells when it was last active' : measure < 1 ? 'active within the last minute' : `last record ${longTime(measure * 60_000)} ago`;
    case 'errors':
      return measure === undefined ? 'no transcript tells of errors' : measure === 0 ? 'none in the last hour of activity' : `${many(measure, 'error')} in the last hour of activity`;
    default:
      return factor satisfies never;
  }
};
