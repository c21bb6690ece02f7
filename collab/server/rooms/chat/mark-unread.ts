import { sql } from 'kysely';
import type { Work } from '../../store/open.ts';
import { toldTo } from '../told.ts';
import type { Change } from '../writer.ts';
import { findPost } from './write.ts';

/** Makes a post and all after it unread again for one person. */
export const markUnread = async (work: Work, on: { readonly postId: string; readonly userId: string; readonly now: number }): Promise<Change<object>> => {
  const { room, row } = await findPost(work, on);
  const at = row.create_at - 1;
  await work.insertInto('room_members').values({ room_id: room.id, user_id: on.userId, joined_at: on.now, last_viewed_at: at, notify_props: '{}', last_update_at: on.now })
    .onConflict((is) => is.columns(['room_id', 'user_id']).doUpdateSet({ last_viewed_at: at })).execute();
  const totals = await work.selectFrom('rooms').select(['total_posts', 'total_root_posts']).where('id', '=', room.id).executeTakeFirstOrThrow();
  const count = async (roots: boolean): Promise<number> => {
    const posts = work.selectFrom('posts').select(sql<number>`count(*)`.as('n')).where('room_id', '=', room.id).where('create_at', '>', at).where('delete_at', '=', 0);
    return (await (roots ? posts.where('root_id', '=', '') : posts).executeTakeFirstOrThrow()).n;
  };
  const mentions = async (roots: boolean): Promise<number> => {
    const named = work.selectFrom('mentions').select(sql<number>`count(*)`.as('n')).where('user_id', '=', on.userId).where('room_id', '=', room.id).where('create_at', '>', at);
    return (await (roots ? named.where('root_id', '=', '') : named).executeTakeFirstOrThrow()).n;
  };
  const unread = {
    team_id: room.teamId, user_id: on.userId, channel_id: room.id, msg_count: totals.total_posts - (await count(false)), msg_count_root: totals.total_root_posts - (await count(true)),
    mention_count: await mentions(false), mention_count_root: await mentions(true), urgent_mention_count: 0, last_viewed_at: at,
  };
  return { result: unread, told: [toldTo({ event: 'post_unread', userId: on.userId, teamId: room.teamId, data: { ...unread, post_id: row.id } })] };
};
