import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A running Prometheus. */
export interface Prometheus {
  readonly url: string;
  /** How many series a PromQL query gives now. */
  readonly count: (promql: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Starts the Prometheus of the system on a free port of loopback; its configuration and its data stay in the folder. */
export const startPrometheus = async (folder: string, config: string): Promise<Prometheus> => {
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn('prometheus', [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--storage.tsdb.retention.time=400d', `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk) => (said += String(chunk)));
  server.once('error', (error) => (said += `${error.message}; npm run setup:servers installs it`));
  const ended = once(server, 'exit');
  await until(async () => {
    if (server.exitCode !== null || server.pid === undefined) throw new Error(`prometheus did not start: ${said}`);
    return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
  }, 'Prometheus is ready');
  return {
    url,
    count: async (promql) => ((await (await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`)).json()) as { readonly data: { readonly result: readonly unknown[] } }).data.result.length,
    stop: async () => {
      server.kill();
      await ended;
    },
  };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Waits up to half a minute until something is so. */
export const until = async (isSo: () => Promise<boolean>, what: string): Promise<void> => {
  for (const end = Date.now() + 30_000; !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (Date.now() > end) throw new Error(`waited 30 s in vain until ${what}`);
  }
};
