import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningExporter {
  readonly pid: number;
  /** The text of one scrape over a kept connection, and how long it took. */
  readonly scrape: (query?: string) => Promise<{ readonly text: string; readonly ms: number }>;
  /** Resolves when everything that was there is counted: so many sessions, nothing left to read. */
  readonly caughtUp: (sessions: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the real program on a home folder, with a ledger in a state folder, on any free port. */
export const startExporter = async ({ main, home, state, flags = [] }: { readonly main: string; readonly home: string; readonly state: string; readonly flags?: readonly string[] }): Promise<RunningExporter> => {
  const child = spawn(process.execPath, [main, 'exporter', '--home', home, '--state', state, '--web.listen-address', '127.0.0.1:0', '--no-open', '--no-hub', ...flags], { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill()); // also when the bench is interrupted
  let said = '';
  let complained = '';
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /Metrics:\s+(\S+)/.exec((said += chunk.toString()));
      if (found) resolve(found[1]!.replace('localhost', '127.0.0.1'));
    });
    void ended.then(() => reject(new Error(`the exporter ended at once:\n${said}${complained}`)));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const scrape: RunningExporter['scrape'] = async (query = '') => {
    const started = performance.now();
    const text = await textAt(url + query, agent);
    return { text, ms: performance.now() - started };
  };
  return {
    pid: child.pid!,
    scrape,
    caughtUp: async (sessions) => {
      const names = '?name[]=ai_sessions&name[]=watchroom_backlog_bytes';
      for (let calm = 0; calm < 2;) {
        await sleep(100);
        const { text } = await scrape(names);
        calm = sum(text, 'ai_sessions{') >= sessions && sum(text, 'watchroom_backlog_bytes{') === 0 ? calm + 1 : 0;
      }
    },
    stop: async () => {
      agent.destroy();
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const textAt = (url: string, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString('utf8'))).on('error', reject);
    }).on('error', reject);
  });

/** Sum of the series whose lines begin so. */
export const sum = (text: string, beginning: string): number =>
  text.split('\n').filter((line) => line.startsWith(beginning)).reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);

/** CPU seconds of a running process so far, all threads that live, to the nanosecond. */
export const cpuSecondsOf = (pid: number): number => {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      return 0; // it has just ended
    }
  });
  return nanoseconds.reduce((a, b) => a + b, 0) / 1e9;
};
