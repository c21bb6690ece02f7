import type { Command } from 'commander';
import type { z } from 'zod';
import { descriptionWords, projectWord, tagWord } from '../../ledger/words-schema.ts';
import type { Words, WordsChange } from '../../ledger/words.ts';
import type { Session } from '../../session/session.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { findSession } from '../find-session.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { withProgress } from '../progress.ts';
import { withBackend } from '../start.ts';
import { said, saidData } from '../views/said.ts';

const naming = 'A session is named by a pid, by its id, or by any part of the id that only it has. What you say is kept in the ledger with the session, past sessions too, and is gone only when the ledger is.';

interface Options {
  readonly format: Format;
}

/** watchroom tag */
export const addTag = (program: Command, deps: Deps): void => {
  const command = wordsCommand(program, 'tag <session> <tags...>', 'give a session tags', `Gives a session tags to find it by: list --tag, the live page, rooms.\nUpper and lower case are the same tag.\n${naming}`);
  command.action((name: string, tags: readonly string[], options: Options) => {
    const addTags = tags.flatMap((tag) => tag.split(',')).filter((tag) => tag.trim() !== '').map((tag) => checked(tagWord, tag.trim().replace(/^#/, ''), 'a tag'));
    if (addTags.length === 0) throw new CommandError('tag needs at least one tag. Try: watchroom tag SESSION release', 'usage');
    return change(command, deps, name, options, () => ({ addTags }));
  });
  withExamples(command, [['watchroom tag 1af7 release urgent', 'two tags'], ['watchroom list --all --tag release', 'find it again']]);
};

/** watchroom untag */
export const addUntag = (program: Command, deps: Deps): void => {
  const command = wordsCommand(program, 'untag <session> [tags...]', 'take tags away', `Takes tags from a session; with --all every one.\n${naming}`).option('-a, --all', 'every tag');
  command.action((name: string, tags: readonly string[], options: Options & { readonly all?: boolean }) => {
    const gone = tags.flatMap((tag) => tag.split(',')).map((tag) => tag.trim().replace(/^#/, '')).filter((tag) => tag !== '');
    if ((gone.length === 0) === !options.all) throw new CommandError(options.all ? 'untag takes either tags or --all, not both' : 'untag needs the tags to take away, or --all', 'usage');
    return change(command, deps, name, options, (session) => {
      const strange = gone.find((tag) => !session.tags?.some((has) => has.toLowerCase() === tag.toLowerCase()));
      if (strange !== undefined) throw new CommandError(`${session.id} has no tag ${JSON.stringify(strange)}. ${session.tags?.length ? `It has: ${session.tags.join(', ')}` : 'It has none'}`);
      return { removeTags: options.all ? 'all' : gone };
    });
  });
  withExamples(command, [['watchroom untag 1af7 urgent', 'one tag'], ['watchroom untag 1af7 --all', 'all of them']]);
};

/** watchroom set-project */
export const addSetProject = (program: Command, deps: Deps): void => {
  const command = wordsCommand(program, 'set-project <session> [name]', 'say which project it belongs to', `Says which project a session belongs to, in place of the repository it ran in: lists, the project label of its metrics, rooms. Counters of the fleet keep the repository, so that none falls.\n${naming}`)
    .option('--clear', 'as the tool says, again');
  command.action((name: string, project: string | undefined, options: Options & { readonly clear?: boolean }) => {
    const projectName = given(project, options, { command: 'set-project', thing: 'a project', schema: projectWord });
    return change(command, deps, name, options, () => ({ projectName }));
  });
  withExamples(command, [['watchroom set-project 1af7 shop', 'it counts to shop'], ['watchroom set-project 1af7 --clear', 'back to its repository']]);
};

/** watchroom describe */
export const addDescribe = (program: Command, deps: Deps): void => {
  const command = wordsCommand(program, 'describe <session> [text...]', 'say what it is about', `Says in your words what a session is about: show, the live page, rooms.\n${naming}`).option('--clear', 'no description, again');
  command.action((name: string, text: readonly string[], options: Options & { readonly clear?: boolean }) => {
    const description = given(text.length === 0 ? undefined : text.join(' '), options, { command: 'describe', thing: 'a description', schema: descriptionWords });
    return change(command, deps, name, options, () => ({ description }));
  });
  withExamples(command, [['watchroom describe 1af7 "finds why the basket forgets its teas"', 'in your words'], ['watchroom describe 1af7 --clear', 'none']]);
};

const wordsCommand = (program: Command, line: string, summary: string, description: string): Command =>
  addSettingFlags(addFormatFlag(program.command(line).summary(summary).description(description)), lookingFlags);

/** A value, or null for --clear. */
const given = (value: string | undefined, { clear }: { readonly clear?: boolean }, { command, thing, schema }: { readonly command: string; readonly thing: string; readonly schema: z.ZodType<string> }): string | null => {
  if (clear && value !== undefined) throw new CommandError(`${command} takes either ${thing} or --clear, not both`, 'usage');
  if (clear) return null;
  if (value === undefined) throw new CommandError(`${command} needs ${thing}, or --clear`, 'usage');
  return checked(schema, value, thing);
};

const checked = (schema: z.ZodType<string>, value: string, thing: string): string => {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new CommandError(`${JSON.stringify(value.slice(0, 60))} cannot be ${thing}: ${parsed.error.issues[0]!.message}`, 'usage');
  return parsed.data;
};

const change = (command: Command, deps: Deps, name: string, { format }: Options, changeOf: (session: Session) => Omit<WordsChange, 'session'>): Promise<void> =>
  withBackend(command, deps, async (backend) => {
    const session = findSession(name, await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: true })));
    if (session.sources.length === 0) throw new CommandError(`${session.id} is known by its process alone: there is no transcript with which the ledger could keep what you say of it`);
    const words: Words = await backend.say({ session: session.id, ...changeOf(session) });
    print(deps, format, { text: () => said(session, words), data: () => saidData(session, words) });
  });
