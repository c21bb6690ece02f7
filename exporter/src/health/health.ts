import { healthFactors } from '../session/health-type.ts';
import type { Health, HealthFactor, HealthLevel } from '../session/health-type.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import { onCurve } from './curve.ts';
import { measuresOf } from './measures.ts';
import { defaultHealth } from './settings.ts';
import type { HealthSettings } from './settings.ts';

/** The health of a session now (DESIGN.md section 7): score 0–100, level, and every factor. An ended session has no score. */
export const healthOf = (session: Session, now: EpochMs, settings: HealthSettings = defaultHealth): Health =>
  session.state === 'ended' ? { factors: {}, missing: [] } : scored(session, now, settings);

/** The health a session had at its last record: what lists show of an ended one. */
export const lastHealthOf = (session: Session, settings: HealthSettings = defaultHealth): Health =>
  scored(session, session.lastActivityAt ?? session.endedAt ?? session.startedAt ?? 0, settings);

/** The health a list shows: as it is now, or of an ended session its last. */
export const shownHealthOf = (session: Session, now: EpochMs, settings: HealthSettings = defaultHealth): Health =>
  session.state === 'ended' ? lastHealthOf(session, settings) : healthOf(session, now, settings);

const scored = (session: Session, now: EpochMs, settings: HealthSettings): Health => {
  const factors = factorsOf(session, now, settings);
  const missing = healthFactors.filter((factor) => factors[factor] === undefined);
  const score = enoughIsKnown(missing) ? weightedScore(factors, settings) : undefined;
  return score === undefined ? { factors, missing } : { score, level: levelOf(score, settings), factors, missing };
};

const factorsOf = (session: Session, now: EpochMs, { curves }: HealthSettings): Health['factors'] => {
  const measures = measuresOf(session, now);
  const factors: Partial<Record<HealthFactor, number>> = {};
  for (const factor of healthFactors) {
    const measure = measures[factor];
    if (measure !== undefined && Number.isFinite(measure)) factors[factor] = onCurve(curves[factor], measure);
  }
  return factors;
};

const enoughIsKnown = (missing: readonly HealthFactor[]): boolean => !(missing.includes('token_usage') && missing.length >= 2);

/** Σ weight × factor over the known factors ÷ the sum of their weights, × 100, rounded to one decimal so that no one reads "70.0, warning". */
const weightedScore = (factors: Health['factors'], { weights }: HealthSettings): number | undefined => {
  const known = healthFactors.filter((factor) => factors[factor] !== undefined);
  const weight = known.reduce((sum, factor) => sum + weights[factor], 0);
  if (weight <= 0) return undefined;
  const sum = known.reduce((sum, factor) => sum + weights[factor] * factors[factor]!, 0);
  return Math.round((sum / weight) * 1000) / 10;
};

const levelOf = (score: number, { thresholds }: HealthSettings): HealthLevel =>
  score >= thresholds.healthy ? 'healthy' : score >= thresholds.warning ? 'warning' : 'critical';
