import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../../config/nearest.ts';
import type { Hit, SearchAsk } from '../../search/find.ts';
import type { Keeper } from '../../search/keeper.ts';
import type { Ahead, IndexStatus, Search } from '../../search/search.ts';
import { tools } from '../../session/tool.ts';
import type { World } from '../backend.ts';
import { askPerson } from '../ask.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { bytes, clockTime, longNumber, many } from '../figures.ts';
import { momentOf } from '../filter.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { liveKeeper, stillReading } from '../search/kept.ts';
import { viewOf, withBackend } from '../start.ts';
import { hitData, hitsText } from '../views/hits.ts';

interface SearchOptions {
  readonly tool?: string;
  readonly project?: string;
  readonly session?: string;
  readonly by?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
  readonly yes?: boolean;
  readonly rebuild?: boolean;
  readonly forget?: boolean;
  readonly status?: boolean;
  readonly shown?: readonly number[];
  readonly format: Format;
}

/** watchroom search */
export const addSearch = (program: Command, deps: Deps): void => {
  const command = program.command('search [words...]').summary('full-text search over all transcripts')
    .description('Finds words in the transcripts of all tools, live sessions and past ones, the newest first. All words must be there; "a phrase" as it stands, begin* by its beginning, -not to leave out.\nThe first use asks, because it makes an index of what was said: one file in the state folder that only you can read and that stays on this machine. Folders in search.exclude of the configuration are left out. docs/search.md says the rest.')
    .option('-t, --tool <tools>', 'only in sessions of these tools: claude, codex, gemini …')
    .option('-p, --project <names>', 'only in projects whose name contains this; several with commas')
    .option('--session <id>', 'only in this session, by its full id')
    .addOption(new Option('--by <who>', 'only what this one said').choices(['user', 'assistant', 'tool', 'note']))
    .option('--since <time>', 'only what was said since then: 24h, 7d, 2026-09-01')
    .option('--until <time>', 'only what was said before')
    .option('-n, --limit <hits>', 'how many are shown', wholeNumber, 10)
    .option('-y, --yes', 'make the index without asking')
    .option('--rebuild', 'read everything again')
    .option('--forget', 'delete the index; notes (watchroom memory) stay')
    .option('--status', 'what the index holds, and how far it is')
    .addOption(new Option('--shown <ids>', 'matches that are on the screen already (search/quick.ts)').argParser(idsIn).hideHelp());
  addSettingFlags(addFormatFlag(command), lookingFlags).action((words: readonly string[], options: SearchOptions) =>
    withBackend(command, deps, async (backend, world) => {
      const search = await backend.search();
      try {
        await act({ search, words, options, world, deps });
      } finally {
        search.close();
      }
    }));
  withExamples(command, [
    ['watchroom search login redirect', 'both words, in any order'],
    ['watchroom search \'"rate limit" -test\' --since 30d', 'a phrase, without another word'],
    ['watchroom search retry* --tool codex --project pay', 'one tool, one project'],
    ['watchroom search --yes', 'makes the index, or brings it up to date'],
    ['watchroom search --forget', 'and it is gone'],
  ]);
};

interface Asked { readonly search: Search; readonly words: readonly string[]; readonly options: SearchOptions; readonly world: World; readonly deps: Deps }

const act = async (asked: Asked): Promise<void> => {
  const { search, words, options, world, deps } = asked;
  if (options.forget) return forget(asked);
  if (options.status) return showStatus(asked);
  if (words.length === 0 && !options.yes && !options.rebuild && !search.isOn) throw new CommandError('search needs words to look for. Try: watchroom search login redirect', 'usage');
  if (options.rebuild) search.empty();
  const isNew = !search.isOn;
  if (isNew) await turnOn(asked);
  if (words.length === 0) {
    if (isNew || options.rebuild || !keeperOf(asked)?.reading) await update(asked, await search.ahead());
    return showStatus(asked);
  }
  const ask = askOf(words, options, deps);
  const keeper = isNew || options.rebuild ? undefined : keeperOf(asked);
  // What is there already is told at once; what was written since then comes after it.
  const early = isNew || options.rebuild || keeper || options.format !== 'table' ? [] : found(search, ask);
  const fresh = early.filter(({ id }) => !options.shown?.includes(id));
  if (fresh.length > 0) deps.stdout.write(`${hitsText(fresh, viewOf(world, deps))}\n`);
  // What was written in the last seconds may not be in the index that an exporter keeps: before "nothing" is said it is looked for.
  if (!keeper || (!keeper.reading && found(search, ask).length === 0)) await readOn(asked);
  const hits = found(search, ask);
  const late = hits.filter(({ id }) => !early.some((hit) => hit.id === id));
  if (options.format !== 'table') print(deps, options.format, { data: () => hits.map(hitData), text: () => '' });
  else if (early.length === 0) deps.stdout.write(`${hits.length > 0 ? hitsText(hits, viewOf(world, deps)) : nothing(search.status(), options)}\n`);
  else if (late.length > 0) deps.stdout.write(`\nWritten since the last search:\n\n${hitsText(late, viewOf(world, deps))}\n`);
  const sentence = keeper && stillReading(keeper);
  if (sentence !== undefined) deps.stderr.write(`${sentence}\n`);
};

/** The exporter that keeps this index current. */
const keeperOf = ({ search, world: { state } }: Asked): Keeper | undefined => (state.kind === 'folder' ? liveKeeper(search.keeper(), state.path) : undefined);

const readOn = async (asked: Asked): Promise<void> => {
  const ahead = await asked.search.ahead();
  if (ahead.changed.length > 0) await update(asked, ahead);
};

