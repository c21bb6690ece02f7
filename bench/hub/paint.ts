import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { buildPage, launchBrowser } from '../../collab/test/web/support/browser.ts';
import { pageBytes } from '../../collab/test/web/support/page-bytes.ts';
import { makeScene } from '../../collab/test/web/support/scene.ts';
import { startTestHub } from '../../collab/test/support/hub.ts';

// How long until a room is painted, and until a page of React with nothing in it is: node paint.ts FOLDER ROUNDS
// On a line of 10 Mbit/s and a CPU slowed to a quarter, everything loaded for the first time. Prints {room: ms[], empty: ms[], bytes}.
const [folder, rounds] = process.argv.slice(2) as [string, string];
/** What the page itself is made of. */
const page = createRequire(new URL('../../collab/web/src/main.tsx', import.meta.url));

buildPage();
const hub = await startTestHub({ limitFactor: 1000 });
const { people, sick } = await makeScene(hub);
const room = (await hub.base.store.selectFrom('sessions').select('id').where('session_key', '=', sick).executeTakeFirstOrThrow()).id;
for (let n = 0; n < 30; n += 1) await people.grace.ask('POST', '/api/v4/posts', { channel_id: room, message: `The ${n}. thing that somebody said, with \`code.ts:${n + 1}\` in it.` });
const empty = await serveEmpty();

const browser = await launchBrowser();
const found = { room: [] as number[], empty: [] as number[] };
for (let round = 0; round <= Number(rounds); round += 1) {
  const times = { empty: await painted(empty, '#hello'), room: await painted(`${hub.url}/rooms/${sick}`, '.room-header h1', '.message') };
  if (round === 0) continue; // warms the hub and the browser
  found.room.push(times.room);
  found.empty.push(times.empty);
}
console.log(JSON.stringify({ ...found, bytes: pageBytes() }));
process.exit(0);

/** From asking for the page until all of these are there and a frame with them was drawn. */
async function painted(url: string, ...selectors: readonly string[]): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
  await context.addInitScript({ content: `
    sessionStorage.setItem('watchroom.bearer', ${JSON.stringify(people.ada.secret)});
    const look = () => {
      if (${JSON.stringify(selectors)}.every((selector) => document.querySelector(selector) !== null)) requestAnimationFrame(() => setTimeout(() => { window.paintedAt = performance.now(); }));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);` });
  const tab = await context.newPage();
  const session = await context.newCDPSession(tab);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 20, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await tab.goto(url);
  await tab.waitForFunction('window.paintedAt !== undefined', undefined, { timeout: 60_000 });
  const ms = (await tab.evaluate('window.paintedAt')) as number;
  await context.close();
  return ms;
}

/** React, one paragraph, built and compressed as the page is. */
async function serveEmpty(): Promise<string> {
  const root = join(folder, 'empty');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!doctype html><html lang="en"><head><title>Empty</title></head><body><div id="root"></div><script type="module" src="./main.js"></script></body></html>');
  writeFileSync(join(root, 'main.js'), `import { createElement } from ${JSON.stringify(page.resolve('react'))};\nimport { createRoot } from ${JSON.stringify(page.resolve('react-dom/client'))};\ncreateRoot(document.getElementById('root')).render(createElement('p', { id: 'hello' }, 'Hello'));\n`);
  process.env.NODE_ENV = 'production';
  await build({ root, configFile: false, logLevel: 'error', build: { outDir: join(root, 'dist'), target: 'es2023', modulePreload: { polyfill: false } } });
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : request.url!;
    try {
      const body = gzipSync(readFileSync(join(root, 'dist', path)));
      response.writeHead(200, { 'content-type': path.endsWith('.js') ? 'text/javascript' : 'text/html', 'content-encoding': 'gzip' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
