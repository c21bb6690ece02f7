/** Numbers as the page writes them. */

/** 950, 12.3k, 1.2M */
export const short = (value: number): string => {
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]] as const) if (value >= size * 0.99995) return `${(value / size).toFixed(value >= size * 99.95 ? 0 : 1)}${unit}`;
  return String(Math.round(value));
};

/** $0.0042, $3.21, $1,234 */
export const dollars = (value: number): string => {
  if (value > 0 && value < 0.01) return `$${value.toFixed(4)}`;
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: value < 1000 ? 2 : 0, maximumFractionDigits: value < 1000 ? 2 : 0 })}`;
};

/** 12 s, 5 min, 3 h, 2 d: the greatest unit alone. */
export const age = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
};

/** "3 sessions", "1 session" */
export const many = (count: number, noun: string): string => `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
