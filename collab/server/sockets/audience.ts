import { foundSession } from '../access/find.ts';
import type { RoomRole, SessionTable, TeamRole } from '../store/schema.ts';
import type { Store } from '../store/open.ts';

type SessionSide = Pick<SessionTable, 'id' | 'team_id' | 'owner_id' | 'visibility'>;

/** Says who may see which of these sessions, by roles as they are in the store now [R7] [R8]. */
export const audienceOf = async (store: Store, sessions: readonly SessionSide[]): Promise<(userId: string, session: SessionSide) => boolean> => {
  const teams = [...new Set(sessions.map(({ team_id }) => team_id))];
  const members = await store.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select(['members.team_id', 'members.user_id', 'members.role']).where('members.team_id', 'in', teams).where('teams.deleted_at', 'is', null).execute();
  const people = await store.selectFrom('session_people').select(['session_id', 'user_id', 'role']).where('session_id', 'in', sessions.map(({ id }) => id)).execute();
  const teamRoles = new Map<string, TeamRole | 'guest'>(members.map((row) => [`${row.team_id} ${row.user_id}`, row.role]));
  const roomRoles = new Map<string, RoomRole>(people.map((row) => [`${row.session_id} ${row.user_id}`, row.role]));
  return (userId, session) => {
    const roomRole = roomRoles.get(`${session.id} ${userId}`);
    return foundSession(session, { userId, teamRole: teamRoles.get(`${session.team_id} ${userId}`), ...(roomRole === undefined ? {} : { roomRole }) }).may('session:see');
  };
};
