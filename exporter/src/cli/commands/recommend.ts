import type { Command } from 'commander';
import { Option } from 'commander';
import { adviceKinds } from '../../advice/advice.ts';
import type { AdviceKind } from '../../advice/advice.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { many } from '../figures.ts';
import { withProgress } from '../progress.ts';
import { viewOf, withBackend } from '../start.ts';
import { adviceList } from '../views/advice-list.ts';

interface Options {
  readonly kind?: AdviceKind;
  readonly format: Format;
}

/** watchroom recommend */
export const addRecommend = (program: Command, deps: Deps): void => {
  const command = program.command('recommend').summary('what to do now, and why')
    .description('Says which sessions to restart, compact, close or merge, where another model costs less, and which budgets and limits run out: each with the number behind it and the command to run. docs/recommend.md has the rules.\nWhat cannot be known gives no advice.')
    .addOption(new Option('--kind <kind>', 'only this kind of advice').choices(adviceKinds));
  addSettingFlags(addFormatFlag(command), [...lookingFlags, 'timezone']).action(({ kind, format }: Options) =>
    withBackend(command, deps, async (backend, world) => {
      const sessions = await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: false }));
      const advice = (await backend.recommend()).filter((one) => kind === undefined || one.kind === kind);
      const live = sessions.filter(({ state }) => state !== 'ended').length;
      const looked = `${many(live, 'live session')}, ${many(world.config.budgets.length, 'budget')} and the limits the tools report`;
      print(deps, format, { data: () => advice, text: () => (advice.length > 0 ? adviceList(advice, sessions, viewOf(world, deps)) : `Nothing to ${kind ?? 'recommend'}. Looked at: ${looked}.`) });
    }));
  withExamples(command, [
    ['watchroom recommend', 'what to do now'],
    ['watchroom recommend --kind compact', 'whose context is nearly full'],
    ["watchroom recommend --format json | jq -r '.[].command.run'", 'for a program'],
  ]);
};
