import type { Cursor } from '../../../shared/rooms.ts';

/** Where everybody is in each room, in memory alone [R5]: one place a person and room, the last one. */
export class Cursors {
  readonly #rooms = new Map<string, Map<string, Cursor>>();

  /** Moves somebody; without a path they are nowhere. True: that is news. */
  move(roomId: string, userId: string, place: { readonly path?: string; readonly line?: number }): boolean {
    const room = this.#rooms.get(roomId) ?? new Map<string, Cursor>();
    const before = room.get(userId);
    if (place.path === undefined) {
      room.delete(userId);
      if (room.size === 0) this.#rooms.delete(roomId);
      return before !== undefined;
    }
    if (before?.path === place.path && before.line === place.line) return false;
    room.set(userId, { user: userId, path: place.path, ...(place.line === undefined ? {} : { line: place.line }) });
    this.#rooms.set(roomId, room);
    return true;
  }

  of(roomId: string): readonly Cursor[] {
    return [...(this.#rooms.get(roomId)?.values() ?? [])];
  }
}
