import { argumentChoices, everyCommand, nameOf, takesSession } from '../command-tree.ts';
import type { CommandEntry } from '../command-tree.ts';

/** Completion for bash, by words alone: it works without the bash-completion package. */
export const bashCompletion = (root: CommandEntry): string => `# Completion of watchroom for bash. ~/.bashrc: source <(watchroom completion bash)
_watchroom() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path/$word" in
${everyCommand(root).filter(({ path }) => path !== '').map((entry) => `      ${patternsOf(entry).map((pattern) => `"${pattern}"`).join('|')}) path="/${entry.path.replaceAll(' ', '/')}" ;;`).join('\n')}
    esac
  done
  case "$path $prev" in
${valueCases(root)}
  esac
  case "$path" in
${everyCommand(root).map((entry) => `    "${entry.path === '' ? '' : `/${entry.path.replaceAll(' ', '/')}`}") words="${wordsOf(entry)}"${takesSession(entry) ? '; [[ $cur == -* ]] || words="$words $(watchroom completion names 2>/dev/null)"' : ''} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _watchroom watchroom
`;

/** "/hub/admin", and the same by its other names. */
const patternsOf = (entry: CommandEntry): readonly string[] => {
  const above = entry.path.split(' ').slice(0, -1).map((word) => `/${word}`).join('');
  return [nameOf(entry), ...entry.aliases].map((name) => `${above}/${name}`);
};

const wordsOf = (entry: CommandEntry): string => [...entry.commands.map(nameOf), ...argumentChoices(entry), ...entry.options.flatMap(({ names }) => names.filter((name) => name.startsWith('--')))].join(' ');

/** After a flag: its choices, or for any other value files. */
const valueCases = (root: CommandEntry): string =>
  everyCommand(root).flatMap(({ path, options }) => options.filter(({ takesValue }) => takesValue).flatMap(({ names, choices }) =>
    names.map((name) => `    "${path === '' ? '' : `/${path.replaceAll(' ', '/')}`} ${name}") COMPREPLY=($(compgen ${choices.length > 0 ? `-W "${choices.join(' ')}"` : '-f'} -- "$cur")); return ;;`))).join('\n');
