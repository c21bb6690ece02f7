import type { Post } from '@mattermost/types/posts';
import type { Reaction } from '@mattermost/types/reactions';
import { useRef, useSyncExternalStore } from 'react';
import { useStore } from '../app/use-store.ts';
import { anchorOf, commentType } from './anchor.ts';
import { chat } from './chat-state.ts';
import type { ChatState } from './chat-state.ts';
import { view } from './view.ts';
import type { ChatView } from './view.ts';

// Everything the page reads of the chat's state passes through here.

export type { Post, Reaction };

/** What a selector says, drawn again when that differs; arrays are compared by their items. */
const useChat = <Value>(select: (state: ChatView) => Value): Value => {
  const last = useRef<Value>(undefined);
  const get = (): Value => {
    const value = select(view.get());
    if (last.current !== undefined && sameItems(last.current, value)) return last.current;
    last.current = value;
    return value;
  };
  return useSyncExternalStore(view.subscribe, get);
};

const sameItems = (one: unknown, other: unknown): boolean =>
  Object.is(one, other) || (Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((item, index) => Object.is(item, other[index])));

const all = (state: ChatState): ChatState => state;
export const useChatState = (): ChatState => useStore(chat, all);

const byTime = (one: Post, other: Post): number => one.create_at - other.create_at || (one.id < other.id ? -1 : 1);
const isThere = (post: Post): boolean => (post.state as string | undefined) !== 'DELETED' && !(post.delete_at > 0);

/** The room's messages, the oldest first; answers stand in their threads. */
export const useRoomPosts = (channelId: string): readonly Post[] =>
  useChat((state) => Object.values(state.posts).filter((post) => post.channel_id === channelId && !post.root_id && (isThere(post) || hasReplies(state, post))).sort(byTime));

const hasReplies = (state: ChatView, post: Post): boolean => post.reply_count > 0 && Object.values(state.posts).some((other) => other.root_id === post.id && isThere(other));

export const usePost = (id: string): Post | undefined => useChat((state) => state.posts[id]);

/** The answers of a thread. */
export const useReplies = (rootId: string): readonly Post[] => useChat((state) => Object.values(state.posts).filter((post) => post.root_id === rootId && isThere(post)).sort(byTime));

/** How many answers there are: as the hub said, or as many as came since. */
export const useReplyCount = (post: Post): number => useChat((state) => Math.max(post.reply_count ?? 0, Object.values(state.posts).filter((other) => other.root_id === post.id && isThere(other)).length));

/** Comments at lines, of one file or of all. */
export const useComments = (path?: string): readonly Post[] => {
  const state = useChatState();
  const channelId = state.state === 'open' ? state.channelId : '';
  return useChat((now) => Object.values(now.posts).filter((post) => post.channel_id === channelId && post.type === (commentType as string) && !post.root_id && isThere(post) && (path === undefined || (anchorOf(post)?.now?.path ?? anchorOf(post)?.path) === path)).sort(byTime));
};

export const usePinned = (channelId: string): readonly Post[] => useChat((state) => Object.values(state.posts).filter((post) => post.channel_id === channelId && post.is_pinned && isThere(post)).sort(byTime));

/** A person's name; until it is known, nothing is claimed. */
export const useName = (userId: string): string => useChat((state) => state.profiles[userId]?.username ?? '');
export const useNames = (ids: readonly string[]): readonly string[] => useChat((state) => ids.map((id) => state.profiles[id]?.username ?? '').filter((name) => name !== ''));
export const useMyId = (): string => useChat((state) => state.me);

/** Who reacted with what, in the order of coming. */
export const useReactions = (postId: string): readonly Reaction[] =>
  useChat((state) => Object.values(state.reactions[postId] ?? {}).sort((one, other) => one.create_at - other.create_at));

export const useTyping = (channelId: string, rootId = ''): readonly string[] =>
  useChat((state) => Object.keys(state.typing[channelId + rootId] ?? {}).map((id) => state.profiles[id]?.username ?? '').filter((name) => name !== ''));
