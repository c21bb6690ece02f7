// A hub in a process of its own, to be killed: node killable-hub.ts <data folder> <port>
import { pino } from 'pino';
import { createHub } from '../../server/hub.ts';

const [dataFolder, port] = process.argv.slice(2);
const hub = await createHub({
  settings: { version: '0.0.0-test', publicUrl: 'http://hub.example', allowedHosts: [], trustProxy: 0, dataFolder: dataFolder!, local: false, seriesPerUser: 50_000, seriesPerHub: 200_000 },
  log: pino({ level: 'silent' }),
  now: () => Date.now(),
});
hub.server.listen(Number(port), '127.0.0.1');
