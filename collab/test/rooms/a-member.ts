import { connect } from '../sockets/a-socket.ts';
import type { TestSocket } from '../sockets/a-socket.ts';
import type { Client, TestHub } from '../support/hub.ts';

/** Somebody with a socket, as the page has one. */
export interface RoomSocket extends Omit<TestSocket, 'next' | 'told'> {
  readonly told: readonly { readonly event: string; readonly payload: any }[]; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly next: (event: string, where?: (payload: any) => boolean) => Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  /** Waits for something in Mattermost's envelope; its data, JSON texts read. */
  readonly hears: (event: string, where?: (data: any) => boolean) => Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  /** What of that it has heard so far. */
  readonly heard: (event: string) => readonly any[]; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export const memberOf = async (hub: TestHub, who: Client, ...rooms: readonly string[]): Promise<RoomSocket> => {
  const socket = (await connect(hub.url, who.secret)) as unknown as RoomSocket;
  for (const room of rooms) {
    const answer = (await socket.ask('room:join', { room })) as { error?: { message: string } };
    if (answer.error) throw new Error(answer.error.message);
  }
  return {
    ...socket,
    hears: async (event, where = () => true) => readData(await socket.next('room:told', (envelope) => envelope.event === event && where(readData(envelope).data))).data,
    heard: (event) => socket.told.filter((one) => one.event === 'room:told' && one.payload.event === event).map(({ payload }) => readData(payload).data),
  };
};

const readData = ({ data, ...envelope }: { readonly data: Record<string, unknown> }) => ({ ...envelope, data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, typeof value === 'string' && /^[[{]/.test(value) ? JSON.parse(value) : value])) });
