import type { SessionAct } from '../../access/permissions.ts';
import type { Store } from '../../store/open.ts';
import type { RoomTable } from '../../store/rooms-schema.ts';
import { channelName } from '../chat/channel-name.ts';
import { channelRoles } from '../chat/people.ts';
import { nothingUnread, unreadOf } from '../chat/read.ts';
import type { Unread } from '../chat/read.ts';
import type { Room } from '../room.ts';

/** A room as a Mattermost channel. `props` says whose room it is and what the asker may do there, as the permission table decides it. */
export const channelsOf = async (store: Store, rooms: readonly Room[]): Promise<readonly object[]> => {
  const rows = new Map<string, RoomTable>();
  for (let from = 0; from < rooms.length; from += 500)
    for (const row of await store.selectFrom('rooms').selectAll().where('id', 'in', rooms.slice(from, from + 500).map(({ id }) => id)).execute()) rows.set(row.id, row);
  return rooms.map((room) => channelOf(room, rows.get(room.id)));
};

const acts: readonly SessionAct[] = ['session:see', 'post:write', 'post:resolve-others', 'post:delete-others', 'session:people', 'session:describe', 'session:open', 'session:close', 'alert:ack', 'session:delete'];

const channelOf = (room: Room, row: RoomTable | undefined): object => {
  const { name, displayName, type } = channelName(room);
  const session = room.found?.session;
  return {
    id: room.id, team_id: room.teamId, type, name, display_name: displayName, header: '', purpose: session?.description ?? '',
    create_at: session?.created_at ?? 0, update_at: row?.last_at ?? session?.created_at ?? 0, delete_at: room.archivedAt, last_post_at: row?.last_post_at ?? 0, last_root_post_at: row?.last_root_post_at ?? 0,
    total_msg_count: row?.total_posts ?? 0, total_msg_count_root: row?.total_root_posts ?? 0, creator_id: session?.owner_id ?? '', scheme_id: '', group_constrained: false,
    props: {
      kind: session === undefined ? 'team' : 'session', ...(session === undefined ? {} : { session: session.session_key, visibility: session.visibility, state: session.state }),
      may: acts.filter((act) => room.may(act) && (room.archivedAt === 0 || act === 'session:see')), room_seq: row?.seq ?? 0,
    },
  };
};

/** Somebody's membership: what they have read, as Mattermost counts it. */
export const membershipOf = ({ room, userId, standing, joined, unread }: { readonly room: Pick<Room, 'id'>; readonly userId: string; readonly standing: string; readonly joined: { readonly last_viewed_at: number; readonly notify_props: string; readonly last_update_at: number } | undefined; readonly unread: Unread }): object => ({
  channel_id: room.id, user_id: userId, roles: channelRoles(standing), last_viewed_at: joined?.last_viewed_at ?? 0, last_update_at: joined?.last_update_at ?? 0,
  msg_count: unread.total - unread.unread, msg_count_root: unread.totalRoot - unread.unreadRoot, mention_count: unread.mentions, mention_count_root: unread.mentionsRoot, urgent_mention_count: 0,
  notify_props: { desktop: 'default', email: 'default', mark_unread: 'all', push: 'default', ignore_channel_mentions: 'default', channel_auto_follow_threads: 'off', ...(JSON.parse(joined?.notify_props ?? '{}') as Record<string, string>) },
  scheme_user: true, scheme_admin: standing === 'owner' || standing === 'host',
});

/** One's own memberships in rooms. */
export const myMemberships = async (store: Store, { rooms, userId }: { readonly rooms: readonly Room[]; readonly userId: string }): Promise<readonly object[]> => {
  if (rooms.length === 0) return [];
  const roomIds = rooms.map(({ id }) => id);
  const unread = await unreadOf(store, { roomIds, userId });
  const joined = new Map<string, { last_viewed_at: number; notify_props: string; last_update_at: number }>();
  for (const row of await store.selectFrom('room_members').selectAll().where('user_id', '=', userId).execute()) joined.set(row.room_id, row);
  return rooms.map((room) => membershipOf({ room, userId, standing: standingIn(room), joined: joined.get(room.id), unread: unread.get(room.id) ?? nothingUnread }));
};

/** What the asker is to a room, in a word. */
export const standingIn = ({ found, teamRole }: Room): string => (found === undefined ? (teamRole === 'admin' ? 'admin' : teamRole === 'viewer' ? 'viewer' : 'member') : found.standings[0]!);
