import type { Command } from 'commander';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { findSession } from '../find-session.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { withProgress } from '../progress.ts';
import { play } from '../replay/play.ts';
import { safeText } from '../safe-text.ts';
import { viewOf, withBackend } from '../start.ts';
import { timelineOf } from '../views/timeline.ts';
import type { Moment, TimelineView } from '../views/timeline.ts';

interface Options {
  readonly speed?: string;
  readonly withContent?: boolean;
  readonly format: Format;
}

/** watchroom replay */
export const addReplay = (program: Command, deps: Deps): void => {
  const command = program.command('replay <session>').summary('its timeline, at any speed')
    .description('Shows the timeline of a session as it went: prompts, answers, tool calls, errors and compactions, with the time, the cost up to then and the tokens of the last request. On a terminal it runs 60 times as fast as the session did, and no pause is longer than three seconds; space stops it and lets it go on, n shows the next moment alone, + and - change the speed, e shows the rest at once, q ends it. In a pipe all of it comes at once.\nWhat was said is shown with --with-content only.\nA session is named by a pid, by its id, or by any part of the id that only it has.')
    .option('--speed <factor>', 'so many times as fast as it went: 1, 60, 1000, max')
    .option('--with-content', 'what was said as well');
  addSettingFlags(addFormatFlag(command), [...lookingFlags, 'timezone']).action((name: string, options: Options) => {
    const speed = speedOf(options.speed, deps);
    return withBackend(command, deps, async (backend, world) => {
      const session = findSession(name, await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: true })));
      const { messages, missing } = await backend.conversation(session);
      const { calls, parts } = await backend.explain(session.id);
      const moments = timelineOf({ messages, calls, mains: new Set(parts.filter(({ part }) => part.role === 'main').map(({ source }) => source)) });
      const view = { ...viewOf(world, deps), withContent: options.withContent ?? false };
      if (options.format !== 'table') print(deps, options.format, { data: () => ({ id: session.id, missing, moments: moments.map((moment) => momentData(moment, view)) }), text: () => '' });
      else if (moments.length === 0) deps.stdout.write(`${session.id} left no timeline: ${missing[0] ?? 'its tool writes none'}.\n`);
      else await play(moments, { deps, view, speed });
      if (options.format === 'table') for (const sentence of missing) deps.stderr.write(`Left out: ${safeText(sentence)}\n`);
    });
  });
  withExamples(command, [
    ['watchroom replay 1af7', 'as on film'],
    ['watchroom replay 1af7 --with-content --speed 5', 'to read along'],
    ['watchroom replay 1af7 | grep error', 'all at once'],
  ]);
};

const usualSpeed = 60;

const speedOf = (typed: string | undefined, { stdout }: Deps): number => {
  if (typed === undefined) return stdout.isTTY ? usualSpeed : Infinity;
  if (typed === 'max') return Infinity;
  const factor = Number(typed.replace(/[x×]$/, ''));
  if (!(factor > 0)) throw new CommandError(`--speed must be a number above 0 or max, got ${JSON.stringify(typed)}. Try --speed 60`, 'usage');
  return factor;
};

const momentData = ({ at, text, ...moment }: Moment, { withContent }: TimelineView) => ({ ...(at === undefined ? {} : { at: new Date(at).toISOString() }), ...moment, ...(withContent && text !== undefined ? { text } : {}) });
