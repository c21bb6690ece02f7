import type { Command } from 'commander';
import { shownHealthOf } from '../../health/health.ts';
import { publicSession } from '../../session/public.ts';
import type { Session } from '../../session/session.ts';
import type { World } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { filterOf } from '../filter.ts';
import type { Filters } from '../filter.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { many } from '../figures.ts';
import { withProgress } from '../progress.ts';
import { viewOf, withBackend } from '../start.ts';
import { sessionsTable } from '../views/sessions-table.ts';

interface ListOptions extends Filters {
  readonly all?: boolean;
  readonly format: Format;
}

/** watchroom list */
export const addList = (program: Command, deps: Deps): void => {
  const command = program.command('list').alias('ls').summary('the sessions of this machine')
    .description('Lists the live and recent sessions of this machine, the most recently active first. With --all every session that was ever seen.\nMarks: ● live, ✗ the last thing was an error, ≥ at least, ~ estimated by a tokenizer, – unknown. The health of an ended session is its last.')
    .option('-a, --all', 'every session ever seen, not only the export window')
    .option('-s, --status <states>', 'only working, waiting, idle or ended ones; several with commas')
    .option('-t, --tool <tools>', 'only those of these tools: claude, codex, gemini …')
    .option('-p, --project <names>', 'only those whose project contains the name')
    .option('--tag <tags>', 'only those with the tag')
    .option('--since <time>', 'only those active since then: 24h, 7d, 2026-09-01');
  addSettingFlags(addFormatFlag(command), lookingFlags).action((options: ListOptions) =>
    withBackend(command, deps, async (backend, world) => {
      const passes = filterOf(options, deps.now());
      const known = await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: options.all ?? false }));
      const sessions = known.filter(passes);
      const view = viewOf(world, deps);
      print(deps, options.format, {
        data: () => sessions.map((session) => publicSession(session, shownHealthOf(session, view.now, view.health))),
        text: () => (sessions.length > 0 ? sessionsTable(sessions, view) : nothingListed(known, options, world)),
      });
    }));
  withExamples(command, [
    ['watchroom list', 'what runs and what ran lately'],
    ['watchroom list --status working,waiting', 'who is at it'],
    ['watchroom list --all --project shop --since 30d', 'a month of one project'],
    ['watchroom list --all --format json | jq length', 'for programs; see docs/sessions-json.md'],
  ]);
};

/** Says what was looked at, so that nobody takes "nothing" for "nothing used". */
const nothingListed = (known: readonly Session[], { all, ...options }: ListOptions, { machine }: World): string => {
  const filters = (['status', 'tool', 'project', 'tag', 'since'] as const).flatMap((name) => (options[name] === undefined ? [] : [`--${name} ${options[name]}`]));
  if (known.length > 0) return `None of ${many(known.length, `${all ? '' : 'recent '}session`)} passes ${filters.join(' ')}.${all ? '' : ' Try --all: it looks at ended sessions as well.'}`;
  if (!all) return `No session is live or recent below ${machine.home}. Try: watchroom list --all; and watchroom doctor says where was looked.`;
  return `No session was found below ${machine.home}, and no process of a known tool. watchroom doctor says where was looked, and what to try.`;
};
