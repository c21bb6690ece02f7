import type { HealthFactor } from '../session/health-type.ts';

/** Breakpoints [measure, factor] in ascending order; linear in between, level outside. */
export type Curve = readonly (readonly [measure: number, factor: number])[];

/** Everything about the score that a configuration file may change. */
export interface HealthSettings {
  readonly weights: Readonly<Record<HealthFactor, number>>;
  /** Measures: token_usage the used part of the context window (0–1), duration hours, activity minutes since the last record, errors a number. */
  readonly curves: Readonly<Record<HealthFactor, Curve>>;
  /** Scores from which a session is healthy, and from which it is only a warning. */
  readonly thresholds: { readonly healthy: number; readonly warning: number };
}

/** DESIGN.md section 7. */
export const defaultHealth: HealthSettings = {
  weights: { token_usage: 0.4, duration: 0.2, activity: 0.2, errors: 0.2 },
  curves: {
    token_usage: [[0.7, 1], [0.9, 0.3], [1, 0]],
    duration: [[4, 1], [8, 0.4], [24, 0.1]],
    activity: [[15, 1], [30, 0.5], [240, 0.2]],
    errors: [[0, 1], [5, 0.7], [10, 0.3], [20, 0]],
  },
  thresholds: { healthy: 70, warning: 40 },
};
