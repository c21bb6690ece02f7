import type { HubEventMap } from '../events.ts';
import type { Connection } from './connection.ts';
import { endings } from './counts.ts';
import type { Ending, SocketCounts } from './counts.ts';

/** All connections of the hub. */
export class Connections {
  readonly #all = new Set<Connection>();
  readonly #endings = Object.fromEntries(endings.map((ending) => [ending, 0])) as Record<Ending, number>;
  asks = 0;
  refusedAsks = 0;
  tells = 0;

  add(connection: Connection): Connection {
    this.#all.add(connection);
    return connection;
  }

  remove(connection: Connection): void {
    connection.release();
    this.#all.delete(connection);
  }

  all(): Iterable<Connection> {
    return this.#all;
  }

  ofPerson(userId: string): number {
    let count = 0;
    for (const { holder } of this.#all) if (holder.userId === userId) count += 1;
    return count;
  }

  ended(why: Ending): void {
    this.#endings[why] += 1;
  }

  /** Ends one for a reason that is counted. */
  end(connection: Connection, why: Extract<Ending, 'access lost' | 'expired' | 'rude'>): void {
    this.ended(why);
    connection.end(why === 'expired' ? 'expired' : why === 'access lost' ? 'signed out' : undefined);
    this.remove(connection);
  }

  /** Drops a reader that is too far behind. */
  isTooSlow(connection: Connection): boolean {
    if (!connection.dropIfSlow()) return false;
    this.ended('slow');
    this.remove(connection);
    return true;
  }

  endExpired(now: number): void {
    for (const connection of [...this.#all]) if (connection.hasExpired(now)) this.end(connection, 'expired');
  }

  /** Takes away what somebody lost, before it returns [R8]. */
  lose({ userId, teamId, sessionId, deviceId, tokenId }: HubEventMap['access:lost'][0]): void {
    for (const connection of [...this.#all]) {
      const { holder } = connection;
      if (userId !== undefined && holder.userId !== userId) continue;
      if (deviceId !== undefined || tokenId !== undefined) {
        if ((deviceId !== undefined && holder.deviceId === deviceId) || (tokenId !== undefined && holder.tokenId === tokenId)) this.end(connection, 'access lost');
      } else if (sessionId !== undefined) connection.unwatch(sessionId);
      else if (teamId !== undefined) {
        if (connection.leaveTeam(teamId)) connection.socket.emit('access:lost', { team: teamId, reason: 'no longer a member' });
      } else if (userId !== undefined) this.end(connection, 'access lost');
    }
  }

  counts(): SocketCounts {
    const subscriptions = { sessions: 0, team: 0, notifications: 0 };
    const watched = new Set<string>();
    const people = new Set<string>();
    for (const connection of this.#all) {
      people.add(connection.holder.userId);
      for (const { channel } of connection.subscriptions.values()) subscriptions[channel] += 1;
      for (const id of connection.watches.keys()) watched.add(id);
    }
    return { connections: this.#all.size, people: people.size, subscriptions, watched: watched.size, asksTotal: this.asks, refusedAsksTotal: this.refusedAsks, tellsTotal: this.tells, endingsTotal: { ...this.#endings } };
  }
}
