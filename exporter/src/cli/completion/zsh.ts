import { argumentChoices, everyCommand, nameOf, takesSession } from '../command-tree.ts';
import type { CommandEntry, OptionEntry } from '../command-tree.ts';

/** Completion for zsh: a function for every command. */
export const zshCompletion = (root: CommandEntry): string => `#compdef watchroom
# Completion of watchroom for zsh. ~/.zshrc, after compinit: source <(watchroom completion zsh)
_watchroom_sessions() { local -a names; names=(\${(f)"$(watchroom completion names 2>/dev/null)"}); compadd -a names }
${everyCommand(root).map(functionOf).join('\n')}
if [ "$funcstack[1]" = "_watchroom" ]; then _watchroom "$@"; else compdef _watchroom watchroom; fi
`;

const functionOf = (entry: CommandEntry): string => {
  const options = entry.options.map(optionSpec);
  if (entry.commands.length === 0) return `${functionName(entry)}() {\n  _arguments -s ${[...options, ...argumentSpec(entry)].join(' \\\n    ')}\n}`;
  return `${functionName(entry)}() {
  local state line
  _arguments -C ${[...options, `'1:command:->command'`, `'*::argument:->argument'`].join(' \\\n    ')}
  case $state in
    command) local -a commands; commands=(${entry.commands.map((one) => quoted(`${nameOf(one)}:${one.summary}`)).join(' ')}); _describe command commands ;;
    argument) case $line[1] in
${entry.commands.map((one) => `      ${[nameOf(one), ...one.aliases].join('|')}) ${functionName(one)} ;;`).join('\n')}
    esac ;;
  esac
}`;
};

const argumentSpec = (entry: CommandEntry): readonly string[] => {
  const choices = argumentChoices(entry);
  if (choices.length > 0) return [`'1:${nameOf(entry)}:(${choices.join(' ')})'`];
  if (takesSession(entry)) return [`'*:session:_watchroom_sessions'`];
  return entry.arguments.length > 0 ? [`'*:argument:_files'`] : [];
};

const functionName = ({ path }: CommandEntry): string => `_watchroom${path === '' ? '' : `_${path.replaceAll(/[ -]/g, '_')}`}`;

const optionSpec = ({ names, description, takesValue, choices }: OptionEntry): string => {
  const value = takesValue ? `:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}` : '';
  const about = `[${description.replaceAll(/[[\]:\\]/g, (mark) => `\\${mark}`)}]`;
  return names.length > 1 ? `'(${names.join(' ')})'{${names.join(',')}}${quoted(about + value)}` : quoted(`${names[0]}${about}${value}`);
};

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`).replaceAll('\n', ' ')}'`;
