import type { Database, Statement } from 'better-sqlite3';
import type { EpochMs } from '../session/part.ts';
import { idsPerMs } from './index-file.ts';
import { indexedText } from './words.ts';

/** A text on its way into the index. */
export interface NewText {
  readonly source: number;
  readonly session: number;
  readonly at: EpochMs;
  readonly voice: string;
  readonly text: string;
  /** Words by which a search is narrowed ("tclaude", "p12"). */
  readonly scope: string;
}

/** How far a source was read; it is stored together with its texts, so that a crash neither loses nor doubles any. */
interface Progress {
  readonly source: number;
  /** As it was when the reading began: when somebody else has read on meanwhile, these texts are in the index already. */
  readonly before: string;
  readonly state: string;
  readonly session: number | undefined;
}

/** Collects texts and writes them in large transactions, sorted: FTS5 writes a segment of its own each time the ids go back. */
export class Writer {
  readonly #db: Database;
  readonly #statements: Record<'text' | 'words' | 'taken' | 'stateOf' | 'state' | 'ids' | 'dropWords' | 'dropTexts', Statement>;
  #texts: NewText[] = [];
  #cleared = new Set<number>();
  #progress: Progress[] = [];
  #characters = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#statements = {
      text: db.prepare('INSERT INTO texts (id, source, session, voice, text) VALUES (?, ?, ?, ?, ?)'),
      words: db.prepare('INSERT INTO words (rowid, text, scope) VALUES (?, ?, ?)'),
      taken: db.prepare('SELECT 1 FROM texts WHERE id = ?').pluck(),
      stateOf: db.prepare('SELECT state FROM sources WHERE id = ?').pluck(),
      state: db.prepare('UPDATE sources SET state = ?, session = ? WHERE id = ?'),
      ids: db.prepare('SELECT id FROM texts WHERE source = ?').pluck(),
      dropWords: db.prepare('DELETE FROM words WHERE rowid = ?'),
      dropTexts: db.prepare('DELETE FROM texts WHERE source = ?'),
    };
  }

  add(text: NewText): void {
    this.#texts.push(text);
    this.#characters += text.text.length;
  }

  /** Everything of a source that was in the index is replaced by what is added now. */
  replaces(source: number): void {
    this.#cleared.add(source);
  }

  /** A source was read to here. */
  finished(progress: Progress): void {
    this.#progress.push(progress);
    if (this.#characters > charactersAtOnce) this.flush();
  }

  flush(): void {
    if (this.#progress.length > 0) this.#db.transaction(() => this.#write()).immediate();
    [this.#texts, this.#progress, this.#characters] = [[], [], 0];
    this.#cleared = new Set();
  }

  #write(): void {
    const current = new Set<number>();
    for (const { source, before, state, session } of this.#progress) {
      if (this.#statements.stateOf.get(source) !== before) continue;
      this.#statements.state.run(state, session ?? null, source);
      current.add(source);
      if (this.#cleared.has(source)) this.clear(source);
    }
    for (const text of this.#texts.filter(({ source }) => current.has(source)).sort((a, b) => a.at - b.at)) this.insert(text);
  }

  /** Returns the id of the text. Only inside a transaction. */
  insert({ source, session, at, voice, text, scope }: NewText): number {
    let id = at * idsPerMs;
    while (this.#statements.taken.get(id) !== undefined) id += 1;
    this.#statements.text.run(id, source, session, voice, text);
    this.#statements.words.run(id, indexedText(text), scope);
    return id;
  }

  /** Only inside a transaction. */
  clear(source: number): void {
    for (const id of this.#statements.ids.all(source)) this.#statements.dropWords.run(id);
    this.#statements.dropTexts.run(source);
  }
}

const charactersAtOnce = 24_000_000;
