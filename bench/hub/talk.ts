import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../rounds.ts';

// People in rooms: node talk.ts SPEC.json ; says {ready} when all have joined, begins at a line on stdin, prints what was heard.
interface Spec {
  readonly url: string;
  readonly kind: 'posts' | 'cursors' | 'bare';
  readonly rooms: readonly { readonly id: string; readonly logins: readonly string[] }[];
  readonly perSecond: number;
  readonly seconds: number;
  readonly bytes: number;
  /** The last one of the first room stops reading. */
  readonly stalls: boolean;
}
const spec = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Spec;
const latencies: number[] = [];
let [sent, failures, heard, dropped] = [0, 0, 0, false];
const sentAt = new Map<string, number>();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** What somebody hears: found by the mark in it, not parsed, so that the listener costs the same whoever speaks. */
const hear = (text: string): void => {
  const mark = /bench-mark-(\d+)-/.exec(text)?.[1];
  if (mark === undefined) return;
  heard += 1;
  latencies.push(performance.now() - sentAt.get(mark)!);
};

const people = spec.rooms.flatMap(({ id, logins }) => logins.map((login) => ({ room: id, login })));
const sockets: WebSocket[] = [];
for (let from = 0; from < people.length; from += 50) sockets.push(...(await Promise.all(people.slice(from, from + 50).map((person) => joined(person)))));
const stalled = spec.stalls ? await stall(spec.rooms[0]!) : undefined;
stalled?.on('close', () => (dropped = true));
await sleep(2000);
console.log(JSON.stringify({ ready: sockets.length }));
await new Promise((resolve) => process.stdin.once('data', resolve));

const began = performance.now();
const total = Math.round(spec.perSecond * spec.seconds);
for (; sent < total; sent += 1) {
  const due = began + (sent * 1000) / spec.perSecond;
  if (due > performance.now()) await sleep(due - performance.now());
  void say(sent);
}
await sleep(1000);
stalled?.resume(); // only who reads on learns that the other side has hung up
if (stalled) await sleep(2000);
console.log(JSON.stringify({ sent, failures, heard, dropped, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) }));
process.exit(0);

async function say(n: number): Promise<void> {
  const { id, logins } = spec.rooms[n % spec.rooms.length]!;
  const speaker = Math.floor(n / spec.rooms.length) % logins.length;
  sentAt.set(String(n), performance.now());
  const message = `bench-mark-${n}-${'x'.repeat(spec.bytes)}`;
  if (spec.kind === 'bare') return sockets[(n % spec.rooms.length) * logins.length + speaker]!.send(message);
  const socket = sockets[(n % spec.rooms.length) * logins.length + speaker]!;
  if (spec.kind === 'cursors') return socket.send(`42${JSON.stringify(['cursor:move', { room: id, path: message.slice(0, 400), line: 1 }])}`);
  await post({ channel_id: id, message, pending_post_id: `${n}:${began}` }, logins[speaker]!).catch(() => (failures += 1));
}

async function post(body: object, login: string): Promise<void> {
  const text = JSON.stringify(body);
  await new Promise<void>((resolve, reject) => {
    const call = request(`${spec.url}/api/v4/posts`, { method: 'POST', agent, headers: { authorization: `Bearer ${login}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }, (response) => {
      response.resume().on('end', () => (response.statusCode === 201 ? resolve() : reject(new Error(`answered ${response.statusCode}`))));
    });
    call.on('error', reject).end(text);
  });
}

/** By the frames of Engine.IO and Socket.IO themselves: a client library would measure itself. */
function joined({ room, login }: { readonly room: string; readonly login: string }): Promise<WebSocket> {
  const url = spec.url.replace('http', 'ws');
  const socket = new WebSocket(spec.kind === 'bare' ? `${url}/?room=${room}` : `${url}/socket.io/?EIO=4&transport=websocket`);
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('a socket could not connect')));
    if (spec.kind === 'bare') socket.addEventListener('open', () => resolve(socket));
    socket.addEventListener('message', ({ data }) => {
      const text = String(data);
      if (spec.kind === 'bare') return hear(text);
      if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token: login })}`);
      else if (text === '2') socket.send('3');
      else if (text.startsWith('40')) socket.send(`420${JSON.stringify(['room:join', { room }])}`);
      else if (text.startsWith('430')) return text.includes('"error"') ? reject(new Error(text)) : resolve(socket);
      else hear(text);
    });
  });
}

/** One more of the room's people, who joins and then reads nothing any more. */
async function stall({ id, logins }: Spec['rooms'][number]): Promise<Socket> {
  const { hostname, port } = new URL(spec.url);
  const socket = connect({ host: hostname, port: Number(port) });
  const frame = (text: string): Buffer => {
    const payload = Buffer.from(text);
    const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255]);
    return Buffer.concat([head, Buffer.alloc(4), payload]); // masked with zeros
  };
  socket.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`);
  for (const text of [`40${JSON.stringify({ token: logins.at(-1)! })}`, `420${JSON.stringify(['room:join', { room: id }])}`]) {
    await sleep(500);
    socket.write(frame(text));
  }
  await sleep(500);
  socket.pause();
  return socket;
}
