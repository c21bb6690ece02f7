import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Server as TlsServer } from 'node:tls';
import type { Certificate } from './certificate.ts';
import { hostOf } from './local-address.ts';

/** A way into an HTTP server by TLS, at some addresses of this machine. */
export interface TlsDoor {
  readonly port: number;
  /** "10.0.0.5:8878": what guests type, and what their browsers say. */
  readonly hosts: readonly string[];
  readonly close: () => Promise<void>;
}

interface Opening {
  /** Answers what comes in; it may listen elsewhere too. */
  readonly server: Server;
  readonly certificate: Certificate;
  readonly addresses: readonly string[];
  readonly port: number;
  /** How many further ports are tried when that one is taken at one of the addresses. */
  readonly nextPorts: number;
}

/** Listens at each of the addresses under one port; one that has gone meanwhile is left out. Rejects with a sentence. */
export const openTlsDoor = async ({ server, certificate: { key, cert }, addresses, port, nextPorts }: Opening): Promise<TlsDoor> => {
  const inside = new Set<Socket>();
  const newServer = (): TlsServer => {
    const tls = createServer({ key, cert, minVersion: 'TLSv1.2', handshakeTimeout: 10_000, ALPNProtocols: ['http/1.1'] }, (socket) => server.emit('connection', socket));
    tls.maxConnections = mostConnections;
    tls.on('connection', (socket) => {
      inside.add(socket);
      socket.once('close', () => inside.delete(socket));
    });
    tls.on('tlsClientError', (_error, socket) => socket.destroy()); // a browser that does not trust us yet, or a stranger
    return tls;
  };
  const close = async (servers: readonly TlsServer[]): Promise<void> => {
    for (const socket of inside) socket.destroy();
    await Promise.all(servers.map((one) => new Promise((resolve) => one.close(resolve))));
  };
  for (let next = port; next <= Math.min(port + nextPorts, 65_535); next += 1) {
    const tries = await Promise.all(addresses.map((address) => listenAt(newServer(), { address, port: next })));
    const open = tries.flatMap(({ tls }) => tls ?? []);
    const problem = tries.find(({ code }) => code !== undefined && code !== 'EADDRNOTAVAIL')?.code;
    if (problem === undefined && open.length > 0) {
      const hosts = tries.flatMap(({ tls, address }) => (tls ? [hostOf(address, next)] : []));
      return { port: next, hosts, close: () => close(open) };
    }
    await close(open);
    if (problem !== undefined && problem !== 'EADDRINUSE') throw new Error(`cannot listen for the local network on port ${next} (${problem})`);
    if (problem === undefined) throw new Error(`this machine has none of the addresses ${addresses.join(', ')} any more`);
  }
  throw new Error(`cannot listen for the local network: other programs have the ports ${port} to ${port + nextPorts}`);
};

const mostConnections = 1000;

const listenAt = (tls: TlsServer, { address, port }: { readonly address: string; readonly port: number }): Promise<{ readonly address: string; readonly tls?: TlsServer; readonly code?: string }> =>
  new Promise((resolve) => {
    tls.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => resolve({ address, code }));
    tls.listen({ host: address, port, exclusive: true }, () => {
      tls.removeAllListeners('error').on('error', () => undefined); // of accepting: that guest tries again
      resolve({ address, tls });
    });
  });
