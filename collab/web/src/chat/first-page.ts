import type { Channel } from '@mattermost/types/channels';
import type { PostList } from '@mattermost/types/posts';
import type { UserProfile } from '@mattermost/types/users';
import { ahead } from '../api/ahead.ts';
import { call } from '../api/client.ts';

export const perPage = 60;

/** A page of messages with the number of the room's newest change [R2]. */
export type SeqList = PostList & { readonly room_seq?: number; readonly reload?: true };

/** What a room's chat is first drawn from. */
export interface FirstPage {
  readonly channel: Channel;
  readonly page: SeqList;
  /** Who wrote it, and others of the room. */
  readonly people: readonly UserProfile[];
}

export const firstPage = ahead('first page', async (team: string, sessionId: string): Promise<FirstPage> => {
  const channel = await channelOf(team, sessionId);
  return pageOf(channel, channel.id);
});

/** The same when the room's id is known. */
export const firstPageOf = ({ team, sessionId, room }: { readonly team: string; readonly sessionId: string; readonly room: string }): Promise<FirstPage> => pageOf(channelOf(team, sessionId), room);

const channelOf = (team: string, sessionId: string): Promise<Channel> => call('GET', `/api/v4/teams/${encodeURIComponent(team)}/channels/name/${sessionId.split('/').map(encodeURIComponent).join('/')}`);

const pageOf = async (asked: Channel | Promise<Channel>, room: string): Promise<FirstPage> => {
  const [channel, page, some] = await Promise.all([asked, call<SeqList>('GET', `/api/v4/channels/${encodeURIComponent(room)}/posts`, { query: { page: '0', per_page: String(perPage) } }), peopleIn(room)]);
  return { channel, page, people: [...some, ...(await othersOf(page, some))] };
};

type People = readonly UserProfile[];

/** Whoever wrote is likely among them, and need not be asked for afterwards. */
const peopleIn = (room: string): Promise<People> => call<People>('GET', '/api/v4/users', { query: { in_channel: room, per_page: '50' } }).catch(() => []);

/** Who wrote and is not known yet. Without their names messages are shown all the same. */
const othersOf = async ({ posts }: PostList, known: People): Promise<People> => {
  const names = new Set(known.map(({ id }) => id));
  const ids = [...new Set(Object.values(posts).map(({ user_id: id }) => id))].filter((id) => id !== '' && !names.has(id));
  return ids.length === 0 ? [] : call<People>('POST', '/api/v4/users/ids', { body: ids }).catch(() => []);
};
