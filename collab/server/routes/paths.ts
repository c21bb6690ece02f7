import { badRequest } from './errors.ts';

type Params = Readonly<Record<string, string>>;

/** What is found at a path. */
export interface Place<Entry> {
  /** As it was declared: /api/v1/teams/:team */
  readonly path: string;
  readonly entries: readonly Entry[];
  readonly params: Params;
}

/**
 * Finds what is declared at a path: letters of either case, with or without a slash at the end, parts that begin with a colon take anything. By looking the path up; to try a pattern for each of some two hundred takes
 * longer than what most calls do.
 * @returns all declarations that fit, plain ones before those with parts that take anything
 */
export const pathTable = <Entry extends { readonly path: string }>(entries: readonly Entry[]): ((path: string) => readonly Place<Entry>[]) => {
  const patterns = [...Map.groupBy(entries, ({ path }) => path)].map(([path, at]) => ({ path, entries: at, parts: partsOf(path) }));
  const plain = new Map(patterns.filter(({ parts }) => !parts.some(takesAnything)).map((pattern) => [pattern.path.toLowerCase(), [{ path: pattern.path, entries: pattern.entries, params: {} }]]));
  const open = Map.groupBy(patterns.filter(({ parts }) => parts.some(takesAnything)), ({ parts }) => parts.length);
  return (given) => {
    const path = given.length > 1 && given.endsWith('/') ? given.slice(0, -1) : given;
    const known = plain.get(path) ?? plain.get(path.toLowerCase()) ?? [];
    const parts = partsOf(path);
    const fitting = (open.get(parts.length) ?? []).filter((pattern) => fits(pattern.parts, parts));
    return fitting.length === 0 ? known : [...known, ...fitting.map((pattern) => ({ path: pattern.path, entries: pattern.entries, params: paramsOf(pattern.parts, parts) }))];
  };
};

const partsOf = (path: string): readonly string[] => path.split('/').slice(1);

const takesAnything = (part: string): boolean => part.startsWith(':');

const fits = (pattern: readonly string[], parts: readonly string[]): boolean => pattern.every((part, at) => (takesAnything(part) ? parts[at] !== '' : part === parts[at] || part.toLowerCase() === parts[at]!.toLowerCase()));

const paramsOf = (pattern: readonly string[], parts: readonly string[]): Params => Object.fromEntries(pattern.flatMap((part, at) => (takesAnything(part) ? [[part.slice(1), decoded(parts[at]!)]] : [])));

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest('The request cannot be read.', 'unreadable');
  }
};
