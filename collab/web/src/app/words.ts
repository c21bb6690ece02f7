/** Numbers and times as the page writes them. What is unknown is not a number: callers show parts/unknown.tsx. */

import { age } from 'watchroom/words';

export { age, dollars, short } from 'watchroom/words';

/** "now", "5 min ago" */
export const ago = (ms: number): string => (ms < 5000 ? 'now' : `${age(ms)} ago`);

/** 2 h 05 min: two units, where the second matters. */
export const span = (ms: number): string => {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 60) return age(ms);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
};

export const percent = (ratio: number): string => `${Math.floor(ratio * 100)} %`;

/** "3 sessions", "1 session" */
export const many = (count: number, noun: string, plural = `${noun}s`): string => `${thousands(count)} ${count === 1 ? noun : plural}`;

/** "Ada", "Ada and Bela", "Ada, Bela and 2 others" */
export const listed = (names: readonly string[], most = 3): string => {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} others`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
};

// By hand: Intl's formats take a slow machine a tenth of a second to make, and the first frame waits for them.

/** 14:05 */
export const clock = (at: number): string => {
  const date = new Date(at);
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
};

/** 21 Nov 2026, 14:05 */
export const moment = (at: number): string => {
  const date = new Date(at);
  return `${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()}, ${clock(at)}`;
};

/** 12,345 */
const thousands = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
const twoDigits = (count: number): string => String(count).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'] as const;
