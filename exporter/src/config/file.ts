import { readFileSync } from 'node:fs';
import { LineCounter, isMap, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { didYouMean } from './nearest.ts';
import type { Problem } from './problem.ts';
import { settingKeys } from './settings.ts';

/** A configuration file as it stands on disk. */
export interface ConfigFile {
  readonly path: string;
  readonly exists: boolean;
  /** The value at "export.limit"; undefined when the file does not say, or says nothing after the colon. */
  readonly valueOf: (key: string) => unknown;
  /** "…/config.yaml:12" for a path of keys, or of its nearest parent that stands in the file. */
  readonly placeOf: (path: readonly PropertyKey[]) => string;
  /** What is wrong before any value is looked at: bad YAML, unknown keys. */
  readonly problems: readonly Problem[];
}

/** Reads a configuration file; one that does not exist is empty. */
export const readConfigFile = (path: string): ConfigFile => {
  const text = textOf(path);
  if (typeof text === 'object') return emptyFile(path, [{ where: path, message: text.problem }]);
  return text === undefined ? emptyFile(path) : parseConfig(path, text);
};

/** The same for a text at hand. */
export const parseConfig = (path: string, text: string): ConfigFile => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (keys: readonly PropertyKey[]): string => `${path}:${lineOf(document, lines, keys)}`;
  const broken = document.errors.slice(0, mostErrors).map(({ message, pos }) => ({ where: `${path}:${lines.linePos(pos[0]).line}`, message: `this is not valid YAML: ${shortened(message)}. Values with ": " or "#" in them need quotes` }));
  if (broken.length > 0) return { ...emptyFile(path, broken), exists: true };
  const values = plainValues(document);
  if (values === 'too many aliases') return { ...emptyFile(path, [{ where: path, message: 'its aliases (*name) stand for too much. Write the values out' }]), exists: true };
  if (values === undefined) return { ...emptyFile(path, [{ where: `${path}:1`, message: 'the file must be a map of settings. Try: watchroom config init --print' }]), exists: true };
  return { path, exists: true, placeOf, valueOf: (key) => valueAt(values, key), problems: unknownKeys(values, [], placeOf) };
};

/** One mistake makes many, and a file that is no YAML at all thousands. */
const mostErrors = 5;
const shortened = (message: string): string => (message.length > 200 ? `${message.slice(0, 200)}…` : message);

type Values = Readonly<Record<string, unknown>>;

export const emptyFile = (path: string, problems: readonly Problem[] = []): ConfigFile => ({ path, exists: false, valueOf: () => undefined, placeOf: () => path, problems });

const textOf = (path: string): string | undefined | { readonly problem: string } => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : { problem: `the file cannot be read (${code ?? message}). Try another one with --config FILE` };
  }
};

const plainValues = (document: Document): Values | 'too many aliases' | undefined => {
  if (document.contents === null) return {};
  if (!isMap(document.contents)) return undefined;
  try {
    return (document.toJS() as Values) ?? {};
  } catch {
    return 'too many aliases'; // the only thing a document without errors can be refused for
  }
};

const valueAt = (values: Values, key: string): unknown => {
  let value: unknown = values;
  for (const step of key.split('.')) value = isGroup(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value ?? undefined;
};

const unknownKeys = (values: Values, above: readonly string[], placeOf: ConfigFile['placeOf']): Problem[] =>
  Object.entries(values).flatMap(([name, value]) => {
    const path = [...above, name];
    const key = path.join('.');
    if (settingKeys.includes(key)) return [];
    if (!settingKeys.some((known) => known.startsWith(`${key}.`))) return [{ where: placeOf(path), message: `unknown setting ${key}.${suggestionFor(key)} All are in: watchroom config show` }];
    if (isGroup(value)) return unknownKeys(value, path, placeOf);
    return value === null ? [] : [{ where: placeOf(path), message: `${key} must be a group of settings, got ${JSON.stringify(value)}. Try ${membersOf(key)[0]}` }];
  });

/** A name without its group ("limit") is understood as well as one with a typo. */
const suggestionFor = (key: string): string => {
  const last = key.split('.').at(-1)!;
  const sameName = settingKeys.find((known) => known.endsWith(`.${last}`));
  return sameName ? ` Did you mean ${sameName}?` : didYouMean(key, settingKeys);
};

const membersOf = (group: string): readonly string[] => settingKeys.filter((key) => key.startsWith(`${group}.`));

const isGroup = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

const lineOf = (document: Document, lines: LineCounter, path: readonly PropertyKey[]): number => {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
};

/** Where the key of a map entry stands, or the item of a list. */
const offsetOf = (document: Document, path: readonly PropertyKey[]): number | undefined => {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === String(path.at(-1)));
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const item = document.getIn(path, true);
  return isNode(item) ? item.range?.[0] : undefined;
};
