import type { Socket } from 'socket.io-client';
import type { Ack, AskName, Asked, ClientAsks, HubTells } from '../../../shared/events.ts';
import type { RoomTells } from '../../../shared/rooms.ts';
import { bearer } from '../api/client.ts';
import { socketToken } from '../api/auth.ts';
import { createStore } from '../app/store.ts';

/** How current what is on screen is. */
export type Live =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** Was live, and tries again. */
  | { readonly state: 'lost'; readonly since: number; readonly why: string }
  | { readonly state: 'off' };

export const live = createStore<Live>({ state: 'connecting' });

type PageSocket = Socket<HubTells & RoomTells, ClientAsks>;
let socket: PageSocket | undefined;
let opening: Promise<PageSocket> | undefined;
const renewMs = 12 * 60_000;

/** Opens the one connection of this tab; later calls give the same. */
export const connect = (team: string): Promise<PageSocket> => (opening ??= open(team));

export const disconnect = (): void => {
  socket?.disconnect();
  socket = undefined;
  opening = undefined;
  live.set(() => ({ state: 'off' }));
};

/** Asks the hub over the connection; undefined when it is not there. */
export const askLive = async <Data = unknown>(name: AskName | (string & {}), payload: unknown): Promise<Data | undefined> => {
  if (!socket?.connected) return undefined;
  try {
    const answer = (await (socket as unknown as Socket).timeout(5000).emitWithAck(name, payload)) as Ack<Data>;
    return 'data' in answer ? answer.data : undefined;
  } catch {
    return undefined;
  }
};

export type LiveAsk<Name extends AskName> = Asked<Name>;

const open = async (team: string): Promise<PageSocket> => {
  live.set(() => ({ state: 'connecting' }));
  const { io } = await import('socket.io-client');
  const opened: PageSocket = io({
    transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 10_000, randomizationFactor: 0.5,
    auth: (give) => { void tokenFor(team).then((token) => give({ token })); },
  });
  socket = opened;
  opened.on('connect', () => live.set(() => ({ state: 'live' })));
  opened.on('disconnect', (why) => {
    lost(why === 'io server disconnect' ? 'The hub ended the connection.' : 'The connection to the hub was lost.');
    if (why === 'io server disconnect') setTimeout(() => opened.connect(), 2000);
  });
  opened.on('connect_error', () => {
    lost('The hub does not answer.');
    // A refused handshake is not tried again by itself.
    if (!opened.active) setTimeout(() => opened.connect(), 5000);
  });
  addEventListener('online', () => { if (!opened.connected) opened.connect(); });
  setInterval(() => { if (bearer() === undefined && opened.connected) void tokenFor(team).then((token) => askLive('auth:renew', { token })); }, renewMs);
  return opened;
};

const tokenFor = async (team: string): Promise<string> => bearer() ?? (await socketToken(team).catch(() => ''));

const lost = (why: string): void => live.set((now) => (now.state === 'lost' ? { ...now, why } : { state: 'lost', since: Date.now(), why }));
