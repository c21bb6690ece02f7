import { parentPort, workerData } from 'node:worker_threads';
import { readSource } from './read-source.ts';
import type { Job } from './read-source.ts';
import { makeReading } from './reading.ts';
import type { ReadingSettings } from './reading.ts';

// A parse thread: jobs in, outcomes out. It touches no ledger and keeps nothing between jobs.
const reading = makeReading(workerData as ReadingSettings);

parentPort!.on('message', (jobs: readonly Job[]) => {
  const outcomes = jobs.map((job) => readSource(job, reading));
  parentPort!.postMessage(outcomes, outcomes.flatMap((outcome) => (outcome.outcome === 'read' ? [outcome.report.calls.rows.buffer] : [])));
});