const idsIn = (typed: string): readonly number[] => typed.split(',').map(Number);

const found = (search: Search, ask: SearchAsk): readonly Hit[] => {
  const hits = search.find(ask);
  if (hits === undefined) throw new CommandError(`there is no word to look for in ${JSON.stringify(ask.words)}. Try: watchroom search login redirect`, 'usage');
  return hits;
};

const askOf = (words: readonly string[], { tool, project, session, by, since, until, limit }: SearchOptions, deps: Deps): SearchAsk => ({
  // Words the shell has unquoted ('rate limit' as one argument) are several words all the same; a phrase keeps its own quotes.
  words: words.join(' '), limit,
  ...(tool === undefined ? {} : { tools: toolsIn(tool) }),
  ...(project === undefined ? {} : { projects: project.split(',').map((name) => name.trim()).filter(Boolean) }),
  ...(session === undefined ? {} : { session }),
  ...(by === undefined ? {} : { voice: by }),
  ...(since === undefined ? {} : { from: momentOf(since, deps.now()) }),
  ...(until === undefined ? {} : { to: momentOf(until, deps.now()) }),
});

const toolsIn = (typed: string): readonly string[] =>
  typed.split(',').map((name) => name.trim().toLowerCase()).filter(Boolean).map((name) => {
    if ((tools as readonly string[]).includes(name)) return name;
    throw new CommandError(`--tool must be one of ${tools.join(', ')}, got ${JSON.stringify(name)}.${didYouMean(name, tools)}`, 'usage');
  });

const turnOn = async ({ search, options, world, deps }: Asked): Promise<void> => {
  if (world.state.kind === 'folder' && !options.yes) {
    const { files, bytes: size } = await search.size();
    const sentence = `The index holds what was said in ${many(files, 'transcript')} (${bytes(size)}), in ${search.status().path}. Only you can read it, and it stays on this machine; watchroom search --forget deletes it.`;
    const answer = await askPerson(deps, `${sentence}\nMake it?`);
    if (answer === undefined) throw new CommandError(`search is off until you say yes. ${sentence} If you want that: watchroom search --yes`, 'usage');
    if (!answer) throw new CommandError('nothing was made.');
  }
  search.turnOn();
};

const update = async ({ search, deps }: Asked, ahead: Ahead): Promise<void> => {
  let [stopped, shownAt, saidAt] = [false, deps.now(), -Infinity];
  void deps.ending?.then(() => (stopped = true));
  const sayReading = (): void => {
    if (deps.now() - saidAt < 5000) return;
    saidAt = deps.now();
    search.tellReader({ pid: process.pid, at: saidAt }); // an exporter that keeps the index waits meanwhile
  };
  sayReading();
  const done = await search.catchUp(ahead, {
    isStopped: () => stopped,
    onProgress: ({ files, bytes: read }) => {
      sayReading();
      if (!deps.stderr.isTTY || deps.now() - shownAt < 200) return;
      shownAt = deps.now();
      deps.stderr.write(`\rReading transcripts … ${longNumber(files)} of ${longNumber(ahead.changed.length)}, ${bytes(read)} of ${bytes(ahead.bytes)} \u001b[K`);
    },
  });
  search.tellReader(undefined);
  if (deps.stderr.isTTY) deps.stderr.write('\r\u001b[K');
  if (done.stopped) deps.stderr.write(`Stopped after ${many(done.files, 'transcript')}, the newest ones; the others are read the next time.\n`);
};

const forget = ({ search, options, deps }: Asked): void => {
  const { on, notes, path } = search.status();
  search.forget();
  print(deps, options.format, { data: () => ({ forgotten: on, notes }), text: () => (on || notes > 0 ? `${on ? 'What was said in transcripts is no longer in the index.' : 'There was no index of transcripts.'}${notes > 0 ? ` ${many(notes, 'note')} stayed in ${path}.` : ''}` : 'There is no index.') });
};

const showStatus = (asked: Asked): void => {
  const { search, options, world, deps } = asked;
  const status = search.status();
  const keeper = keeperOf(asked);
  print(deps, options.format, {
    data: () => ({ ...status, ...(status.caughtUpAt === undefined ? {} : { caughtUpAt: new Date(status.caughtUpAt).toISOString() }), ...(keeper ? { keptBy: keeper.pid, ...(keeper.reading ? { reading: keeper.reading } : {}) } : {}) }),
    text: () => [
      status.on ? `Search is on: ${many(status.texts, 'text')} of ${many(status.sessions, 'session')} from ${many(status.sources, 'transcript')}${status.notes > 0 ? `, ${many(status.notes, 'note')}` : ''}.` : 'Search is off. It begins with: watchroom search WORDS',
      `${status.path}, ${bytes(status.sizeBytes)}${status.caughtUpAt === undefined ? '' : `, up to date ${clockTime(status.caughtUpAt, world.config.timezone)}`}`,
      ...(keeper ? [stillReading(keeper) ?? `The exporter (pid ${keeper.pid}) keeps it current.`] : []),
    ].join('\n'),
  });
};

const nothing = ({ sources, sessions }: IndexStatus, { tool, project, session, by, since, until }: SearchOptions): string => {
  const narrowed = [tool, project, session, by, since, until].some((filter) => filter !== undefined);
  return `Nothing was found in ${many(sessions, 'session')} (${many(sources, 'transcript')})${narrowed ? ' with these filters' : ''}. Fewer words, or the beginning of one with a star, find more.`;
};

function wholeNumber(typed: string): number {
  if (!/^[1-9]\d{0,3}$/.test(typed)) throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
  return Number(typed);
}
