import type { RoomRole, TeamRole, Visibility } from '../store/schema.ts';

// Who may do what: ROOMS.md 3 as one table [R8]. Everything that asks (routes, sockets, the generated tests) asks this one.

/** What somebody is to a session; one person can be several of them at once. */
export const standings = ['owner', 'host', 'editor', 'viewer', 'member', 'team viewer', 'admin', 'guest editor', 'guest viewer', 'nobody'] as const;
export type Standing = (typeof standings)[number];

const writers: readonly Standing[] = ['owner', 'host', 'editor', 'member', 'admin', 'guest editor'];
const inTheRoom: readonly Standing[] = ['owner', 'host', 'editor', 'viewer', 'guest editor', 'guest viewer'];

/** Acts on one session, and the standings that allow each when the session is visible to the team. */
export const sessionActs = {
  'session:see': [...inTheRoom, 'member', 'team viewer', 'admin'],
  /** That it exists, whose it is and its state: what an admin sees of a private session. */
  'session:know': [...inTheRoom, 'member', 'team viewer', 'admin'],
  'post:write': writers,
  'post:resolve-others': ['owner', 'host', 'editor', 'admin'],
  'post:delete-others': ['owner', 'host', 'admin'],
  'session:people': ['owner', 'host', 'admin'],
  'session:describe': ['owner', 'host', 'admin'],
  'session:open': ['owner'],
  'session:close': ['owner', 'admin'],
  'share:start': ['owner'],
  'share:stop': ['owner', 'host', 'admin'],
  'agent:ask': ['owner', 'host', 'admin'],
  'alert:ack': ['owner', 'host', 'editor', 'member', 'admin'],
  'session:delete': ['owner', 'admin'],
} as const satisfies Readonly<Record<string, readonly Standing[]>>;
export type SessionAct = keyof typeof sessionActs;

/** What of it is left to those who are not in the room of a private session. */
const privateToAdmins: readonly SessionAct[] = ['session:know', 'session:close', 'share:stop', 'session:delete'];

/** Acts on a team, and the roles that allow each. */
export const teamActs = {
  'team:see': ['admin', 'member', 'viewer'],
  'sessions:list': ['admin', 'member', 'viewer', 'guest'],
  'analytics:see': ['admin', 'member', 'viewer'],
  'agent:connect': ['admin', 'member'],
  'insight:write': ['admin', 'member'],
  'insight:read': ['admin', 'member', 'viewer'],
  /** The team's own room. */
  'room:see': ['admin', 'member', 'viewer'],
  'room:write': ['admin', 'member'],
  'room:keep': ['admin'],
  'team:leave': ['admin', 'member', 'viewer', 'guest'],
  'team:change': ['admin'],
  'member:manage': ['admin'],
  'invite:make': ['admin'],
  'scrape:make': ['admin'],
  'audit:read': ['admin'],
} as const satisfies Readonly<Record<string, readonly (TeamRole | 'guest')[]>>;
export type TeamAct = keyof typeof teamActs;

export interface SessionSide {
  readonly ownerId: string;
  readonly visibility: Visibility;
}

export interface PersonSide {
  readonly userId: string;
  /** In the session's team; undefined: in another one, or in none. */
  readonly teamRole?: TeamRole | 'guest';
  /** In the session's room. */
  readonly roomRole?: RoomRole;
}

/** Everything somebody is to a session. */
export const standingsOf = ({ ownerId, visibility }: SessionSide, { userId, teamRole, roomRole }: PersonSide): readonly Standing[] => {
  if (teamRole === undefined) return ['nobody'];
  if (teamRole === 'guest') return roomRole === undefined ? ['nobody'] : [roomRole === 'viewer' ? 'guest viewer' : 'guest editor'];
  const found: Standing[] = [];
  const isOwner = userId === ownerId || roomRole === 'owner';
  if (isOwner) found.push('owner');
  // Viewers of the team write nothing (U3), whatever a room calls them.
  if (roomRole !== undefined && roomRole !== 'owner') found.push(teamRole === 'viewer' ? 'viewer' : roomRole);
  if (teamRole === 'admin') found.push('admin');
  else if (visibility !== 'private' && roomRole === undefined && !isOwner) found.push(teamRole === 'viewer' ? 'team viewer' : 'member');
  return found.length === 0 ? ['nobody'] : found;
};

/** Whether standings allow an act on a session. */
export const mayOnSession = (act: SessionAct, found: readonly Standing[], visibility: Visibility): boolean =>
  found.some((standing) => (sessionActs[act] as readonly Standing[]).includes(standing) && (visibility !== 'private' || standing !== 'admin' || privateToAdmins.includes(act)));

/** Whether a role allows an act on its team. */
export const mayOnTeam = (act: TeamAct, role: TeamRole | 'guest' | undefined): boolean => role !== undefined && (teamActs[act] as readonly string[]).includes(role);
