import { argumentChoices, everyCommand, nameOf, takesSession } from '../command-tree.ts';
import type { CommandEntry, OptionEntry } from '../command-tree.ts';

/** Completion for fish. */
export const fishCompletion = (root: CommandEntry): string => {
  const entries = everyCommand(root);
  const names = new Map(entries.map((entry) => [entry.path, [nameOf(entry), ...entry.aliases].join(' ')]));
  return `# Completion of watchroom for fish. watchroom completion fish > ~/.config/fish/completions/watchroom.fish
complete -c watchroom -f
${entries.flatMap((entry) => linesOf(entry, names)).join('\n')}
`;
};

/** @param names the words for a command, by its path: its name and its other ones */
const linesOf = (entry: CommandEntry, names: ReadonlyMap<string, string>): readonly string[] => {
  const here = conditionOf(entry, names);
  const below = entry.commands.flatMap((one) => [nameOf(one), ...one.aliases]);
  const notYet = below.length === 0 ? here : `${here}; and not __fish_seen_subcommand_from ${below.join(' ')}`;
  const choices = argumentChoices(entry);
  return [
    ...entry.commands.map((one) => `complete -c watchroom -n ${quoted(notYet)} -a ${nameOf(one)} -d ${quoted(one.summary)}`),
    ...entry.options.map((option) => `complete -c watchroom -n ${quoted(notYet)}${namesOf(option)}${valueOf(option)} -d ${quoted(option.description)}`),
    ...(choices.length > 0 ? [`complete -c watchroom -n ${quoted(here)} -a ${quoted(choices.join(' '))}`] : []),
    ...(takesSession(entry) ? [`complete -c watchroom -n ${quoted(here)} -a '(watchroom completion names 2>/dev/null)'`] : takesFile(entry) ? [`complete -c watchroom -n ${quoted(here)} -F`] : []),
  ];
};

/** Its argument is neither a command, nor one of a few words, nor a session. */
const takesFile = (entry: CommandEntry): boolean => entry.commands.length === 0 && entry.arguments.length > 0 && argumentChoices(entry).length === 0;

const conditionOf = ({ path }: CommandEntry, names: ReadonlyMap<string, string>): string => {
  const words = path.split(' ').filter(Boolean);
  return words.length === 0 ? 'true' : words.map((_word, index) => `__fish_seen_subcommand_from ${names.get(words.slice(0, index + 1).join(' '))}`).join('; and ');
};

const namesOf = ({ names }: OptionEntry): string => names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`)).join('');

const valueOf = ({ takesValue, choices }: OptionEntry): string => (!takesValue ? '' : choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ' -r -F');

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", `\\'`).replaceAll('\n', ' ')}'`;
