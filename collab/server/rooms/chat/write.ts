import { hashOf, newId } from '../../store/ids.ts';
import type { Work } from '../../store/open.ts';
import type { PostTable } from '../../store/rooms-schema.ts';
import { Refusal, badRequest } from '../../routes/errors.ts';
import { statement } from '../../store/statement.ts';
import { membersAmong, membersOf, peopleAround } from '../members.ts';
import type { Member, Person } from '../members.ts';
import { nextPost, nextSeq } from '../numbers.ts';
import { roomToPost } from '../room-to-post.ts';
import { join, noRoom, requireAct, roomFor } from '../room.ts';
import type { Room } from '../room.ts';
import { toldInRoom, toldTo } from '../told.ts';
import type { Told } from '../told.ts';
import type { Change } from '../writer.ts';
import { channelName } from './channel-name.ts';
import { newAnchor } from './anchor.ts';
import type { GivenAnchor } from './anchor.ts';
import { mentionedIn } from './mentioned.ts';
import { commentType, newPostOf, postsOf, reactionOf } from './shape.ts';
import type { Post, Reaction } from './shape.ts';
import { keepWords } from './post-words.ts';
import { autoFollow, followersOf, threadsOf } from './threads.ts';

/** What somebody wants to post, checked at the edge. */
export interface NewPost {
  readonly roomId: string;
  readonly userId: string;
  readonly now: number;
  readonly message: string;
  readonly rootId: string;
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly fileIds: readonly string[];
  readonly pendingPostId: string;
  readonly anchor?: GivenAnchor;
}

/** How long the same pending_post_id means the same post [R1]. */
export const pendingMs = 86_400_000;

/** Writes somebody's post, once: the same pending_post_id answers the post that is there already [R1]. */
export const createPost = async (work: Work, given: NewPost): Promise<Change<Post>> => {
  const before = await pendingPost(work, given);
  if (before !== undefined) return { result: before };
  const { room, people } = await roomToPost(work, given);
  const { post, told } = await insertPost(work, room, given, people);
  if (given.pendingPostId !== '') await keepPending(work, { userId: given.userId, pendingPostId: given.pendingPostId, postId: post.id, bodyHash: bodyHash(given), now: given.now });
  return { result: post, told };
};

const pendingPost = async (work: Work, given: NewPost): Promise<Post | undefined> => {
  if (given.pendingPostId === '') return undefined;
  const [row] = await postPending(work, { userId: given.userId, pendingPostId: given.pendingPostId, since: given.now - pendingMs });
  if (row === undefined) return undefined;
  if (row.body_hash !== bodyHash(given)) throw new Refusal(409, 'api.post.create_post.pending_post_id.app_error', 'Something else was posted with this pending_post_id within the last 24 hours. Take another one.');
  await roomFor(work, { roomId: row.room_id, userId: given.userId, now: given.now });
  return (await postsOf(work, [row]))[0]!;
};

const postPending = statement((work: Work, { userId, pendingPostId, since }: { readonly userId: string; readonly pendingPostId: string; readonly since: number }) =>
  work.selectFrom('pending_posts').innerJoin('posts', 'posts.id', 'pending_posts.post_id').selectAll('posts').select('body_hash')
    .where('pending_posts.user_id', '=', userId).where('pending_posts.pending_post_id', '=', pendingPostId).where('pending_posts.created_at', '>', since));

const keepPending = statement((work: Work, { userId, pendingPostId, postId, bodyHash: hash, now }: { readonly userId: string; readonly pendingPostId: string; readonly postId: string; readonly bodyHash: string; readonly now: number }) =>
  work.insertInto('pending_posts').values({ user_id: userId, pending_post_id: pendingPostId, post_id: postId, body_hash: hash, created_at: now })
    .onConflict((on) => on.columns(['user_id', 'pending_post_id']).doUpdateSet({ post_id: postId, body_hash: hash, created_at: now })));

