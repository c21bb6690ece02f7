import { createServer as createHttpServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as HttpsServer, ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ListenAddress } from '../config/kinds.ts';
import type { TlsConfig, WatchedWebConfig } from './web-config.ts';

/** A server that is not listening yet: https when the web configuration has certificates. */
export const createListener = (app: RequestListener, web: WatchedWebConfig | undefined): { readonly server: Server | HttpsServer; readonly scheme: 'http' | 'https' } => {
  const tls = web?.current.tls;
  return tls ? { server: httpsServer(app, web!, tls), scheme: 'https' } : { server: createHttpServer(app), scheme: 'http' };
};

/** Starts listening (port 0 takes a free one); resolves with the port. */
export const listen = (server: Server, address: ListenAddress): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(cannotListen(error, address), { cause: error })));
    server.listen({ port: address.port, ...(address.host === undefined ? {} : { host: address.host }) }, () => resolve((server.address() as AddressInfo).port));
  });

/** Lets answers under way finish, and no longer than the limit. */
export const closeGently = (server: Server, limitMs = 2000): Promise<void> =>
  new Promise((resolve) => {
    const limit = setTimeout(() => server.closeAllConnections(), limitMs);
    // A connection that was busy becomes idle with its answer, and would then be kept alive.
    const idle = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(limit);
      clearInterval(idle);
      resolve();
    });
  });

/** "127.0.0.1:10877", "[::1]:10877" */
export const addressText = ({ host, port }: ListenAddress): string => (host?.includes(':') ? `[${host}]:${port}` : `${host ?? ''}:${port}`);

const cannotListen = ({ code, message }: NodeJS.ErrnoException, address: ListenAddress): string => {
  const where = addressText(address);
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${address.port} is in use already (asked for ${where}). Perhaps Watchroom runs: open http://localhost:${address.port}/. Or try another port: --web.listen-address ${addressText({ ...address, port: address.port < 65_535 ? address.port + 1 : 10_877 })}`;
    case 'EACCES':
      return `This user may not listen on ${where}. Try a port above 1023: --web.listen-address ${addressText({ ...address, port: 10_877 })}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address "${address.host}". Try --web.listen-address 127.0.0.1:${address.port}`;
    default:
      return `Cannot listen on ${where}: ${message}`;
  }
};

const httpsServer = (app: RequestListener, web: WatchedWebConfig, first: TlsConfig): HttpsServer => {
  const asks = first.clientAuth !== 'NoClientCert';
  const server = createHttpsServer({ ...contextOf(first), requestCert: asks, rejectUnauthorized: first.clientAuth === 'RequireAndVerifyClientCert' }, app);
  let inUse = first;
  // Before the handshake, so that a renewed certificate serves the very connection that needs it.
  server.prependListener('connection', () => {
    const { tls } = web.current;
    if (!tls || tls === inUse) return;
    inUse = tls;
    server.setSecureContext(contextOf(tls));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    if (!mayStay(socket, first.clientAuth)) socket.destroy();
  });
  return server;
};

const contextOf = ({ cert, key, clientCa, minVersion }: TlsConfig): ServerOptions => ({ cert, key, minVersion, ...(clientCa ? { ca: clientCa } : {}) });

const mayStay = (socket: TLSSocket, clientAuth: TlsConfig['clientAuth']): boolean => {
  const showsOne = Object.keys(socket.getPeerCertificate() ?? {}).length > 0;
  if (clientAuth === 'RequireAnyClientCert') return showsOne;
  return clientAuth !== 'VerifyClientCertIfGiven' || !showsOne || socket.authorized;
};
