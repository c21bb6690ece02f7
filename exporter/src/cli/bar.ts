import type { Paint, Style } from './terminal.ts';

/** ▓▓▓▓▓░░░: never empty while something is used, never full before it is. */
export const bar = (ratio: number, cells: number, paint: Paint, style: Style = fillStyle(ratio)): string => {
  const filled = Math.max(0, Math.min(cells, Math.floor(ratio * cells + 1e-9) || (ratio > 0 ? 1 : 0)));
  return `${paint(style, '▓'.repeat(filled))}${paint('dim', '░'.repeat(cells - filled))}`;
};

/** Green below 70 %, yellow below 90 %, red above. */
export const fillStyle = (ratio: number): Style => (ratio < 0.7 ? 'green' : ratio < 0.9 ? 'yellow' : 'red');
