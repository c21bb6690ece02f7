import type { Post, PostList } from '@mattermost/types/posts';
import type { UserProfile } from '@mattermost/types/users';
import { ChannelTypes, UserTypes } from 'mattermost-redux/action_types';
import { addReaction, createPost, deletePost, editPost, pinPost, receivedPosts, receivedPostsBefore, receivedPostsInChannel, receivedPostsInThread, receivedPostsSince, removePost, removeReaction, unpinPost } from 'mattermost-redux/actions/posts';
import { Client4 } from 'mattermost-redux/client';
import type { Envelope, Joined, RoomTold } from '../../../shared/rooms.ts';
import type { Account, Team } from '../api/auth.ts';
import { bearer, csrf } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';
import { createStore } from '../app/store.ts';
import { throttled } from '../app/throttled.ts';
import { askLive, connect } from '../live/connection.ts';
import type { Said } from './acts.ts';
import { bridge } from './bridge.ts';
import { anchored, anchorOf } from './anchor.ts';
import { chat } from './chat-state.ts';
import { perPage } from './first-page.ts';
import type { FirstPage, SeqList } from './first-page.ts';
import { agentAt, present } from './presence.ts';
import { chatStore } from './store.ts';
import { view, viewOf } from './view.ts';

/** Where members are: user id → place. */
export const cursors = createStore<Readonly<Record<string, { readonly path: string; readonly line?: number }>>>({});
const here = createStore<readonly string[]>([]);
/** The highest roomSeq that is known to be in the store [R2]. */
let seq = 0;
/** Messages that came in pages without a gap between them, so that the next older page begins at the oldest of them. */
const listed = new Set<string>();

/** Takes the room over that was drawn from its first page: from here on mattermost-redux keeps what is said. */
export const take = ({ channel, page, people }: FirstPage, account: Account): void => {
  signClient(account);
  chatStore.dispatch({ type: ChannelTypes.RECEIVED_CHANNEL, data: channel });
  chatStore.dispatch({ type: ChannelTypes.SELECT_CHANNEL, data: channel.id });
  chatStore.dispatch({ type: UserTypes.RECEIVED_PROFILES_LIST, data: people });
  takePage(page, channel.id);
  showKept();
};

/** The page reads what is kept; not before the first room is in it. */
const showKept = (): void => {
  view.set(() => viewOf(chatStore.getState()));
  unshow ??= chatStore.subscribe(() => view.set(() => viewOf(chatStore.getState())));
};
let unshow: (() => void) | undefined;

/** Follows the room until the returned function is called. */
export const follow = async ({ channelId, account, team }: { readonly channelId: string; readonly account: Account; readonly team: Team }): Promise<() => void> => {
  const socket = (await connect(team.id)) as unknown as RoomSocket;
  const catchUp = inTurn(() => catchUpOn(channelId));
  const join = async (): Promise<void> => {
    const joined = await askLive<Joined>('room:join', { room: channelId });
    if (joined === undefined) return;
    here.set(() => joined.here);
    cursors.set(() => Object.fromEntries(joined.cursors.map(({ user, ...at }) => [user, at])));
    chat.set((now) => (now.state === 'open' && joined.agent !== undefined ? { ...now, agent: joined.agent } : now));
    agentAt.set(() => (joined.agent === undefined ? undefined : cursors.get()[joined.agent]));
    if (joined.roomSeq > seq) await catchUp();
    await tellPresence(joined.here, account);
  };
  const told = (envelope: Envelope): void => {
    if (envelope.broadcast.channel_id !== channelId && envelope.event !== 'status_change') return;
    bridge(envelope, chatStore);
    if (envelope.event === 'status_change' || envelope.event === 'user_added') void tellPresence(here.get(), account);
    if (envelope.roomSeq === undefined) return;
    // One that was missed lies between: the database is the truth.
    if (envelope.roomSeq > seq + 1) void catchUp();
    else seq = Math.max(seq, envelope.roomSeq);
    void bringPeople(Object.values(chatStore.getState().entities.posts.posts));
  };
  const headed = ({ room, roomSeq }: RoomTold<'room:headed'>): void => { if (room === channelId && roomSeq > seq) void catchUp(); };
  const entered = ({ room, user }: RoomTold<'room:entered'>): void => { if (room === channelId) { here.set((now) => [...new Set([...now, user])]); void tellPresence(here.get(), account); } };
  const left = ({ room, user }: RoomTold<'room:left'>): void => { if (room === channelId) { here.set((now) => now.filter((one) => one !== user)); void tellPresence(here.get(), account); } };
  const moved = ({ room, user, path, line }: RoomTold<'cursor:moved'>): void => {
    if (room !== channelId) return;
    if (user === agentOf()) agentAt.set(() => (path === undefined ? undefined : { path, ...(line === undefined ? {} : { line }) }));
    cursors.set(({ [user]: _before, ...now }) => (path === undefined ? now : { ...now, [user]: { path, ...(line === undefined ? {} : { line }) } }));
    void tellPresence(here.get(), account);
  };
  const listeners = { connect: () => void join(), 'room:told': told, 'room:headed': headed, 'room:entered': entered, 'room:left': left, 'cursor:moved': moved };
  for (const [name, listener] of Object.entries(listeners)) socket.on(name, listener as () => void);
  if (socket.connected) await join();
  const touched = throttled(() => void askLive('presence:touch', {}), 30_000);
  for (const name of ['pointerdown', 'keydown']) addEventListener(name, touched);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) socket.off(name, listener as () => void);
    for (const name of ['pointerdown', 'keydown']) removeEventListener(name, touched);
    void askLive('room:leave', { room: channelId });
    cursors.set(() => ({}));
    here.set(() => []);
  };
};

