import { EventEmitter } from 'node:events';

/** What happened in a room, in Mattermost's envelope; the same for all who hear it, so that one encoding serves them all. */
export interface Told {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly broadcast: { readonly channel_id: string; readonly team_id: string; readonly user_id: string };
  /** Absent where nothing of the room itself changed: somebody read it, or follows a thread. */
  readonly roomSeq?: number;
  /** Who hears it besides those who look at the room: its members. Not sent. */
  readonly members?: readonly string[];
  /** Of a new post: its type. Not sent. */
  readonly postType?: string;
}

/** New posts of one change, after their commit and with everybody told. */
export interface Sent {
  readonly types: readonly string[];
  /** From being accepted on. */
  readonly seconds: number;
}

/** Tells of one room, to whoever looks at it and to these of its members. */
export const toldInRoom = ({ event, data, room, seq, members }: { readonly event: string; readonly data: Told['data']; readonly room: { readonly id: string; readonly teamId: string }; readonly seq: number; readonly members: readonly string[] }): Told =>
  ({ event, data, broadcast: { channel_id: room.id, team_id: room.teamId, user_id: '' }, roomSeq: seq, members });

/** Tells one person, wherever they are signed in. */
export const toldTo = ({ event, data, userId, teamId = '' }: { readonly event: string; readonly data: Told['data']; readonly userId: string; readonly teamId?: string }): Told =>
  ({ event, data, broadcast: { channel_id: '', team_id: teamId, user_id: userId } });

export type RoomBus = EventEmitter<{ told: [Told]; sent: [Sent] }>;
export const createBus = (): RoomBus => new EventEmitter();
