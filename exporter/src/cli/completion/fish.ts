import { everyCommand, nameOf, takesSession } from '../command-tree.ts';
import type { CommandEntry, OptionEntry } from '../command-tree.ts';

/** Completion for fish. */
export const fishCompletion = (root: CommandEntry): string => `# Completion of watchroom for fish. watchroom completion fish > ~/.config/fish/completions/watchroom.fish
complete -c watchroom -f
${everyCommand(root).flatMap(linesOf).join('\n')}
`;

const linesOf = (entry: CommandEntry): readonly string[] => {
  const here = conditionOf(entry);
  const below = entry.commands.flatMap((one) => [nameOf(one), ...one.aliases]);
  const notYet = below.length === 0 ? here : `${here}; and not __fish_seen_subcommand_from ${below.join(' ')}`;
  return [
    ...entry.commands.map((one) => `complete -c watchroom -n ${quoted(notYet)} -a ${nameOf(one)} -d ${quoted(one.summary)}`),
    ...entry.options.map((option) => `complete -c watchroom -n ${quoted(notYet)}${namesOf(option)}${valueOf(option)} -d ${quoted(option.description)}`),
    ...(takesSession(entry) ? [`complete -c watchroom -n ${quoted(here)} -a '(watchroom completion names 2>/dev/null)'`] : []),
  ];
};

const conditionOf = ({ path }: CommandEntry): string => (path === '' ? 'true' : path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`).join('; and '));

const namesOf = ({ names }: OptionEntry): string => names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`)).join('');

const valueOf = ({ takesValue, choices }: OptionEntry): string => (!takesValue ? '' : choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ' -r -F');

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", `\\'`).replaceAll('\n', ' ')}'`;
