import type { RoomRole, SessionTable, TeamRole } from '../store/schema.ts';
import type { Store, Work } from '../store/open.ts';
import { statement } from '../store/statement.ts';
import type { Standing } from './permissions.ts';
import { mayOnSession, standingsOf } from './permissions.ts';
import type { SessionAct } from './permissions.ts';

/** A session, or what was read of it, with what the asker is to it. */
export interface FoundSession<Session = SessionTable> {
  readonly session: Session;
  readonly standings: readonly Standing[];
  readonly may: (act: SessionAct) => boolean;
}

/** Somebody's roles, by team id, as they are now. */
export const teamRolesOf = async (store: Store | Work, userId: string): Promise<ReadonlyMap<string, TeamRole | 'guest'>> => {
  const rows = await rolesOf(store, { userId });
  return new Map(rows.map((row) => [row.team_id, row.role]));
};

const rolesOf = statement((store: Store | Work, { userId }: { readonly userId: string }) =>
  store.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select(['members.team_id', 'members.role']).where('members.user_id', '=', userId).where('teams.deleted_at', 'is', null));

export const roleInTeam = async (store: Store | Work, userId: string, teamId: string): Promise<TeamRole | 'guest' | undefined> => (await teamRolesOf(store, userId)).get(teamId);

/** The session of that key in a team of the asker, if the asker may know of it; of several teams' the one that is named, else the one they may see most of. */
export const findSession = async (store: Store | Work, { userId, key, teamId }: { readonly userId: string; readonly key: string; readonly teamId?: string }): Promise<FoundSession | undefined> => {
  const roles = await teamRolesOf(store, userId);
  const teams = [...roles.keys()].filter((id) => teamId === undefined || id === teamId);
  if (teams.length === 0) return undefined;
  const rows = await store.selectFrom('sessions').selectAll().where('session_key', '=', key).where('team_id', 'in', teams).execute();
  const found = await Promise.all(rows.map(async (session) => foundSession(session, { userId, teamRole: roles.get(session.team_id)!, ...(await roomRoleOf(store, session.id, userId)) })));
  const known = found.filter(({ may }) => may('session:know'));
  return known.find(({ may }) => may('session:see')) ?? known[0];
};

/** What one person is to one session that was read already. */
export const foundSession = <Session extends Pick<SessionTable, 'owner_id' | 'visibility'>>(session: Session, person: { readonly userId: string; readonly teamRole: TeamRole | 'guest' | undefined; readonly roomRole?: RoomRole }): FoundSession<Session> => {
  const { teamRole, ...rest } = person;
  const standings = standingsOf({ ownerId: session.owner_id, visibility: session.visibility }, { ...rest, ...(teamRole === undefined ? {} : { teamRole }) });
  return { session, standings, may: (act) => mayOnSession(act, standings, session.visibility) };
};

const roomRoleOf = async (store: Store | Work, sessionId: string, userId: string): Promise<{ readonly roomRole?: RoomRole }> => {
  const row = await store.selectFrom('session_people').select('role').where('session_id', '=', sessionId).where('user_id', '=', userId).executeTakeFirst();
  return row === undefined ? {} : { roomRole: row.role };
};
