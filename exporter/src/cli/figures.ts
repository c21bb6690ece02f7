import type { EpochMs } from '../session/part.ts';

/** Numbers as people read them. */

/** 950, 12.3k, 1.2M */
export const shortNumber = (value: number): string => {
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]] as const) {
    // 999,500 is 1.0M, not 1000k.
    if (value >= size * 0.9995) return `${(value / size).toFixed(value >= size * 99.95 ? 0 : 1)}${unit}`;
  }
  return String(Math.round(value));
};

/** 1,234,567 */
export const longNumber = (value: number): string => Math.round(value).toLocaleString('en-US');

/** $0.0042, $3.21, $1,234 */
export const usd = (value: number): string => {
  if (value === 0) return '$0.00';
  if (value < 0.01) return `$${value.toFixed(4)}`;
  return value >= 1000 ? `$${longNumber(value)}` : `$${value.toFixed(2)}`;
};

/** 12s, 5m, 3h, 2d: the greatest unit alone. */
export const shortTime = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
};

/** 5m, 1h 30m, 2d 4h: two units. */
export const longTime = (ms: number): string => {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 60) return minutes === 0 ? shortTime(ms) : `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? both(hours, 'h', minutes % 60, 'm') : both(Math.floor(hours / 24), 'd', hours % 24, 'h');
};

/** "2026-09-01 14:05:10" in a time zone; 'local' is that of the machine. */
export const clockTime = (at: EpochMs, timeZone: string): string => {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'unknown';
  // Swedish writes dates as ISO 8601 does.
  return date.toLocaleString('sv-SE', timeZone === 'local' ? {} : { timeZone });
};

/** 72 %, 0.4 %, 100 %; never rounded up to full. */
export const percent = (ratio: number): string => `${ratio > 0 && ratio < 0.01 ? (ratio * 100).toFixed(1) : Math.floor(ratio * 100 + 1e-9)} %`;

/** "3 sessions", "1 session" */
export const many = (count: number, noun: string, plural = `${noun}s`): string => `${longNumber(count)} ${count === 1 ? noun : plural}`;

/** 312 MiB */
export const bytes = (size: number): string => {
  for (const [unit, scale] of [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]] as const) if (size >= scale) return `${(size / scale).toFixed(size >= scale * 100 ? 0 : 1)} ${unit}`;
  return `${size} B`;
};

const both = (great: number, greatUnit: string, small: number, smallUnit: string): string => (small === 0 ? `${great}${greatUnit}` : `${great}${greatUnit} ${small}${smallUnit}`);
