import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const program = `${repository}exporter/bin/watchroom.js`;
const nothingOfOurs = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|WATCHROOM|NODE_OPTIONS|JEST|CLAUDE|CODEX|XDG|DISPLAY|WAYLAND|CI$|SSH)/.test(name)));

export interface Program {
  readonly process: ChildProcess;
  readonly said: () => string;
  /** Waits until it has said that; what the parentheses caught. */
  readonly until: (pattern: RegExp) => Promise<string>;
  /** The exit code, and how long it took. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<{ readonly code: number | null; readonly ms: number }>;
}

/** The real program as a process of its own. */
export const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Program => startCommand([process.execPath, program, ...args], env);

/** Any command in the same manner. */
export const startCommand = ([command, ...args]: readonly string[], env: Readonly<Record<string, string>> = {}): Program => {
  const child = spawn(command!, args, { env: { ...nothingOfOurs, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  return {
    process: child, said: () => said,
    until: async (pattern) => {
      for (const started = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
        const found = pattern.exec(said);
        if (found) return found[1] ?? found[0];
        if (child.exitCode !== null || Date.now() - started > 45_000) throw new Error(`it did not say ${pattern}, but: ${said}`);
      }
    },
    stop: async (signal = 'SIGTERM') => {
      const started = Date.now();
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill(signal);
      await ended;
      return { code: child.exitCode, ms: Date.now() - started };
    },
  };
};

/** Runs a command to its end. */
export const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number | null; readonly said: string }> => {
  const one = start(args, env);
  await once(one.process, 'close');
  return { code: one.process.exitCode, said: one.said() };
};

export const json = async (url: string, { token, body }: { readonly token?: string; readonly body?: unknown } = {}): Promise<{ readonly status: number; readonly body: any }> => { // eslint-disable-line @typescript-eslint/no-explicit-any
  const response = await fetch(url, { method: body === undefined ? 'GET' : 'POST', headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text };
};
