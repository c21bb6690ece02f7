import { settingNames, settingOf } from './settings.ts';
import type { Setting } from './settings.ts';
import { inOneLine } from './template.ts';

/** The table of docs/configuration.md: one line per setting. scripts/cli-docs.ts writes it, a test compares it. */
export const settingsTable = (): string => [
  '| In the file | Flag | Variable | Default | What it does |',
  '|---|---|---|---|---|',
  ...settingNames.map(settingOf).map(line),
].join('\n');

const line = (row: Setting): string =>
  `| ${row.key ? code(row.key) : '–'} | ${row.flag ? code(row.flag) : '–'} | ${code(row.variable)} | ${defaultOf(row)} | ${row.help.replaceAll('|', '\\|')} |`;

/** The default as one would write it. */
export const defaultOf = ({ default: usual, defaultText }: Setting): string =>
  usual === undefined ? (defaultText ?? 'unset') : code(inOneLine(usual));

const code = (text: string): string => `\`${text}\``;
