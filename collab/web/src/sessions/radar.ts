import type { Conflict } from '../api/sessions.ts';
import type { Session } from './session.ts';

/** A file that several live sessions edit at the same time. */
export interface Clash {
  readonly path: string;
  readonly sessions: readonly Session[];
}

/** Who is about to overwrite whom. A session's other party may be one that the reader does not see. */
export const clashesOf = (sessions: readonly Session[]): readonly Clash[] => {
  const byPath = new Map<string, Session[]>();
  for (const session of sessions)
    if (session.state !== 'ended') for (const path of session.fileConflicts) byPath.set(path, [...(byPath.get(path) ?? []), session]);
  return [...byPath].map(([path, those]) => ({ path, sessions: those })).sort((a, b) => b.sessions.length - a.sessions.length || a.path.localeCompare(b.path));
};

/** The hub's radar sees all machines; what a machine told of its own sessions stays. */
export const withConflicts = (sessions: readonly Session[], conflicts: readonly Conflict[]): readonly Session[] =>
  sessions.map((session) => {
    const paths = conflicts.filter((conflict) => conflict.sessions.some(({ id }) => id === session.id)).map(({ path }) => path);
    return paths.length === 0 ? session : { ...session, fileConflicts: [...new Set([...session.fileConflicts, ...paths])] };
  });
