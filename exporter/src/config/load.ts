import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Machine } from '../files/machine.ts';
import { tools } from '../session/tool.ts';
import type { Tool } from '../session/tool.ts';
import { emptyFile, readConfigFile } from './file.ts';
import type { ConfigFile } from './file.ts';
import { didYouMean } from './nearest.ts';
import { absolutePath, configPath } from './paths.ts';
import { ConfigError } from './problem.ts';
import type { Problem } from './problem.ts';
import { metricGroups, settingNames, settingOf } from './settings.ts';
import type { Config, MetricGroup, SettingName } from './settings.ts';

/** Everything that can say what a setting is. */
export interface Given {
  /** The real machine. `--home` makes another one of it. */
  readonly machine: Machine;
  /** The environment; only WATCHROOM_* is looked at. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** As typed, by the name of the setting. */
  readonly flags: Readonly<Partial<Record<SettingName, unknown>>>;
  /** --collector.<tool or group> and --no-collector.<tool or group>. */
  readonly collectors?: Readonly<Partial<Record<Tool | MetricGroup, boolean>>>;
  /** Relative paths of flags and variables start here. */
  readonly cwd: string;
}

/** Who decided a setting. */
export type Origin =
  | { readonly from: 'flag' | 'variable'; readonly name: string }
  | { readonly from: 'file'; readonly place: string }
  | { readonly from: 'default' };

export interface Loaded {
  readonly config: Config;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  /** As it was written: "7d" where the configuration has milliseconds. */
  readonly written: Readonly<Record<SettingName, unknown>>;
  /** The machine to look at: another home has none of this machine's relocation variables. */
  readonly machine: Machine;
  readonly file: { readonly path: string; readonly exists: boolean };
}

/** Decides every setting: flag > variable > file > default. Throws a ConfigError that names every mistake. */
export const loadConfig = (given: Given): Loaded => {
  const machine = machineOf(given);
  const named = said('configFile', given, undefined);
  const file = readConfigFile(named.raw === undefined ? configPath(machine) : absolutePath(String(named.raw), given.machine, given.cwd));
  if (named.raw !== undefined && !file.exists && file.problems.length === 0) throw new ConfigError([{ where: nameOf(named.origin), message: `there is no file ${file.path}. Try: watchroom config init --config ${file.path}` }]);
  const { values, origins, written, problems } = decideAll(given, file);
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: values as Config, origins, written, machine, file: { path: file.path, exists: file.exists } };
};

/** The same as if there were no configuration file; for a command that must go on whatever stands in it. Throws a ConfigError of flags and variables. */
export const loadWithoutFile = (given: Given): Loaded => {
  const machine = machineOf(given);
  const file = emptyFile(configPath(machine));
  const { values, origins, written, problems } = decideAll(given, file);
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: values as Config, origins, written, machine, file: { path: file.path, exists: file.exists } };
};

const machineOf = (given: Given): Machine => {
  const home = said('home', given, undefined).raw;
  return home === undefined ? given.machine : { ...given.machine, home: absolutePath(String(home), given.machine, given.cwd), env: {} };
};

interface Said {
  readonly raw: unknown;
  readonly origin: Origin;
}

/** The first of flag, variable, file and default that says anything. */
const said = (name: SettingName, { flags, variables }: Given, file: ConfigFile | undefined): Said => {
  const { key, flag, variable, default: usual } = settingOf(name);
  const typed = flags[name];
  if (typed !== undefined) return { raw: typed, origin: { from: 'flag', name: (flag ?? name).split(' ')[0]! } };
  const set = variables[variable];
  if (set !== undefined && set !== '') return { raw: set, origin: { from: 'variable', name: variable } };
  const written = key === undefined ? undefined : file?.valueOf(key);
  if (written !== undefined) return { raw: written, origin: { from: 'file', place: file!.placeOf(key!.split('.')) } };
  return { raw: usual, origin: { from: 'default' } };
};

const decideAll = (given: Given, file: ConfigFile) => {
  const values: Partial<Record<SettingName, unknown>> = {};
  const origins: Partial<Record<SettingName, Origin>> = {};
  const written: Partial<Record<SettingName, unknown>> = {};
  const problems: Problem[] = [...file.problems];
  for (const name of settingNames) {
    const { raw, origin } = name in switchable ? switched(said(name, given, file), switchable[name as keyof typeof switchable], given) : said(name, given, file);
    const result = settingOf(name).schema.safeParse(raw);
    origins[name] = origin;
    written[name] = raw;
    if (result.success) values[name] = located(name, result.data, given, origin, file);
    else problems.push(...result.error.issues.map((issue) => problemOf(name, issue, raw, origin, file)));
  }
  return { values, origins: origins as Loaded['origins'], written: written as Loaded['written'], problems };
};

