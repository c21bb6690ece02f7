import { Option } from 'commander';
import type { Command } from 'commander';
import type { Given } from '../config/load.ts';
import { metricGroups, settingNames, settingOf } from '../config/settings.ts';
import type { SettingName } from '../config/settings.ts';
import { tools } from '../session/tool.ts';

/** Settings that decide what any command looks at. */
export const lookingFlags: readonly SettingName[] = ['home', 'proc', 'stateFolder', 'configFile', 'disabledTools'];
/** Settings that have a flag at all: what the exporter takes. */
export const allFlags: readonly SettingName[] = settingNames.filter((name) => settingOf(name).flag !== undefined && settingOf(name).command === undefined);
/** What `watchroom hub serve` takes. */
export const hubFlags: readonly SettingName[] = settingNames.filter((name) => settingOf(name).command === 'hub');
/** What `watchroom agent` takes besides those of the exporter. */
export const agentFlags: readonly SettingName[] = settingNames.filter((name) => settingOf(name).command === 'agent');

const switches = [...tools, ...metricGroups] as const;

/** Gives a command the flags of settings, and the collector switches with them. */
export const addSettingFlags = (command: Command, names: readonly SettingName[]): Command => {
  for (const name of names) command.addOption(optionOf(name));
  for (const name of switches) command.addOption(new Option(`--collector.${name}`).hideHelp()).addOption(new Option(`--no-collector.${name}`).hideHelp());
  return command;
};

/** What was typed, by the name of the setting. */
export const typedFlags = (command: Command): Required<Pick<Given, 'flags' | 'collectors'>> => {
  const typed = (attribute: string): unknown => (command.getOptionValueSource(attribute) === 'cli' ? command.getOptionValue(attribute) : undefined);
  const flags: Partial<Record<SettingName, unknown>> = {};
  for (const name of [...allFlags, ...hubFlags, ...agentFlags]) flags[name] = typed(optionOf(name).attributeName());
  const hub = typed('hub');
  if (typeof hub === 'string') { // `agent --hub URL`; the exporter's --no-hub has the same name
    flags.hubUrl ??= hub;
    delete flags.hubLocal;
  }
  const collectors: Partial<Record<(typeof switches)[number], boolean>> = {};
  for (const name of switches) {
    const on = typed(new Option(`--collector.${name}`).attributeName());
    if (typeof on === 'boolean') collectors[name] = on;
  }
  return { flags, collectors };
};

const optionOf = (name: SettingName): Option => {
  const { flag, help, flagHelp, default: usual } = settingOf(name);
  const said = typeof usual === 'string' || typeof usual === 'number' ? ` (default: ${usual})` : '';
  return new Option(flag!, flagHelp ?? `${help}${said}`);
};
