import type { RoomTalk } from 'watchroom/session';
import type { Store } from '../store/open.ts';
import { commentType } from './chat/shape.ts';

/** How much was said in rooms, for /metrics. */
export interface Talk {
  /** Of rooms by id. The same object as before while nothing was said. */
  readonly of: (roomIds: readonly string[]) => Promise<ReadonlyMap<string, RoomTalk>>;
}

/** Counts posts in the store; a room in which nothing has changed since it was last asked for is not counted again. */
export const createTalk = (store: Store): Talk => {
  let known = new Map<string, Counted>();
  return {
    of: async (roomIds) => {
      const seqs = await seqsOf(store, roomIds);
      const counted = await count(store, roomIds.filter((id) => (seqs.get(id) ?? 0) !== (known.get(id)?.seq ?? 0)));
      // What nobody asks for any more is forgotten.
      known = new Map(roomIds.map((id) => [id, { seq: seqs.get(id) ?? 0, talk: newer(known.get(id)?.talk ?? silence, counted.get(id)) }]));
      return new Map([...known].map(([id, { talk }]) => [id, talk]));
    },
  };
};

interface Counted {
  readonly seq: number;
  readonly talk: RoomTalk;
}

const silence: RoomTalk = { messages: 0, comments: 0 };

/** Nothing is ever taken back, so the higher count is the newer one, whichever scrape is done first. */
const newer = (before: RoomTalk, now: RoomTalk | undefined): RoomTalk => (now === undefined || now.messages <= before.messages ? before : now);

const seqsOf = async (store: Store, roomIds: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const seqs = new Map<string, number>();
  for (const ids of chunksOf(roomIds, 500)) for (const { id, seq } of await store.selectFrom('rooms').select(['id', 'seq']).where('id', 'in', ids).execute()) seqs.set(id, seq);
  return seqs;
};

/** What people wrote, and programs for them: not alerts, nor what the hub says. A deleted message keeps its row, so no count falls. */
const count = async (store: Store, roomIds: readonly string[]): Promise<ReadonlyMap<string, RoomTalk>> => {
  const found = new Map<string, RoomTalk>();
  for (const ids of chunksOf(roomIds, 50)) {
    const rows = await store.selectFrom('posts').select(({ fn }) => ['room_id', 'type', fn.countAll<number>().as('posts')]).where('room_id', 'in', ids).where('type', 'in', ['', commentType]).groupBy(['room_id', 'type']).execute();
    for (const { room_id: id, type, posts } of rows) {
      const { messages, comments } = found.get(id) ?? silence;
      found.set(id, { messages: messages + Number(posts), comments: comments + (type === commentType ? Number(posts) : 0) });
    }
  }
  return found;
};

const chunksOf = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] => Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
