import type Database from 'better-sqlite3';

/** What people said of a session: `watchroom tag`, `set-project`, `describe`. */
export interface Words {
  readonly tags?: readonly string[];
  readonly projectName?: string;
  readonly description?: string;
}

/** A session's words said differently: what arrives from people is checked by words-schema.ts, which the ledger's thread need not load. */
export interface WordsChange {
  /** Full id. */
  readonly session: string;
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[] | 'all';
  /** null: as the tool says, again. */
  readonly projectName?: string | null;
  /** null: none, again. */
  readonly description?: string | null;
}
export const mostTags = 50;

/** Keeps a change with its session and returns all that is said of it now. Throws for a session the ledger does not know, and for too many tags. */
export const changeWords = (db: Database.Database, change: WordsChange): Words => {
  const keep = db.transaction((): Words => {
    const row = db.prepare('SELECT tags, project_name, description FROM sessions WHERE key = ?').get(change.session) as WordsRow | undefined;
    if (!row) throw new Error(`the ledger does not know ${change.session}: words are kept with a session's transcript, and it has none`);
    const said = changedWords(wordsOf(row), change);
    db.prepare('UPDATE sessions SET tags = ?, project_name = ?, description = ? WHERE key = ?')
      .run(said.tags ? JSON.stringify(said.tags) : null, said.projectName ?? null, said.description ?? null, change.session);
    return said;
  });
  return keep.immediate();
};

interface WordsRow { readonly tags: string | null; readonly project_name: string | null; readonly description: string | null }

const wordsOf = ({ tags, project_name: projectName, description }: WordsRow): Words => ({
  ...(tags === null ? {} : { tags: JSON.parse(tags) as string[] }),
  ...(projectName === null ? {} : { projectName }),
  ...(description === null ? {} : { description }),
});

/** What is said after a change. */
export const changedWords = (before: Words, { addTags = [], removeTags = [], projectName = before.projectName, description = before.description }: WordsChange): Words => {
  const tags = removeTags === 'all' ? addTags : withTags(withoutTags(before.tags ?? [], removeTags), addTags);
  if (tags.length > mostTags) throw new Error(`a session has at most ${mostTags} tags, this would be ${tags.length}`);
  return {
    ...(tags.length === 0 ? {} : { tags }),
    ...(projectName === null || projectName === undefined ? {} : { projectName }),
    ...(description === null || description === undefined ? {} : { description }),
  };
};

/** "Release" and "release" are one tag, as for `list --tag`; it stays as it was first written. */
const withTags = (tags: readonly string[], more: readonly string[]): readonly string[] =>
  more.reduce<readonly string[]>((all, tag) => (all.some((one) => isSame(one, tag)) ? all : [...all, tag]), tags);

const withoutTags = (tags: readonly string[], gone: readonly string[]): readonly string[] => tags.filter((tag) => !gone.some((one) => isSame(one, tag)));

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
