import { z } from 'zod';
import { foundSession, teamRolesOf } from '../../access/find.ts';
import { iso } from '../../sessions/list-item.ts';
import type { Store } from '../../store/open.ts';
import type { RoomRole, SessionTable } from '../../store/schema.ts';

export const accessRequest = z.object({
  session: z.string().describe('"<tool>/<native id>"'),
  project: z.string().optional(),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  suggestedRole: z.enum(['editor', 'viewer']).describe('What fits: viewers of the team and guests read.'),
  askedAt: z.iso.datetime(),
}).meta({ id: 'AccessRequest', description: 'Somebody asks to be let into a room.' });
export type AccessRequest = z.infer<typeof accessRequest>;

const mostShown = 200;

/** The requests that somebody may answer, the newest first. Whoever may see the session by now asks no more. */
export const waitingFor = async (store: Store, { userId, teamId, key }: { readonly userId: string; readonly teamId?: string; readonly key?: string }): Promise<AccessRequest[]> => {
  const teams = [...(await teamRolesOf(store, userId)).keys()].filter((id) => teamId === undefined || id === teamId);
  if (teams.length === 0) return [];
  const asked = store.selectFrom('access_requests').innerJoin('users', 'users.id', 'access_requests.user_id')
    .innerJoin('members', (on) => on.onRef('members.team_id', '=', 'access_requests.team_id').onRef('members.user_id', '=', 'access_requests.user_id'))
    .select(['access_requests.team_id', 'access_requests.session_key', 'access_requests.created_at', 'users.id', 'users.username', 'users.display_name', 'members.role'])
    .where('access_requests.team_id', 'in', teams).where('refused_at', 'is', null).where('users.deleted_at', 'is', null).orderBy('access_requests.created_at', 'desc');
  const rows = await (key === undefined ? asked : asked.where('access_requests.session_key', '=', key)).limit(5000).execute();
  const found: AccessRequest[] = [];
  for (const row of rows) {
    const session = found.length < mostShown ? await store.selectFrom('sessions').selectAll().where('team_id', '=', row.team_id).where('session_key', '=', row.session_key).executeTakeFirst() : undefined;
    if (session === undefined || !(await may(store, session, userId, 'session:people')) || (await may(store, session, row.id, 'session:see'))) continue;
    found.push({ session: row.session_key, ...named(session), user: { id: row.id, name: row.username, displayName: row.display_name }, suggestedRole: suggestedFor(row.role), askedAt: iso(row.created_at) });
  }
  return found;
};

const named = ({ project_name: given, project }: SessionTable): { readonly project?: string } => {
  const name = given ?? project;
  return name === null ? {} : { project: name };
};

const suggestedFor = (teamRole: string): 'editor' | 'viewer' => (teamRole === 'viewer' || teamRole === 'guest' ? 'viewer' : 'editor');

const may = async (store: Store, session: SessionTable, userId: string, act: 'session:see' | 'session:people'): Promise<boolean> => {
  const teamRole = (await teamRolesOf(store, userId)).get(session.team_id);
  const row: { readonly role: RoomRole } | undefined = await store.selectFrom('session_people').select('role').where('session_id', '=', session.id).where('user_id', '=', userId).executeTakeFirst();
  return foundSession(session, { userId, teamRole, ...(row === undefined ? {} : { roomRole: row.role }) }).may(act);
};
