import { describe } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `describe` for suites that need a program of the system: runs where it is installed; elsewhere the suite is reported as skipped with
 * the reason, and with CI=true that is a failure.
 */
export const requireServer = (command: string): ((title: string, body: () => void) => void) => {
  if (isInstalled(command)) return (title, body) => describe(title, body);
  const reason = `${command} is not installed; npm run setup:servers installs it`;
  if (process.env.CI === 'true') throw new Error(reason);
  return (title, body) => describe.skip(`${title} (skipped: ${reason})`, body);
};

const isInstalled = (command: string): boolean => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;

/** A port nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

export interface Prometheus {
  readonly url: string;
  /** The result of a PromQL instant query, now or at a time in seconds. */
  query(promql: string, at?: number): Promise<QueryResult[]>;
  /** The JSON of any GET path below /api/v1, its `data`. */
  get<Data>(path: string): Promise<Data>;
  stop(): Promise<void>;
}

export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  /** Of an instant vector: time and value. */
  readonly value?: readonly [number, string];
  /** Of a range selector: the raw samples. */
  readonly values?: readonly (readonly [number, string])[];
}

/**
 * A real Prometheus on a free port with its data in a temporary folder; stop() removes it.
 * @param config the text of prometheus.yml
 * @param data a folder that outlives it
 */
export const startPrometheus = async ({ config, data, args = [] }: { readonly config: string; readonly data?: string; readonly args?: readonly string[] }): Promise<Prometheus> => {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  await writeFile(join(folder, 'prometheus.yml'), config);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn('prometheus', [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${data ?? join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  server.stderr.on('data', (chunk) => said.push(String(chunk)));
  const ended = new Promise<void>((resolve) => { server.once('exit', () => resolve()); });
  const get = async <Data>(path: string): Promise<Data> => {
    const answer = (await (await fetch(`${url}/api/v1${path}`)).json()) as { status: string; error?: string; data: Data };
    if (answer.status !== 'success') throw new Error(`Prometheus: ${answer.error}`);
    return answer.data;
  };
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`prometheus ended: ${said.join('')}`);
    return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
  }, 20_000);
  return {
    url,
    get,
    query: async (promql, at) => (await get<{ result: QueryResult[] }>(`/query?query=${encodeURIComponent(promql)}${at === undefined ? '' : `&time=${at}`}`)).result,
    stop: async () => {
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Waits until something is true of a real server; throws when it never is. */
export const until = async (isSo: () => Promise<boolean> | boolean, limitMs = 10_000, everyMs = 50): Promise<void> => {
  const end = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
