import { eachLine } from '../../files/lines.ts';
import type { Book } from '../book.ts';
import { object, parseObject } from '../fields.ts';
import type { Json } from '../fields.ts';

/** The kinds of a line (VS Code, chat/common/objectMutationLog.ts). */
const kinds = { initial: 0, set: 1, push: 2, delete: 3 } as const;

type Container = Record<string | number, unknown>;

/** The state that a log of mutations leads to; undefined when it has no beginning. A half-written last line waits for its rest. */
export const replay = (bytes: Buffer, book: Book): Json | undefined => {
  let state: Json | undefined;
  const complete = bytes.lastIndexOf(10) + 1;
  eachLine(bytes, 0, (line, position) => {
    const entry = parseObject(line);
    if (!entry) return position >= complete ? undefined : book.bad('bad_json');
    book.record();
    if (entry['kind'] === kinds.initial) {
      state = object(entry['v']);
      return state ? undefined : book.bad('bad_shape');
    }
    if (!Object.values<unknown>(kinds).includes(entry['kind'])) return book.unknown();
    if (!state || !apply(state, entry)) book.bad('bad_shape');
  });
  return state;
};

/** @returns false: the line leads nowhere */
const apply = (state: Json, entry: Json): boolean => {
  const path = entry['k'];
  if (!Array.isArray(path) || path.length === 0) return false;
  const parent = path.slice(0, -1).reduce<Container | undefined>((place, step) => container(place && isStep(place, step) ? place[step] : undefined), state as Container);
  const last: unknown = path.at(-1);
  if (!parent || !isStep(parent, last)) return false;
  if (entry['kind'] === kinds.push) return push(parent, last, entry['v'], entry['i']);
  parent[last] = entry['kind'] === kinds.set ? entry['v'] : undefined;
  return true;
};

/** Appends; with an index, everything from there on is replaced. */
const push = (parent: Container, step: string | number, values: unknown, from: unknown): boolean => {
  const target = (parent[step] ??= []);
  if (!Array.isArray(target) || (values !== undefined && !Array.isArray(values))) return false;
  if (from !== undefined) {
    if (!isIndex(from, target.length)) return false;
    target.length = from;
  }
  for (const value of values ?? []) target.push(value);
  return true;
};

const container = (value: unknown): Container | undefined => (typeof value === 'object' && value !== null ? (value as Container) : undefined);

/** A step that stays inside the data: an index of a list, or a name that is not one of JavaScript's own. */
const isStep = (place: Container, step: unknown): step is string | number =>
  Array.isArray(place) ? isIndex(step, place.length) : typeof step === 'string' && (Object.hasOwn(place, step) || !(step in place));

const isIndex = (value: unknown, length: number): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= length;
