import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { unavailable } from '../routes/errors.ts';
import type { ExportQuestion, Question } from './question.ts';
import type { ReaderAnswer, ReaderRequest, ReaderSettings } from './reader-thread.ts';

/** Asks the thread that reads the store for analytics. */
export interface Reader {
  readonly ask: (question: Question) => Promise<object>;
  /** One piece of an export after the other. */
  readonly pieces: (question: Question) => AsyncGenerator<readonly object[]>;
  readonly close: () => Promise<void>;
}

/** More than these wait, and whoever asks is told to come back. */
const mostWaiting = 50;

/** Makes a reader; its thread begins with the first question, and again after it died. */
export const createReader = ({ file, log }: { readonly file: string; readonly log: Logger }): Reader => {
  const waiting = new Map<number, { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void }>();
  let thread: Worker | undefined;
  let tickets = 0;

  const dies = (of: Worker, problem: unknown): void => {
    if (thread !== of) return;
    thread = undefined;
    if (waiting.size > 0) log.error({ problem: String(problem) }, 'the thread that reads for analytics ended');
    for (const { reject } of waiting.values()) reject(unavailable('The hub could not read that now. Try again.'));
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(threadFile, { workerData: { file } satisfies ReaderSettings });
    started.on('message', (told: ReaderAnswer) => {
      const asked = waiting.get(told.ticket);
      waiting.delete(told.ticket);
      if (waiting.size === 0) started.unref();
      if ('problem' in told) asked?.reject(new Error(`analytics failed: ${told.problem}`));
      else asked?.resolve(told.answer as never);
    });
    started.on('error', (problem) => dies(started, problem));
    started.on('exit', (code) => dies(started, `exit ${code}`));
    return started;
  };
  const ask = <Answer>(question: Question | ExportQuestion): Promise<Answer> => {
    if (waiting.size >= mostWaiting) return Promise.reject(unavailable('Many ask for analytics just now. Try again in a few seconds.', 5));
    return new Promise<Answer>((resolve, reject) => {
      tickets += 1;
      waiting.set(tickets, { resolve: resolve as (answer: never) => void, reject });
      thread ??= start();
      thread.ref();
      thread.postMessage({ ticket: tickets, question } satisfies ReaderRequest);
    });
  };
  return {
    ask,
    pieces: async function* (question) {
      for (let exportAfter: string | undefined; ;) {
        const { rows, next } = await ask<{ rows: readonly object[]; next?: string }>({ ...question, exportAfter });
        yield rows;
        if (next === undefined) return;
        exportAfter = next;
      }
    },
    close: async () => {
      const ended = thread;
      thread = undefined;
      for (const { reject } of waiting.values()) reject(unavailable('The hub is stopping.'));
      waiting.clear();
      await ended?.terminate();
    },
  };
};

const threadFile = new URL(import.meta.url.endsWith('.ts') ? './reader-thread.ts' : './reader-thread.js', import.meta.url);
