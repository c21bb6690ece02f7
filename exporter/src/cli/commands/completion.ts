import { Argument } from 'commander';
import type { Command } from 'commander';
import { commandTree } from '../command-tree.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { powershellCompletion } from '../completion/powershell.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { shortIds } from '../find-session.ts';
import { addSettingFlags } from '../flags.ts';
import { worldOf } from '../start.ts';
import { askExporter } from '../statusline/ask-exporter.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion, powershell: powershellCompletion };

/** watchroom completion bash|zsh|fish|powershell */
export const addCompletion = (program: Command, deps: Deps): void => {
  const command = program.command('completion').summary('completion of commands, flags and sessions for your shell')
    .description('Prints what makes the Tab key know the commands, the flags and, while an exporter runs, the sessions. Nothing is written anywhere.')
    .addArgument(new Argument('<shell>', 'your shell').choices([...Object.keys(shells), 'names']));
  addSettingFlags(command, ['stateFolder', 'configFile']).action(async (shell: keyof typeof shells | 'names') => {
    deps.stdout.write(shell === 'names' ? await sessionNames(command, deps) : shells[shell](commandTree(program)));
  });
  withExamples(command, [
    ['source <(watchroom completion bash)', 'in ~/.bashrc'],
    ['source <(watchroom completion zsh)', 'in ~/.zshrc, after compinit'],
    ['watchroom completion fish > ~/.config/fish/completions/watchroom.fish', 'once, and after an update'],
    ['watchroom completion powershell | Out-String | Invoke-Expression', 'in $PROFILE'],
    ['watchroom completion names', 'the sessions as the Tab key gets them'],
  ]);
};

/** One a line; none where no exporter can tell at once. */
const sessionNames = async (command: Command, deps: Deps): Promise<string> => {
  const { state } = worldOf(command, deps);
  const page = state.kind === 'folder' ? await askExporter(state.path, { limit: 100 }) : undefined;
  return page ? [...shortIds(page.sessions).values()].map((name) => `${name}\n`).join('') : '';
};
