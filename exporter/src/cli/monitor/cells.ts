import { stripVTControlCharacters } from 'node:util';
import { cutText, textWidth } from '../text-width.ts';

/** Cells of a screen: every text exactly as wide as its place. */

/** Cut or filled up with spaces; colours must not be in a text that may be cut. */
export const cell = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const fits = textWidth(text) <= width ? text : cutText(stripVTControlCharacters(text), width);
  const rest = ' '.repeat(Math.max(0, width - textWidth(fits)));
  return align === 'left' ? fits + rest : rest + fits;
};

/** Texts side by side; what no longer fits is left out, the last ones first. */
export const joinFitting = (parts: readonly string[], width: number, between: string): string => {
  const kept = parts.filter((part) => part !== '');
  while (kept.length > 1 && textWidth(kept.join(between)) > width) kept.pop();
  const line = kept.join(between);
  return textWidth(line) <= width ? line : cutText(stripVTControlCharacters(line), width);
};

/** One text at the left and one at the right end, which goes first when both do not fit. */
export const spread = (left: string, right: string, width: number): string => {
  const room = width - textWidth(left) - textWidth(right);
  if (right !== '' && room >= 2) return left + ' '.repeat(room) + right;
  return textWidth(left) <= width ? left : cutText(stripVTControlCharacters(left), width);
};
