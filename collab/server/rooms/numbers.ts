import { sql } from 'kysely';
import type { Store, Work } from '../store/open.ts';
import { statement } from '../store/statement.ts';
import type { Room } from './room.ts';

type Place = Pick<Room, 'id' | 'teamId'> & { readonly found?: unknown };

/** A room's event number and the time of the event; each of both later than all before. */
export interface Taken {
  readonly seq: number;
  readonly at: number;
}

/** Takes the room's next event number and time, under its row, in the transaction of the change: commit order is number order [R2]. */
export const nextSeq = (work: Work, room: Place, now: number): Promise<Taken> => taken(work, room, { now, take: number });

/** The same for a new post, which is counted along. */
export const nextPost = (work: Work, room: Place, { now, isRoot }: { readonly now: number; readonly isRoot: boolean }): Promise<Taken> => taken(work, room, { now, take: isRoot ? rootsNumber : answersNumber });

const taken = async (work: Work, room: Place, { now, take }: { readonly now: number; readonly take: typeof number }): Promise<Taken> => {
  const [first] = await take(work, { roomId: room.id, now });
  if (first !== undefined) return first;
  await ensureRoom(work, room, now);
  return (await take(work, { roomId: room.id, now }))[0]!;
};

/** The row of a room, made when it is first written to. */
export const ensureRoom = async (work: Work, room: Place, now: number): Promise<void> => {
  await work.insertInto('rooms').values({ id: room.id, kind: room.found === undefined ? 'team' : 'session', team_id: room.teamId, session_id: room.found === undefined ? null : room.id, seq: 0, last_at: 0, last_post_at: 0, last_root_post_at: 0, total_posts: 0, total_root_posts: 0, created_at: now })
    .onConflict((on) => on.column('id').doNothing()).execute();
};

interface Asked {
  readonly roomId: string;
  readonly now: number;
}

// Strictly later, also where the clock stands still or goes back.
const later = (now: number) => sql<number>`CASE WHEN last_at >= ${now} THEN last_at + 1 ELSE ${now} END`;

const number = statement((work: Work, { roomId, now }: Asked) =>
  work.updateTable('rooms').set((of) => ({ seq: of('seq', '+', 1), last_at: later(now) })).where('id', '=', roomId).returning(['seq', 'last_at as at']));

const answersNumber = statement((work: Work, { roomId, now }: Asked) =>
  work.updateTable('rooms').set((of) => ({ seq: of('seq', '+', 1), last_at: later(now), last_post_at: later(now), total_posts: of('total_posts', '+', 1) })).where('id', '=', roomId).returning(['seq', 'last_at as at']));

const rootsNumber = statement((work: Work, { roomId, now }: Asked) =>
  work.updateTable('rooms').set((of) => ({ seq: of('seq', '+', 1), last_at: later(now), last_post_at: later(now), last_root_post_at: later(now), total_posts: of('total_posts', '+', 1), total_root_posts: of('total_root_posts', '+', 1) }))
    .where('id', '=', roomId).returning(['seq', 'last_at as at']));

/** The number of the last change of a room. */
export const headOf = async (store: Store | Work, roomId: string): Promise<number> => (await head(store, { roomId }))[0]?.seq ?? 0;

const head = statement((store: Store | Work, { roomId }: Pick<Asked, 'roomId'>) => store.selectFrom('rooms').select('seq').where('id', '=', roomId));
