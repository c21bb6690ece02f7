import { amount, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { EpochMs, RateLimit } from '../../session/part.ts';

/** The account's rate limits in a token_count event, by the length of their window: primary and secondary have no fixed order. */
export const limitsOf = (value: unknown, at: EpochMs | undefined): readonly RateLimit[] => {
  const limits = object(value);
  // Other ids limit a single model or feature, not the account.
  if (!limits || at === undefined || (text(limits.limit_id) ?? 'codex') !== 'codex') return [];
  return [limits.primary, limits.secondary].flatMap((one) => limitOf(object(one), at));
};

const limitOf = (limit: Json | undefined, at: EpochMs): RateLimit[] => {
  const used = amount(limit?.used_percent);
  const minutes = amount(limit?.window_minutes);
  if (!limit || used === undefined || !minutes) return [];
  const resetsAt = resetOf(limit, at);
  return [{ window: windowName(minutes), usedRatio: used / 100, ...(resetsAt === undefined ? {} : { resetsAt }), reportedAt: at }];
};

/** 300 → 5h, 10080 → 7d, 43200 → 30d. Codex up to 0.4x rounded windows up by a minute (299, 10079). */
const windowName = (minutes: number): string => {
  const whole = Math.round(minutes / 60) * 60;
  if (Math.abs(minutes - whole) > 1 || whole === 0) return `${Math.round(minutes)}m`;
  return whole >= 2 * 1440 && whole % 1440 === 0 ? `${whole / 1440}d` : `${whole / 60}h`;
};

/** Unix seconds; before 0.5x seconds from now on. */
const resetOf = (limit: Json, at: EpochMs): EpochMs | undefined => {
  const seconds = amount(limit.resets_at);
  if (seconds !== undefined) return time(seconds * 1000);
  const inSeconds = amount(limit.resets_in_seconds);
  return inSeconds === undefined ? undefined : at + Math.round(inSeconds * 1000);
};