/** Settings that are lists of what is switched off. */
const switchable = { disabledTools: tools, metricsWithout: metricGroups };

/** The switches change what the others said of the tools. */
const switched = (before: Said, names: readonly (Tool | MetricGroup)[], { collectors = {} }: Given): Said => {
  const switches = names.filter((name) => collectors[name] !== undefined);
  if (switches.length === 0) return before;
  const disabled = typeof before.raw === 'string' ? before.raw.split(',').map((tool) => tool.trim()) : Array.isArray(before.raw) ? before.raw : [];
  const kept = disabled.filter((name) => collectors[name as Tool] !== true);
  const raw = [...new Set([...kept, ...switches.filter((name) => collectors[name] === false)])];
  return { raw, origin: { from: 'flag', name: switches.map((name) => `--${collectors[name] ? '' : 'no-'}collector.${name}`).join(' ') } };
};

const pathSettings: readonly SettingName[] = ['home', 'proc', 'configFile', 'stateFolder', 'webConfigFile', 'agentTokenFile', 'hubData', 'hubSigningKeyFile', 'hubOidcClientSecretFile', 'hubAdminPasswordFile', 'hubScrapeTokenFile', 'hubAgentTokenFile'];

/** Paths made absolute: those of the file start at its folder, the others where the command was typed. */
const located = (name: SettingName, value: unknown, given: Given, origin: Origin, file: ConfigFile): unknown => {
  const from = origin.from === 'file' ? dirname(file.path) : given.cwd;
  if (pathSettings.includes(name)) return value === undefined ? undefined : absolutePath(value as string, given.machine, from);
  if (name !== 'roots') return value;
  return Object.fromEntries(Object.entries(value as Config['roots']).map(([tool, folders]) => [tool, (folders ?? []).map((folder) => absolutePath(folder, given.machine, from))]));
};

const problemOf = (name: SettingName, issue: z.core.$ZodIssue, raw: unknown, origin: Origin, file: ConfigFile): Problem => {
  const { key, flag } = settingOf(name);
  const called = key ?? flag?.split(' ')[0] ?? name;
  const where = origin.from === 'file' ? file.placeOf([...key!.split('.'), ...issue.path, ...(issue.code === 'unrecognized_keys' ? [issue.keys[0]!] : [])]) : nameOf(origin);
  return { where, message: sentence(called, issue, raw, name) };
};

const sentence = (called: string, issue: z.core.$ZodIssue, raw: unknown, name: SettingName): string => {
  const full = issue.path.reduce<string>((path, step) => (typeof step === 'number' ? `${path}[${step}]` : `${path}.${String(step)}`), called);
  const example = `Try ${called}: ${exampleOf(name)}`;
  if (issue.code === 'unrecognized_keys') return `${full} has no ${issue.keys.join(', ')}.${didYouMean(issue.keys[0]!, namesIn(issue.message))} ${example}`;
  const saw = issue.path.reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : value), raw);
  return `${full} must be ${issue.message}, got ${JSON.stringify(saw) ?? 'nothing'}.${hint(saw, issue.message) || ` ${example}`}`;
};

/** "one of a, b, c" knows what was meant; a bare port means an address. */
const hint = (saw: unknown, expected: string): string => {
  if (typeof saw === 'string' && expected.startsWith('one of ')) return didYouMean(saw, namesIn(expected));
  if (/^\d+$/.test(String(saw)) && expected.startsWith('an address')) return ` Did you mean 127.0.0.1:${String(saw)}?`;
  if (typeof saw === 'string' && expected.startsWith('an http(s) URL') && !saw.includes('://')) return ` Did you mean http://${saw}?`;
  return /^\d+$/.test(String(saw)) && expected.startsWith('a duration') ? ` Did you mean ${String(saw)}s?` : '';
};

const exampleOf = (name: SettingName): string => settingOf(name).example ?? JSON.stringify(settingOf(name).default);

/** "one of a, b" or "a map of a, b" (shapes.ts) → a and b. */
const namesIn = (expected: string): readonly string[] => expected.replace(/^.* of /, '').split(', ');

const nameOf = (origin: Origin): string => (origin.from === 'file' ? origin.place : origin.from === 'default' ? 'default' : origin.name);
