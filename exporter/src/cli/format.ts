import { Option } from 'commander';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { Deps } from './deps.ts';

const formats = ['table', 'json', 'yaml'] as const;
type Format = (typeof formats)[number];

export const addFormatFlag = (command: Command): Command => command.addOption(new Option('--format <format>', 'table for people, json or yaml for programs').choices(formats).default('table'));

/** Writes a result for people, or as data. */
export const print = (deps: Deps, format: Format, result: { readonly text: () => string; readonly data: () => unknown }): void => {
  deps.stdout.write(`${(format === 'json' ? JSON.stringify(result.data(), null, 2) : format === 'yaml' ? stringify(result.data(), { aliasDuplicateObjects: false }) : result.text()).trimEnd()}\n`);
};
export type { Format };
