import type { FileInfo } from '@mattermost/types/files';
import type { Post } from '@mattermost/types/posts';
import { call } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import { asProblem } from '../api/problem.ts';
import { throttled } from '../app/throttled.ts';
import { askLive } from '../live/connection.ts';
import type { NewAnchor } from './anchor.ts';
import { chat } from './chat-state.ts';
import { inChat } from './open.ts';

/** What somebody can do in the chat that is open. */

export interface Said {
  readonly rootId?: string;
  readonly anchor?: NewAnchor;
  readonly files?: readonly FileInfo[];
}

/** Posts at once on screen; the hub's post takes its place by the same pending id [R1] [R3]. */
export const send = (message: string, said: Said = {}): Promise<void> => inChat((now) => now.send(message, said));
export const sendAgain = (post: Post): void => void inChat((now) => now.sendAgain(post));
export const giveUp = (post: Post): void => void inChat((now) => now.giveUp(post));

type Attempt = Promise<Problem | undefined>;
export const react = (postId: string, emoji: string, isMine: boolean): Attempt => inChat((now) => now.react(postId, emoji, isMine)).catch(asProblem);
export const edit = (post: Post, message: string): Attempt => inChat((now) => now.edit(post, message)).catch(asProblem);
export const remove = (post: Post): Attempt => inChat((now) => now.remove(post)).catch(asProblem);
export const pin = (post: Post): Attempt => inChat((now) => now.pin(post)).catch(asProblem);

/** False: there is nothing older. */
export const loadOlderPosts = (): Promise<boolean> => inChat((now) => now.loadOlderPosts());
/** False: it is not in this room, or gone. */
export const loadPost = (id: string): Promise<boolean> => inChat((now) => now.loadPost(id));
export const loadThread = (rootId: string): Promise<void> => inChat((now) => now.loadThread(rootId));
export const bringUsers = (ids: readonly string[]): Promise<void> => inChat((now) => now.bringUsers(ids));

export const markRead = (channelId: string): void => void call('POST', '/api/v4/channels/members/me/view', { body: { channel_id: channelId } }).catch(() => undefined);

export const tellTyping = throttled((rootId: string): void => {
  const now = chat.get();
  if (now.state === 'open') void askLive('typing:start', { room: now.channelId, ...(rootId === '' ? {} : { root: rootId }) });
}, 3000);

export const moveCursor = (path: string | undefined, line?: number): void => {
  const now = chat.get();
  if (now.state === 'open') void askLive('cursor:move', { room: now.channelId, ...(path === undefined ? {} : { path, ...(line === undefined ? {} : { line }) }) });
};
