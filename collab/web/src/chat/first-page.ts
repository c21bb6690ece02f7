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
  /** Who wrote it. */
  readonly people: readonly UserProfile[];
}

const firstPage = async (team: string, sessionId: string): Promise<FirstPage> => {
  const channel = await call<Channel>('GET', `/api/v4/teams/${encodeURIComponent(team)}/channels/name/${sessionId.split('/').map(encodeURIComponent).join('/')}`);
  const page = await call<SeqList>('GET', `/api/v4/channels/${encodeURIComponent(channel.id)}/posts`, { query: { page: '0', per_page: String(perPage) } });
  return { channel, page, people: await writersOf(page) };
};

export const firstPageAhead = ahead(firstPage);

/** Without their names messages are shown all the same. */
const writersOf = async ({ posts }: PostList): Promise<readonly UserProfile[]> => {
  const ids = [...new Set(Object.values(posts).map(({ user_id: id }) => id))].filter((id) => id !== '');
  return ids.length === 0 ? [] : call<readonly UserProfile[]>('POST', '/api/v4/users/ids', { body: ids }).catch(() => []);
};
