import type { Command } from 'commander';
import { statePath } from '../../config/paths.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { addSettingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import { worldOf } from '../start.ts';
import { partsOf, usualParts } from '../statusline/flags.ts';
import type { LineFlags } from '../statusline/flags.ts';
import { lineParts } from '../statusline/line.ts';
import { makeLine } from '../statusline/make.ts';
import { readInput } from '../statusline/read-input.ts';

interface StatusLineOptions {
  readonly tmux?: boolean;
  readonly session?: string;
  readonly cwd?: string;
  readonly show: string;
  readonly width?: string;
  readonly format: LineFlags['format'];
}

/** watchroom statusline; what is usual of it goes by bin/watchroom.js without the program (statusline/quick.ts). */
export const addStatusLine = (program: Command, deps: Deps): void => {
  const command = program.command('statusline').summary('one line for the status line of Claude Code and of tmux')
    .description('Prints one line: context, cost, health, rate limits. It reads what Claude Code tells its status line on stdin, and asks the exporter of this machine for what only that knows; rate limits that Claude Code reports are kept for the exporter (docs/monitor.md). Without either it says so.')
    .option('--tmux', 'for tmux: its own colours, nothing is read from stdin')
    .option('--session <id>', 'this session, by its whole id, instead of the latest')
    .option('--cwd <dir>', 'the latest session of this folder; of any, where there is none')
    .option('--show <parts>', `which of ${lineParts.join(', ')}, in this order`, usualParts)
    .option('--width <columns>', 'no wider than this: what matters least is left out');
  addSettingFlags(addFormatFlag(command), ['stateFolder', 'configFile', 'home']).action(async (options: StatusLineOptions) => {
    const flags = flagsOf(options);
    const { state, machine } = worldOf(command, deps);
    const { text, data } = await makeLine(flags, {
      stateFolder: state.kind === 'folder' ? state.path : statePath(machine), now: deps.now(), pid: process.pid, colours: (deps.variables['NO_COLOR'] ?? '') === '',
      input: readInput,
    });
    print(deps, flags.format, { text: () => text, data: () => data });
  });
  withExamples(command, [
    ['watchroom statusline < status.json', 'as Claude Code calls it, by settings.json: "statusLine": { "type": "command", "command": "watchroom statusline" }'],
    ['set -g status-right "#(watchroom statusline --tmux)"', 'in .tmux.conf'],
    ['watchroom statusline --tmux --cwd "#{pane_current_path}" --show context,cost', 'of the folder of the pane'],
  ]);
};

const flagsOf = ({ tmux = false, session, cwd, show, width, format }: StatusLineOptions): LineFlags => {
  const parts = partsOf(show);
  if ('strange' in parts) throw new CommandError(`--show must be some of ${lineParts.join(', ')}, got ${JSON.stringify(parts.strange)}`, 'usage');
  if (parts.length === 0) throw new CommandError('--show names nothing. Try --show context,cost', 'usage');
  const columns = width === undefined ? Infinity : Number(width);
  if (!(columns >= 1)) throw new CommandError(`--width must be a number of columns, got ${JSON.stringify(width)}. Try --width 60`, 'usage');
  return { tmux, show: parts, width: columns, format, ...(session === undefined ? {} : { session }), ...(cwd === undefined ? {} : { cwd }) };
};
