import { propsOf } from '../inbox/preference.ts';
import type { Following, RoomProps } from '../inbox/preference.ts';
import { call } from './client.ts';
import { Problem } from './problem.ts';

/** A message that was found. */
export interface FoundPost {
  readonly id: string;
  readonly root_id: string;
  readonly user_id: string;
  readonly message: string;
  readonly create_at: number;
}

export interface FoundPosts {
  readonly posts: readonly FoundPost[];
  /** What of each fitted. */
  readonly words: readonly string[];
}

/** Searches what was said in one room, the newest first. */
export const searchRoom = async ({ team, room, words }: { readonly team: string; readonly room: string; readonly words: string }): Promise<FoundPosts> => {
  const { order, posts, matches } = await call<{ order: readonly string[]; posts: Readonly<Record<string, FoundPost>>; matches: Readonly<Record<string, readonly string[]>> }>('POST', `/api/v4/teams/${encodeURIComponent(team)}/posts/search`, { body: { terms: `${words} in:${room}`, is_or_search: false, page: 0, per_page: 60 } });
  return { posts: order.flatMap((id) => posts[id] ?? []), words: [...new Set(Object.values(matches).flat())] };
};

const membership = (room: string): string => `/api/v4/channels/${encodeURIComponent(room)}/members/me`;

/** How the reader follows a room; undefined: they do not. */
export const roomProps = async (room: string): Promise<RoomProps | undefined> => {
  try {
    return (await call<{ notify_props: RoomProps }>('GET', membership(room))).notify_props;
  } catch (error) {
    if (error instanceof Problem && error.kind === 'not found') return undefined;
    throw error;
  }
};

/** Follows a room; "off" ends it. */
export const followRoom = (room: string, following: Following | 'off'): Promise<unknown> => (following === 'off' ? call('DELETE', membership(room)) : call('PUT', `${membership(room)}/notify_props`, { body: propsOf(following) }));

const thread = (team: string, root: string): string => `/api/v4/users/me/teams/${encodeURIComponent(team)}/threads/${encodeURIComponent(root)}`;

export const followsThread = async (team: string, root: string): Promise<boolean> => (await call<{ is_following: boolean }>('GET', thread(team, root))).is_following;
export const followThread = (team: string, root: string, follow: boolean): Promise<unknown> => call(follow ? 'PUT' : 'DELETE', `${thread(team, root)}/following`);

/** The rooms the reader follows, and how. */
export const followedRooms = async (team: string): Promise<readonly { readonly id: string; readonly name: string; readonly title: string; readonly props: RoomProps }[]> => {
  const at = `/api/v4/users/me/teams/${encodeURIComponent(team)}`;
  const [rooms, members] = await Promise.all([call<readonly { id: string; name: string; display_name: string }[]>('GET', `${at}/channels`), call<readonly { channel_id: string; notify_props: RoomProps }[]>('GET', `${at}/channels/members`)]);
  const props = new Map(members.map((member) => [member.channel_id, member.notify_props]));
  return rooms.map(({ id, name, display_name: title }) => ({ id, name, title: title || name, props: props.get(id) ?? {} }));
};
