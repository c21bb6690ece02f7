import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { readers } from '../readers/registry.ts';
import { giveBackMemory } from '../sweep/give-back.ts';
import { IndexKeeper } from './keep.ts';
import type { Kept } from './keep.ts';
import type { KeepSettings } from './keep-settings.ts';
import { Search } from './search.ts';

// The thread that keeps the index of an exporter's machine. It is told which transcripts changed, and ends when it is told to.
const { settings, pid } = workerData as { readonly settings: KeepSettings; readonly pid: number };
const port = parentPort!;
const isLinux = settings.machine.platform === 'linux';

// Linux counts priority by thread, so everything else comes first there; elsewhere the thread rests as long as it worked.
if (isLinux) setPriority(constants.priority.PRIORITY_LOW);

const keeper = new IndexKeeper({
  open: () => new Search({ ...settings, now: Date.now, readers: readers.filter(({ tool }) => !settings.disabledTools.includes(tool)) }),
  coverage: settings.coverage, pid, now: Date.now, isAlive,
  ...(isLinux ? {} : { restMs: (tookMs: number) => tookMs }),
});

/** What it is asked: the paths of transcripts, or all. */
export type KeepRequest = 'stop' | { readonly round: readonly string[] | 'all' };
/** What it answers to a round. */
export type KeepMessage = { readonly kept: Kept } | { readonly failed: string };

let working: Promise<void> = Promise.resolve();

port.on('message', (request: KeepRequest) => {
  if (request === 'stop') {
    keeper.stop();
    void working.then(() => port.close());
    return;
  }
  working = working.then(() => round(request.round));
});

async function round(paths: readonly string[] | 'all'): Promise<void> {
  try {
    tell({ kept: await keeper.round(paths) });
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) });
  }
  if (paths === 'all') giveBackMemory();
}

function tell(message: KeepMessage): void {
  port.postMessage(message);
}

function isAlive(other: number): boolean {
  try {
    process.kill(other, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
