import { randomUUID } from 'node:crypto';

/** Rooms of a hub, read and answered for an assistant (docs/rooms.md). */
export interface HubRooms {
  /** The newest messages of the room of a session, the oldest first. */
  readonly messages: (session: string, limit: number) => Promise<readonly RoomMessage[]>;
  /** Comments at path:line; open ones, or all. */
  readonly comments: (session: string, state: 'open' | 'all') => Promise<readonly RoomComment[]>;
  /** Posts a message under the name of the token's owner, marked as an assistant's. @param thread a message or a comment that it answers */
  readonly say: (session: string, text: string, thread: string | undefined) => Promise<RoomMessage>;
}

export interface RoomMessage { readonly id: string; readonly at: string; readonly by: string; readonly text: string; readonly thread?: string }
export interface RoomComment { readonly id: string; readonly at: string; readonly by: string; readonly text: string; readonly open: boolean; readonly path: string; readonly startLine: number; readonly endLine: number; readonly excerpt?: string; readonly replies: number }

type Json = Readonly<Record<string, unknown>>;

/** @param token a personal token of the hub: the assistant sees what its owner sees */
export const createHubRooms = (hubUrl: string, token: string): HubRooms => {
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    let response: Response;
    try {
      response = await fetch(hubUrl.replace(/\/$/, '') + path, {
        redirect: 'manual', signal: AbortSignal.timeout(15_000), headers: { authorization: `Bearer ${token}`, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new Error(`the hub ${hubUrl} cannot be reached`, { cause: error });
    }
    if (response.ok) return response.json();
    await response.body?.cancel();
    if (response.status === 404) throw new NotThere();
    throw new Error(response.status === 401 || response.status === 403 ? `the hub refuses the token (${response.status}): a personal token of somebody who may see this session is needed${body === undefined ? '' : ', and it must be allowed to write'}` : `the hub answered ${response.status}`);
  };

  const names = async (ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    if (ids.length === 0) return new Map();
    const people = (await ask('/api/v4/users/ids', [...new Set(ids)])) as readonly Json[];
    return new Map(people.map((person) => [String(person['id']), String(person['username'])]));
  };

  const roomOf = async (session: string): Promise<string> => {
    const [tool = '', ...rest] = session.split('/');
    for (const team of (await ask('/api/v4/users/me/teams')) as readonly Json[]) {
      try {
        const room = (await ask(`/api/v4/teams/${encodeURIComponent(String(team['id']))}/channels/name/${encodeURIComponent(tool)}/${encodeURIComponent(rest.join('/'))}`)) as Json;
        return String(room['id']);
      } catch (error) {
        if (!(error instanceof NotThere)) throw error;
      }
    }
    throw new Error(`no team of yours has a room for ${session}`);
  };

  const messageOf = (post: Json, by: ReadonlyMap<string, string>): RoomMessage => ({
    id: String(post['id']), at: new Date(Number(post['create_at'])).toISOString(), by: by.get(String(post['user_id'])) ?? String(post['user_id']), text: String(post['message']), ...(post['root_id'] ? { thread: String(post['root_id']) } : {}),
  });

  return {
    messages: async (session, limit) => {
      const { order, posts } = (await ask(`/api/v4/channels/${encodeURIComponent(await roomOf(session))}/posts?per_page=${limit}`)) as { readonly order: readonly string[]; readonly posts: Readonly<Record<string, Json>> };
      const found = order.flatMap((id) => { const post = posts[id]; return post ? [post] : []; }).toReversed();
      const by = await names(found.map((post) => String(post['user_id'])));
      return found.map((post) => messageOf(post, by));
    },
    say: async (session, text, thread) => {
      const post = (await ask('/api/v4/posts', {
        channel_id: await roomOf(session), message: `${text}\n\n${assistantMark}`, pending_post_id: randomUUID(), ...(thread === undefined ? {} : { root_id: thread }),
      })) as Json;
      return messageOf(post, await names([String(post['user_id'])]));
    },
    comments: async (session, state) => {
      const [tool = '', ...rest] = session.split('/');
      try {
        const { comments } = (await ask(`/api/v1/sessions/${encodeURIComponent(tool)}/${encodeURIComponent(rest.join('/'))}/comments?state=${state}`)) as { readonly comments: readonly (Json & { readonly anchor: Json })[] };
        const by = await names(comments.map((comment) => String(comment['user'])));
        return comments.map(({ anchor, ...comment }) => {
          const now = anchor['now'] as Json | undefined;
          return {
            id: String(comment['id']), at: new Date(Number(comment['createdAt'])).toISOString(), by: by.get(String(comment['user'])) ?? String(comment['user']), text: String(comment['message']), open: comment['open'] === true, replies: Number(comment['replies']),
            path: String(now?.['path'] ?? anchor['path']), startLine: Number(now?.['startLine'] ?? anchor['startLine']), endLine: Number(now?.['endLine'] ?? anchor['endLine']), ...(typeof anchor['excerpt'] === 'string' ? { excerpt: anchor['excerpt'] } : {}),
          };
        });
      } catch (error) {
        throw error instanceof NotThere ? new Error(`the hub knows no session ${session} that you may see`) : error;
      }
    },
  };
};

/** People should see that it was not typed. */
const assistantMark = '*(written by an assistant)*';

class NotThere extends Error {
  constructor() {
    super('the hub knows nothing of the kind');
    this.name = 'NotThere';
  }
}
