import type { Envelope } from '../../../shared/rooms.ts';
import { roomPath } from '../app/place.ts';
import { isWorthTelling } from './preference.ts';
import type { RoomProps, Telling } from './preference.ts';

/** Who is told, and what they want to be told. */
export interface Reader {
  readonly id: string;
  readonly telling: Telling;
  /** The rooms they follow, by id. */
  readonly rooms: ReadonlyMap<string, RoomProps>;
}

export interface Note {
  readonly title: string;
  readonly body?: string;
  readonly tag: string;
  readonly to: string;
}

/** What a notification of it says; undefined: it is none of the reader's wish. */
export const noteOf = ({ event, data, broadcast }: Envelope, { id, telling, rooms }: Reader): Note | undefined => {
  const sender = String(data.sender_name ?? 'Somebody').replace(/^@/, '');
  const session = String(data.session ?? '');
  switch (event) {
    case 'access_requested': return telling === 'none' ? undefined : { title: `${sender} asks to be let into a room of yours`, tag: `${event} ${session} ${sender}`, to: '/inbox' };
    case 'access_granted': return telling === 'none' ? undefined : { title: `${sender} let you into a room`, tag: `${event} ${session}`, to: roomPath(session) };
    case 'posted': {
      const post = parsed(data.post) as { readonly id: string; readonly user_id: string; readonly message: string };
      const mentions = parsed(data.mentions);
      const mentioned = Array.isArray(mentions) && mentions.includes(id);
      if (post.user_id === id || !isWorthTelling({ telling, room: rooms.get(broadcast.channel_id), mentioned })) return undefined;
      const name = String(data.channel_name ?? '');
      return { title: mentioned ? `${sender} mentions you` : `${sender} in ${String(data.channel_display_name ?? 'a room')}`, body: post.message.slice(0, 160), tag: post.id, to: name.includes('/') ? `${roomPath(name)}?post=${post.id}` : '/inbox' };
    }
    default: return undefined;
  }
};

const parsed = (text: unknown): unknown => (typeof text === 'string' ? JSON.parse(text) : text);
