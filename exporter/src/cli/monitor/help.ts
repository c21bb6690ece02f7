import type { Paint } from '../terminal.ts';
import { wrap } from '../wrap.ts';

const keys = [
  ['↑ ↓  j k', 'another session'], ['PgUp PgDn', 'a page'], ['g G', 'the first, the last'],
  ['Enter d', 'its details, or no details'], ['s', 'another order'], ['S', 'the other way round'],
  ['f', 'another choice of sessions'], ['/', 'search; Enter keeps it'], ['Esc', 'back'],
  ['r', 'look now'], ['p', 'stand still'], ['h ?', 'this help'], ['q', 'quit'],
] as const;

const marks = '● live  ✗ the last thing was an error  ≥ at least  ~ estimated  – unknown. BURN/m: tokens per minute over the last 5 minutes, as watched. Costs are API-equivalent US dollars. HEALTH 0–100: docs/health.md.';

/** All keys and marks. */
export const helpLines = ({ columns, paint }: { readonly columns: number; readonly paint: Paint }): readonly string[] => [
  paint('bold', 'Keys'), ...keys.map(([key, meaning]) => `  ${paint('cyan', key.padEnd(10))} ${meaning}`), '', paint('bold', 'Marks'), ...wrap(marks, columns - 2).map((line) => `  ${line}`),
];
