import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

// Fan-out and nothing else, by the ws that the hub's own sockets stand on: node serve-bare.ts
// A socket at /?room=N hears what any other in the room sends. Says {url} on its first line.
interface BareSocket { readonly on: (event: string, listener: (data: Buffer) => void) => void; readonly send: (text: string) => void }
interface BareServer { readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, then: (socket: BareSocket) => void) => void }
const require = createRequire(createRequire(import.meta.url).resolve('engine.io'));
const { WebSocketServer } = require('ws') as { WebSocketServer: new (options: { noServer: true }) => BareServer };

const rooms = new Map<string, Set<BareSocket>>();
const sockets = new WebSocketServer({ noServer: true });
const server = createServer();
server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, (one) => {
  const name = new URL(request.url ?? '/', 'http://bare').searchParams.get('room') ?? '';
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(one));
  one.on('message', (data) => {
    const text = data.toString();
    for (const other of room) other.send(text);
  });
  one.on('close', () => room.delete(one));
}));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
process.once('SIGTERM', () => process.exit(0));
