import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repository } from './a-world.ts';

/** The real program as a process of its own. */
export interface RunningExporter {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  readonly said: () => string;
  /** The text of one scrape. */
  readonly scrape: (path?: string, headers?: Record<string, string>) => Promise<string>;
  /** Waits until a scrape has this text. */
  readonly until: (pattern: RegExp) => Promise<string>;
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

const program = join(repository, 'exporter/bin/watchroom.js');
const nothingOfOurs = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|WATCHROOM|NODE_OPTIONS|JEST|CLAUDE|CODEX|XDG)/.test(name)));

/** Runs a command of the program to its end. */
export const run = async (args: readonly string[], env: Record<string, string> = {}): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> => {
  const child = spawn(process.execPath, [program, ...args], { env: { ...nothingOfOurs, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
};

/** Starts `watchroom exporter` (or `watchroom agent`) on a free port and waits for its address. */
export const startExporter = async (args: readonly string[], env: Record<string, string> = {}, command: 'exporter' | 'agent' = 'exporter'): Promise<RunningExporter> => {
  const child = spawn(process.execPath, [program, command, ...(command === 'exporter' ? ['--no-open', '--no-hub'] : []), '--web.listen-address', '127.0.0.1:0', ...args], { env: { ...nothingOfOurs, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      const found = /Page: +(https?:\/\/\S+)/.exec(said);
      if (found) resolve(found[1]!);
    });
    child.once('exit', (code) => reject(new Error(`the exporter ended with ${code}: ${said}`)));
  });
  const scrape: RunningExporter['scrape'] = async (path = 'metrics', headers = {}) => (await fetch(url + path, { headers })).text();
  return {
    url, process: child, said: () => said, scrape,
    until: async (pattern) => {
      for (const started = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
        const text = await scrape().catch(() => ''); // it may be starting again
        if (pattern.test(text)) return text;
        if (Date.now() - started > 20_000) throw new Error(`no scrape had ${pattern} within 20 s; the last one:\n${text.split('\n').filter((line) => line.startsWith('ai_')).join('\n')}`);
      }
    },
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
};

/** The value of one series; undefined when there is none. */
export const valueOf = (page: string, series: string): number | undefined => {
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};
