import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { collectAlone } from './give-back.ts';
import { readSource } from './read-source.ts';
import type { Job, Reading, ReadOutcome } from './read-source.ts';
import type { ReadingSettings } from './reading.ts';
import { Share } from './share.ts';

/** What a parse thread is given once there is work; plain data. */
export interface ParseWork {
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

/** @param left files that nobody has begun to read */
type Taker = (outcomes: readonly ReadOutcome[], left: number) => void;

/** How much is read at a time: enough to outweigh the message, little enough that nothing of it grows old in memory. */
const batchBytes = 2 * 2 ** 20;
const batchFiles = 16;

/** Room for what a batch leaves behind: almost all of it is dead at its end, and with less room most would have been copied twice by then. */
const resourceLimits = { maxYoungGenerationSizeMb: 16 };

/**
 * The threads of a long scan. The other ones live as long as its jobs: history is read once, and their memory goes back.
 * They need a tenth of a second to start, so who expects a long scan starts them while it lists the files.
 */
export class ParsePool {
  readonly #readers: Readers;
  #threads: ParseThread[] = [];

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  start(threads = this.#readers.threads - 1): void {
    while (this.#threads.length < threads) this.#threads.push(startThread(this.#readers.settings));
  }

  /** Reads jobs in several threads and hands out each outcome as it comes, in no order. */
  async read(jobs: readonly Job[], onOutcomes: Taker): Promise<void> {
    const batches = inBatches(jobs);
    const share = new Share(batches.length);
    const left = filesFrom(batches);
    const take = (outcomes: readonly ReadOutcome[]): void => {
      share.arrived();
      onOutcomes(outcomes, left[share.taken()]!);
    };
    this.start(Math.min(this.#readers.threads, batches.length) - 1);
    const others = this.#threads.splice(0).map((thread) => runThread(thread, share, batches, take));
    collectAlone(true);
    await Promise.all([...others, readHere(batches, share, this.#readers.reading, take)]).finally(() => collectAlone(false));
  }

  /** Ends threads that were started for nothing. */
  async stop(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }
}

/** What the other threads found meanwhile comes between two batches. */
const readHere = async (batches: readonly (readonly Job[])[], share: Share, reading: Reading, onOutcomes: (outcomes: readonly ReadOutcome[]) => void): Promise<void> => {
  for (let index = share.take(); index !== undefined; index = share.take()) {
    onOutcomes(batches[index]!.map((job) => readSource(job, reading)));
    await new Promise(setImmediate);
  }
};

interface ParseThread {
  readonly worker: Worker;
  /** It ends by itself when no batch is left. */
  readonly ended: Promise<void>;
}

const startThread = (settings: ReadingSettings): ParseThread => {
  const worker = new Worker(parseThread, { workerData: settings, resourceLimits });
  const ended = new Promise<void>((resolve, reject) => worker.once('error', reject).once('exit', () => resolve()));
  ended.catch(() => undefined); // told to whoever runs it
  return { worker, ended };
};

const runThread = ({ worker, ended }: ParseThread, share: Share, batches: readonly (readonly Job[])[], onOutcomes: (outcomes: readonly ReadOutcome[]) => void): Promise<void> => {
  const { port1: ours, port2: theirs } = new MessageChannel();
  for (const batch of batches) ours.postMessage(batch);
  worker.on('message', onOutcomes);
  worker.postMessage({ batches: theirs, share: share.memory } satisfies ParseWork, [theirs]);
  return ended;
};

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

/** How many files are in each batch and those after it; nought behind the last. */
const filesFrom = (batches: readonly (readonly Job[])[]): readonly number[] => {
  const left = [0];
  for (const batch of batches.toReversed()) left.push(left.at(-1)! + batch.length);
  return left.reverse();
};
