import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

export interface ListenOn {
  /** Undefined: all interfaces. */
  readonly host?: string;
  readonly port: number;
}

/** Listens and returns the port. Rejects with a sentence. */
export const listen = async (server: Server, on: ListenOn): Promise<number> => {
  try {
    return await listenOnce(server, on);
  } catch (error) {
    throw new Error(sentenceOf((error as NodeJS.ErrnoException).code, on, error)); // all is said: no cause behind it
  }
};

/** The first port from this one on that nobody has, or the same again when all of them are taken. */
export const freePort = async ({ host, port }: ListenOn, nextPorts: number): Promise<number> => {
  for (let next = port; next <= port + nextPorts && next <= 65_535; next += 1) {
    const server = createServer();
    try {
      return await listenOnce(server, { ...(host === undefined ? {} : { host }), port: next });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return port; // listening says what it is
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }
  return port;
};

const listenOnce = (server: Server, on: ListenOn): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...on, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

const sentenceOf = (code: string | undefined, { host = '', port }: ListenOn, error: unknown): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  const place = `${name}:${port}`;
  switch (code) {
    case 'EADDRINUSE': return `cannot listen on ${place}: another program has that port. Try --listen ${name}:${port + 1}`;
    case 'EACCES': return `cannot listen on ${place}: this user may not use that port. Try one above 1024`;
    case 'EADDRNOTAVAIL': case 'ENOTFOUND': return `cannot listen on ${place}: this machine has no such address. Try --listen 127.0.0.1:${port}, or :${port} for all`;
    default: return `cannot listen on ${place}: ${error instanceof Error ? error.message : String(error)}`;
  }
};
