import type { Database } from 'better-sqlite3';
import { isUnchanged } from '../files/tail.ts';
import { fingerprintOf } from '../sweep/read-source.ts';
import type { Listed } from '../sweep/listing.ts';
import { isExcluded } from './excluded.ts';
import type { SourceState } from './read-source.ts';

/** A source with something new in it. */
export interface Changed {
  readonly file: Listed;
  /** Its row in the index; undefined: never read. */
  readonly known?: { readonly id: number; readonly stored: string; readonly state: SourceState };
  /** About how much there is to read. */
  readonly bytes: number;
}

interface Row { readonly id: number; readonly path: string; readonly state: string }

/** Which of the listed sources the index has not, or not to their end; the newest first, so that a build soon answers what is asked most. */
export const changedSources = (db: Database, files: readonly Listed[], excluded: readonly string[]): readonly Changed[] => {
  const known = rowsOf(db, files);
  return files.filter(({ path }) => !isExcluded(path, excluded)).flatMap((file): Changed[] => {
    const row = known(file.path);
    if (!row) return [{ file, bytes: file.stat.size }];
    const state = JSON.parse(row.state) as SourceState;
    if (isRead(file, state)) return [];
    return [{ file, known: { id: row.id, stored: row.state, state }, bytes: Math.max(0, file.stat.size - (state.tail?.offset ?? 0)) }];
  }).sort((a, b) => b.file.stat.mtimeMs - a.file.stat.mtimeMs);
};

/** A few are looked up, many are read at once. */
const rowsOf = (db: Database, files: readonly Listed[]): ((path: string) => Row | undefined) => {
  if (files.length < few) {
    const one = db.prepare('SELECT id, path, state FROM sources WHERE path = ?');
    return (path) => one.get(path) as Row | undefined;
  }
  const all = new Map((db.prepare('SELECT id, path, state FROM sources').all() as Row[]).map((row) => [row.path, row]));
  return (path) => all.get(path);
};

const few = 100;

const isRead = (file: Listed, { tail, seen }: SourceState): boolean =>
  tail ? isUnchanged(tail, file.stat) : seen !== undefined && seen === fingerprintOf(file.path, file.stat, file.kind === 'database');
