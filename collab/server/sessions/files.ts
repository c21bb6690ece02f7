import { z } from 'zod';
import type { SessionTable } from '../store/schema.ts';
import type { Store } from '../store/open.ts';
import { wireOf } from './details.ts';
import { iso } from './list-item.ts';
import { conflictsFor } from './radar.ts';
import type { Viewer } from './visible.ts';

/** A file that a session touched. */
export const touchedFile = z.object({
  path: z.string(),
  reads: z.int(),
  edits: z.int(),
  created: z.boolean(),
  linesAdded: z.int(),
  linesRemoved: z.int(),
  lastAt: z.iso.datetime(),
  editedAt: z.iso.datetime().optional().describe('Absent: it only read it.'),
  conflictsWith: z.array(z.string()).optional().describe('Live sessions that edit it too, of those you may see.'),
}).meta({ id: 'TouchedFile' });
export type TouchedFile = z.infer<typeof touchedFile>;

/** The files of a session, the latest touched first, and who else edits them now. */
export const filesOf = async (store: Store, { session, viewer, now }: { readonly session: SessionTable; readonly viewer: Viewer; readonly now: number }): Promise<TouchedFile[]> => {
  const { files } = wireOf(session);
  const conflicts = session.state === 'ended' ? [] : await conflictsFor(store, { viewer, teamId: session.team_id, now });
  const others = new Map(conflicts.flatMap(({ sessions }) => {
    const own = sessions.find(({ id }) => id === session.session_key);
    return own === undefined ? [] : [[own.path, sessions.filter((one) => one !== own).map(({ id }) => id)] as const];
  }));
  return Object.entries(files).sort(([, one], [, other]) => other.lastAt - one.lastAt).map(([path, { reads, edits, created, linesAdded, linesRemoved, lastAt, editedAt }]) => ({
    path, reads, edits, created, linesAdded, linesRemoved, lastAt: iso(Math.max(lastAt, editedAt ?? 0)), ...(editedAt === undefined ? {} : { editedAt: iso(editedAt) }), ...(others.has(path) ? { conflictsWith: others.get(path)! } : {}),
  }));
};
