import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { ParseWork } from './parse-pool.ts';
import { readSource } from './read-source.ts';
import type { Job } from './read-source.ts';
import { makeReading } from './reading.ts';
import type { ReadingSettings } from './reading.ts';
import { Share } from './share.ts';

// A parse thread: once there is work it takes batches of jobs until none is left, and sends the outcomes. It touches no ledger and keeps nothing between jobs.

/** Reading goes on while the other side books; what waits to be booked must fit in memory. Of two megabytes of transcripts some fifty kilobytes are left. */
const batchesAhead = 40;

const reading = makeReading(workerData as ReadingSettings);

parentPort!.once('message', ({ batches, share: memory }: ParseWork) => {
  const share = new Share(memory);
  for (let index = share.take(), next = 0; index !== undefined; index = share.take()) {
    share.untilArrived(index - batchesAhead);
    for (; next < index; next += 1) receiveMessageOnPort(batches); // taken by others
    next += 1;
    const outcomes = (receiveMessageOnPort(batches)!.message as readonly Job[]).map((job) => readSource(job, reading));
    parentPort!.postMessage(outcomes, outcomes.flatMap((outcome) => (outcome.outcome === 'read' ? [outcome.report.calls.rows.buffer] : [])));
  }
  batches.close();
});
