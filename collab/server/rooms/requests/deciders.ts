import { foundSession } from '../../access/find.ts';
import type { Store } from '../../store/open.ts';
import type { SessionTable } from '../../store/schema.ts';

/** Who is told of a request: owners and hosts of the session who may let people in now. */
export const decidersOf = async (store: Store, session: SessionTable): Promise<readonly string[]> => {
  const people = await store.selectFrom('session_people').select(['user_id', 'role']).where('session_id', '=', session.id).where('role', 'in', ['owner', 'host']).execute();
  const roles = new Map(people.map((row) => [row.user_id, row.role]));
  const members = await store.selectFrom('members').select(['user_id', 'role']).where('team_id', '=', session.team_id).where('user_id', 'in', [session.owner_id, ...roles.keys()]).execute();
  return members.flatMap(({ user_id: userId, role: teamRole }) => {
    const roomRole = roles.get(userId);
    return foundSession(session, { userId, teamRole, ...(roomRole === undefined ? {} : { roomRole }) }).may('session:people') ? [userId] : [];
  });
};
