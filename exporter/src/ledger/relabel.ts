import type Database from 'better-sqlite3';
import type { Part } from '../session/part.ts';

/** How places are kept, from the most telling to the least. */
const strictness = ['full', 'basename', 'hash'] as const;
export type KeptAs = (typeof strictness)[number];

export const isStricter = (now: KeptAs, before: KeptAs): boolean => strictness.indexOf(now) > strictness.indexOf(before);

/** How a path and a project name are kept from now on. */
export interface Retelling {
  readonly path: (path: string) => string;
  readonly project: (name: string) => string;
}

/** Writes every place that is kept already in a stricter mode; what was told of it before cannot be taken back, only no longer told. */
export const relabel = (db: Database.Database, tell: Retelling): void => {
  db.transaction(() => {
    const put = db.prepare('UPDATE parts SET part = ? WHERE session = ? AND source = ? AND role = ?');
    for (const row of db.prepare('SELECT session, source, role, part FROM parts').all() as { session: number; source: number; role: string; part: string }[])
      put.run(JSON.stringify(retold(JSON.parse(row.part) as Part, tell)), row.session, row.source, row.role);
    renameProjects(db, tell);
    relabelFleet(db, tell);
  })();
};

const retold = (part: Part, tell: Retelling): Part => ({
  ...part,
  files: Object.fromEntries(Object.entries(part.files).map(([path, work]) => [tell.path(path), work])),
  ...(part.cwd === undefined ? {} : { cwd: tell.path(part.cwd) }),
  ...(part.project === undefined ? {} : { project: tell.project(part.project) }),
});

const renameProjects = (db: Database.Database, tell: Retelling): void => {
  const rename = db.prepare('UPDATE names SET name = ? WHERE id = ?');
  const projects = db.prepare('SELECT id, name FROM names WHERE id IN (SELECT project FROM sessions UNION SELECT project FROM rollups) AND id NOT IN (SELECT model FROM session_use)').all() as { id: number; name: string }[];
  for (const { id, name } of projects) if (tell.project(name) !== name) rename.run(tell.project(name), id);
};

const relabelFleet = (db: Database.Database, tell: Retelling): void => {
  const move = db.prepare('UPDATE fleet SET labels = ? WHERE metric = ? AND labels = ?');
  for (const { metric, labels } of db.prepare('SELECT metric, labels FROM fleet').all() as { metric: string; labels: string }[]) {
    const told = JSON.parse(labels) as Record<string, string>;
    if (told.project === undefined || told.project === 'other' || told.project === 'unknown' || tell.project(told.project) === told.project) continue;
    move.run(JSON.stringify({ ...told, project: tell.project(told.project) }), metric, labels);
  }
};
