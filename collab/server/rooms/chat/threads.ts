import { sql } from 'kysely';
import type { Store, Work } from '../../store/open.ts';
import type { PostTable } from '../../store/rooms-schema.ts';
import { postsOf } from './shape.ts';
import type { Post } from './shape.ts';

/** A thread as one person sees it. */
export interface UserThread {
  readonly id: string;
  readonly reply_count: number;
  readonly last_reply_at: number;
  readonly last_viewed_at: number;
  readonly participants: readonly { readonly id: string }[];
  readonly unread_replies: number;
  readonly unread_mentions: number;
  readonly is_following: boolean;
  readonly post: Post;
}

export interface Follow {
  readonly root: PostTable;
  readonly following: boolean;
  readonly lastViewedAt: number;
}

/** Threads with what is unread in them for somebody; unread is computed, never counted along, so it cannot drift [R12]. */
export const threadsOf = async (store: Store | Work, userId: string, follows: readonly Follow[]): Promise<readonly UserThread[]> => {
  if (follows.length === 0) return [];
  const ids = follows.map(({ root }) => root.id);
  const posts = new Map((await postsOf(store, follows.map(({ root }) => root))).map((post) => [post.id, post]));
  const authors = Map.groupBy(await store.selectFrom('posts').select(['root_id', 'user_id']).distinct().where('root_id', 'in', ids).where('delete_at', '=', 0).execute(), (row) => row.root_id);
  return Promise.all(follows.map(async ({ root, following, lastViewedAt }) => ({
    id: root.id, reply_count: root.reply_count, last_reply_at: root.last_reply_at, last_viewed_at: lastViewedAt,
    participants: [...new Set([root.user_id, ...(authors.get(root.id) ?? []).map((row) => row.user_id)])].map((id) => ({ id })),
    ...(await unreadIn(store, { rootId: root.id, userId, since: lastViewedAt })),
    is_following: following, post: posts.get(root.id)!,
  })));
};

const unreadIn = async (store: Store | Work, { rootId, userId, since }: { readonly rootId: string; readonly userId: string; readonly since: number }): Promise<{ readonly unread_replies: number; readonly unread_mentions: number }> => {
  const replies = await store.selectFrom('posts').select(sql<number>`count(*)`.as('n')).where('root_id', '=', rootId).where('create_at', '>', since).where('delete_at', '=', 0).where('user_id', '!=', userId).executeTakeFirstOrThrow();
  const mentions = await store.selectFrom('mentions').select(sql<number>`count(*)`.as('n')).where('user_id', '=', userId).where('root_id', '=', rootId).where('create_at', '>', since).executeTakeFirstOrThrow();
  return { unread_replies: replies.n, unread_mentions: mentions.n };
};

/** Makes somebody follow a thread, unless they said that they do not want to. */
export const autoFollow = async (work: Work, { rootId, roomId, userId, at, viewed }: { readonly rootId: string; readonly roomId: string; readonly userId: string; readonly at: number; readonly viewed: boolean }): Promise<void> => {
  await work.insertInto('thread_follows').values({ root_id: rootId, user_id: userId, room_id: roomId, following: 1, last_viewed_at: viewed ? at : at - 1, last_update_at: at })
    .onConflict((on) => on.columns(['root_id', 'user_id']).doUpdateSet(viewed ? { last_viewed_at: at, last_update_at: at } : { last_update_at: at })).execute();
};

/** Those who follow a thread. */
export const followersOf = async (store: Store | Work, rootId: string): Promise<readonly { readonly userId: string; readonly lastViewedAt: number }[]> =>
  (await store.selectFrom('thread_follows').select(['user_id', 'last_viewed_at']).where('root_id', '=', rootId).where('following', '=', 1).execute()).map((row) => ({ userId: row.user_id, lastViewedAt: row.last_viewed_at }));