const agentOf = (): string | undefined => {
  const now = chat.get();
  return now.state === 'open' ? now.agent : undefined;
};

interface RoomSocket {
  readonly connected: boolean;
  readonly on: (name: string, listener: () => void) => void;
  readonly off: (name: string, listener: () => void) => void;
}

const signClient = (account: Account): void => {
  Client4.setUrl(location.origin);
  Client4.setToken(bearer() ?? '');
  Client4.setCSRF(csrf() ?? '');
  Client4.setIncludeCookies(bearer() === undefined);
  chatStore.dispatch({ type: UserTypes.RECEIVED_ME, data: { id: account.id, username: account.username, nickname: account.displayName, first_name: '', last_name: '', roles: 'system_user', locale: 'en', delete_at: 0, create_at: 0, update_at: 0, notify_props: {} } });
};

const takePage = (page: SeqList, channelId: string): void => {
  seq = page.room_seq ?? 0;
  listed.clear();
  for (const id of page.order) listed.add(id);
  chatStore.dispatch(receivedPosts(page));
  chatStore.dispatch(receivedPostsInChannel(page, channelId, true, page.order.length < perPage));
};

/** Everything that changed since the last number we know; past a thousand changes the room is loaded anew [R2]. */
const catchUpOn = async (channelId: string): Promise<void> => {
  const list = (await Client4.getPostsAfter(channelId, String(seq))) as SeqList;
  if (list.reload) {
    const page = (await Client4.getPosts(channelId, 0, perPage)) as SeqList;
    takePage(page, channelId);
    await bringPeople(Object.values(page.posts));
    return;
  }
  chatStore.dispatch(receivedPosts(list));
  chatStore.dispatch(receivedPostsSince(list, channelId));
  seq = Math.max(seq, list.room_seq ?? seq);
  await bringPeople(Object.values(list.posts));
};

/** Brings what was said before; false: there is nothing. Who asks meanwhile waits for the same. */
export const loadOlderPosts = (most = perPage): Promise<boolean> => (loadingOlder ??= olderPosts(most).finally(() => { loadingOlder = undefined; }));
let loadingOlder: Promise<boolean> | undefined;

const olderPosts = async (most: number): Promise<boolean> => {
  const now = chat.get();
  if (now.state !== 'open' || !now.hasOlder) return false;
  const oldest = loaded(now.channelId).filter(({ id }) => listed.has(id)).reduce<Post | undefined>((first, post) => (first === undefined || post.create_at < first.create_at ? post : first), undefined);
  if (oldest === undefined) return false;
  const page = await Client4.getPostsBefore(now.channelId, oldest.id, 0, most);
  chatStore.dispatch(receivedPosts(page));
  chatStore.dispatch(receivedPostsBefore(page, now.channelId, oldest.id, page.order.length < most));
  for (const id of page.order) listed.add(id);
  chat.set((state) => (state.state === 'open' ? { ...state, hasOlder: page.order.length >= most } : state));
  await bringPeople(Object.values(page.posts));
  return true;
};

/** Brings a message that somebody was sent to, with its thread and all that was said since. False: it is not in this room, or gone. */
export const loadPost = async (postId: string): Promise<boolean> => {
  const now = chat.get();
  if (now.state !== 'open') return false;
  const post = chatStore.getState().entities.posts.posts[postId] ?? (await Client4.getPost(postId).catch(() => undefined));
  if (post === undefined || post.channel_id !== now.channelId || post.delete_at > 0) return false;
  if (post.root_id) await loadThread(post.root_id);
  const root = chatStore.getState().entities.posts.posts[post.root_id || post.id] ?? post;
  // The list has no gaps: whatever lies between is brought, too.
  for (let pages = 0; pages < mostPages && oldestLoaded(now.channelId) > root.create_at; pages += 1) if (!(await loadOlderPosts(200))) break;
  return true;
};
const mostPages = 100;

