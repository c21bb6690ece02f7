import type { Store, Work } from '../../store/open.ts';
import type { TeamRole } from '../../store/schema.ts';
import { findRooms } from '../room.ts';

/** Somebody as Mattermost's API tells them; of others never more than a name. */
export interface Profile {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly username: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly nickname: string;
  readonly email: string;
  readonly auth_service: string;
  readonly position: string;
  readonly roles: string;
  readonly props: Readonly<Record<string, string>>;
  readonly notify_props: Readonly<Record<string, string>>;
  readonly locale: string;
  readonly last_picture_update: number;
  readonly is_bot: boolean;
  readonly bot_description: string;
}

/** The hub itself, where it writes: alerts, what happened. */
export const hubUserId = 'watchroom';
/** The agent of a session as a member of its room [R5]. */
export const agentUserId = (sessionId: string): string => `agent-${sessionId}`;

interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly operator: 0 | 1;
  readonly created_at: number;
  readonly deleted_at: number | null;
}

const userColumns = ['users.id', 'users.username', 'users.display_name', 'users.email', 'users.operator', 'users.created_at', 'users.deleted_at'] as const;

/** The people of these ids whom the asker shares a team with, and the hub and agents, whose ids say what they are. */
export const profilesOf = async (store: Store | Work, { ids, askerId, now }: { readonly ids: readonly string[]; readonly askerId: string; readonly now: number }): Promise<readonly Profile[]> => {
  const wanted = [...new Set(ids)].slice(0, 1000);
  const rows = wanted.length === 0 ? [] : await knownTo(store, askerId).where('users.id', 'in', wanted).execute();
  const agents = wanted.filter((id) => id.startsWith('agent-')).map((id) => id.slice(6));
  const rooms = await findRooms(store, { roomIds: agents, userId: askerId, now });
  return [
    ...rows.map((row) => profileOf(row, askerId)),
    ...(wanted.includes(hubUserId) ? [botProfile({ id: hubUserId, username: 'watchroom', createdAt: 0, about: 'The hub itself.' })] : []),
    ...[...rooms.values()].flatMap(({ found }) => (found === undefined ? [] : [botProfile({ id: agentUserId(found.session.id), username: found.session.tool, createdAt: found.session.created_at, about: 'The agent of this session.' })])),
  ];
};

/** The same by their names. */
export const profilesNamed = async (store: Store, { names, askerId }: { readonly names: readonly string[]; readonly askerId: string }): Promise<readonly Profile[]> =>
  names.length === 0 ? [] : (await knownTo(store, askerId).where('users.username', 'in', names.slice(0, 1000)).execute()).map((row) => profileOf(row, askerId));

// A person of another team is nobody to the asker [R7]; a guest knows those of its rooms' teams by name, as it reads their posts.
const knownTo = (store: Store | Work, askerId: string) =>
  store.selectFrom('users').select(userColumns).where((is) => is.or([
    is('users.id', '=', askerId),
    is.exists(is.selectFrom('members as theirs').innerJoin('members as mine', 'mine.team_id', 'theirs.team_id').select('theirs.user_id').whereRef('theirs.user_id', '=', 'users.id').where('mine.user_id', '=', askerId)),
    is.exists(is.selectFrom('posts').innerJoin('rooms', 'rooms.id', 'posts.room_id').innerJoin('members as mine', 'mine.team_id', 'rooms.team_id').select('posts.id').whereRef('posts.user_id', '=', 'users.id').where('mine.user_id', '=', askerId)),
  ]));

export const profileOf = (row: UserRow, askerId: string): Profile => {
  const gone = row.deleted_at !== null;
  return {
    ...blank, id: row.id, create_at: row.created_at, update_at: row.deleted_at ?? row.created_at, delete_at: row.deleted_at ?? 0,
    username: gone ? 'former member' : row.username, nickname: gone ? 'former member' : row.display_name, email: row.id === askerId ? (row.email ?? '') : '',
    roles: row.operator === 1 ? 'system_user system_admin' : 'system_user',
  };
};

const blank = { first_name: '', last_name: '', auth_service: '', position: '', props: {}, notify_props: { desktop: 'mention', channel: 'true', comments: 'any', mention_keys: '' }, locale: 'en', last_picture_update: 0, is_bot: false, bot_description: '' } as const;

const botProfile = ({ id, username, createdAt, about }: { readonly id: string; readonly username: string; readonly createdAt: number; readonly about: string }): Profile =>
  ({ ...blank, id, create_at: createdAt, update_at: createdAt, delete_at: 0, username, nickname: '', email: '', roles: 'system_user', is_bot: true, bot_description: about });

/** Somebody's role in a team in Mattermost's words. */
export const teamRoles = (role: TeamRole | 'guest'): string => ({ admin: 'team_user team_admin', member: 'team_user', viewer: 'team_viewer', guest: 'team_guest' })[role];

/** What somebody is to a room in Mattermost's words. */
export const channelRoles = (standing: string): string => {
  switch (standing) {
    case 'owner': return 'channel_user channel_admin room_owner';
    case 'host': return 'channel_user channel_admin room_host';
    case 'editor': return 'channel_user room_editor';
    case 'guest editor': return 'channel_guest room_guest_editor';
    case 'member': return 'channel_user';
    case 'admin': return 'channel_user room_admin';
    default: return 'room_viewer';
  }
};
