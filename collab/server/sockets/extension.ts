import type { Server } from 'socket.io';
import type { z } from 'zod';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

/** Asks and tells of another part of the hub over the same connections. */
export interface SocketExtension {
  readonly asks: Readonly<Record<string, ExtraAsk>>;
  readonly attach: (parts: { readonly io: Server; readonly connections: Connections }) => void;
  readonly connected: (connection: Connection) => void;
  /** @param reason socket.io's: 'ping timeout' when nothing was heard any more */
  readonly left: (connection: Connection, reason: string) => void;
}

export interface ExtraAsk {
  readonly schema: z.ZodType;
  /** Comes often and may get lost: it has a budget of its own with its part. */
  readonly volatile?: true;
  readonly act: (connection: Connection, asked: never) => Promise<unknown>;
}
