import { foundSession } from '../../access/find.ts';
import { mayOnTeam } from '../../access/permissions.ts';
import type { Work } from '../../store/open.ts';
import type { Room } from '../room.ts';
import { membersOf } from '../members.ts';
import { namesIn } from './mentions.ts';

/** Whom a message calls: people who may read the room, besides its author. Nobody else is told that it exists [R7]. */
export const mentionedIn = async (work: Work, room: Room, { message, authorId }: { readonly message: string; readonly authorId: string }): Promise<readonly string[]> => {
  if (!message.includes('@')) return [];
  const { names, everybody } = namesIn(message);
  const called = new Set<string>();
  if (everybody) for (const { userId } of await membersOf(work, room)) called.add(userId);
  if (names.size > 0) for (const id of await readersNamed(work, room, [...names].slice(0, 100))) called.add(id);
  called.delete(authorId);
  return [...called];
};

const readersNamed = async (work: Work, room: Room, names: readonly string[]): Promise<readonly string[]> => {
  const rows = await work.selectFrom('users').innerJoin('members', 'members.user_id', 'users.id').leftJoin('session_people', (on) => on.onRef('session_people.user_id', '=', 'users.id').on('session_people.session_id', '=', room.id))
    .select(['users.id', 'members.role as teamRole', 'session_people.role as roomRole']).where('members.team_id', '=', room.teamId).where('users.username', 'in', names).where('users.deleted_at', 'is', null).execute();
  return rows.filter(({ id, teamRole, roomRole }) => {
    if (room.found === undefined) return mayOnTeam('room:see', teamRole);
    return foundSession(room.found.session, { userId: id, teamRole, ...(roomRole === null ? {} : { roomRole }) }).may('session:see');
  }).map(({ id }) => id);
};
