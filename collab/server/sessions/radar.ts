import { z } from 'zod';
import type { WireSession } from 'watchroom/wire';
import type { Store } from '../store/open.ts';
import { isAgentUp } from './agent-up.ts';
import { iso, personShape } from './list-item.ts';
import { visibleTo } from './visible.ts';
import type { Viewer } from './visible.ts';

/** A file of a repository that two live sessions edit, on one machine or on several [H7]. */
export const fileConflict = z.object({
  team: z.string(),
  path: z.string().describe('As the machine of the latest edit tells it.'),
  sessions: z.array(z.object({ id: z.string(), owner: personShape, hostName: z.string(), path: z.string(), editedAt: z.iso.datetime() })).min(2).describe('The latest edit first.'),
}).meta({ id: 'FileConflict' });
export type FileConflict = z.infer<typeof fileConflict>;

/** An edit counts for so long. */
const freshMs = 2 * 3_600_000;

/** Conflicts between the live sessions that somebody may see; others' private sessions are not even counted [R7]. */
export const conflictsFor = async (store: Store, { viewer, teamId, now }: { readonly viewer: Viewer; readonly teamId?: string; readonly now: number }): Promise<FileConflict[]> => {
  const rows = await store.selectFrom('sessions').innerJoin('users', 'users.id', 'sessions.owner_id').innerJoin('agents', 'agents.id', 'sessions.agent_id')
    .select(['sessions.id', 'sessions.team_id', 'sessions.session_key', 'sessions.owner_id', 'sessions.host_name', 'sessions.told', 'users.username', 'agents.last_report_at', 'agents.next_due_at', 'agents.left_at'])
    .where('sessions.state', '<>', 'ended').where('sessions.last_activity_at', '>', now - freshMs).where(visibleTo(viewer, teamId)).execute();
  const byFile = new Map<string, Edited[]>();
  for (const row of rows) {
    if (!isAgentUp(row, now)) continue;
    for (const [key, edit] of latestEdits(row.told, now)) {
      const place = `${row.team_id} ${key}`;
      const editors = byFile.get(place) ?? [];
      editors.push({ team: row.team_id, at: edit.at, session: { id: row.session_key, owner: { id: row.owner_id, name: row.username }, hostName: row.host_name, path: edit.path, editedAt: iso(edit.at) } });
      byFile.set(place, editors);
    }
  }
  return [...byFile.values()].filter((editors) => editors.length > 1).map(conflictOf).sort((one, other) => (one.sessions[0]!.editedAt < other.sessions[0]!.editedAt ? 1 : -1));
};

interface Edited {
  readonly team: string;
  readonly at: number;
  readonly session: FileConflict['sessions'][number];
}

const latestEdits = (told: string, now: number): ReadonlyMap<string, WireSession['edits'][number]> => {
  const latest = new Map<string, WireSession['edits'][number]>();
  for (const edit of (JSON.parse(told) as Partial<WireSession>).edits ?? [])
    if (edit.at > now - freshMs && edit.at >= (latest.get(edit.key)?.at ?? 0)) latest.set(edit.key, edit);
  return latest;
};

const conflictOf = (editors: readonly Edited[]): FileConflict => {
  const sorted = [...editors].sort((one, other) => other.at - one.at);
  return { team: sorted[0]!.team, path: sorted[0]!.session.path, sessions: sorted.map(({ session }) => session) };
};
