import { z } from 'zod';
import type { Base } from '../../base.ts';
import type { Ask, Route } from '../../routes/route.ts';
import type { Work } from '../../store/open.ts';
import type { PostTable } from '../../store/rooms-schema.ts';
import { findPost } from '../chat/write.ts';
import { followedRoots, userThread, userThreads } from '../chat/user-threads.ts';
import { join } from '../room.ts';
import type { Room } from '../room.ts';
import { toldTo } from '../told.ts';
import type { Writer } from '../writer.ts';
import { ownId } from './boot.ts';
import { anId, flag, number, ok, v4 } from './v4.ts';

/** The threads somebody follows: their inbox. */
export const threadRoutes = ({ base, writer }: { readonly base: Base; readonly writer: Writer }): readonly Route[] => {
  const { store } = base;
  const path = '/api/v4/users/:user/teams/:team/threads';
  const threads = z.object({ user: anId, team: anId });
  const thread = z.object({ user: anId, team: anId, thread: anId });
  type OnThread = Ask<z.output<typeof thread>>;
  const rootOf = async (work: Work, ask: Pick<OnThread, 'params' | 'person' | 'now'>): Promise<{ readonly room: Room; readonly root: PostTable }> => {
    const { room, row } = await findPost(work, { postId: ask.params.thread, userId: ask.person.userId, now: ask.now });
    return { room, root: row.root_id === '' ? row : await work.selectFrom('posts').selectAll().where('id', '=', row.root_id).executeTakeFirstOrThrow() };
  };
  /** Sets how far somebody has read a thread, and tells their other tabs. */
  const read = async (work: Work, { room, root, userId, at }: { readonly room: Room; readonly root: PostTable; readonly userId: string; readonly at: number }) => {
    const before = await userThread(work, { root, userId });
    await work.insertInto('thread_follows').values({ root_id: root.id, user_id: userId, room_id: room.id, following: before.is_following ? 1 : 0, last_viewed_at: at, last_update_at: at }).onConflict((on) => on.columns(['root_id', 'user_id']).doUpdateSet({ last_viewed_at: at })).execute();
    const after = await userThread(work, { root, userId });
    const told = toldTo({ event: 'thread_read_changed', userId, teamId: room.teamId, data: { thread_id: root.id, channel_id: room.id, timestamp: at, unread_mentions: after.unread_mentions, unread_replies: after.unread_replies, previous_unread_mentions: before.unread_mentions, previous_unread_replies: before.unread_replies } });
    return { after, told };
  };
  return [
    v4('get', path, {
      params: threads, query: z.object({ before: z.string().max(64).default(''), after: z.string().max(64).default(''), per_page: number(1, 200, 30), pageSize: number(0, 200, 0), unread: flag, since: number(0, 8.64e15, 0), totalsOnly: flag, threadsOnly: flag }),
      handle: (ask) => userThreads(store, { teamId: ask.params.team, userId: ownId(ask), now: ask.now }, { ...ask.query, perPage: ask.query.pageSize > 0 ? ask.query.pageSize : ask.query.per_page }),
    }),
    v4('put', `${path}/read`, {
      scope: 'read', params: threads,
      handle: async (ask) => {
        const userId = ownId(ask);
        await writer.write(async (work) => {
          for (const root of await followedRoots(work, { teamId: ask.params.team, userId, now: ask.now })) await work.updateTable('thread_follows').set({ last_viewed_at: Math.max(ask.now, root.last_reply_at) }).where('root_id', '=', root.id).where('user_id', '=', userId).execute();
          return { result: undefined, told: [toldTo({ event: 'thread_read_changed', userId, teamId: ask.params.team, data: { timestamp: ask.now } })] };
        });
        return ok;
      },
    }),
    v4('get', `${path}/:thread`, { params: thread, handle: async (ask) => { const userId = ownId(ask); return userThread(store, { root: (await rootOf(store as never, ask)).root, userId }); } }),
    v4('put', `${path}/:thread/read/:at`, {
      scope: 'read', params: z.object({ user: anId, team: anId, thread: anId, at: number(0, 8.64e15, 0) }),
      handle: async (ask) => {
        const userId = ownId(ask);
        return writer.write(async (work) => {
          const { room, root } = await rootOf(work, ask);
          const { after, told } = await read(work, { room, root, userId, at: Math.min(ask.params.at, Math.max(ask.now, root.last_reply_at)) });
          return { result: after, told: [told] };
        });
      },
    }),
    v4('post', `${path}/:thread/set_unread/:post`, {
      scope: 'read', params: z.object({ user: anId, team: anId, thread: anId, post: anId }),
      handle: async (ask) => {
        const userId = ownId(ask);
        return writer.write(async (work) => {
          const { room, root } = await rootOf(work, ask);
          const { row } = await findPost(work, { postId: ask.params.post, userId, now: ask.now });
          const { after, told } = await read(work, { room, root, userId, at: row.create_at - 1 });
          return { result: after, told: [told] };
        });
      },
    }),
    ...([['put', true], ['delete', false]] as const).map(([method, following]) => v4(method, `${path}/:thread/following`, {
      scope: 'read', params: thread,
      handle: async (ask) => {
        const userId = ownId(ask);
        await writer.write(async (work) => {
          const { room, root } = await rootOf(work, ask);
          await work.insertInto('thread_follows').values({ root_id: root.id, user_id: userId, room_id: room.id, following: following ? 1 : 0, last_viewed_at: ask.now, last_update_at: ask.now }).onConflict((on) => on.columns(['root_id', 'user_id']).doUpdateSet({ following: following ? 1 : 0, last_update_at: ask.now })).execute();
          if (following) await join(work, { roomId: room.id, userId, at: ask.now });
          return { result: undefined, told: [toldTo({ event: 'thread_follow_changed', userId, teamId: room.teamId, data: { thread_id: root.id, state: following, reply_count: root.reply_count } })] };
        });
        return ok;
      },
    })),
  ];
};
