import type { Command } from 'commander';
import { absolutePath } from '../../config/paths.ts';
import type { EpochMs } from '../../session/part.ts';
import { totalTokens } from '../../session/usage.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { clockTime, longTime, shortNumber, usd } from '../figures.ts';
import { addSettingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { safeText } from '../safe-text.ts';
import { withBackend } from '../start.ts';
import type { WrapCare } from '../wrap-backend.ts';

type Run = Awaited<ReturnType<WrapCare['runs']>>[number];

/** watchroom current */
export const addCurrent = (program: Command, deps: Deps): void => {
  const command = program.command('current').summary('the session that watchroom run runs, or ran last')
    .description('Shows what is known of the command that watchroom run runs on this machine now; when none runs, of the last one. It reads the state file and nothing else.')
    .option('-a, --all', 'all that are remembered, the newest first')
    .option('--state-file <file>', 'the file given to watchroom run --state-file');
  addSettingFlags(addFormatFlag(command), ['stateFolder', 'configFile']).action(({ all, stateFile, format }: { readonly all?: boolean; readonly stateFile?: string; readonly format: Format }) =>
    withBackend(command, deps, async (backend, world) => {
      const runs = await backend.wrap.runs(stateFile === undefined ? undefined : absolutePath(stateFile, deps.machine, deps.cwd));
      const [first] = runs.filter((run) => run.status === 'ACTIVE' && !run.lost).concat(runs);
      if (first === undefined) throw new CommandError(stateFile === undefined ? 'nothing was run yet. Try: watchroom run -- COMMAND' : `there is no state in ${stateFile}`, 'noSession');
      const text = (run: Run): string => runText(run, { now: deps.now(), timeZone: world.config.timezone });
      print(deps, format, { data: () => (all ? runs : first), text: () => (all ? runs.map(text).join('\n\n') : text(first)) });
    }));
  withExamples(command, [['watchroom current', 'what runs'], ['watchroom current --format json | jq -r .session', 'its id, for other commands'], ['watchroom current --all', 'what ran before']]);
};

const runText = (run: Run, { now, timeZone }: { readonly now: EpochMs; readonly timeZone: string }): string => {
  const started = Date.parse(run.startedAt);
  const lasted = run.durationMs ?? (run.lost ? undefined : now - started);
  const outcome = run.status === 'ACTIVE' ? (run.lost ? 'lost: its process is gone, and nobody saw how it ended' : `active, pid ${run.pid ?? 'unknown'}`) : `completed, ${run.signal === undefined ? `exit code ${run.exitCode ?? 'unknown'}` : run.signal}${run.failed ? ', the agent says it failed' : ''}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Session', run.session ?? 'unknown: the command does not say'],
    ['Program', `${run.program}${run.model === undefined ? '' : `, ${run.model}`}`],
    ['State', outcome],
    ['Started', clockTime(started, timeZone)],
    ['Lasted', lasted === undefined ? undefined : longTime(lasted)],
    ['Cost', run.costUsd === undefined ? 'unknown' : usd(run.costUsd)],
    ['Tokens', run.tokens === undefined ? undefined : shortNumber(totalTokens(run.tokens))],
    ['Turns', run.turns === undefined ? undefined : String(run.turns)],
    ['Folder', run.cwd],
    ['Problems', run.problems?.join('; ')],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(9)}${safeText(value)}`])).join('\n');
};
