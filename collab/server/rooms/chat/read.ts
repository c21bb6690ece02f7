import { sql } from 'kysely';
import type { Store } from '../../store/open.ts';
import type { PostTable } from '../../store/rooms-schema.ts';
import { headOf } from '../numbers.ts';
import { postListOf, postsOf } from './shape.ts';
import type { PostList } from './shape.ts';

/** Changes told at once; past them the room is loaded anew [R2]. */
export const mostChanges = 1000;

/** How a list of posts is cut. */
export interface Cut {
  readonly roomId: string;
  /** Only roots; their threads are opened apart. */
  readonly collapsed: boolean;
  /** Without the posts that the listed ones answer. */
  readonly alone: boolean;
}

const live = (store: Store, { roomId, collapsed }: Cut) => {
  const posts = store.selectFrom('posts').selectAll().where('room_id', '=', roomId).where('delete_at', '=', 0);
  return collapsed ? posts.where('root_id', '=', '') : posts;
};

/** A page of a room, newest first. */
export const postsPage = async (store: Store, { page, perPage, ...cut }: Cut & { readonly page: number; readonly perPage: number }): Promise<PostList> => {
  // The head is read first: posts may then be newer than it says, never older.
  const head = await headOf(store, cut.roomId);
  const rows = await live(store, cut).orderBy('create_at', 'desc').limit(perPage + 1).offset(page * perPage).execute();
  const newer = page === 0 ? undefined : await live(store, cut).orderBy('create_at', 'desc').limit(1).offset(page * perPage - 1).executeTakeFirst();
  return listed(store, rows.slice(0, perPage), { ...cut, head, next: newer?.id ?? '', prev: rows[perPage]?.id ?? '' });
};

/** Those before or after a post. */
export const postsBeside = async (store: Store, { postId, side, page, perPage, ...cut }: Cut & { readonly postId: string; readonly side: 'before' | 'after'; readonly page: number; readonly perPage: number }): Promise<PostList> => {
  const head = await headOf(store, cut.roomId);
  const pivot = await store.selectFrom('posts').select(['id', 'create_at']).where('id', '=', postId).where('room_id', '=', cut.roomId).executeTakeFirst();
  if (pivot === undefined) return postListOf([], { order: [], room_seq: head });
  const rows = side === 'before'
    ? await live(store, cut).where('create_at', '<', pivot.create_at).orderBy('create_at', 'desc').limit(perPage + 1).offset(page * perPage).execute()
    : await live(store, cut).where('create_at', '>', pivot.create_at).orderBy('create_at', 'asc').limit(perPage + 1).offset(page * perPage).execute();
  const more = rows[perPage]?.id ?? '';
  const shown = rows.slice(0, perPage);
  return side === 'before' ? listed(store, shown, { ...cut, head, next: page === 0 ? pivot.id : '', prev: more }) : listed(store, shown.toReversed(), { ...cut, head, next: more, prev: page === 0 ? pivot.id : '' });
};

/** Everything that changed after a time or an event number: new, edited, reacted to, deleted. Both orders are one, so neither misses anything [R2]. */
export const postsSince = async (store: Store, { after, ...cut }: Cut & { readonly after: { readonly time: number } | { readonly seq: number } }): Promise<PostList> => {
  const head = await headOf(store, cut.roomId);
  const of = store.selectFrom('posts').selectAll().where('room_id', '=', cut.roomId);
  const rows = await ('time' in after ? of.where('update_at', '>', after.time) : of.where('seq', '>', after.seq)).orderBy('seq', 'desc').limit(mostChanges + 1).execute();
  const shown = rows.slice(0, mostChanges).toSorted((one, other) => other.create_at - one.create_at);
  const order = cut.collapsed ? shown.filter(({ root_id: root }) => root === '') : shown;
  const posts = await postsOf(store, await withRoots(store, shown, cut));
  return postListOf(posts, { order: order.map(({ id }) => id), room_seq: head, ...(rows.length > mostChanges ? { reload: true } : {}) });
};

/** What is around the first post that somebody has not read. */
export const postsUnread = async (store: Store, { lastViewedAt, before, after, ...cut }: Cut & { readonly lastViewedAt: number; readonly before: number; readonly after: number }): Promise<PostList> => {
  const head = await headOf(store, cut.roomId);
  const newer = await live(store, cut).where('create_at', '>', lastViewedAt).orderBy('create_at', 'asc').limit(after + 1).execute();
  const older = await live(store, cut).where('create_at', '<=', lastViewedAt).orderBy('create_at', 'desc').limit(before + 1).execute();
  const rows = [...newer.slice(0, after).toReversed(), ...older.slice(0, before)];
  return listed(store, rows, { ...cut, head, next: newer[after]?.id ?? '', prev: older[before]?.id ?? '' });
};

