import { createProgram } from '../exporter/src/cli/program.ts';
import { commandTree, everyCommand } from '../exporter/src/cli/command-tree.ts';
import type { CommandEntry, OptionEntry } from '../exporter/src/cli/command-tree.ts';
import { exitCodes } from '../exporter/src/cli/exit-codes.ts';
import { nowhere } from './cli-page.ts';

/** exporter/man/watchroom.1, from the table that --help prints (man(7) macros: every man there is knows them). */
export const manPage = (): string => {
  const silent = { write: () => true, columns: 100 };
  const root = commandTree(createProgram({ ...nowhere, stdout: silent, stderr: silent, variables: { NO_COLOR: '1' } }));
  return [
    '.\\" Made by `node scripts/cli-docs.ts` from what the program itself prints; a test compares them.',
    '.TH WATCHROOM 1 "" "Watchroom" "User Commands"',
    '.SH NAME', 'watchroom \\- watch the AI coding sessions of a machine, count them exactly, publish them to Prometheus',
    '.SH SYNOPSIS', '.B watchroom', '.I command', '.RI [ options ]',
    '.SH DESCRIPTION', ...paragraphs(root.description),
    'A session is named by the pid of a process of it, by its id, by the tool\'s own id, or by any part of the id that only it has.',
    '.SH COMMANDS', ...everyCommand(root).filter(({ commands }) => commands.length === 0).flatMap(commandLines),
    '.SH ENVIRONMENT',
    ...tagged('.B NO_COLOR', 'No colours.'), ...tagged('.B FORCE_COLOR', 'Colours in a pipe too.'), ...tagged('.B COLUMNS', 'The width of tables.'),
    ...tagged('.BR WATCHROOM_ *', 'Every setting of the configuration file is also a variable: watchroom config show names them.'),
    '.SH EXIT STATUS', ...Object.values(exitCodes).flatMap(([code, meaning]) => tagged(`.B ${code}`, meaning)),
    '',
  ].join('\n');
};

const commandLines = (entry: CommandEntry): readonly string[] => [
  `.SS "watchroom ${entry.path}${entry.usage === '' ? '' : ` ${escaped(entry.usage).replaceAll('"', '')}`}"`,
  ...(entry.aliases.length > 0 ? [`Also: ${entry.aliases.map((alias) => `watchroom ${alias}`).join(', ')}.`, '.br'] : []),
  ...paragraphs(entry.description),
  ...entry.options.flatMap(optionLines),
];

const optionLines = ({ flags, description, choices }: OptionEntry): readonly string[] => tagged(`.B ${escaped(flags)}`, `${description}${choices.length > 0 ? ` (${choices.join(', ')})` : ''}`);

const tagged = (tag: string, text: string): readonly string[] => ['.TP', tag, ...lines(text)];

const paragraphs = (text: string): readonly string[] => text.split('\n').flatMap((paragraph, index) => [...(index > 0 ? ['.PP'] : []), ...lines(paragraph)]);

/** A line that begins with a dot or a quote would be a request. */
const lines = (text: string): readonly string[] => escaped(text).split('\n').map((line) => line.replace(/^(?=[.'])/, '\\&'));

/** groff reads \ as a command and - as a hyphen; old ones know only ASCII. */
const escaped = (text: string): string => text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/[^\x00-\x7e]/gu, (mark) => `\\[u${mark.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
