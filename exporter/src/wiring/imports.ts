import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImportCare, World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { carried, sessionOf } from '../exchange/document.ts';
import type { Carried, CarriedSession } from '../exchange/document.ts';
import { makeFolder } from '../files/make-folder.ts';
import { wordsChange } from '../ledger/words-schema.ts';
import { changedWords } from '../ledger/words.ts';
import type { Words, WordsChange } from '../ledger/words.ts';
import { conversationOf } from '../readers/conversation/conversation.ts';
import type { Conversation } from '../readers/conversation/conversation.ts';
import type { Session } from '../session/session.ts';

/**
 * Sessions of other machines, in a folder beside the ledger: they are listed, shown, exported and replayed, and counted nowhere.
 * What was said lies in a file of its own, so that lists need not read it.
 */
export const importCare = ({ state }: Pick<World, 'state'>): ImportCare => ({
  add: async (all) => {
    if (state.kind === 'throw-away') throw new CommandError('nothing would be remembered: another home or process table is looked at without --state DIR. Name one with --state DIR');
    const folder = folderOf(state.path);
    const written: string[] = [];
    try {
      makeFolder(folder, 0o700);
      for (const one of all) written.push(...put(folder, one));
    } catch (error) {
      for (const file of written) rmSync(file, { force: true }); // all of them or none
      throw new CommandError(`cannot keep the import in ${folder} (${(error as NodeJS.ErrnoException).code ?? String(error)}). Nothing was imported`);
    }
  },
  remove: async (id) => {
    if (state.kind === 'throw-away') return false;
    const { head, conversation } = filesOf(folderOf(state.path), id);
    const was = existsSync(head);
    for (const file of [head, conversation]) rmSync(file, { force: true });
    return was;
  },
});

/** The sessions of this machine and the imported ones, the most recently active first; what this machine knows itself wins. */
export const withImported = (own: readonly Session[], world: Pick<World, 'state'>): readonly Session[] => {
  const known = new Set(own.map(({ id }) => id));
  const imported = importedSessions(world).filter(({ id }) => !known.has(id));
  return imported.length === 0 ? own : [...own, ...imported].sort((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0));
};

/** What people say of an imported session is kept with it; undefined: it was not imported. */
export const sayOfImported = (change: WordsChange, { state }: Pick<World, 'state'>): Words | undefined => {
  if (state.kind === 'throw-away') return undefined;
  const { head } = filesOf(folderOf(state.path), change.session);
  const one = readCarried(head);
  if (!one) return undefined;
  const { tags: _tags, projectName: _projectName, description: _description, ...session } = one.session;
  const words = changedWords(one.session, wordsChange.parse(change));
  write(head, { ...one, session: { ...session, ...words, ...(words.tags ? { tags: [...words.tags] } : {}) } as CarriedSession });
  return words;
};

/** A file that is damaged is passed over. */
const importedSessions = ({ state }: Pick<World, 'state'>): readonly Session[] => {
  if (state.kind === 'throw-away') return [];
  return namesIn(folderOf(state.path)).flatMap((file) => {
    const one = readCarried(file);
    return one ? [{ ...sessionOf(one.session), sources: [file] }] : [];
  });
};

/** What was said in a session: by its transcripts, or as it was imported. */
export const conversationIn = async ({ state }: Pick<World, 'state'>, session: Session): Promise<Conversation> => {
  const files = state.kind === 'folder' ? filesOf(folderOf(state.path), session.id) : undefined;
  if (!files || session.sources[0] !== files.head) return conversationOf(session);
  const one = readCarried(files.conversation);
  return { messages: (one?.conversation ?? []) as Conversation['messages'], missing: one?.missing ?? (one ? [] : [`${session.id} was imported without what was said in it`]) };
};

const folderOf = (state: string): string => join(state, 'imports');

const filesOf = (folder: string, id: string): { readonly head: string; readonly conversation: string } => {
  const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return { head: join(folder, `${name}.json`), conversation: join(folder, `${name}.conversation.json`) };
};

/** Beside its place, then renamed; the head last, for it is what is listed. */
const put = (folder: string, { conversation, missing, ...head }: Carried): readonly string[] => {
  const files = filesOf(folder, head.session.id);
  if (conversation === undefined) rmSync(files.conversation, { force: true });
  else write(files.conversation, { session: head.session, conversation, ...(missing === undefined ? {} : { missing }) });
  write(files.head, head);
  return [files.head, files.conversation];
};

const write = (file: string, what: Carried): void => {
  const beside = join(dirname(file), `.${process.pid}.part`);
  try {
    writeFileSync(beside, JSON.stringify(what), { mode: 0o600 });
    renameSync(beside, file);
  } finally {
    rmSync(beside, { force: true });
  }
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => /^[0-9a-f]{32}\.json$/.test(name)).map((name) => join(folder, name));
  } catch {
    return []; // nothing was ever imported
  }
};

const readCarried = (file: string): Carried | undefined => {
  try {
    return carried.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
};
