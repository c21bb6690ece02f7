/** One step of a scale: the colour that holds from this value on; null is the scale's lower end. */
export interface Step {
  readonly value: number | null;
  readonly color: Color;
}

/** Names, not hex codes: Grafana draws each in a shade that can be read on its light and on its dark theme. */
export type Color = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'text';

/** Every limit at which a panel changes its colour. Where there is an alert (alerts/thresholds.yml), red begins where it fires; a test compares them. */
export const limits = {
  /** Part of what fits into the context: from here on it is worth a look, from there on the session is about to forget. */
  context: { high: 0.7, full: 0.9 },
  /** The health ratio: healthy from here on, in trouble below that. The settings speak of 70 and 40 of 100. */
  health: { healthy: 0.7, critical: 0.4 },
  rateLimit: { high: 0.8, reached: 0.95 },
  budget: { high: 0.8, spent: 1 },
  /** Part of the input that came from the cache. Below the first, prompts are paid again and again. */
  cacheHits: { poor: 0.5, good: 0.8 },
  churn: { high: 0.3, loop: 0.6 },
  repeatedFailures: { some: 1, loop: 3 },
  /** Seconds a session has waited for a human. */
  waiting: { long: 5 * 60, forgotten: 20 * 60 },
  /** Seconds until a context is full. */
  timeToFull: { soon: 15 * 60, later: 60 * 60 },
  /** Seconds since a source was last looked at. */
  scanLag: { late: 2 * 60, stuck: 10 * 60 },
  scrapeSeconds: { slow: 1, tooSlow: 5 },
} as const;

/** Green, then yellow, then red: for what should stay low. */
const rising = (yellow: number, red: number): readonly Step[] => [
  { value: null, color: 'green' },
  { value: yellow, color: 'yellow' },
  { value: red, color: 'red' },
];

/** Red, then yellow, then green: for what should stay high. */
const falling = (yellow: number, green: number): readonly Step[] => [
  { value: null, color: 'red' },
  { value: yellow, color: 'yellow' },
  { value: green, color: 'green' },
];

export const thresholds = {
  context: rising(limits.context.high, limits.context.full),
  health: falling(limits.health.critical, limits.health.healthy),
  rateLimit: rising(limits.rateLimit.high, limits.rateLimit.reached),
  budget: rising(limits.budget.high, limits.budget.spent),
  cacheHits: falling(limits.cacheHits.poor, limits.cacheHits.good),
  churn: rising(limits.churn.high, limits.churn.loop),
  repeatedFailures: rising(limits.repeatedFailures.some, limits.repeatedFailures.loop),
  waiting: rising(limits.waiting.long, limits.waiting.forgotten),
  timeToFull: falling(limits.timeToFull.soon, limits.timeToFull.later),
  scanLag: rising(limits.scanLag.late, limits.scanLag.stuck),
  scrapeSeconds: rising(limits.scrapeSeconds.slow, limits.scrapeSeconds.tooSlow),
  /** 1 is well, 0 is not. */
  up: [{ value: null, color: 'red' }, { value: 1, color: 'green' }],
  /** Any at all is worth a look. */
  any: [{ value: null, color: 'green' }, { value: 1, color: 'yellow' }],
  /** Any at all is bad. */
  none: [{ value: null, color: 'green' }, { value: 1, color: 'red' }],
  /** A plain number without a judgement. */
  plain: [{ value: null, color: 'text' }],
} as const satisfies Record<string, readonly Step[]>;

/** The colour of each kind of token, everywhere. */
export const tokenColors = { input: 'blue', output: 'green', cache_read: 'yellow', cache_creation_5m: 'orange', cache_creation_1h: 'purple' } as const satisfies Record<string, Color>;

/** The colour of each state of a session, everywhere. */
export const stateColors = { working: 'green', waiting: 'orange', idle: 'blue', ended: 'text' } as const satisfies Record<string, Color>;
