import { lineParts } from './line.ts';
import type { LinePart } from './line.ts';

/** What was asked of the line. */
export interface LineFlags {
  /** Colours for tmux, and nothing is read from stdin. */
  readonly tmux: boolean;
  readonly session?: string;
  readonly cwd?: string;
  readonly show: readonly LinePart[];
  readonly width: number;
  readonly format: 'table' | 'json' | 'yaml';
}

export const usualParts = lineParts.join(',');

/** "context,cost" as parts; the strange one when it is none. */
export const partsOf = (typed: string): readonly LinePart[] | { readonly strange: string } => {
  const words = typed.split(',').map((word) => word.trim()).filter(Boolean);
  const strange = words.find((word) => !(lineParts as readonly string[]).includes(word));
  return strange === undefined ? (words as LinePart[]) : { strange };
};

/** The flags of a simple command line; undefined: there is more to it, and the whole program understands it (help, mistakes, --home …). */
export const simpleFlags = (args: readonly string[]): (LineFlags & { readonly state?: string }) | undefined => {
  const given = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const [name = '', inline] = args[index]!.split(/=(.*)/s);
    if (name === '--tmux' && inline === undefined) given.set(name, '');
    else if (valued.includes(name)) given.set(name, inline ?? args[(index += 1)] ?? '');
    else return undefined;
  }
  const show = partsOf(given.get('--show') ?? usualParts);
  const width = Number(given.get('--width') ?? Infinity);
  if ('strange' in show || show.length === 0 || !(width >= 1) || [...given].some(([name, value]) => name !== '--tmux' && value === '')) return undefined;
  const [session, cwd, state] = ['--session', '--cwd', '--state'].map((name) => given.get(name));
  return {
    tmux: given.has('--tmux'), show, width, format: 'table',
    ...(session === undefined ? {} : { session }), ...(cwd === undefined ? {} : { cwd }), ...(state === undefined ? {} : { state }),
  };
};

const valued: readonly string[] = ['--session', '--cwd', '--show', '--width', '--state'];
