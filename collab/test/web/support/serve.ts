// A hub with a team at work, to look at the page by: node --conditions=watchroom-source collab/test/web/support/serve.ts [port]. Prints logins.
import { createServer } from 'node:http';
import { startTestHub } from '../../support/hub.ts';
import { makeScene } from './scene.ts';

const port = Number(process.argv[2] ?? 8899);
const hub = await startTestHub({ publicUrl: `http://127.0.0.1:${port}`, limitFactor: 1000 });
const scene = await makeScene(hub);
// The hub itself listens on a free port, as in tests; this is a known one.
const known = createServer((request, response) => { hub.server.emit('request', request, response); });
known.on('upgrade', (...upgrade) => { hub.server.emit('upgrade', ...upgrade); });
await new Promise<void>((resolve) => known.listen(port, '127.0.0.1', resolve));
setInterval(() => { hub.clock.now = Date.now(); }, 200);
let context = 188_600;
setInterval(() => {
  context = context > 196_000 ? 188_600 : context + 311;
  void scene.change('ada', scene.sick, { lastActivityAt: hub.clock.now, context: { used: context, limit: 200_000, compactAt: 190_000 } });
}, 3000);
for (const [name, { secret }] of Object.entries(scene.people)) console.log(`${name}\t${secret}`);
console.log(`http://127.0.0.1:${port}/`);
