import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type { Ack, AskName, TellName } from '../../shared/events.ts';
import { newId } from '../../server/store/ids.ts';
import type { SessionTable, Visibility } from '../../server/store/schema.ts';
import type { TestHub } from '../support/hub.ts';

/** A real socket of socket.io's own client, with everything it was told. */
export interface TestSocket {
  readonly socket: Socket;
  readonly told: { readonly event: TellName; readonly payload: any }[]; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly ask: (event: AskName | (string & {}), payload?: unknown) => Promise<Ack<any>>; // eslint-disable-line @typescript-eslint/no-explicit-any
  /** Waits for a tell. */
  readonly next: (event: TellName, where?: (payload: any) => boolean) => Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly gone: Promise<string>;
}

const open: Socket[] = [];

/** Connects with a token; rejects with what the handshake was refused for. */
export const connect = async (url: string, token: unknown, headers: Readonly<Record<string, string>> = {}): Promise<TestSocket> => {
  const socket = io(url, { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true, extraHeaders: headers });
  open.push(socket);
  const told: TestSocket['told'] = [];
  socket.onAny((event: TellName, payload: unknown) => told.push({ event, payload }));
  const gone = new Promise<string>((resolve) => socket.once('disconnect', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error: Error & { data?: { id?: string } }) => reject(new Error(`${error.data?.id ?? ''} ${error.message}`)));
  });
  return {
    socket, told, gone,
    ask: (event, payload) => socket.timeout(3000).emitWithAck(event, payload) as Promise<Ack>,
    next: async (event, where = () => true) => {
      for (const started = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 10))) {
        const found = told.find((one) => one.event === event && where(one.payload));
        if (found) return found.payload;
        if (Date.now() - started > 4000) throw new Error(`no ${event} was told; told were: ${JSON.stringify(told)}`);
      }
    },
  };
};

export const closeSockets = (): void => { for (const socket of open.splice(0)) socket.disconnect(); };

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A session in the store of a hub, as an agent's report would leave it. */
export const aSession = async (hub: TestHub, { teamId, ownerId, visibility = 'team', ...more }: { readonly teamId: string; readonly ownerId: string; readonly visibility?: Visibility } & Partial<SessionTable>): Promise<SessionTable> => {
  const nativeId = newId();
  const row = {
    id: newId(), team_id: teamId, owner_id: ownerId, session_key: `claude/${nativeId}`, tool: 'claude', native_id: nativeId, host_name: 'laptop', visibility, state: 'working' as const,
    tags: '[]', tokens: 0, micro_usd: 0, errors: 0, last_error: 0 as const, last_activity_at: hub.clock.now, told: '{}', created_at: hub.clock.now, updated_at: hub.clock.now, ...more,
  };
  await hub.base.store.insertInto('sessions').values(row as never).execute();
  return hub.base.store.selectFrom('sessions').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow();
};

/** Changes a session and says so, as the hub's own parts do. */
export const change = async (hub: TestHub, session: SessionTable, set: Partial<SessionTable>, event: 'session:updated' | 'session:ended' = 'session:updated'): Promise<void> => {
  await hub.base.store.updateTable('sessions').set(set as never).where('id', '=', session.id).execute();
  hub.base.events.emit(event, { session: { ...session, ...set } });
};
