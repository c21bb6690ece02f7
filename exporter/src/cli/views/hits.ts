import type { Hit } from '../../search/find.ts';
import type { EpochMs } from '../../session/part.ts';
import { clockTime } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import { resumeCommand } from '../resume-command.ts';
import type { Look, Paint } from '../terminal.ts';
import { wrap } from '../wrap.ts';

export interface HitsView extends Look {
  readonly now: EpochMs;
  readonly timeZone: string;
}

/** What was found: when, who, where, the words in their place, and how to go on there. */
export const hitsText = (hits: readonly Hit[], view: HitsView): string => hits.map((hit) => hitText(hit, view)).join('\n\n');

const hitText = (hit: Hit, { paint, width, timeZone }: HitsView): string => {
  const head = [paint('bold', hit.note === undefined ? (hit.session ?? '') : `note ${hit.note}`), hit.note === undefined ? '' : (hit.session ?? ''), safeText(hit.project ?? ''), hit.voice === 'note' ? '' : hit.voice, paint('dim', clockTime(hit.at, timeZone).slice(0, 16))].filter(Boolean).join('  ');
  const resume = resumeCommand(hit);
  const open = hit.session === undefined ? undefined : [`watchroom show ${hit.session}`, ...(resume === undefined ? [] : [resume])].join('   or   ');
  return [head, ...wrap(marked(hit, paint), Math.min(width, 120) - 2).map((line) => `  ${line}`), ...(open === undefined ? [] : [paint('dim', `  open: ${safeText(open)}`)])].join('\n');
};

/** Marks are made of the safe text, so that a transcript cannot colour anything itself. */
const marked = ({ snippet: { text, marks } }: Hit, paint: Paint): string => {
  let [painted, at] = ['', 0];
  for (const [from, to] of marks) {
    painted += safePiece(text.slice(at, from)) + paint(['bold', 'yellow'], safePiece(text.slice(from, to)));
    at = to;
  }
  return (painted + safePiece(text.slice(at))).trim();
};

/** safeText trims; between two marks the spaces are needed. */
const safePiece = (piece: string): string => `${/^\s/.test(piece) ? ' ' : ''}${safeText(piece).trim()}${/\S\s$/.test(piece) ? ' ' : ''}`;

export const hitData = (hit: Hit) => {
  const resume = resumeCommand(hit);
  const { id: _id, at, snippet, ...rest } = hit;
  return { ...rest, at: new Date(at).toISOString(), text: snippet.text, marks: snippet.marks, ...(resume === undefined ? {} : { resume }) };
};
