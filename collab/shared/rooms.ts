import { z } from 'zod';

/**
 * What travels by socket.io about rooms, besides shared/events.ts: over the same connection, with the same acks. What happens in a room comes as `room:told` in Mattermost's
 * envelope; a bridge in the page maps `event` to mattermost-redux's actions. The id of a session's room is the session's id in the store (a channel's id), that of a team's room the team's.
 */

const room = z.string().min(1).max(64);
const path = z.string().min(1).max(1024).regex(/^[^\x00-\x1f\x7f]+$/, 'control characters');
const line = z.int().min(1).max(10_000_000);

export const roomAsks = {
  /** Looks at a room: from here on what happens in it is told. Answered with `joined`. */
  'room:join': z.strictObject({ room }),
  'room:leave': z.strictObject({ room }),
  /** Answered with {room, roomSeq}. */
  'room:head': z.strictObject({ room }),
  /** At most every few seconds while somebody types; with the thread's root. */
  'typing:start': z.strictObject({ room, root: z.string().max(64).exactOptional() }),
  /** Where somebody is: without a path, nowhere [R5]. */
  'cursor:move': z.strictObject({ room, path: path.exactOptional(), line: line.exactOptional() }),
  /** Somebody touched the page; once in a while is enough [R4]. */
  'presence:touch': z.strictObject({}),
} as const;
export type RoomAskName = keyof typeof roomAsks;
export type RoomAsked<Name extends RoomAskName> = z.infer<(typeof roomAsks)[Name]>;

/** Where somebody is in a room. The agent's line is not always known. */
export const cursor = z.object({ user: z.string(), path: z.string(), line: z.number().exactOptional() });
export type Cursor = z.infer<typeof cursor>;

export const statuses = ['online', 'away', 'offline'] as const;

/** The answer to room:join: state and subscription together, so that nothing falls between them. */
export const joined = z.object({
  room: z.string(),
  /** Behind it: ask GET /api/v4/channels/{room}/posts?after={your roomSeq}. */
  roomSeq: z.number(),
  /** Who looks at it. */
  here: z.array(z.string()),
  cursors: z.array(cursor),
  /** The agent's id as a member; absent in a team's room. */
  agent: z.string().exactOptional(),
});
export type Joined = z.infer<typeof joined>;

/** Mattermost's envelope. Nested objects are JSON in text, as there. */
export const envelope = z.object({
  event: z.string(),
  data: z.record(z.string(), z.unknown()),
  broadcast: z.object({ channel_id: z.string(), team_id: z.string(), user_id: z.string() }),
  roomSeq: z.number().exactOptional(),
});
export type Envelope = z.infer<typeof envelope>;

export const roomTells = {
  /** posted, post_edited, post_deleted, reaction_added, reaction_removed, user_added, user_removed, channel_member_updated, thread_updated, thread_read_changed, thread_follow_changed, multiple_channels_viewed, post_unread, preferences_changed, preferences_deleted, status_change, typing. */
  'room:told': envelope,
  /** The room's last number: on join, every 10 s. Whoever is behind asks. */
  'room:headed': z.object({ room: z.string(), roomSeq: z.number() }),
  /** Somebody began to look at a room, or stopped. */
  'room:entered': z.object({ room: z.string(), user: z.string() }),
  'room:left': z.object({ room: z.string(), user: z.string() }),
  /** Without a path: they are nowhere any more. Late ones are dropped. */
  'cursor:moved': z.object({ room: z.string(), user: z.string(), path: z.string().exactOptional(), line: z.number().exactOptional() }),
  /** One may not see this room any more. */
  'room:lost': z.object({ room: z.string() }),
  /** One may still see it, and perhaps do less in it than before. */
  'room:rights': z.object({ room: z.string() }),
} as const;
export type RoomTellName = keyof typeof roomTells;
export type RoomTold<Name extends RoomTellName> = z.infer<(typeof roomTells)[Name]>;
export type RoomTells = { [Name in RoomTellName]: (payload: RoomTold<Name>) => void };
