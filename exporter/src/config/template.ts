import { stringify } from 'yaml';
import { settingNames, settingOf } from './settings.ts';
import type { Setting } from './settings.ts';

/** A configuration file that decides nothing yet: every setting with its help, commented out with its default or an example. */
export const configTemplate = (): string => {
  const groups: string[] = [];
  const lines = rows().flatMap((row) => [...newGroups(row, groups), ...block(row)]);
  return `${heading}\n${lines.join('\n')}\n`;
};

const heading = `# Configuration of Watchroom. Remove the "# " before a setting to change it; what stays a comment is the default or an example.
# A flag wins over an environment variable, and that over this file. Check it with: watchroom config check`;

type Row = Setting & { readonly key: string };
const rows = (): readonly Row[] => settingNames.map(settingOf).filter((row): row is Row => row.key !== undefined);

/** "web:" before the first setting of the group; the settings of a group stand together in the table. */
const newGroups = ({ key }: Row, open: string[]): string[] => {
  const groups = key.split('.').slice(0, -1);
  const kept = groups.findIndex((group, depth) => open[depth] !== group);
  const from = kept === -1 ? groups.length : kept;
  open.splice(0, Infinity, ...groups);
  return groups.slice(from).map((group, depth) => `${from + depth === 0 ? '\n' : ''}${'  '.repeat(from + depth)}${group}:`);
};

const block = (row: Row): string[] => {
  const path = row.key.split('.');
  const indent = '  '.repeat(path.length - 1);
  return [`${path.length === 1 ? '\n' : ''}${indent}# ${sentence(row.help)}`, `${indent}# ${path.at(-1)}: ${valueOf(row)}`];
};

const valueOf = ({ default: usual, example }: Row): string => (usual === undefined || isEmpty(usual) ? example! : inOneLine(usual));

/** As one line of YAML. */
export const inOneLine = (value: unknown): string => stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd();

const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const sentence = (help: string): string => `${help[0]!.toUpperCase()}${help.slice(1)}.`;
