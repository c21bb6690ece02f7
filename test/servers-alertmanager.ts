import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '../exporter/test/servers.ts';

export interface Alertmanager {
  readonly url: string;
  /** host:port, as prometheus.yml wants it. */
  readonly address: string;
  readonly said: () => string;
  stop(): Promise<void>;
}

/**
 * A real Alertmanager on a free port, without gossip, with its data in a temporary folder; stop() removes it.
 * @param config the text of alertmanager.yml
 * @param templates a folder that lies beside it as templates/
 * @param port where it listens, for whoever must know before it runs
 */
export const startAlertmanager = async ({ config, templates, port, args = [] }: { readonly config: string; readonly templates?: string; readonly port?: number; readonly args?: readonly string[] }): Promise<Alertmanager> => {
  const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'));
  await writeFile(join(folder, 'alertmanager.yml'), config);
  if (templates !== undefined) await cp(templates, join(folder, 'templates'), { recursive: true });
  const address = `127.0.0.1:${port ?? (await freePort())}`;
  const server = spawn('prometheus-alertmanager', [`--config.file=${join(folder, 'alertmanager.yml')}`, `--storage.path=${join(folder, 'data')}`, `--web.listen-address=${address}`, '--cluster.listen-address=', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk) => (said += String(chunk)));
  const ended = new Promise<void>((resolve) => { server.once('exit', () => resolve()); });
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`prometheus-alertmanager ended: ${said}`);
    return (await fetch(`http://${address}/-/ready`).catch(() => undefined))?.ok === true;
  }, 20_000);
  return {
    url: `http://${address}`,
    address,
    said: () => said,
    stop: async () => {
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** What was asked of a receiver. */
export interface Received {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  stop(): Promise<void>;
}

/** A small HTTP server that keeps what it gets and answers "ok", as Slack's incoming webhooks do. */
export const startReceiver = async (): Promise<Receiver> => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push({ at: Date.now(), method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
};
