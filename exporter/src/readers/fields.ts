import type { EpochMs } from '../session/part.ts';

/** Any JSON object: the shape of a record before a reader looked at its fields. */
export type Json = { readonly [key: string]: unknown };

/** The value as an object; undefined when it is none. */
export const object = (value: unknown): Json | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined);

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A non-empty string; undefined otherwise. */
export const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** A count as tools write it: a whole number from 0 to 10^12. Everything else is unknown, not 0. */
export const count = (value: unknown): number | undefined => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 1e12 ? value : undefined);

/** A finite number from 0 up. */
export const amount = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 1e12 ? value : undefined);

/** ISO text or milliseconds → epoch milliseconds, between 2020 and 2100; undefined otherwise. */
export const time = (value: unknown): EpochMs | undefined => {
  const at = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : NaN;
  return at >= 1_577_836_800_000 && at < 4_102_444_800_000 ? Math.trunc(at) : undefined;
};

/** JSON of one record; undefined when it is none, or no object. */
export const parseObject = (bytes: Buffer | string): Json | undefined => {
  try {
    return object(JSON.parse(typeof bytes === 'string' ? bytes : bytes.toString('utf8')));
  } catch {
    return undefined;
  }
};
