import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';

// Sockets that watch a session each: node watch.ts URL COUNT SECONDS LOGIN… ; prints {connected, told}.
const [url, count, seconds, ...logins] = process.argv.slice(2) as [string, string, string, ...string[]];

let connected = 0;
let told = 0;
const sockets = Array.from({ length: Number(count) }, (_none, n) => {
  const socket = io(url, { transports: ['websocket'], auth: { token: logins[n % logins.length] }, forceNew: true });
  socket.on('connect', () => {
    connected += 1;
    // A session is there when its agent has reported once.
    const watch = (): void => { socket.emit('session:watch', { session: `claude/${n}-0` }, (answer: object) => { if ('error' in answer) setTimeout(watch, 1000); }); };
    watch();
  });
  socket.on('session:updated', () => (told += 1));
  return socket;
});
await sleep(Number(seconds) * 1000);
console.log(JSON.stringify({ connected, told }));
for (const socket of sockets) socket.disconnect();
process.exit(0);
