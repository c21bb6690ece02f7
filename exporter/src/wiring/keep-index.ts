import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { World } from '../cli/backend.ts';
import { isIndexOnAt } from '../search/index-file.ts';
import { leaveIndex } from '../search/keeper.ts';
import type { KeepMessage, KeepRequest } from '../search/keep-thread.ts';
import type { Surroundings } from './books.ts';
import { indexSettings } from './search.ts';
import type { State } from './state.ts';

/** The index of `watchroom search`, kept current in the background of an exporter, where somebody has said yes to it. */
export interface IndexCare {
  /** These transcripts have something new. */
  readonly changed: (paths: readonly string[]) => void;
  readonly stop: () => Promise<void>;
}

interface Asked extends Surroundings {
  readonly world: World;
  readonly state: State;
  readonly log: Logger;
}

/** How often it is looked whether there is something to do; a change is in the index after so long. */
const everyMs = 5000;
/** Everything is listed again now and then, as the ledger's thread does it. */
const listEveryMs = 15 * 60_000;
/** An idle thread only costs memory. */
const idleMs = 60_000;
const mostMegabytes = 256;
const stopMs = 5000;

/** undefined: there is no state folder in which an index could stand, or the configuration says no. */
export const keepIndex = ({ world, state, log, now, pid }: Asked): IndexCare | undefined => {
  if (!state.ownership || !state.durable || !world.config.searchBackground) return undefined;
  const settings = indexSettings(world, dirname(state.ledgerPath));
  const waiting = new Set<string>();
  let thread: KeeperThread | undefined;
  let [listedAt, workedAt, busy] = [-Infinity, 0, false];

  const look = async (): Promise<void> => {
    if (busy) return;
    if (!isIndexOnAt(settings.path)) {
      listedAt = -Infinity;
      waiting.clear();
      return rest();
    }
    const isAll = now() - listedAt >= listEveryMs;
    if (!isAll && waiting.size === 0) return now() - workedAt > idleMs ? rest() : undefined;
    busy = true;
    const paths = isAll ? 'all' : [...waiting];
    waiting.clear();
    const answer = await (thread ??= startThread({ settings, pid })).round(paths);
    if ('kept' in answer && answer.kept === 'current') {
      if (isAll) listedAt = now();
    } else {
      listedAt = -Infinity; // what was asked is not known to be in the index
      if ('failed' in answer) log.warn({ problem: answer.failed }, 'the index of watchroom search');
    }
    [busy, workedAt] = [false, now()];
  };

  const rest = async (): Promise<void> => {
    const resting = thread;
    thread = undefined;
    await resting?.stop();
  };

  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  void look();
  return {
    changed: (paths) => {
      for (const path of paths) waiting.add(path);
    },
    stop: async () => {
      clearInterval(timer);
      await rest();
      try {
        leaveIndex(settings.path, pid);
      } catch {
        // Locked or damaged: a search sees that its keeper is gone.
      }
    },
  };
};

interface KeeperThread {
  readonly round: (paths: readonly string[] | 'all') => Promise<KeepMessage>;
  readonly stop: () => Promise<void>;
}

const startThread = (workerData: { readonly settings: ReturnType<typeof indexSettings>; readonly pid: number }): KeeperThread => {
  const thread = new Worker(threadFile, { workerData, resourceLimits: { maxOldGenerationSizeMb: mostMegabytes, maxYoungGenerationSizeMb: 8 } });
  let died = 'its thread ended';
  thread.on('error', (error) => (died = error instanceof Error ? error.message : String(error)));
  const ended = new Promise<KeepMessage>((resolve) => thread.once('exit', () => resolve({ failed: died })));
  thread.unref();
  return {
    round: (paths) => {
      const answer = new Promise<KeepMessage>((resolve) => thread.once('message', resolve));
      thread.postMessage({ round: paths } satisfies KeepRequest);
      return Promise.race([answer, ended]);
    },
    stop: async () => {
      thread.postMessage('stop' satisfies KeepRequest);
      const late = setTimeout(() => void thread.terminate(), stopMs);
      await ended;
      clearTimeout(late);
    },
  };
};

const threadFile = new URL(import.meta.url.endsWith('.ts') ? '../search/keep-thread.ts' : '../search/keep-thread.js', import.meta.url);
