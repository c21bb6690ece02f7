import type { TestHub } from '../support/hub.ts';

/** The posts of a room as the database has them, oldest first. */
export const storedPosts = async (hub: TestHub, room: string) =>
  // The tests say what they expect of props.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  (await hub.base.store.selectFrom('posts').selectAll().where('room_id', '=', room).where('delete_at', '=', 0).orderBy('seq').execute()).map((row) => ({ ...row, props: JSON.parse(row.props) as any }));
