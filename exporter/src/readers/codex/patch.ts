import { object, text } from '../fields.ts';
import type { FileEdit } from '../../session/draft.ts';

/** The files a successful patch_apply_end changed, with the lines it added and removed. */
export const editsOf = (changes: unknown, at: number | undefined): readonly FileEdit[] =>
  Object.entries(object(changes) ?? {}).flatMap(([path, value]): FileEdit[] => {
    const change = object(value);
    if (!change) return [];
    const whole = linesIn(text(change.content));
    switch (change.type) {
      case 'add': return [{ path, at, linesAdded: whole, created: true }];
      case 'delete': return [{ path, at, linesRemoved: whole }];
      default: return [{ path, at, ...signsIn(text(change.unified_diff)) }];
    }
  });

/** Codex's unified_diff begins at the first hunk: it has no ---/+++ header lines, so every sign counts. */
const signsIn = (diff = ''): { linesAdded: number; linesRemoved: number } => {
  let linesAdded = 0;
  let linesRemoved = 0;
  for (const line of diff.split('\n')) {
    if (line.startsWith('+')) linesAdded += 1;
    else if (line.startsWith('-')) linesRemoved += 1;
  }
  return { linesAdded, linesRemoved };
};

const linesIn = (content = ''): number => (content === '' ? 0 : content.split('\n').length - (content.endsWith('\n') ? 1 : 0));
