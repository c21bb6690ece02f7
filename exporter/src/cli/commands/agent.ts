import type { Command } from 'commander';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { addSettingFlags, agentFlags, allFlags } from '../flags.ts';
import { withBackend } from '../start.ts';

/** watchroom agent */
export const addAgent = (program: Command, deps: Deps): void => {
  const command = program.command('agent').summary("report this machine's sessions to the hub of a team")
    .description('The exporter, and it reports what it sees to a hub: numbers, states and, by path mode, places; no prompts, no code, no titles unless you say so (docs/agent.md). While it reports, /metrics here has only watchroom_*, because the hub serves the rest.\nEvery flag is also a key of the configuration file and a variable: docs/configuration.md.')
    .option('--hub <url>', 'address of the hub, as --hub.url')
    .option('--token <token>', 'the token the hub made for this agent; others on this machine can see it in the list of processes, so rather use --token-file or the variable WATCHROOM_TOKEN');
  addSettingFlags(command, [...agentFlags, ...allFlags.filter((name) => name !== 'hubLocal' && name !== 'openBrowser')]).action(({ token }: { readonly token?: string }) =>
    withBackend(command, deps, (backend) => backend.runAgent({ token, variable: deps.variables[tokenVariable] })));
  withExamples(command, [
    ['watchroom agent --hub https://watchroom.example --token-file ~/.config/watchroom/token', 'reports, and obeys nothing'],
    ['watchroom agent --hub https://watchroom.example --token-file token --allow stop=ask,export', 'lets the team ask you to stop a session'],
    ['watchroom agent', 'with hub.url and agent.token_file in the configuration file'],
  ]);
};

/** Not a setting: no command ever shows it. */
export const tokenVariable = 'WATCHROOM_TOKEN';
