import type { Post } from '@mattermost/types/posts';
import type { Reaction } from '@mattermost/types/reactions';
import type { GlobalState } from '@mattermost/types/store';
import type { UserProfile } from '@mattermost/types/users';
import { createStore } from '../app/store.ts';
import type { FirstPage } from './first-page.ts';

/** What the page reads of the chat's state: mattermost-redux's, in its shapes. */
export interface ChatView {
  readonly posts: Readonly<Record<string, Post>>;
  readonly reactions: Readonly<Record<string, Readonly<Record<string, Reaction>>>>;
  readonly profiles: Readonly<Record<string, UserProfile>>;
  readonly me: string;
  /** Room and thread → who writes there. */
  readonly typing: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const view = createStore<ChatView>({ posts: {}, reactions: {}, profiles: {}, me: '', typing: {} });

/** From then on the page reads what mattermost-redux keeps. */
export const viewOf = ({ entities: { posts, users, typing } }: GlobalState): ChatView => ({ posts: posts.posts, reactions: posts.reactions, profiles: users.profiles, me: users.currentUserId, typing: typing as unknown as ChatView['typing'] });

/** A first page as mattermost-redux's reducers will keep it, drawn before they are loaded. */
export const withFirst = (now: ChatView, { page, people }: FirstPage, me: string): ChatView => {
  const posts = Object.values(page.posts).filter((post) => !(post.delete_at > 0));
  return {
    ...now, me,
    posts: { ...now.posts, ...Object.fromEntries(posts.map((post) => [post.id, post])) },
    reactions: { ...now.reactions, ...Object.fromEntries(posts.map((post) => [post.id, reactionsOf(post)])) },
    profiles: { ...now.profiles, ...Object.fromEntries(people.map((person) => [person.id, person])) },
  };
};

const reactionsOf = ({ metadata }: Post): Readonly<Record<string, Reaction>> => Object.fromEntries((metadata?.reactions ?? []).map((reaction) => [`${reaction.user_id}-${reaction.emoji_name}`, reaction]));
