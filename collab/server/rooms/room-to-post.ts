import type { Work } from '../store/open.ts';
import { statement } from '../store/statement.ts';
import { peopleAround } from './members.ts';
import type { Person } from './members.ts';
import { noRoom, requireAct, roomOfSession, roomOfTeam, roomSessionColumns } from './room.ts';
import type { Room } from './room.ts';

interface Asked {
  readonly roomId: string;
  readonly userId: string;
  readonly now: number;
}

/** A room that somebody may post in, with the people around it. Asked anew for every post [R8], so in as few questions as it takes: who posts is one of those people. */
export const roomToPost = async (work: Work, asked: Asked): Promise<{ readonly room: Room; readonly people: readonly Person[] }> => {
  const { room, people } = (await sessionsRoom(work, asked)) ?? (await teamsRoom(work, asked)) ?? {};
  if (room === undefined || people === undefined) throw noRoom();
  requireAct(room, 'post:write');
  return { room, people };
};

const sessionsRoom = async (work: Work, { roomId, userId, now }: Asked): Promise<Found | undefined> => {
  const [row] = await sessionWithTeam(work, { roomId });
  if (row === undefined) return undefined;
  const { name, displayName, ...session } = row;
  const people = await peopleAround(work, { id: roomId, teamId: session.team_id, found: session }, userId);
  const me = people.find((one) => one.userId === userId);
  return { people, room: me && roomOfSession(session, { userId, now, team: { name, displayName }, teamRole: me.teamRole, ...(me.roomRole === null ? {} : { roomRole: me.roomRole }) }) };
};

const teamsRoom = async (work: Work, { roomId, userId }: Asked): Promise<Found | undefined> => {
  const [team] = await teamOf(work, { roomId });
  if (team === undefined) return undefined;
  const people = await peopleAround(work, { id: roomId, teamId: roomId });
  const me = people.find((one) => one.userId === userId);
  return { people, room: me && roomOfTeam(roomId, { team, teamRole: me.teamRole }) };
};

interface Found {
  readonly people: readonly Person[];
  /** Absent: it is not theirs to know of. */
  readonly room: Room | undefined;
}

const sessionWithTeam = statement((work: Work, { roomId }: Pick<Asked, 'roomId'>) =>
  work.selectFrom('sessions').innerJoin('teams', 'teams.id', 'sessions.team_id').select(roomSessionColumns).select(['teams.name', 'teams.display_name as displayName']).where('sessions.id', '=', roomId).where('teams.deleted_at', 'is', null));

const teamOf = statement((work: Work, { roomId }: Pick<Asked, 'roomId'>) => work.selectFrom('teams').select(['name', 'display_name as displayName']).where('id', '=', roomId).where('deleted_at', 'is', null));
