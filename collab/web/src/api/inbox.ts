import { followingOf } from '../inbox/preference.ts';
import type { RoomProps } from '../inbox/preference.ts';
import { call } from './client.ts';

interface RawThreads {
  readonly total_unread_threads: number;
  readonly total_unread_mentions: number;
  readonly threads: readonly { readonly id: string; readonly reply_count: number; readonly last_reply_at: number; readonly unread_replies: number; readonly unread_mentions: number; readonly post: { readonly id: string; readonly channel_id: string; readonly message: string; readonly user_id: string; readonly create_at: number } }[] | null;
}
interface RawRoom { readonly id: string; readonly name: string; readonly display_name: string; readonly total_msg_count: number; readonly last_post_at: number }
interface RawMember { readonly channel_id: string; readonly msg_count: number; readonly mention_count: number; readonly last_viewed_at: number; readonly notify_props: RoomProps }

/** Something somebody said that waits for the reader. */
export interface InboxItem {
  readonly key: string;
  readonly kind: 'thread' | 'room';
  /** "<tool>/<native id>"; absent: a team's room. */
  readonly session?: string;
  readonly room: string;
  readonly postId?: string;
  readonly message?: string;
  readonly at: number;
  readonly unread: number;
  readonly mentions: number;
}

export interface Inbox {
  readonly items: readonly InboxItem[];
  /** The rooms they follow, and how. */
  readonly rooms: ReadonlyMap<string, RoomProps>;
}

/** Threads the reader follows and rooms they are in, the unread first. A muted room is there when they are mentioned. */
export const inboxOf = async (team: string): Promise<Inbox> => {
  const at = `/api/v4/users/me/teams/${encodeURIComponent(team)}`;
  const [{ threads }, rooms, members] = await Promise.all([
    call<RawThreads>('GET', `${at}/threads`, { query: { extended: 'true', per_page: '50' } }), call<readonly RawRoom[]>('GET', `${at}/channels`), call<readonly RawMember[]>('GET', `${at}/channels/members`),
  ]);
  const roomOf = new Map(rooms.map((room) => [room.id, room]));
  const inThreads = (threads ?? []).map((thread): InboxItem => ({ key: thread.id, kind: 'thread', ...named(roomOf.get(thread.post.channel_id)), postId: thread.post.id, message: thread.post.message, at: thread.last_reply_at || thread.post.create_at, unread: thread.unread_replies, mentions: thread.unread_mentions }));
  const inRooms = members.flatMap((member): InboxItem[] => {
    const room = roomOf.get(member.channel_id);
    const unread = room === undefined || followingOf(member.notify_props) === 'muted' ? 0 : Math.max(0, room.total_msg_count - member.msg_count);
    return room === undefined || (unread === 0 && member.mention_count === 0) ? [] : [{ key: room.id, kind: 'room', ...named(room), at: room.last_post_at, unread, mentions: member.mention_count }];
  });
  const items = [...inRooms, ...inThreads].sort((a, b) => Number(b.mentions > 0) - Number(a.mentions > 0) || Number(b.unread > 0) - Number(a.unread > 0) || b.at - a.at);
  return { items, rooms: new Map(members.map((member) => [member.channel_id, member.notify_props])) };
};

export const unreadOf = (items: readonly InboxItem[]): number => items.filter(({ unread, mentions }) => unread > 0 || mentions > 0).length;

export const readAll = (team: string): Promise<unknown> => call('PUT', `/api/v4/users/me/teams/${encodeURIComponent(team)}/threads/read`, {});

const named = (room: RawRoom | undefined): Pick<InboxItem, 'room' | 'session'> => (room === undefined ? { room: 'a room' } : { room: room.display_name || room.name, ...(room.name.includes('/') ? { session: room.name } : {}) });
