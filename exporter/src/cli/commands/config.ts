import type { Command } from 'commander';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { withSetting, withoutSetting } from '../../config/edit.ts';
import { parseConfig } from '../../config/file.ts';
import type { Origin } from '../../config/load.ts';
import { didYouMean } from '../../config/nearest.ts';
import { absolutePath, configPath } from '../../config/paths.ts';
import { settingKeys, settingNames, settingOf } from '../../config/settings.ts';
import { configTemplate, inOneLine } from '../../config/template.ts';
import type { SettingName } from '../../config/settings.ts';
import { makeFolder } from '../../files/make-folder.ts';
import type { World } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { tokenVariable } from './agent.ts';
import { addSettingFlags, allFlags, typedFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { worldOf } from '../start.ts';
import { renderTable } from '../table.ts';
import { lookOf } from '../terminal.ts';

/** watchroom config init|show|check|set|unset */
export const addConfig = (program: Command, deps: Deps): void => {
  const config = program.command('config').summary('write, show and check the configuration')
    .description('Watchroom needs no configuration. What you want otherwise is said by flags, by WATCHROOM_* variables or in one YAML file: docs/configuration.md.');
  addInit(config, deps);
  addShow(config, deps);
  addCheck(config, deps);
  addChange(config, deps);
};

const addInit = (config: Command, deps: Deps): void => {
  const command = addSettingFlags(config.command('init').summary('write a file to start from'), ['configFile', 'home'])
    .description('Writes a configuration file in which every setting is explained and commented out. An existing file is left alone.')
    .option('--print', 'write it to the terminal instead')
    .action(({ print: onlyPrint }: { readonly print?: boolean }) => {
      if (onlyPrint) return void deps.stdout.write(configTemplate());
      const path = pathOf(command, deps);
      writeNew(path, configTemplate());
      deps.stdout.write(`Wrote ${path}. Everything in it is commented out; take the "# " off what you want to change, then: watchroom config check\n`);
    });
  withExamples(command, [['watchroom config init', 'at the usual place'], ['watchroom config init --config ./watchroom.yaml', 'elsewhere'], ['watchroom config init --print', 'to look at it first']]);
};

const addShow = (config: Command, deps: Deps): void => {
  const command = addSettingFlags(addFormatFlag(config.command('show').summary('what holds, and who decided it')), allFlags)
    .description('Shows every setting with its value and where that comes from: a flag, a variable, a line of the file, or the default.')
    .action(({ format }: { readonly format: Format }) => {
      const world = worldOf(command, deps);
      print(deps, format, { text: () => configTable(world, deps), data: () => configData(world) });
    });
  withExamples(command, [['watchroom config show', 'all of it'], ['watchroom config show --export.window 7d', 'with a flag you think of']]);
};

const addCheck = (config: Command, deps: Deps): void => {
  const command = addSettingFlags(config.command('check').summary('find mistakes'), allFlags)
    .description('Reads the configuration and names every mistake with its line, what was seen and what to try. Exit code 4 when there is one.')
    .action(() => {
      const { file } = worldOf(command, deps);
      const strange = strangeVariables(deps.variables);
      deps.stdout.write(`${file.exists ? `${file.path} is right` : `There is no ${file.path}: all settings have their defaults`}.\n${strange.map((line) => `${line}\n`).join('')}`);
    });
  withExamples(command, [['watchroom config check', 'before a restart'], ['watchroom config check --config ./watchroom.yaml', 'a file of another place']]);
};

const addChange = (config: Command, deps: Deps): void => {
  const set = addSettingFlags(config.command('set <key> <value>').summary('change one setting in the file'), ['configFile', 'home'])
    .description('Writes one setting into the file. Comments and the order of everything else stay as they are; a value that is wrong is not written.')
    .action((key: string, value: string) => change(set, deps, key, (text) => withSetting(text, key, value)));
  withExamples(set, [['watchroom config set export.window 7d', 'a week of sessions'], ['watchroom config set tools.disabled "[cursor, amp]"', 'a list']]);
  const unset = addSettingFlags(config.command('unset <key>').summary('take one setting out of the file'), ['configFile', 'home'])
    .description('Takes one setting out of the file: its default holds again.')
    .action((key: string) => change(unset, deps, key, (text) => withoutSetting(text, key)));
  withExamples(unset, [['watchroom config unset export.window', 'back to 24h']]);
};

const change = (command: Command, deps: Deps, key: string, rewrite: (text: string) => string): void => {
  if (!settingKeys.includes(key)) throw new CommandError(`unknown setting ${key}.${didYouMean(key, settingKeys)} All are in: watchroom config show`, 'usage');
  const path = pathOf(command, deps);
  const before = textOf(path);
  const after = rewrite(before ?? '');
  checkValue(path, key, after);
  makeFolder(dirname(path));
  writeFileSync(path, after);
  const value = parseConfig(path, after).valueOf(key);
  deps.stdout.write(`${path}: ${key} ${value === undefined ? 'has its default again' : `is ${inOneLine(value)}`}. A running exporter takes it at its next start.\n`);
};

const checkValue = (path: string, key: string, text: string): void => {
  const row = settingNames.map(settingOf).find((each) => each.key === key)!;
  const value = parseConfig(path, text).valueOf(key);
  const issue = value === undefined ? undefined : row.schema.safeParse(value).error?.issues[0];
  if (issue) throw new CommandError(`${key} must be ${issue.message}, got ${JSON.stringify(value)}. Nothing was written. Try: watchroom config set ${key} ${row.example ?? inOneLine(row.default)}`, 'config');
};

const pathOf = (command: Command, deps: Deps): string => {
  const { configFile, home } = typedFlags(command).flags;
  const named = configFile ?? deps.variables['WATCHROOM_CONFIG'];
  if (named) return absolutePath(String(named), deps.machine, deps.cwd);
  const other = home ?? deps.variables['WATCHROOM_HOME'];
  return configPath(other ? { ...deps.machine, home: absolutePath(String(other), deps.machine, deps.cwd), env: {} } : deps.machine);
};

const writeNew = (path: string, text: string): void => {
  try {
    makeFolder(dirname(path));
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new CommandError(`${path} is there already and was left as it is. Try: watchroom config check, or config init --print`);
    throw new CommandError(`cannot write ${path} (${code}). Try another place: watchroom config init --config FILE`);
  }
};

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CommandError(`cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
};

const rowsOf = (world: World) =>
  settingNames.map((name) => {
    const row = settingOf(name);
    const value = shown(world.written[name], world.config[name]) ?? decided(name, world) ?? row.defaultText ?? 'unset';
    return { name: row.key ?? row.flag!.split(' ')[0]!, value, from: saidBy(world.origins[name]) };
  });

/** Defaults that depend on the machine. */
const decided = (name: SettingName, { machine, file, state }: World): string | undefined => {
  if (name === 'home') return machine.home;
  if (name === 'configFile') return file.path;
  return name === 'stateFolder' ? (state.kind === 'folder' ? state.path : 'a throw-away folder') : undefined;
};

/** A duration or an address as it was written; lists and maps as they hold, with the defaults of what was left out. */
const shown = (written: unknown, holds: unknown): string | undefined => {
  if (written === undefined) return undefined;
  if (typeof holds === 'object' && typeof written === 'object') return inOneLine(holds);
  return typeof written === 'string' ? written : inOneLine(written);
};

const saidBy = (origin: Origin): string => (origin.from === 'default' ? 'default' : origin.from === 'file' ? origin.place : `${origin.from} ${origin.name}`);

const configTable = (world: World, deps: Deps): string => {
  const look = lookOf(deps.stdout, deps.variables);
  const table = renderTable(rowsOf(world), [
    { head: 'SETTING', cell: ({ name }) => name },
    { head: 'VALUE', cell: ({ value, from }) => (from === 'default' ? value : look.paint('bold', value)), least: 12, most: 60 },
    { head: 'FROM', cell: ({ from }) => (from === 'default' ? look.paint('dim', from) : look.paint('cyan', from)), least: 7 },
  ], look);
  return `${table}\n\nFile: ${world.file.path}${world.file.exists ? '' : ' (not there; watchroom config init writes one)'}`;
};

const configData = (world: World) => ({
  file: world.file,
  settings: Object.fromEntries(settingNames.map((name) => [settingOf(name).key ?? name, { value: world.config[name], from: saidBy(world.origins[name]) }])),
});

/** A mistyped variable is silently ignored by every program; here it is said. */
const strangeVariables = (variables: Deps['variables']): string[] => {
  const known = [...settingNames.map((name) => settingOf(name).variable), tokenVariable];
  return Object.keys(variables).filter((name) => name.startsWith('WATCHROOM_') && !known.includes(name)).map((name) => `The variable ${name} means nothing to Watchroom.${didYouMean(name, known)}`);
};
