import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Base } from '../base.ts';
import type { HubEventMap } from '../events.ts';
import type { ClientAsks, HubTells } from '../../shared/events.ts';
import { createAsks } from './asks.ts';
import { Connection } from './connection.ts';
import type { HubSocket } from './connection.ts';
import { Connections } from './connections.ts';
import { keepCounts } from './counts.ts';
import type { SocketExtension } from './extension.ts';
import { admitHandshake, holderOf, Turned } from './handshake.ts';
import { createTelling } from './telling.ts';

export interface SocketParts {
  readonly base: Base;
  readonly server: HttpServer;
  /** Told when somebody looks at a session and when they stop, so that its agent reports every second [R9]. */
  readonly watched: { readonly watch: (sessionId: string, watcherId: string) => void; readonly unwatch: (watcherId: string, sessionId: string) => void };
  /** The rooms. */
  readonly extension?: SocketExtension;
}

/** Connections that one person may have at a time: many tabs, but not endless ones. */
const mostPerPerson = 50;
const heartbeatMs = 1000;

/** Real-time on the hub's own server: who may connect, what they may ask, and what they are told. */
export const startSockets = ({ base, server, watched, extension }: SocketParts): { readonly close: () => Promise<void> } => {
  const connections = new Connections();
  const io = new Server<ClientAsks, HubTells>(server, {
    serveClient: false, transports: ['websocket'], maxHttpBufferSize: 16_384, connectTimeout: 10_000, pingInterval: 10_000, pingTimeout: 8_000, perMessageDeflate: false,
    allowRequest: (request, answer) => {
      const refusal = admitHandshake(request, base.settings);
      if (refusal) connections.ended(refusal);
      answer(refusal, refusal === undefined);
    },
  });
  keepCounts(base, () => connections.counts());
  const telling = createTelling({ base, io, connections });
  const answerTo = createAsks({ base, connections, watched, ...(extension ? { extension } : {}) });
  extension?.attach({ io: io as unknown as Server, connections });

  io.use((socket, next) => {
    holderOf(base, socket.handshake).then((holder) => {
      if (connections.ofPerson(holder.userId) >= mostPerPerson) throw new Turned('too many', `One person may have ${mostPerPerson} connections. Close some tabs.`);
      socket.data = holder;
      next();
    }).catch((error: unknown) => {
      const turned = error instanceof Turned ? error : new Turned('not signed in', 'The hub could not look you up now. Try again.');
      if (!(error instanceof Turned)) base.log.error({ problem: String(error) }, 'a handshake failed');
      connections.ended(turned.why);
      next(Object.assign(new Error(turned.message), { data: { id: turned.why.replaceAll(' ', '_') } }));
    });
  });
  io.on('connection', (socket: HubSocket) => {
    const connection = connections.add(new Connection(socket, socket.data));
    socket.onAny((event: string, ...args: unknown[]) => answerTo(connection, event, args));
    extension?.connected(connection);
    socket.on('disconnect', (reason: string) => {
      connections.remove(connection);
      extension?.left(connection, reason);
    });
  });

  const onLost = (lost: HubEventMap['access:lost'][0]): void => {
    connections.lose(lost);
    telling.accessChanged(lost);
  };
  base.events.on('access:lost', onLost);
  const heartbeat = setInterval(() => connections.endExpired(base.now()), heartbeatMs);
  return {
    close: async () => {
      clearInterval(heartbeat);
      base.events.off('access:lost', onLost);
      telling.stop();
      io.disconnectSockets(true);
      await new Promise<void>((resolve) => { io.engine.close(); resolve(); });
    },
  };
};
