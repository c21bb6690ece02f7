import type { Socket } from 'socket.io';
import type { ClientAsks, HubTells, SessionFilters } from '../../shared/events.ts';
import type { Channel, Told } from '../../shared/events.ts';

export type HubSocket = Socket<ClientAsks, HubTells>;

/** Whose connection it is, as the handshake or a renewal found. */
export interface Holder {
  readonly userId: string;
  /** Of a login, or the one its JWT was made from. */
  readonly deviceId?: string;
  readonly tokenId?: string;
  /** The one team that a JWT is for; a login is for all of its person's. */
  readonly teamId?: string;
  /** Of a JWT; a login lasts until it is taken away. */
  readonly expiresAt?: number;
}

export interface Subscription {
  readonly channel: Channel;
  readonly teamId: string;
  readonly filters: SessionFilters;
}

export interface Watch {
  readonly teamId: string;
  /** "<tool>/<native id>" */
  readonly key: string;
  readonly end: () => void;
}

/** How long a connection outlives its JWT, so that a renewal has time. */
export const graceMs = 60_000;
/** Bytes that wait for a slow reader before it is dropped. */
export const mostBuffered = 2 ** 20;

/** One connection: who holds it, what it subscribed to and watches. */
export class Connection {
  readonly socket: HubSocket;
  readonly subscriptions = new Map<string, Subscription>();
  /** By the session's id in the store. */
  readonly watches = new Map<string, Watch>();
  /** Sessions that this connection was told of and that still fit its filters, by their id in the store. */
  readonly shown = new Set<string>();
  holder: Holder;
  open = true;

  constructor(socket: HubSocket, holder: Holder) {
    this.socket = socket;
    this.holder = holder;
  }

  hasExpired(now: number): boolean {
    return this.holder.expiresAt !== undefined && now > this.holder.expiresAt + graceMs;
  }

  /** Goes on with another token; what that one is not for ends. */
  renew(holder: Holder): void {
    this.holder = holder;
    const teams = new Set([...this.subscriptions.values(), ...this.watches.values()].map(({ teamId }) => teamId));
    for (const teamId of teams) if ((holder.teamId ?? teamId) !== teamId) this.leaveTeam(teamId);
  }

  subscribe(subscription: Subscription): void {
    this.subscriptions.set(keyOf(subscription), subscription);
  }

  unsubscribe(subscription: Pick<Subscription, 'channel' | 'teamId'>): void {
    this.subscriptions.delete(keyOf(subscription));
  }

  subscriptionTo(channel: Channel, teamId: string): Subscription | undefined {
    return this.subscriptions.get(keyOf({ channel, teamId }));
  }

  watch(sessionId: string, watch: Watch): void {
    this.unwatch(sessionId);
    this.watches.set(sessionId, watch);
  }

  unwatch(sessionId: string): void {
    this.watches.get(sessionId)?.end();
    this.watches.delete(sessionId);
  }

  /** Ends what concerns a team. */
  leaveTeam(teamId: string): boolean {
    const mine = [...this.subscriptions].filter(([, subscription]) => subscription.teamId === teamId);
    for (const [key] of mine) this.subscriptions.delete(key);
    const watched = [...this.watches].filter(([, watch]) => watch.teamId === teamId);
    for (const [id] of watched) this.unwatch(id);
    return mine.length + watched.length > 0;
  }

  /** Ends it at once, with a word. */
  end(reason?: Told<'access:lost'>['reason']): void {
    if (!this.open) return;
    if (reason !== undefined) this.socket.emit('access:lost', { reason });
    this.release();
    this.socket.disconnect(true);
  }

  /** Gives back what it held; nothing is told to it from here on. */
  release(): void {
    this.open = false;
    this.subscriptions.clear();
    this.shown.clear();
    for (const id of [...this.watches.keys()]) this.unwatch(id);
  }

  /** Whether more than so many bytes wait for it. */
  isBehind(bytes: number): boolean {
    return bufferedBytes(this.socket) > bytes;
  }

  /** Drops a reader that has fallen too far behind, without waiting for it. True: it is gone. */
  dropIfSlow(): boolean {
    if (bufferedBytes(this.socket) <= mostBuffered) return false;
    this.release();
    const { transport } = this.socket.conn as unknown as { transport: { socket?: { terminate?: () => void } } };
    transport.socket?.terminate?.();
    this.socket.disconnect(true);
    return true;
  }
}

const keyOf = ({ channel, teamId }: Pick<Subscription, 'channel' | 'teamId'>): string => `${channel} ${teamId}`;

/** What was told and has not left this process: in the websocket, and behind it in engine.io. */
const bufferedBytes = ({ conn }: HubSocket): number => {
  const { transport, writeBuffer } = conn as unknown as { transport: { socket?: { bufferedAmount?: number } }; writeBuffer: readonly { data?: unknown; options?: { wsPreEncodedFrame?: readonly Buffer[] } }[] };
  let waiting = 0;
  if (writeBuffer.length > 0) for (const { data } of writeBuffer) waiting += typeof data === 'string' || Buffer.isBuffer(data) ? data.length : 0;
  return waiting + (transport.socket?.bufferedAmount ?? 0);
};