const bodyHash = ({ roomId, message, rootId, type, props, fileIds, anchor }: NewPost): string => hashOf(JSON.stringify([roomId, message, rootId, type, props, fileIds, anchor ?? null]));

/**
 * Writes a post into a room, whoever's it is, with everything that follows from it: thread, files, words, mentions, who joined.
 * @param around the people around the room, where they were read in this transaction already
 */
export const insertPost = async (work: Work, room: Room, given: Omit<NewPost, 'roomId' | 'pendingPostId'> & { readonly pendingPostId?: string }, around?: readonly Person[]): Promise<{ readonly post: Post; readonly told: readonly Told[] }> => {
  const { userId, message, rootId } = given;
  const root = rootId === '' ? undefined : await rootOf(work, room, rootId);
  const { seq, at } = await nextPost(work, room, { now: given.now, isRoot: root === undefined });
  const row: PostTable = {
    id: newId(), room_id: room.id, seq, user_id: userId, root_id: rootId, type: given.type, message, props: JSON.stringify(given.props), file_ids: JSON.stringify(given.fileIds), pending_post_id: given.pendingPostId ?? '',
    is_pinned: 0, reply_count: root === undefined ? 0 : root.reply_count + 1, last_reply_at: 0, create_at: at, update_at: at, edit_at: 0, delete_at: 0,
  };
  await keepPost(work, row);
  if (given.fileIds.length > 0) await attach(work, { room, userId, fileIds: given.fileIds, postId: row.id });
  if (given.anchor) await work.insertInto('comments').values(newAnchor(given.anchor, { postId: row.id, roomId: room.id, at })).execute();
  if (root !== undefined) await work.updateTable('posts').set({ reply_count: root.reply_count + 1, last_reply_at: at, update_at: at, seq }).where('id', '=', root.id).execute();
  await keepWords(work, row);

  const people = around ?? (await peopleAround(work, room, userId));
  const author = people.find((one) => one.userId === userId);
  const username = author?.username ?? (await usernameOf(work, userId));
  const joined = username !== undefined && given.props.from_webhook === undefined && (author?.joinedAt ?? null) === null && (await join(work, { roomId: room.id, userId, at })) ? [userId] : [];
  const mentioned = await mentionedIn(work, room, { message, authorId: userId });
  for (const id of mentioned) {
    await work.insertInto('mentions').values({ post_id: row.id, user_id: id, room_id: room.id, root_id: rootId, create_at: at }).execute();
    if (await join(work, { roomId: room.id, userId: id, at: at - 1 })) joined.push(id);
  }
  const members = joined.length === 0 ? membersAmong(room, people) : await membersOf(work, room);
  const threadTold = root === undefined ? [] : await followed(work, { room, root: { ...root, reply_count: root.reply_count + 1, last_reply_at: at, update_at: at, seq }, authorId: userId, mentioned, at, members });
  const post = await newPostOf(work, row);
  const told = [
    ...joined.map((id) => userAdded(room, { userId: id, seq, members })),
    { postType: row.type, ...toldInRoom({
      event: 'posted', room, seq, members: members.map((one) => one.userId),
      data: { channel_display_name: channelName(room).displayName, channel_name: channelName(room).name, channel_type: channelName(room).type, post: JSON.stringify(post), sender_name: `@${username ?? 'watchroom'}`, team_id: room.teamId, set_online: username !== undefined, mentions: JSON.stringify(mentioned) },
    }) },
    ...threadTold,
  ];
  return { post, told };
};

const keepPost = statement((work: Work, { id, room_id, seq, user_id, root_id, type, message, props, file_ids, pending_post_id, is_pinned, reply_count, last_reply_at, create_at, update_at, edit_at, delete_at }: PostTable) =>
  work.insertInto('posts').values({ id, room_id, seq, user_id, root_id, type, message, props, file_ids, pending_post_id, is_pinned, reply_count, last_reply_at, create_at, update_at, edit_at, delete_at }));

