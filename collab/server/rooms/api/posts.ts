import { z } from 'zod';
import type { Base } from '../../base.ts';
import { Refusal, badRequest } from '../../routes/errors.ts';
import type { Ask, Route } from '../../routes/route.ts';
import { givenAnchor } from '../chat/anchor.ts';
import { postThread, postsBeside, postsPage, postsSince, postsUnread } from '../chat/read.ts';
import { commentType, postListOf, postsOf, reactionOf } from '../chat/shape.ts';
import { addReaction, createPost, deletePost, editPost, findPost, isServerProp, pinPost, removeReaction } from '../chat/write.ts';
import type { NewPost } from '../chat/write.ts';
import { markUnread } from '../chat/mark-unread.ts';
import { findRooms, roomFor } from '../room.ts';
import type { Room } from '../room.ts';
import type { Writer } from '../writer.ts';
import { ownId } from './boot.ts';
import { anId, flag, number, ok, paged, v4 } from './v4.ts';

/** Mattermost's limit, in characters. */
export const longestMessage = 16_383;
const message = z.string().max(longestMessage).refine((text) => text.isWellFormed() && !text.includes('\0'), 'no text');
const props = z.record(z.string().max(64), z.unknown()).refine((given) => JSON.stringify(given).length <= 8000, 'more than 8000 characters');
const postBody = z.object({
  channel_id: anId, message: message.default(''), root_id: z.string().max(64).default(''), file_ids: z.array(anId).max(10).default([]), type: z.string().max(64).default(''),
  props: props.nullish().transform((given) => given ?? {}), pending_post_id: z.string().max(128).default(''),
});
const emoji = z.string().min(1).max(64).regex(/^[a-zA-Z0-9_+-]+$/, 'the name of an emoji, as thumbsup');
const cut = { skipFetchThreads: flag, collapsedThreads: flag };