const loaded = (channelId: string): readonly Post[] => Object.values(chatStore.getState().entities.posts.posts).filter((post) => post.channel_id === channelId && !post.pending_post_id?.startsWith(post.id));
/** Since when the list is whole. A message that was brought alone (of a thread, pinned) does not count. */
const oldestLoaded = (channelId: string): number => Math.min(...loaded(channelId).filter(({ id }) => listed.has(id)).map(({ create_at: at }) => at));

export const loadThread = async (rootId: string): Promise<void> => {
  const thread = (await Client4.getPostThread(rootId)) as PostList;
  chatStore.dispatch(receivedPosts(thread));
  chatStore.dispatch(receivedPostsInThread(thread, rootId));
  await bringPeople(Object.values(thread.posts));
};

export const send = (message: string, { rootId = '', anchor, files = [] }: Said): void => {
  const now = chat.get();
  if (now.state !== 'open') return;
  const { currentUserId } = chatStore.getState().entities.users;
  const post = { channel_id: now.channelId, root_id: rootId, message, user_id: currentUserId, pending_post_id: `${currentUserId}:${Date.now()}${Math.random().toString(36).slice(2, 8)}`, type: '', props: {}, metadata: { embeds: [], emojis: [], files, images: {}, reactions: [] }, ...(anchor ? anchored(anchor) : {}) };
  void chatStore.dispatch(createPost(post as unknown as Post, [...files]) as never);
};

export const sendAgain = (post: Post): void => {
  const { failed: _failed, id: _id, ...again } = post as Post & { readonly failed?: boolean };
  chatStore.dispatch(removePost(post as never) as never);
  const anchor = anchorOf(post);
  void chatStore.dispatch(createPost({ ...again, ...(anchor ? anchored(anchor) : {}) } as never) as never);
};
export const giveUp = (post: Post): void => void chatStore.dispatch(removePost(post as never) as never);

const attempt = async (act: unknown): Promise<Problem | undefined> => {
  const { error } = ((await chatStore.dispatch(act as never)) ?? {}) as { readonly error?: unknown };
  return error === undefined ? undefined : problemOf(error);
};
export const react = (postId: string, emoji: string, isMine: boolean): Promise<Problem | undefined> => attempt(isMine ? removeReaction(postId, emoji) : addReaction(postId, emoji));
export const edit = (post: Post, message: string): Promise<Problem | undefined> => attempt(editPost({ ...post, message }));
export const remove = (post: Post): Promise<Problem | undefined> => attempt(deletePost(post));
export const pin = (post: Post): Promise<Problem | undefined> => attempt(post.is_pinned ? unpinPost(post.id) : pinPost(post.id));

const asking = new Set<string>();
const bringPeople = async (posts: readonly Pick<Post, 'user_id'>[]): Promise<void> => bringUsers(posts.map(({ user_id }) => user_id));
export const bringUsers = async (ids: readonly string[]): Promise<void> => {
  const { profiles } = chatStore.getState().entities.users;
  const missing = [...new Set(ids)].filter((id) => id !== '' && profiles[id] === undefined && !asking.has(id));
  if (missing.length === 0) return;
  for (const id of missing) asking.add(id);
  const found: UserProfile[] = await Client4.getProfilesByIds(missing).catch(() => []);
  for (const id of missing) asking.delete(id);
  chatStore.dispatch({ type: UserTypes.RECEIVED_PROFILES_LIST, data: found });
};

const tellPresence = async (ids: readonly string[], account: Account): Promise<void> => {
  await bringUsers(ids);
  const { profiles, statuses } = chatStore.getState().entities.users;
  present.set(() => ids.flatMap((id) => {
    const name = id === account.id ? account.username : profiles[id]?.username;
    if (name === undefined) return [];
    const at = cursors.get()[id];
    const status = statuses[id];
    return [{ name, status: status === 'away' ? 'away' as const : 'online' as const, ...(at === undefined ? {} : { where: at }) }];
  }));
};

const problemOf = (error: unknown): Problem => asProblem(error instanceof Error ? error : new Error((error as { message?: string }).message ?? 'The hub did not do it.'));

const inTurn = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let again = false;
  const start = (): Promise<void> => {
    again = running !== undefined;
    return (running ??= run().catch(() => undefined).finally(() => {
      running = undefined;
      if (again) {
        again = false;
        void start();
      }
    }));
  };
  return start;
};

