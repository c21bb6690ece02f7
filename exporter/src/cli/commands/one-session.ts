import type { Command } from 'commander';
import { didYouMean } from '../../config/nearest.ts';
import { shownHealthOf } from '../../health/health.ts';
import { publicSession } from '../../session/public.ts';
import type { Session } from '../../session/session.ts';
import type { Backend, Explanation, World } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { findSession } from '../find-session.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { withProgress } from '../progress.ts';
import { viewOf, withBackend } from '../start.ts';
import { explainable, explainableNames, explainedAs } from '../views/explained.ts';
import type { Explained } from '../views/explained.ts';
import { explanationIndex, explanationOf } from '../views/explanation.ts';
import { breakdown, healthTable } from '../views/health-table.ts';
import { sessionPage } from '../views/session-page.ts';

const naming = 'A session is named by a pid, by its id, or by any part of the id that only it has.';
interface Options {
  readonly format: Format;
}

/** watchroom show */
export const addShow = (program: Command, deps: Deps): void => {
  const command = program.command('show <session>').summary('everything about one session')
    .description(`Shows one session: state, context, health, cost, tokens by model, tools, files, errors, processes and where it was read.\n${naming}`);
  addSettingFlags(addFormatFlag(command), lookingFlags).action((name: string, { format }: Options) =>
    withSession(command, deps, name, async (session, { world }) => {
      const view = viewOf(world, deps);
      print(deps, format, { text: () => sessionPage(session, view), data: () => publicSession(session, shownHealthOf(session, view.now, view.health)) });
    }));
  withExamples(command, [['watchroom show 4242', 'the session of that process'], ['watchroom show 1af7', 'the one whose id contains it'], ['watchroom show claude/1af7c9d2 --format json', 'for programs']]);
};

/** watchroom health */
export const addHealth = (program: Command, deps: Deps): void => {
  const command = program.command('health <session>').summary('why its score is what it is')
    .description(`Breaks the health score of a session down into its four factors: weight, value, points and reason. What cannot be known is said, never guessed.\n${naming}`);
  addSettingFlags(addFormatFlag(command), lookingFlags).action((name: string, { format }: Options) =>
    withSession(command, deps, name, async (session, { world }) => {
      const view = viewOf(world, deps);
      print(deps, format, {
        text: () => healthTable(session, view),
        data: () => {
          const { health, factors } = breakdown(session, view);
          return { id: session.id, state: session.state, ...health, breakdown: factors };
        },
      });
    }));
  withExamples(command, [['watchroom health 1af7', 'four factors and what they cost'], ['watchroom health 1af7 --format json', 'for programs']]);
};

/** watchroom explain */
export const addExplain = (program: Command, deps: Deps): void => {
  const command = program.command('explain <session> [number]').summary('where a number comes from')
    .description(`Traces a number of a session to the records it was read from, the price row and the rule behind it. Without a number it lists them all.\n${naming}\nNumbers: ${explainableNames.join(', ')}; also by model (cost.claude-opus-4-1), by tool (tools.Bash), by kind (errors.api).`)
    .option('-n, --limit <calls>', 'how many calls are listed, newest first', '20');
  addSettingFlags(addFormatFlag(command), lookingFlags).action((name: string, number: string | undefined, { format, limit }: Options & { readonly limit: string }) => {
    const asked = number === undefined ? undefined : numberCalled(number);
    if (!/^[1-9]\d*$/.test(limit)) throw new CommandError(`--limit must be a whole number from 1, got ${JSON.stringify(limit)}. Try --limit 100`, 'usage');
    return withSession(command, deps, name, async (session, { backend, world }) => {
      const explanation = await withProgress(deps.stderr, 'Reading the ledger', backend.explain(session.id));
      const view = { ...viewOf(world, deps), limit: Number(limit) };
      print(deps, format, {
        text: () => (asked ? explanationOf(asked, explanation, view) : explanationIndex(explanation, view)),
        data: () => (asked ? numberData(asked, explanation) : { id: session.id, numbers: explainable.map((each) => ({ number: each.name, value: each.ofSession(explanation.session), rule: each.rule })) }),
      });
    });
  });
  withExamples(command, [
    ['watchroom explain 1af7', 'every number, and what it is made of'],
    ['watchroom explain 1af7 cost', 'each call with its file, position and price'],
    ['watchroom explain 1af7 output --limit 500', 'all output tokens, record by record'],
  ]);
};

const withSession = (command: Command, deps: Deps, name: string, work: (session: Session, by: { readonly backend: Backend; readonly world: World }) => Promise<void>): Promise<void> =>
  withBackend(command, deps, async (backend, world) => {
    const sessions = await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: true }));
    await work(findSession(name, sessions), { backend, world });
  });

const numberCalled = (typed: string): Explained => {
  if (/^(health|score)$/i.test(typed)) throw new CommandError('the health score has a command of its own. Try: watchroom health SESSION', 'usage');
  const number = explainedAs(typed);
  if (number) return number;
  throw new CommandError(`${JSON.stringify(typed)} is not a number of a session.${didYouMean(typed, explainableNames)} There are: ${explainableNames.join(', ')}`, 'usage');
};

const numberData = (number: Explained, { session, calls, parts, prices }: Explanation) => ({
  id: session.id,
  number: number.name,
  value: number.ofSession(session),
  rule: number.rule,
  ...(number.ofCall
    ? { calls: calls.map((call) => ({ ...call, at: new Date(call.at).toISOString(), adds: call.dropped === undefined ? number.ofCall!(call) : 0, price: prices.costOf(call)?.rule })) }
    : { sources: parts.map(({ source, part }) => ({ source, role: part.role, adds: number.ofPart!(part) })) }),
});