/** Posts, threads, reactions, pins. */
export const postRoutes = ({ base, writer }: { readonly base: Base; readonly writer: Writer }): readonly Route[] => {
  const { store } = base;
  const roomOf = ({ person, params, now }: { person: Ask['person']; params: { channel: string }; now: number }): Promise<Room> => roomFor(store, { roomId: params.channel, userId: person.userId, now });
  const onPost = ({ person, params, now }: { person: Ask['person']; params: { post: string }; now: number }) => ({ postId: params.post, userId: person.userId, now });
  const readPost = (ask: Parameters<typeof onPost>[0]) => findPost(store as never, onPost(ask));
  const post = z.object({ post: anId });
  return [
    v4('get', '/api/v4/channels/:channel/posts', {
      params: z.object({ channel: anId }), query: z.object({ since: number(0, 8.64e15, 0), before: z.string().max(64).default(''), after: z.string().max(64).default(''), ...cut, ...paged }),
      handle: async (ask) => {
        const { query } = ask;
        const room = await roomOf(ask);
        const of = { roomId: room.id, collapsed: query.collapsedThreads, alone: query.skipFetchThreads };
        if (query.since > 0) return postsSince(store, { ...of, after: { time: query.since } });
        // A post's id is letters and digits, 26 of them: a number alone is a roomSeq.
        if (/^\d{1,16}$/.test(query.after)) return postsSince(store, { ...of, after: { seq: Number(query.after) } });
        const at = { page: query.page, perPage: query.per_page };
        if (query.before !== '') return postsBeside(store, { ...of, ...at, postId: query.before, side: 'before' });
        if (query.after !== '') return postsBeside(store, { ...of, ...at, postId: query.after, side: 'after' });
        return postsPage(store, { ...of, ...at });
      },
    }),
    v4('get', '/api/v4/users/:user/channels/:channel/posts/unread', {
      params: z.object({ user: anId, channel: anId }), query: z.object({ limit_before: number(0, 200, 60), limit_after: number(0, 200, 60), ...cut }),
      handle: async (ask) => {
        const userId = ownId(ask);
        const room = await roomOf(ask);
        const member = await store.selectFrom('room_members').select('last_viewed_at').where('room_id', '=', room.id).where('user_id', '=', userId).executeTakeFirst();
        return postsUnread(store, { roomId: room.id, collapsed: ask.query.collapsedThreads, alone: ask.query.skipFetchThreads, lastViewedAt: member?.last_viewed_at ?? 0, before: ask.query.limit_before, after: ask.query.limit_after });
      },
    }),
    v4('get', '/api/v4/channels/:channel/pinned', {
      params: z.object({ channel: anId }),
      handle: async (ask) => {
        const room = await roomOf(ask);
        const rows = await store.selectFrom('posts').selectAll().where('room_id', '=', room.id).where('is_pinned', '=', 1).where('delete_at', '=', 0).orderBy('create_at', 'desc').limit(200).execute();
        return postListOf(await postsOf(store, rows), { order: rows.map(({ id }) => id) });
      },
    }),

    v4('post', '/api/v4/posts', { status: 201, body: postBody, handle: ({ person, body, now }) => writer.write((work) => createPost(work, newPost(body, { userId: person.userId, now }))) }),
    v4('get', '/api/v4/posts/:post', { params: post, handle: async (ask) => (await postsOf(store, [(await readPost(ask)).row]))[0] }),
    v4('post', '/api/v4/posts/ids', {
      scope: 'read', body: z.array(anId).min(1).max(1000),
      handle: async ({ person, body, now }) => {
        const rows = await store.selectFrom('posts').selectAll().where('id', 'in', body).where('delete_at', '=', 0).execute();
        const rooms = await findRooms(store, { roomIds: [...new Set(rows.map((row) => row.room_id))], userId: person.userId, now });
        return postsOf(store, rows.filter((row) => rooms.has(row.room_id)));
      },
    }),
    v4('get', '/api/v4/posts/:post/thread', {
      params: post, query: z.object({ direction: z.enum(['up', 'down']).catch('down').default('down'), perPage: number(0, 1000, 0), fromPost: z.string().max(64).default(''), fromCreateAt: number(0, 8.64e15, 0) }),
      handle: async (ask) => {
        const { row } = await readPost(ask);
        const root = row.root_id === '' ? row : await store.selectFrom('posts').selectAll().where('id', '=', row.root_id).executeTakeFirstOrThrow();
        const { direction, perPage, fromCreateAt } = ask.query;
        return postThread(store, { root, direction, ...(perPage > 0 ? { perPage } : {}), ...(fromCreateAt > 0 ? { from: { createAt: fromCreateAt } } : {}) });
      },
    }),
    v4('put', '/api/v4/posts/:post/patch', { params: post, body: z.object({ message: message.exactOptional(), props: props.nullish() }), handle: (ask) => writer.write((work) => editPost(work, { ...onPost(ask), ...edited(ask.body) })) }),
    v4('put', '/api/v4/posts/:post', { params: post, body: z.object({ message, props: props.nullish() }), handle: (ask) => writer.write((work) => editPost(work, { ...onPost(ask), ...edited(ask.body) })) }),
    v4('delete', '/api/v4/posts/:post', { params: post, handle: async (ask) => { await writer.write((work) => deletePost(work, onPost(ask))); return ok; } }),
    v4('post', '/api/v4/posts/:post/pin', { params: post, handle: async (ask) => { await writer.write((work) => pinPost(work, { ...onPost(ask), pinned: true })); return ok; } }),
    v4('post', '/api/v4/posts/:post/unpin', { params: post, handle: async (ask) => { await writer.write((work) => pinPost(work, { ...onPost(ask), pinned: false })); return ok; } }),

    v4('post', '/api/v4/reactions', {
      status: 201, body: z.object({ user_id: z.string().max(64).default(''), post_id: anId, emoji_name: emoji }),
      handle: ({ person, body, now }) => {
        if (body.user_id !== '' && body.user_id !== 'me' && body.user_id !== person.userId) throw new Refusal(403, 'api.context.permissions.app_error', 'Everybody reacts for themselves.');
        return writer.write((work) => addReaction(work, { postId: body.post_id, userId: person.userId, now, emoji: body.emoji_name }));
      },
    }),
    v4('delete', '/api/v4/users/:user/posts/:post/reactions/:emoji', {
      params: z.object({ user: anId, post: anId, emoji }),
      handle: async (ask) => { const userId = ownId(ask); await writer.write((work) => removeReaction(work, { ...onPost(ask), userId, emoji: ask.params.emoji })); return ok; },
    }),
    v4('get', '/api/v4/posts/:post/reactions', { params: post, handle: async (ask) => (await store.selectFrom('reactions').selectAll().where('post_id', '=', (await readPost(ask)).row.id).orderBy('create_at').execute()).map(reactionOf) }),

    v4('post', '/api/v4/users/:user/posts/:post/set_unread', {
      scope: 'read', params: z.object({ user: anId, post: anId }), body: z.object({}),
      handle: (ask) => { const userId = ownId(ask); return writer.write((work) => markUnread(work, { ...onPost(ask), userId })); },
    }),
  ];
};

/** A post as the writer wants it; types of ours are the hub's alone, but for comments. */
const newPost = (body: z.output<typeof postBody>, { userId, now }: { readonly userId: string; readonly now: number }): NewPost => {
  const isComment = body.type === commentType;
  if (body.type !== '' && !isComment) throw new Refusal(403, 'api.post.create_post.type.app_error', `Posts of the type "${body.type}" are the hub's own. Leave type out.`);
  const { anchor, ...rest } = body.props;
  if (body.message.trim() === '' && body.file_ids.length === 0) throw badRequest('A post needs words or files.', 'api.post.create_post.empty.app_error');
  const given = isComment ? givenAnchor.safeParse(anchor) : undefined;
  if (given !== undefined && !given.success) throw badRequest(given.error.issues.slice(0, 3).map(({ path, message: problem }) => `props.anchor${path.map((part) => `.${String(part)}`).join('')}: ${problem}`).join('; '), 'invalid_input');
  return {
    roomId: body.channel_id, userId, now, message: body.message, rootId: body.root_id, type: body.type, props: ownProps(rest), fileIds: [...new Set(body.file_ids)], pendingPostId: body.pending_post_id,
    ...(given === undefined ? {} : { anchor: given.data }),
  };
};

/** Props that people may set. */
const ownProps = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(given).filter(([name]) => !isServerProp(name)));

const edited = ({ message: words, props: given }: { readonly message?: string; readonly props?: Readonly<Record<string, unknown>> | null | undefined }) =>
  ({ ...(words === undefined ? {} : { message: words }), ...(given === undefined || given === null ? {} : { props: ownProps(given) }) });

