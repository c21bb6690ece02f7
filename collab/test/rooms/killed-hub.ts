import { pino } from 'pino';
import { createHub } from '../../server/hub.ts';

// A hub in a process of its own, to be killed: node killed-hub.ts <data folder>. Says its port on stdout.
const hub = await createHub({
  settings: { version: '0.0.0-test', publicUrl: 'http://hub.example', allowedHosts: [], trustProxy: 0, dataFolder: process.argv[2]!, local: false, seriesPerUser: 1000, seriesPerHub: 1000, limitFactor: 10_000 },
  log: pino({ level: 'error' }), now: () => Date.now(),
});
hub.server.listen(0, '127.0.0.1', () => {
  const address = hub.server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
