import type { Post } from '@mattermost/types/posts';
import { PostTypes, UserTypes, WebSocketTypes } from 'mattermost-redux/action_types';
import { postDeleted, receivedNewPost, receivedPost } from 'mattermost-redux/actions/posts';
import type { Envelope } from '../../../shared/rooms.ts';

interface Chat {
  readonly dispatch: (action: never) => unknown;
  readonly getState: () => { readonly entities: { readonly users: { readonly currentUserId: string } } };
}

/** Maps what the hub tells in Mattermost's envelope to mattermost-redux's actions; the package leaves that to its webapp. */
export const bridge = ({ event, data, broadcast }: Envelope, { dispatch, getState }: Chat): void => {
  switch (event) {
    case 'posted': return tell(dispatch, receivedNewPost(postOf(data), false));
    case 'post_edited': return tell(dispatch, receivedPost(postOf(data), false));
    case 'post_deleted': return tell(dispatch, postDeleted(postOf(data)));
    case 'reaction_added': return tell(dispatch, { type: PostTypes.RECEIVED_REACTION, data: parsed(data.reaction) });
    case 'reaction_removed': return tell(dispatch, { type: PostTypes.REACTION_DELETED, data: parsed(data.reaction) });
    case 'status_change': return tell(dispatch, { type: UserTypes.RECEIVED_STATUSES, data: { [String(data.user_id)]: data.status } });
    case 'typing': return type(dispatch, { id: broadcast.channel_id + String(data.parent_id ?? ''), userId: String(data.user_id), me: getState().entities.users.currentUserId });
    default: return undefined;
  }
};

const typingMs = 5000;

/** Somebody types until a moment has passed without another word of it. */
const type = (dispatch: Chat['dispatch'], { id, userId, me }: { readonly id: string; readonly userId: string; readonly me: string }): void => {
  if (userId === me) return;
  const now = Date.now();
  tell(dispatch, { type: WebSocketTypes.TYPING, data: { id, userId, now } });
  setTimeout(() => tell(dispatch, { type: WebSocketTypes.STOPPED_TYPING, data: { id, userId, now } }), typingMs);
};

const tell = (dispatch: Chat['dispatch'], action: object): void => { dispatch(action as never); };
const parsed = (text: unknown): unknown => (typeof text === 'string' ? JSON.parse(text) : text);
const postOf = (data: Envelope['data']): Post => parsed(data.post) as Post;
