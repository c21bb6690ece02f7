import type { HubEvents } from '../events.ts';
import type { Live } from './live.ts';

/** Sessions that somebody looks at: their agents report every second (R9). In memory; sockets say when they come and go. */
export class Watched {
  readonly #live: Live;
  readonly #events: HubEvents;
  readonly #watchers = new Map<string, Set<string>>();

  constructor(live: Live, events: HubEvents) {
    this.#live = live;
    this.#events = events;
  }

  /** Somebody looks at a session. `watcherId` tells apart whoever looks (a socket's id); twice is once. */
  watch(sessionId: string, watcherId: string): void {
    const watchers = this.#watchers.get(sessionId);
    if (watchers) watchers.add(watcherId);
    else {
      this.#watchers.set(sessionId, new Set([watcherId]));
      this.#tell(sessionId);
    }
  }

  /** Looks no longer; without a session: at nothing any more. */
  unwatch(watcherId: string, sessionId?: string): void {
    for (const id of sessionId === undefined ? [...this.#watchers.keys()] : [sessionId]) {
      const watchers = this.#watchers.get(id);
      if (!watchers?.delete(watcherId) || watchers.size > 0) continue;
      this.#watchers.delete(id);
      this.#tell(id);
    }
  }

  isWatched(sessionId: string): boolean {
    return this.#watchers.has(sessionId);
  }

  /** The watched sessions of an agent, by their keys. */
  of(agentId: string): string[] {
    const keys: string[] = [];
    for (const id of this.#watchers.keys()) {
      const holder = this.#live.holderOf(id);
      if (holder?.agentId === agentId) keys.push(holder.key);
    }
    return keys.sort().slice(0, mostWatched);
  }

  #tell(sessionId: string): void {
    const holder = this.#live.holderOf(sessionId);
    if (holder) this.#events.emit('agent:wanted', { agentId: holder.agentId });
  }
}

/** As many as an answer may name. */
const mostWatched = 1000;
