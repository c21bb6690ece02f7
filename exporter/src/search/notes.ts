import type { Database } from 'better-sqlite3';
import type { EpochMs } from '../session/part.ts';
import { projectScope, voiceScope } from './scopes.ts';
import { Writer } from './writer.ts';

/** Something a person or an assistant wants to be found again. */
export interface Note {
  readonly number: number;
  readonly at: EpochMs;
  readonly text: string;
  readonly project?: string;
  readonly session?: string;
  readonly tags: readonly string[];
}

/** Texts of notes belong to no source. */
const noSource = 0;

export const addNote = (db: Database, { text, at, project, session, tags }: Omit<Note, 'number'>): Note =>
  db.transaction(() => {
    const scope = [voiceScope('note'), ...(project === undefined ? [] : [projectScope(projectNumber(db, project))])].join(' ');
    const textId = new Writer(db).insert({ source: noSource, session: noSource, at, voice: 'note', text: [text, ...tags.map((tag) => `#${tag}`)].join(' '), scope });
    const { lastInsertRowid } = db.prepare('INSERT INTO notes (text_id, at, text, project, session, tags) VALUES (?, ?, ?, ?, ?, ?)').run(textId, at, text, project ?? null, session ?? null, JSON.stringify(tags));
    return { number: Number(lastInsertRowid), at, text, tags, ...(project === undefined ? {} : { project }), ...(session === undefined ? {} : { session }) };
  }).immediate();

/** The newest first. */
export const listNotes = (db: Database): readonly Note[] =>
  (db.prepare('SELECT number, at, text, project, session, tags FROM notes ORDER BY at DESC, number DESC').all() as { number: number; at: number; text: string; project: string | null; session: string | null; tags: string }[])
    .map(({ project, session, tags, ...note }) => ({ ...note, tags: JSON.parse(tags) as string[], ...(project === null ? {} : { project }), ...(session === null ? {} : { session }) }));

/** false: there is no such note. */
export const removeNote = (db: Database, number: number): boolean =>
  db.transaction(() => {
    const textId = db.prepare('DELETE FROM notes WHERE number = ? RETURNING text_id').pluck().get(number) as number | undefined;
    if (textId === undefined) return false;
    db.prepare('DELETE FROM words WHERE rowid = ?').run(textId);
    db.prepare('DELETE FROM texts WHERE id = ?').run(textId);
    return true;
  }).immediate();

const projectNumber = (db: Database, name: string): number => {
  db.prepare('INSERT OR IGNORE INTO projects (name) VALUES (?)').run(name);
  return db.prepare('SELECT number FROM projects WHERE name = ?').pluck().get(name) as number;
};
