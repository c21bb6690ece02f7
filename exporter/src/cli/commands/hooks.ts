import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { absolutePath } from '../../config/paths.ts';
import { hooksFor } from '../../hooks/hooked-settings.ts';
import { hookCommand, hooksStatus, installHooks, plannedSettings, removeHooks } from '../../hooks/install.ts';
import { configFolders } from '../../readers/claude/places.ts';
import { askPerson } from '../ask.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { addSettingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { worldOf } from '../start.ts';

interface HooksOptions { readonly claudeConfig?: string; readonly yes?: boolean; readonly print?: boolean; readonly format: Format }

/** watchroom hooks install|remove|status */
export const addHooks = (program: Command, deps: Deps): void => {
  const hooks = program.command('hooks').summary('optional hooks of Claude Code for exact states')
    .description('Watchroom needs no hooks. With them Claude Code itself says when it begins to work and when it waits for you, a permission for example, in the moment it happens. They keep no text. Removing them leaves no trace.');
  const folderOf = (command: Command, { claudeConfig }: HooksOptions): string => {
    const { machine } = worldOf(command, deps);
    return claudeConfig === undefined ? configFolders(machine)[0]! : absolutePath(claudeConfig, machine, deps.cwd);
  };
  const withFlags = (command: Command): Command => addSettingFlags(addFormatFlag(command.option('--claude-config <dir>', "Claude Code's configuration folder (default: CLAUDE_CONFIG_DIR, or ~/.claude)")), ['home', 'configFile']);

  const install = withFlags(hooks.command('install').summary('show the hooks, and add them when you say yes').description("Shows what would be added to settings.json, asks, and adds it behind your own hooks. Everything else in the file stays, in its order.").option('-y, --yes', 'add them without asking').option('--print', 'only show them'));
  install.action(async (options: HooksOptions) => {
    const folder = folderOf(install, options);
    if (!existsSync(folder)) throw new CommandError(`there is no ${folder}: Claude Code has not run here. Is its folder another one? Try --claude-config DIR`);
    const command = hookCommand(folder, { node: process.execPath, isWindows: process.platform === 'win32' });
    const shown = JSON.stringify({ hooks: hooksFor(command) }, null, 2);
    if (options.print) return void deps.stdout.write(`${shown}\n`);
    const { settings, installed, script } = hooksStatus(folder);
    const isDone = plannedSettings(folder, command) === undefined && script;
    if (!isDone && !options.yes) {
      deps.stderr.write(`This would be added to ${settings}:\n${shown}\nThe script it runs writes one small file per session beside it: working, waiting, or gone.\n`);
      const answer = await askPerson(deps, 'Add it?');
      if (answer === undefined) throw new CommandError('nothing was written. If you want these hooks: watchroom hooks install --yes', 'usage');
      if (!answer) throw new CommandError('nothing was written.');
    }
    if (!isDone) installHooks(folder, command);
    print(deps, options.format, { data: () => ({ ...hooksStatus(folder), changed: !isDone }), text: () => (isDone ? `The hooks are in ${settings} already.` : `The hooks are in ${settings}${installed ? ' again' : ''}. Claude Code takes them at its next start. Away with them: watchroom hooks remove`) });
  });
  withExamples(install, [['watchroom hooks install', 'shows them, and asks'], ['watchroom hooks install --print', 'to add them by hand']]);

  const remove = withFlags(hooks.command('remove').summary('take the hooks away').description('Takes the hooks out of settings.json and deletes their folder. A file that nobody changed meanwhile is as it was, byte by byte.'));
  remove.action((options: HooksOptions) => {
    const folder = folderOf(remove, options);
    const had = removeHooks(folder);
    print(deps, options.format, { data: () => ({ ...hooksStatus(folder), changed: had }), text: () => (had ? `The hooks are no longer in ${hooksStatus(folder).settings}.` : `There were no hooks of Watchroom in ${hooksStatus(folder).settings}.`) });
  });
  withExamples(remove, [['watchroom hooks remove', 'as if they had never been there']]);

  const status = withFlags(hooks.command('status').summary('whether they are there').description('Says whether the hooks are in settings.json, and how many sessions have told their state by them.'));
  status.action((options: HooksOptions) => {
    const found = hooksStatus(folderOf(status, options));
    print(deps, options.format, { data: () => found, text: () => (found.installed ? `The hooks are in ${found.settings}; ${found.states} sessions told their state.${found.script ? '' : ' Their script is gone: watchroom hooks install'}` : `There are no hooks of Watchroom in ${found.settings}. Try: watchroom hooks install`) });
  });
  withExamples(status, [['watchroom hooks status', 'a look'], ['watchroom hooks status --format json', 'for programs']]);
};
