import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { readSource } from './read-source.ts';
import type { Job, Reading, ReadOutcome } from './read-source.ts';
import type { ReadingSettings } from './reading.ts';
import { Share } from './share.ts';

/** What a parse thread is given at its start; plain data. */
export interface ParseWork {
  readonly settings: ReadingSettings;
  /** Brings every batch, in their order: in many small messages, since a large block that is freed makes the C library keep as much in every thread. */
  readonly batches: MessagePort;
  /** The memory of the Share that all threads take their batches from. */
  readonly share: SharedArrayBuffer;
}

export interface Readers {
  readonly settings: ReadingSettings;
  /** This thread's own: it reads too when there is nothing to book. */
  readonly reading: Reading;
  /** All that read, this thread among them. */
  readonly threads: number;
}

/** How much is read at a time: enough to outweigh the message, little enough that nothing of it grows old in memory. */
const batchBytes = 2 * 2 ** 20;
const batchFiles = 16;

/** Almost everything a parse thread makes dies with its batch; the room V8 takes by itself would only cost memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

/**
 * Reads jobs in several threads and hands out each outcome as it comes, in no order.
 * The other threads live as long as the jobs: history is read once, and their memory goes back.
 */
export const readInThreads = async (jobs: readonly Job[], { settings, reading, threads }: Readers, onOutcomes: (outcomes: readonly ReadOutcome[]) => void): Promise<void> => {
  const batches = inBatches(jobs);
  const share = new Share(batches.length);
  const take = (outcomes: readonly ReadOutcome[]): void => {
    share.arrived();
    onOutcomes(outcomes);
  };
  const others = Array.from({ length: Math.min(threads, batches.length) - 1 }, () => runThread({ settings, share: share.memory }, batches, take));
  await Promise.all([...others, readHere(batches, share, reading, take)]);
};

/** What the other threads found meanwhile comes between two batches. */
const readHere = async (batches: readonly (readonly Job[])[], share: Share, reading: Reading, onOutcomes: (outcomes: readonly ReadOutcome[]) => void): Promise<void> => {
  for (let index = share.take(); index !== undefined; index = share.take()) {
    onOutcomes(batches[index]!.map((job) => readSource(job, reading)));
    await new Promise(setImmediate);
  }
};

const runThread = (work: Omit<ParseWork, 'batches'>, batches: readonly (readonly Job[])[], onOutcomes: (outcomes: readonly ReadOutcome[]) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const { port1: ours, port2: theirs } = new MessageChannel();
    for (const batch of batches) ours.postMessage(batch);
    const thread = new Worker(parseThread, { workerData: { ...work, batches: theirs } satisfies ParseWork, transferList: [theirs], resourceLimits });
    thread.on('message', onOutcomes);
    thread.on('error', reject);
    thread.on('exit', () => resolve()); // it ends by itself when no batch is left
  });

const parseThread = new URL(import.meta.url.endsWith('.ts') ? './parse-thread.ts' : './parse-thread.js', import.meta.url);

const inBatches = (jobs: readonly Job[]): Job[][] => {
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
