import { sql } from 'kysely';
import type { Store, Work } from '../../store/open.ts';
import type { PostTable } from '../../store/rooms-schema.ts';
import { findRooms } from '../room.ts';
import { threadsOf } from './threads.ts';
import type { UserThread } from './threads.ts';

interface Asked {
  readonly teamId: string;
  readonly userId: string;
  readonly now: number;
}

type FollowRow = PostTable & { readonly last_viewed: number; readonly unread: number; readonly unread_mentions: number };

/** The threads of a team that somebody follows, in rooms they may still read, the latest answered first. */
const followedThreads = async (store: Store | Work, { teamId, userId, now }: Asked): Promise<readonly FollowRow[]> => {
  const { rows } = await sql<FollowRow>`
    SELECT posts.*, f.last_viewed_at AS last_viewed,
      (SELECT count(*) FROM posts r WHERE r.root_id = posts.id AND r.create_at > f.last_viewed_at AND r.delete_at = 0 AND r.user_id <> ${userId}) AS unread,
      (SELECT count(*) FROM mentions m WHERE m.root_id = posts.id AND m.user_id = ${userId} AND m.create_at > f.last_viewed_at) AS unread_mentions
    FROM thread_follows f JOIN posts ON posts.id = f.root_id JOIN rooms ON rooms.id = f.room_id
    WHERE f.user_id = ${userId} AND f.following = 1 AND rooms.team_id = ${teamId} AND posts.delete_at = 0 AND posts.reply_count > 0
    ORDER BY posts.last_reply_at DESC LIMIT 5000`.execute(store);
  const rooms = await findRooms(store, { roomIds: [...new Set(rows.map((row) => row.room_id))], userId, now });
  return rows.filter((row) => rooms.has(row.room_id));
};

/** How many threads somebody follows, and what is unread in them. */
export const threadTotals = async (store: Store, asked: Asked): Promise<{ readonly total: number; readonly unreadThreads: number; readonly unreadMentions: number }> => totalsOf(await followedThreads(store, asked));

const totalsOf = (rows: readonly FollowRow[]) => ({ total: rows.length, unreadThreads: rows.filter(({ unread }) => unread > 0).length, unreadMentions: rows.reduce((sum, row) => sum + row.unread_mentions, 0) });

export interface ThreadPage {
  readonly before: string;
  readonly after: string;
  readonly perPage: number;
  readonly unread: boolean;
  readonly since: number;
  readonly totalsOnly: boolean;
  readonly threadsOnly: boolean;
}

/** A page of somebody's threads: the inbox. */
export const userThreads = async (store: Store, asked: Asked, page: ThreadPage): Promise<object> => {
  const all = await followedThreads(store, asked);
  const { total, unreadThreads, unreadMentions } = totalsOf(all);
  const totals = { total: page.unread ? unreadThreads : total, total_unread_threads: unreadThreads, total_unread_mentions: unreadMentions, total_unread_urgent_mentions: 0 };
  if (page.totalsOnly) return { ...totals, threads: null };
  const place = (id: string): number => all.find((row) => row.id === id)?.last_reply_at ?? 0;
  const picked = all.filter((row) => (!page.unread || row.unread > 0) && (page.since === 0 || row.update_at >= page.since) && (page.before === '' || row.last_reply_at < place(page.before)) && (page.after === '' || row.last_reply_at > place(page.after)));
  const shown = page.after === '' ? picked.slice(0, page.perPage) : picked.slice(-page.perPage);
  return { ...(page.threadsOnly ? { total: 0, total_unread_threads: 0, total_unread_mentions: 0 } : totals), threads: await threadsOf(store, asked.userId, shown.map((row) => ({ root: rootOf(row), following: true, lastViewedAt: row.last_viewed }))) };
};

const rootOf = ({ last_viewed: _viewed, unread: _unread, unread_mentions: _mentions, ...root }: FollowRow): PostTable => root;

/** One thread of somebody's, followed or not. */
export const userThread = async (store: Store | Work, { root, userId }: { readonly root: PostTable; readonly userId: string }): Promise<UserThread> => {
  const follow = await store.selectFrom('thread_follows').select(['following', 'last_viewed_at']).where('root_id', '=', root.id).where('user_id', '=', userId).executeTakeFirst();
  return (await threadsOf(store, userId, [{ root, following: follow?.following === 1, lastViewedAt: follow?.last_viewed_at ?? 0 }]))[0]!;
};

/** The roots of all threads that somebody follows in a team. */
export const followedRoots = async (store: Store | Work, asked: Asked): Promise<readonly PostTable[]> => (await followedThreads(store, asked)).map(rootOf);
