import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A duration as Prometheus writes it, such as "15m". */
export type Duration = string;

/** alerts/thresholds.yml. */
export interface Thresholds {
  readonly context: { readonly nearly_full: number; readonly full_within: Duration; readonly growth_over: Duration; readonly fills_from: number };
  readonly health: { readonly critical: number };
  readonly errors: { readonly count: number; readonly within: Duration };
  readonly loop: { readonly repeated_failures: number };
  readonly waiting: { readonly longer_than: Duration };
  readonly conflict: { readonly files: number };
  readonly abandoned: { readonly cost_usd: number; readonly idle: Duration };
  readonly rate_limit: { readonly nearly: number; readonly reached: number };
  readonly budget: { readonly exceeded: number; readonly pace: number; readonly windows: Readonly<Record<Period, { readonly long: Duration; readonly short: Duration }>> };
  readonly parse_errors: { readonly count: number; readonly within: Duration };
  readonly for: Readonly<Record<string, Duration>>;
  readonly keep_firing_for: Duration;
}

export type Period = 'day' | 'week' | 'month';

/** Every limit at which somebody is told. */
export const readThresholds = (): Thresholds => parse(readFileSync(new URL('../thresholds.yml', import.meta.url), 'utf8')) as Thresholds;

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of a duration such as "1h30m". */
export const secondsOf = (duration: Duration): number => {
  if (!/^(\d+[smhdw])+$/.test(duration)) throw new Error(`a duration is written like 90s, 15m or 1h30m, got "${duration}" (alerts/thresholds.yml)`);
  return [...duration.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit!]!, 0);
};
