import { stringify } from 'yaml';
import type { Carried, ExportHead } from './document.ts';

export const readableFormats = ['json', 'yaml'] as const;
export type ReadableFormat = (typeof readableFormats)[number];

/** A document in pieces, one session after the other: a machine's history does not fit into memory at once. */
export async function* piecesOf(format: ReadableFormat, head: ExportHead, sessions: AsyncIterable<Carried> | Iterable<Carried>): AsyncGenerator<string> {
  const { first, before, between, after, none } = format === 'json' ? inJson(head) : inYaml(head);
  yield first;
  let written = 0;
  for await (const one of sessions) {
    yield `${written === 0 ? before : between}${format === 'json' ? JSON.stringify(one) : yamlOf([one])}`;
    written += 1;
  }
  yield written === 0 ? none : after;
}

type Frame = Readonly<Record<'first' | 'before' | 'between' | 'after' | 'none', string>>;

const inJson = (head: ExportHead): Frame => ({ first: `${JSON.stringify(head).slice(0, -1)},"sessions":[`, before: '\n', between: ',\n', after: '\n],"complete":true}\n', none: '],"complete":true}\n' });

/** Items of a list may stand at the indentation of its name. */
const inYaml = (head: ExportHead): Frame => ({ first: yamlOf(head), before: 'sessions:\n', between: '', after: 'complete: true\n', none: 'sessions: []\ncomplete: true\n' });

/** Without folding: a long line that is broken and joined again is one more thing that could go wrong. */
const yamlOf = (value: unknown): string => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
