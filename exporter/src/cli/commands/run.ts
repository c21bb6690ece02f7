import type { Command } from 'commander';
import { absolutePath } from '../../config/paths.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError, WrappedExit } from '../exit-codes.ts';
import { addSettingFlags } from '../flags.ts';
import { safeText } from '../safe-text.ts';
import { withBackendOf, worldWhatever } from '../start.ts';
import { tokenVariable } from './agent.ts';

interface RunOptions {
  readonly onActive: readonly string[];
  readonly onCompleted: readonly string[];
  readonly team?: string;
  readonly hubTokenFile?: string;
  readonly stateFile?: string;
}

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** watchroom run -- COMMAND… */
export const addRun = (program: Command, deps: Deps): void => {
  const command = program.command('run').argument('<command...>', 'the command and its arguments, after --').summary('run one agent command and tell of its beginning and end')
    .description('Runs one command with its stdin, stdout, stderr, signals and exit code untouched, and keeps what is known of it in a state file: session, model, cost, tokens, turns, duration. Cost and turns are known of claude -p --output-format stream-json (or json), codex exec --json and gemini --output-format stream-json (or json), everything else by its process alone.\nA target is a command of the shell, which gets the state as JSON on stdin and in WATCHROOM_RUN_* variables, or a URL, which gets it by POST. docs/run.md says the rest.')
    .option('--on-active <target>', 'told when it begins; may be given several times', several, [])
    .option('--on-completed <target>', 'told when it has ended; may be given several times', several, [])
    .option('--team <id>', 'tell the hub too (hub.url, and a personal token of yours): the session is one of this team')
    .option('--hub-token-file <file>', 'the file of that token; else WATCHROOM_TOKEN has it')
    .option('--state-file <file>', 'keep the state in this file');
  addSettingFlags(command, ['stateFolder', 'configFile']).action(async (words: readonly [string, ...string[]], { stateFile, team, hubTokenFile, ...told }: RunOptions) => {
    if (stateFile !== undefined && stateFile === '') throw new CommandError('--state-file needs a file', 'usage');
    // A slip in a file of ours is no reason not to run what somebody wants to run.
    const { world, problem } = worldWhatever(command, deps);
    const isTold = team !== undefined && (problem === undefined || world.config.hubUrl !== undefined);
    if (problem !== undefined) deps.stderr.write(`watchroom: the configuration is wrong (${safeText(problem)}) and left out${team !== undefined && !isTold ? '; the hub is not told' : ''}. More: watchroom config check\n`);
    let exitCode = 0;
    await withBackendOf(world, deps, async (backend) => {
      exitCode = await backend.wrap.run({
        command: words, ...told, token: deps.variables[tokenVariable],
        ...(isTold ? { team } : {}),
        ...(hubTokenFile === undefined ? {} : { hubTokenFile: absolutePath(hubTokenFile, deps.machine, deps.cwd) }),
        ...(stateFile === undefined ? {} : { stateFile: absolutePath(stateFile, deps.machine, deps.cwd) }),
      });
    });
    if (exitCode !== 0) throw new WrappedExit(exitCode);
  });
  withExamples(command, [
    ['watchroom run -- claude -p "fix the tests" --output-format stream-json --verbose', 'with cost and turns'],
    ["watchroom run --on-completed 'notify-send done' -- codex exec --json 'add a test'", 'a word when it is done'],
    ['watchroom run --on-completed https://example.com/hook -- aider --message-file todo.md', 'duration and exit code, by POST'],
  ]);
};
