import type { Base } from '../base.ts';

/** Why a handshake was refused or a connection ended by the hub. */
export const endings = ['not signed in', 'origin', 'host', 'too many', 'access lost', 'expired', 'slow', 'rude'] as const;
export type Ending = (typeof endings)[number];

/** The sockets in numbers, for /metrics. */
export interface SocketCounts {
  readonly connections: number;
  /** People with at least one connection. */
  readonly people: number;
  readonly subscriptions: Readonly<Record<'sessions' | 'team' | 'notifications', number>>;
  /** Sessions that somebody looks at. */
  readonly watched: number;
  /** Since the hub began. */
  readonly asksTotal: number;
  readonly refusedAsksTotal: number;
  readonly tellsTotal: number;
  readonly endingsTotal: Readonly<Record<Ending, number>>;
}

const readers = new WeakMap<Base, () => SocketCounts>();

/** The sockets of a hub in numbers; undefined: it has none. */
export const socketCounts = (base: Base): SocketCounts | undefined => readers.get(base)?.();

export const keepCounts = (base: Base, read: () => SocketCounts): void => { readers.set(base, read); };
