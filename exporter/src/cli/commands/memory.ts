import type { Command } from 'commander';
import type { Note } from '../../search/notes.ts';
import type { Search } from '../../search/search.ts';
import type { World } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { clockTime } from '../figures.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { safeText } from '../safe-text.ts';
import { viewOf, withBackend } from '../start.ts';
import { hitData, hitsText } from '../views/hits.ts';

/** watchroom memory add|list|search|remove */
export const addMemory = (program: Command, deps: Deps): void => {
  const memory = program.command('memory').summary('notes that search and assistants find')
    .description('Keeps notes of yours beside the index of search, on this machine: watchroom search and the tools of watchroom mcp find them. Notes need no index of transcripts.');
  addAdd(memory, deps);
  addList(memory, deps);
  addFind(memory, deps);
  addRemove(memory, deps);
};

interface AddOptions { readonly project?: string; readonly session?: string; readonly tag?: string; readonly format: Format }

const addAdd = (memory: Command, deps: Deps): void => {
  const command = memory.command('add <text...>').summary('keep a note').description('Keeps a note.')
    .option('-p, --project <name>', 'the project it is about')
    .option('--session <id>', 'the session it is about, by its full id')
    .option('--tag <tags>', 'tags, with commas');
  addSettingFlags(addFormatFlag(command), lookingFlags).action((text: readonly string[], { project, session, tag, format }: AddOptions) =>
    withSearch(command, deps, (search, world) => {
      const words = text.join(' ').trim();
      if (words === '') throw new CommandError('a note needs words. Try: watchroom memory add "the staging database is read-only"', 'usage');
      if (words.length > mostOfNote) throw new CommandError(`a note has at most ${mostOfNote} characters, this one has ${words.length}. Try: a file of your own, and a note where it is`, 'usage');
      const note = search.addNote({ text: words, tags: tagsIn(tag), ...(project === undefined ? {} : { project }), ...(session === undefined ? {} : { session }) });
      print(deps, format, { data: () => noteData(note), text: () => `Note ${note.number} is kept in ${search.status().path}.${world.state.kind === 'throw-away' ? ' That folder is thrown away: give --state DIR to keep it.' : ''}` });
    }));
  withExamples(command, [['watchroom memory add the staging database is read-only', 'a note'], ['watchroom memory add "use pnpm, not npm" --project shop --tag build', 'with a project and a tag']]);
};

const addList = (memory: Command, deps: Deps): void => {
  const command = memory.command('list').alias('ls').summary('all notes, the newest first').description('Lists all notes, the newest first.');
  addSettingFlags(addFormatFlag(command), lookingFlags).action(({ format }: { readonly format: Format }) =>
    withSearch(command, deps, (search, world) => {
      const notes = search.notes();
      const { paint } = viewOf(world, deps);
      print(deps, format, {
        data: () => notes.map(noteData),
        text: () => (notes.length === 0 ? 'There is no note. Try: watchroom memory add "the staging database is read-only"' : notes.map((note) => `${paint('bold', `note ${note.number}`)}  ${[note.session, note.project, ...note.tags.map((tag) => `#${tag}`)].filter((word) => word !== undefined).map(safeText).join('  ')}${paint('dim', `  ${clockTime(note.at, world.config.timezone).slice(0, 16)}`)}\n  ${safeText(note.text)}`).join('\n')),
      });
    }));
  withExamples(command, [['watchroom memory list', 'all of them'], ['watchroom memory list --format json', 'for a backup']]);
};

const addFind = (memory: Command, deps: Deps): void => {
  const command = memory.command('search <words...>').summary('find a note').description('Finds notes with all the words; as watchroom search --by note.');
  addSettingFlags(addFormatFlag(command), lookingFlags).action((words: readonly string[], { format }: { readonly format: Format }) =>
    withSearch(command, deps, (search, world) => {
      const hits = search.find({ words: words.join(' '), voice: 'note', limit: 100 });
      if (hits === undefined) throw new CommandError(`there is no word to look for in ${JSON.stringify(words.join(' '))}`, 'usage');
      print(deps, format, { data: () => hits.map(hitData), text: () => (hits.length > 0 ? hitsText(hits, viewOf(world, deps)) : `No note has these words; there ${search.notes().length === 1 ? 'is 1 note' : `are ${search.notes().length} notes`}.`) });
    }));
  withExamples(command, [['watchroom memory search staging', 'what was that again?']]);
};

const addRemove = (memory: Command, deps: Deps): void => {
  const command = memory.command('remove <number>').alias('rm').summary('forget a note').description('Forgets a note, by its number in watchroom memory list.');
  addSettingFlags(addFormatFlag(command), lookingFlags).action((typed: string, { format }: { readonly format: Format }) =>
    withSearch(command, deps, (search) => {
      const number = Number(typed);
      if (!/^[1-9]\d*$/.test(typed) || !search.removeNote(number)) throw new CommandError(`there is no note ${JSON.stringify(typed)}. Their numbers are in: watchroom memory list`);
      print(deps, format, { data: () => ({ removed: number }), text: () => `Note ${number} is forgotten.` });
    }));
  withExamples(command, [['watchroom memory remove 3', 'note 3 is gone']]);
};

const mostOfNote = 16_000;

const tagsIn = (typed = ''): readonly string[] => typed.split(',').map((tag) => tag.trim().replace(/^#/, '')).filter(Boolean);

const noteData = ({ at, ...note }: Note) => ({ ...note, at: new Date(at).toISOString() });

const withSearch = (command: Command, deps: Deps, work: (search: Search, world: World) => void): Promise<void> =>
  withBackend(command, deps, async (backend, world) => {
    const search = await backend.search();
    try {
      work(search, world);
    } finally {
      search.close();
    }
  });
