import { Worker } from 'node:worker_threads';
import type { Job, ReadOutcome } from './read-source.ts';

/** What a parse thread is told when it starts; plain data. */
export type ParseSettings = Readonly<Record<string, unknown>>;

/** How much a thread is given at a time: enough to outweigh the message, little enough to balance. */
const batchBytes = 8 * 2 ** 20;
const batchFiles = 64;

/**
 * Reads jobs in several threads and hands out each outcome as it comes, in no order.
 * The threads live as long as the jobs: history is read once, and their memory goes back.
 */
export const readInThreads = async (jobs: readonly Job[], settings: ParseSettings, threads: number, onOutcomes: (outcomes: readonly ReadOutcome[]) => void): Promise<void> => {
  const left = batches(jobs);
  await Promise.all(Array.from({ length: Math.min(threads, left.length) }, () => runThread(settings, () => left.shift(), onOutcomes)));
};

const runThread = (settings: ParseSettings, nextBatch: () => readonly Job[] | undefined, onOutcomes: (outcomes: readonly ReadOutcome[]) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(parseThread, { workerData: settings });
    const give = (): void => {
      const batch = nextBatch();
      if (batch) thread.postMessage(batch);
      else void thread.terminate().then(() => resolve());
    };
    thread.on('error', reject);
    thread.on('message', (outcomes: readonly ReadOutcome[]) => {
      give(); // before the booking, so that the thread does not wait for it
      onOutcomes(outcomes);
    });
    give();
  });

const parseThread = new URL(import.meta.url.endsWith('.ts') ? './parse-thread.ts' : './parse-thread.js', import.meta.url);

const batches = (jobs: readonly Job[]): Job[][] => {
  const all: Job[][] = [];
  let bytes = Infinity;
  for (const job of jobs) {
    if (bytes > batchBytes || all.at(-1)!.length >= batchFiles) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)!.push(job);
    bytes += job.stat.size;
  }
  return all;
};