/** Of whoever posts from outside the team: an incoming webhook whose maker has left, for one. The hub itself has no name here. */
const usernameOf = async (work: Work, userId: string): Promise<string | undefined> => (await work.selectFrom('users').select('username').where('id', '=', userId).executeTakeFirst())?.username;

const rootOf = async (work: Work, room: Room, rootId: string): Promise<PostTable> => {
  const root = await work.selectFrom('posts').selectAll().where('id', '=', rootId).where('room_id', '=', room.id).executeTakeFirst();
  if (root === undefined || root.delete_at > 0 || root.root_id !== '') throw new Refusal(400, 'api.post.create_post.root_id.app_error', 'root_id names no post of this room that can be answered: it is unknown, deleted or an answer itself.');
  return root;
};

const attach = async (work: Work, { room, userId, fileIds, postId }: { readonly room: Room; readonly userId: string; readonly fileIds: readonly string[]; readonly postId: string }): Promise<void> => {
  const { numUpdatedRows } = await work.updateTable('files').set({ post_id: postId }).where('id', 'in', fileIds).where('room_id', '=', room.id).where('user_id', '=', userId).where('post_id', 'is', null).where('delete_at', '=', 0).executeTakeFirst();
  if (Number(numUpdatedRows) !== new Set(fileIds).size) throw badRequest('file_ids names a file that you did not upload to this room, or that is posted already.', 'api.post.create_post.file_ids.app_error');
};

const followed = async (work: Work, { room, root, authorId, mentioned, at, members }: { readonly room: Room; readonly root: PostTable; readonly authorId: string; readonly mentioned: readonly string[]; readonly at: number; readonly members: readonly Member[] }): Promise<readonly Told[]> => {
  const may = new Set(members.map(({ userId }) => userId));
  await autoFollow(work, { rootId: root.id, roomId: room.id, userId: authorId, at, viewed: true });
  for (const id of new Set([root.user_id, ...mentioned])) if (id !== authorId && may.has(id)) await autoFollow(work, { rootId: root.id, roomId: room.id, userId: id, at, viewed: false });
  const told: Told[] = [];
  for (const { userId, lastViewedAt } of await followersOf(work, root.id)) {
    if (!may.has(userId)) continue;
    const [thread] = await threadsOf(work, userId, [{ root, following: true, lastViewedAt }]);
    const mine = userId === authorId;
    told.push(toldTo({ event: 'thread_updated', userId, teamId: room.teamId, data: { thread: JSON.stringify(thread), previous_unread_replies: Math.max(0, thread!.unread_replies - (mine ? 0 : 1)), previous_unread_mentions: Math.max(0, thread!.unread_mentions - (mentioned.includes(userId) ? 1 : 0)) } }));
  }
  return told;
};

/** That somebody is a member now. */
export const userAdded = (room: Room, { userId, seq, members }: { readonly userId: string; readonly seq: number; readonly members: readonly Member[] }): Told =>
  toldInRoom({ event: 'user_added', room, seq, members: members.map((one) => one.userId), data: { user_id: userId, team_id: room.teamId } });

/** A post that is there, with its room, if the asker may read it. */
export const findPost = async (work: Work, { postId, userId, now }: { readonly postId: string; readonly userId: string; readonly now: number }): Promise<{ readonly room: Room; readonly row: PostTable }> => {
  const row = await work.selectFrom('posts').selectAll().where('id', '=', postId).where('delete_at', '=', 0).executeTakeFirst();
  if (row === undefined) throw noPost();
  const room = await roomFor(work, { roomId: row.room_id, userId, now }).catch((error: unknown) => { throw error instanceof Refusal && error.id === noRoom().id ? noPost() : error; });
  return { room, row };
};

export const noPost = (): Refusal => new Refusal(404, 'app.post.get.app_error', 'There is no such post that you may see.');

interface OnPost {
  readonly postId: string;
  readonly userId: string;
  readonly now: number;
}

