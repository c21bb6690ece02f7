/** What the score is made of. The names are the `factor` label and the keys of the settings. */
export const healthFactors = ['token_usage', 'duration', 'activity', 'errors'] as const;
export type HealthFactor = (typeof healthFactors)[number];

export const healthLevels = ['healthy', 'warning', 'critical'] as const;
export type HealthLevel = (typeof healthLevels)[number];

/** How well a session is, as far as it can be known. No score: not enough is known, or the session has ended. */
export interface Health {
  /** 0–100, one decimal. */
  readonly score?: number;
  readonly level?: HealthLevel;
  /** 0 (bad) to 1 (good), only the factors that are known. */
  readonly factors: Readonly<Partial<Record<HealthFactor, number>>>;
  /** Factors that cannot be known for this session; the others are weighted anew. Empty after the end. */
  readonly missing: readonly HealthFactor[];
}
