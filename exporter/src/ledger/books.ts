import type Database from 'better-sqlite3';
import type { EpochMs, Part } from '../session/part.ts';
import type { Tool } from '../session/tool.ts';
import { CallBooks } from './call-books.ts';
import { Fleet } from './fleet.ts';
import type { LabelCaps } from './fleet.ts';
import { Kin } from './kin.ts';
import { KnownSources } from './known-sources.ts';
import { Names } from './names.ts';
import { Tallies } from './tallies.ts';

/** What is kept in memory of the tables; made anew from them when a transaction failed. */
export interface Books {
  readonly names: Names;
  readonly fleet: Fleet;
  readonly calls: CallBooks;
  readonly sources: KnownSources;
  readonly kin: Kin;
  readonly tallies: Tallies;
  /** When the parts of a source say that a session began, by role; of those that were asked for lately. */
  readonly starts: Map<string, Map<Part['role'], EpochMs | null>>;
  /** Asked at every change and true until a session appears. */
  known: { counts?: ReadonlyMap<Tool, number>; leastRecent?: { readonly limit: number; readonly at: EpochMs | undefined } };
}

export const loadBooks = (db: Database.Database, { createdAt, caps }: { readonly createdAt: EpochMs; readonly caps: LabelCaps }): Books => {
  const [names, fleet, sources, kin] = [new Names(db), new Fleet(db, caps), new KnownSources(db), new Kin(db)];
  const calls = new CallBooks({
    db, names, fleet, createdAt,
    bornOf: (source) => sources.bornOf(source) ?? Infinity,
    keyOf: (session) => kin.keyOf(session) ?? '',
    toolOf: (session) => kin.toolOf(session) ?? 'unknown',
  });
  return { names, fleet, calls, sources, kin, tallies: new Tallies(db), starts: new Map(), known: {} };
};