/** Gives a post other words: its author's alone. */
export const editPost = async (work: Work, { message, props, ...on }: OnPost & { readonly message?: string; readonly props?: Readonly<Record<string, unknown>> }): Promise<Change<Post>> => {
  const { room, row } = await findPost(work, on);
  requireAct(room, 'post:write');
  if (row.user_id !== on.userId || (row.type !== '' && row.type !== commentType)) throw new Refusal(403, 'api.context.permissions.app_error', 'Only its author can edit a post.');
  if (message === '' && row.file_ids === '[]') throw badRequest('A post needs words or files. Delete it instead.', 'api.post.update_post.empty.app_error');
  const kept = JSON.parse(row.props) as Record<string, unknown>;
  const next: PostTable = { ...row, message: message ?? row.message, props: JSON.stringify(props === undefined ? kept : { ...serverProps(kept), ...props }) };
  if (next.message === row.message && next.props === row.props) return { result: (await postsOf(work, [row]))[0]! };
  if (next.message !== row.message) {
    await work.deleteFrom('post_words').where('post_id', '=', row.id).execute();
    await keepWords(work, next);
    await work.deleteFrom('mentions').where('post_id', '=', row.id).execute();
    for (const id of await mentionedIn(work, room, { message: next.message, authorId: row.user_id })) await work.insertInto('mentions').values({ post_id: row.id, user_id: id, room_id: room.id, root_id: row.root_id, create_at: row.create_at }).execute();
  }
  return changed(work, { room, row: next, now: on.now, set: { message: next.message, props: next.props }, edited: true });
};

/** What the hub itself wrote into props. */
const serverProps = (props: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(props).filter(([name]) => isServerProp(name)));

/** Props that only the hub writes: they say who somebody is, or what happened. */
export const isServerProp = (name: string): boolean => /^(?:from_|override_|webhook|alert|anchor|insight|deleteBy|system|bot)/.test(name);

/** Writes a change of a post under a new number and tells it as an edit. */
export const changed = async (work: Work, { room, row, now, set, edited = false }: { readonly room: Room; readonly row: PostTable; readonly now: number; readonly set: Partial<PostTable>; readonly edited?: boolean }): Promise<Change<Post>> => {
  const { seq, at } = await nextSeq(work, room, now);
  const next: PostTable = { ...row, ...set, seq, update_at: at, ...(edited ? { edit_at: at } : {}) };
  await work.updateTable('posts').set({ ...set, seq, update_at: at, edit_at: next.edit_at }).where('id', '=', row.id).execute();
  const post = (await postsOf(work, [next]))[0]!;
  const members = (await membersOf(work, room)).map(({ userId }) => userId);
  return { result: post, told: [toldInRoom({ event: 'post_edited', room, seq, members, data: { post: JSON.stringify(post) } })] };
};

/** Deletes a post with its answers. The words go; that something was there stays, so that whoever was away learns of it. */
export const deletePost = async (work: Work, on: OnPost): Promise<Change<undefined>> => {
  const { room, row } = await findPost(work, on);
  if (row.user_id === on.userId && room.may('post:write')) requireAct(room, 'post:write');
  else requireAct(room, 'post:delete-others');
  const { seq, at } = await nextSeq(work, room, on.now);
  const gone = [row, ...(row.root_id === '' ? await work.selectFrom('posts').selectAll().where('root_id', '=', row.id).where('delete_at', '=', 0).execute() : [])];
  const ids = gone.map(({ id }) => id);
  for (const table of ['post_words', 'reactions', 'mentions', 'comments'] as const) await work.deleteFrom(table).where('post_id', 'in', ids).execute();
  await work.deleteFrom('files').where('post_id', 'in', ids).execute();
  await work.deleteFrom('thread_follows').where('root_id', 'in', ids).execute();
  await work.updateTable('posts').set({ delete_at: at, update_at: at, seq, message: '', props: JSON.stringify({ deleteBy: on.userId }), file_ids: '[]', is_pinned: 0, reply_count: 0 }).where('id', 'in', ids).execute();
  const members = (await membersOf(work, room)).map(({ userId }) => userId);
  const rootTold: Told[] = [];
  if (row.root_id !== '') {
    const last = await work.selectFrom('posts').select((of) => [of.fn.count<number>('id').as('n'), of.fn.max('create_at').as('at')]).where('root_id', '=', row.root_id).where('delete_at', '=', 0).executeTakeFirstOrThrow();
    await work.updateTable('posts').set({ reply_count: last.n, last_reply_at: last.at ?? 0, update_at: at, seq }).where('id', '=', row.root_id).execute();
    const [root] = await postsOf(work, await work.selectFrom('posts').selectAll().where('id', '=', row.root_id).execute());
    rootTold.push(toldInRoom({ event: 'post_edited', room, seq, members, data: { post: JSON.stringify(root) } }));
  }
  const [post] = await postsOf(work, [{ ...row, seq, delete_at: at, update_at: at, message: '', props: JSON.stringify({ deleteBy: on.userId }), file_ids: '[]', is_pinned: 0 }]);
  return { result: undefined, told: [toldInRoom({ event: 'post_deleted', room, seq, members, data: { post: JSON.stringify(post), delete_by: on.userId } }), ...rootTold] };
};

