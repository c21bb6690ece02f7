import { Worker } from 'node:worker_threads';
import type { Answer, Question } from './worker.ts';

export interface TokenCounter {
  /** Tokens of a text (o200k_base), counted beside the main thread. */
  readonly count: (text: string) => Promise<number>;
  /** A worker is loaded: it takes some 100 MB until it has been idle for a while. */
  readonly running: () => boolean;
  /** Ends the worker; counts still under way are refused. */
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (tokens: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Counts tokens in a worker thread that starts with the first text and ends when none came for `idleMs`.
 * @param options.idleMs longer keeps 100 MB for longer, shorter loads the ranks (0.3 s) more often. @default 30000
 */
export const createTokenCounter = ({ idleMs = 30_000 }: { readonly idleMs?: number } = {}): TokenCounter => {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;

  const close = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    refuseAll(new Error('the token counter was closed'));
    await ending?.terminate();
  };
  const refuseAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const answered = ({ id, tokens, error }: Answer): void => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (tokens === undefined) asked?.reject(new Error(`cannot count the tokens of a text: ${error}`));
    else asked?.resolve(tokens);
    if (waiting.size > 0) return;
    worker?.unref(); // a worker without work keeps no process alive
    idle = setTimeout(() => void close(), idleMs).unref();
  };
  const start = (): Worker => {
    const started = new Worker(workerFile);
    started.on('message', answered);
    started.on('error', (cause) => {
      if (worker !== started) return;
      worker = undefined;
      refuseAll(new Error('the token worker failed; the next count starts a new one', { cause }));
    });
    return started;
  };

  return {
    count: (text) => new Promise((resolve, reject) => {
      clearTimeout(idle);
      worker ??= start();
      worker.ref();
      const id = (last += 1);
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, text } satisfies Question);
    }),
    running: () => worker !== undefined,
    close,
  };
};

/** worker.ts in a checkout, worker.js in dist. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