/** A thread, oldest first, from a post on; without perPage the whole. */
export const postThread = async (store: Store, { root, from, direction, perPage }: { readonly root: PostTable; readonly from?: { readonly createAt: number }; readonly direction: 'up' | 'down'; readonly perPage?: number }): Promise<PostList> => {
  const head = await headOf(store, root.room_id);
  const replies = store.selectFrom('posts').selectAll().where('root_id', '=', root.id).where('delete_at', '=', 0);
  const part = from === undefined ? replies : direction === 'up' ? replies.where('create_at', '<', from.createAt) : replies.where('create_at', '>', from.createAt);
  const rows = await part.orderBy('create_at', direction === 'up' ? 'desc' : 'asc').limit((perPage ?? 10_000) + 1).execute();
  const shown = rows.slice(0, perPage ?? 10_000);
  const posts = await postsOf(store, [root, ...shown]);
  return postListOf(posts, { order: [root.id, ...shown.map(({ id }) => id)], has_next: rows.length > shown.length, room_seq: head });
};

const listed = async (store: Store, rows: readonly PostTable[], { head, next, prev, ...cut }: Cut & { readonly head: number; readonly next: string; readonly prev: string }): Promise<PostList> =>
  postListOf(await postsOf(store, await withRoots(store, rows, cut)), { order: rows.map(({ id }) => id), next_post_id: next, prev_post_id: prev, room_seq: head });

/** The rows and the posts that they answer. */
const withRoots = async (store: Store, rows: readonly PostTable[], { alone }: Cut): Promise<readonly PostTable[]> => {
  const there = new Set(rows.map(({ id }) => id));
  const missing = alone ? [] : [...new Set(rows.map(({ root_id: root }) => root))].filter((id) => id !== '' && !there.has(id));
  return missing.length === 0 ? rows : [...rows, ...(await store.selectFrom('posts').selectAll().where('id', 'in', missing).where('delete_at', '=', 0).execute())];
};

/** What somebody has not read in a room. */
export interface Unread {
  readonly total: number;
  readonly totalRoot: number;
  readonly unread: number;
  readonly unreadRoot: number;
  readonly mentions: number;
  readonly mentionsRoot: number;
}

/** Counts what is unread from the posts themselves, so that it is right after any absence [R12]; one's own posts are read. */
export const unreadOf = async (store: Store, { roomIds, userId }: { readonly roomIds: readonly string[]; readonly userId: string }): Promise<ReadonlyMap<string, Unread>> => {
  const found = new Map<string, Unread>();
  for (let from = 0; from < roomIds.length; from += 500) {
    const ids = roomIds.slice(from, from + 500);
    const { rows } = await sql<{ id: string; total: number; totalRoot: number; unread: number; unreadRoot: number; mentions: number; mentionsRoot: number }>`
      SELECT rooms.id, rooms.total_posts AS "total", rooms.total_root_posts AS "totalRoot",
        (SELECT count(*) FROM posts WHERE posts.room_id = rooms.id AND posts.create_at > coalesce(m.last_viewed_at, 0) AND posts.delete_at = 0 AND posts.user_id <> ${userId}) AS "unread",
        (SELECT count(*) FROM posts WHERE posts.room_id = rooms.id AND posts.create_at > coalesce(m.last_viewed_at, 0) AND posts.delete_at = 0 AND posts.user_id <> ${userId} AND posts.root_id = '') AS "unreadRoot",
        (SELECT count(*) FROM mentions WHERE mentions.user_id = ${userId} AND mentions.room_id = rooms.id AND mentions.create_at > coalesce(m.last_viewed_at, 0)) AS "mentions",
        (SELECT count(*) FROM mentions WHERE mentions.user_id = ${userId} AND mentions.room_id = rooms.id AND mentions.create_at > coalesce(m.last_viewed_at, 0) AND mentions.root_id = '') AS "mentionsRoot"
      FROM rooms LEFT JOIN room_members m ON m.room_id = rooms.id AND m.user_id = ${userId}
      WHERE rooms.id IN (${sql.join(ids)})`.execute(store);
    for (const { id, ...unread } of rows) found.set(id, unread);
  }
  return found;
};

export const nothingUnread: Unread = { total: 0, totalRoot: 0, unread: 0, unreadRoot: 0, mentions: 0, mentionsRoot: 0 };