export const pinPost = async (work: Work, { pinned, ...on }: OnPost & { readonly pinned: boolean }): Promise<Change<undefined>> => {
  const { room, row } = await findPost(work, on);
  requireAct(room, 'post:resolve-others');
  if ((row.is_pinned === 1) === pinned) return { result: undefined };
  return { ...(await changed(work, { room, row, now: on.now, set: { is_pinned: pinned ? 1 : 0 } })), result: undefined };
};

/** Different emoji under one post, at most. */
const mostEmoji = 50;

export const addReaction = async (work: Work, { emoji, ...on }: OnPost & { readonly emoji: string }): Promise<Change<Reaction>> => {
  const { room, row } = await findPost(work, on);
  requireAct(room, 'post:write');
  const there = await work.selectFrom('reactions').selectAll().where('post_id', '=', row.id).execute();
  const mine = there.find((one) => one.user_id === on.userId && one.emoji_name === emoji);
  if (mine !== undefined) return { result: reactionOf(mine) };
  if (!there.some((one) => one.emoji_name === emoji) && new Set(there.map((one) => one.emoji_name)).size >= mostEmoji) throw badRequest(`A post takes ${mostEmoji} different emoji.`, 'app.reaction.save.save.too_many_reactions');
  const { seq, at } = await nextSeq(work, room, on.now);
  const reaction = { post_id: row.id, user_id: on.userId, emoji_name: emoji, room_id: room.id, create_at: at };
  await work.insertInto('reactions').values(reaction).execute();
  await work.updateTable('posts').set({ seq, update_at: at }).where('id', '=', row.id).execute();
  return { result: reactionOf(reaction), told: [await reactionTold(work, { room, seq, event: 'reaction_added', reaction: reactionOf(reaction) })] };
};

export const removeReaction = async (work: Work, { emoji, ...on }: OnPost & { readonly emoji: string }): Promise<Change<undefined>> => {
  const { room, row } = await findPost(work, on);
  requireAct(room, 'post:write');
  const mine = await work.deleteFrom('reactions').where('post_id', '=', row.id).where('user_id', '=', on.userId).where('emoji_name', '=', emoji).returningAll().executeTakeFirst();
  if (mine === undefined) return { result: undefined };
  const { seq, at } = await nextSeq(work, room, on.now);
  await work.updateTable('posts').set({ seq, update_at: at }).where('id', '=', row.id).execute();
  return { result: undefined, told: [await reactionTold(work, { room, seq, event: 'reaction_removed', reaction: reactionOf(mine) })] };
};

const reactionTold = async (work: Work, { room, seq, event, reaction }: { readonly room: Room; readonly seq: number; readonly event: string; readonly reaction: Reaction }): Promise<Told> =>
  toldInRoom({ event, room, seq, members: (await membersOf(work, room)).map(({ userId }) => userId), data: { reaction: JSON.stringify(reaction) } });
