import { spawn } from 'node:child_process';
import type { RunState } from './run-state.ts';

/** Whom to tell: a command of the shell, or a URL. */
export interface Announcement {
  readonly targets: readonly string[];
  readonly state: RunState;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Tells everybody at once; resolves with a sentence for each who could not be told. */
export const announce = async ({ targets, state, env, signal }: Announcement): Promise<readonly string[]> => {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const problems = await Promise.all(targets.map((target) => (/^https?:\/\//i.test(target) ? post({ url: target, body: state, signal: limit }) : runCommand(target, { state, env, signal: limit }))));
  return problems.flatMap((problem) => problem ?? []);
};

/** Whoever is slower has not been told: the wrapped command's end waits no longer. */
const patienceMs = 10_000;

export interface Post {
  readonly url: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** undefined: it was taken. The sentence names no path and no query, where secrets of webhooks are. */
export const post = async ({ url, body, headers = {}, signal }: Post): Promise<string | undefined> => {
  const host = hostOf(url);
  try {
    const response = await fetch(url, { method: 'POST', redirect: 'manual', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers }, signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) });
    await response.body?.cancel();
    return response.ok ? undefined : `${host} answered ${response.status}`;
  } catch (error) {
    const { cause, name, message } = error as Error & { readonly cause?: { readonly code?: string } };
    return `${host} cannot be told (${cause?.code ?? (name === 'TimeoutError' ? `no answer within ${patienceMs / 1000} s` : message)})`;
  }
};

const hostOf = (url: string): string => {
  try {
    return new URL(url).origin;
  } catch {
    return 'the URL';
  }
};

/** The state is on its stdin as JSON and in WATCHROOM_RUN_* variables; what it prints goes nowhere, so that stdout stays the command's own. */
const runCommand = (command: string, { state, env, signal }: { readonly state: RunState; readonly env: Announcement['env']; readonly signal: AbortSignal }): Promise<string | undefined> =>
  new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'ignore', 'inherit'], env: { ...env, ...variablesOf(state) }, signal, killSignal: 'SIGKILL' });
    child.once('error', (error) => resolve(`the command for ${state.status} could not be run: ${error.name === 'AbortError' ? `not done within ${patienceMs / 1000} s` : error.message}`));
    child.once('exit', (code, killed) => resolve(code === 0 ? undefined : `the command for ${state.status} ended with ${killed ?? code}`));
    child.stdin.on('error', () => undefined); // it does not read it
    child.stdin.end(`${JSON.stringify(state)}\n`);
  });

const variablesOf = (state: RunState): Record<string, string> =>
  Object.fromEntries(Object.entries({ STATUS: state.status, ID: state.run, PROGRAM: state.program, TOOL: state.tool, SESSION: state.session, MODEL: state.model, COST_USD: state.costUsd, DURATION_MS: state.durationMs, TURNS: state.turns, EXIT_CODE: state.exitCode, SIGNAL: state.signal })
    .flatMap(([name, value]) => (value === undefined ? [] : [[`WATCHROOM_RUN_${name}`, String(value)]])));
