import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** One address behind which a hub may go away and another one come. */
export interface Door {
  readonly url: string;
  /** Undefined: nobody is there, and who is inside is shown out. */
  readonly leadTo: (url: string | undefined) => void;
  readonly close: () => Promise<void>;
}

export const aDoor = async (): Promise<Door> => {
  const open = new Set<Socket>();
  let target: URL | undefined;
  const server = createServer((inside) => {
    if (!target) return void inside.destroy();
    const outside = connect(Number(target.port), target.hostname);
    for (const [one, other] of [[inside, outside], [outside, inside]] as const) {
      open.add(one);
      one.on('error', () => other.destroy()).on('close', () => { open.delete(one); other.destroy(); }).pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (url) => {
      target = url === undefined ? undefined : new URL(url);
      for (const socket of open) socket.destroy();
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
