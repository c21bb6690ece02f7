import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { ownerOf } from '../ledger/owner.ts';
import type { Surroundings } from './books.ts';
import { runExporter } from './exporter.ts';
import type { About } from './exporter.ts';
import { isAlive } from './is-alive.ts';
import { makeWay } from './own-look.ts';
import { askLine, NobodyAnswers } from './owner-line.ts';
import { openState } from './state.ts';

/** The exporter of this machine, which does what lasts. */
export interface Service {
  /** It was started for this command and ends with it. */
  readonly own: boolean;
  /** Throws what it says when it refuses. */
  readonly ask: (what: string, question: unknown) => Promise<unknown>;
  /** Rejects with a sentence when it ends by itself. */
  readonly over: Promise<never>;
  readonly stop: () => Promise<void>;
}

interface Wanted {
  readonly world: World;
  readonly about: Surroundings & About;
  /** Of the session that must be in its picture. */
  readonly lastActivityAt: number | undefined;
  /** With a hub beside it. */
  readonly hub: boolean;
}

/** The exporter that runs, else one of our own for as long as this command runs. */
export const theService = async (wanted: Wanted): Promise<Service> => {
  const { world, about } = wanted;
  const folder = (world.state as { readonly path: string }).path;
  for (let waited = 0; ; waited += againMs) {
    const state = openState(world, { pid: about.pid, since: about.now(), brief: true });
    state.close();
    if (state.ledgerPath === ':memory:') throw new CommandError(`nothing can be shared from here: ${state.problem ?? `the state folder ${folder} cannot be used`}`);
    if (state.ownership) return startOwn(wanted, folder);
    if (state.owner?.line !== undefined && state.owner.brief === undefined) return running(folder, state.owner.pid, state.owner.line);
    if (waited % 2000 === 0 && state.owner?.brief && state.owner.line !== undefined) await askLine(state.owner.line, makeWay, {}).catch(() => undefined); // a `watchroom monitor`
    if (waited >= patienceMs) throw new CommandError(state.owner === undefined ? `something keeps the ledger in ${folder} and does not say what it is` : `the exporter of this machine (pid ${state.owner.pid}) cannot be asked. Is it of an older version? Start it again`);
    await sleep(againMs);
  }
};

const againMs = 100;
const patienceMs = 20_000;
const lookMs = 2000;

const running = (folder: string, pid: number, line: string): Service => {
  let over: (error: Error) => void;
  const ended = new Promise<never>((_resolve, reject) => (over = reject));
  ended.catch(() => undefined);
  const timer = setInterval(() => {
    // One that reads its configuration again has no card for a moment.
    if ((ownerOf(folder)?.pid ?? pid) !== pid || !isAlive(pid)) over(new CommandError(`the exporter of this machine (pid ${pid}) has ended, and the sharing with it`));
  }, lookMs);
  return { own: false, ask: asking(() => ownerOf(folder)?.line ?? line), over: ended, stop: async () => clearInterval(timer) };
};

/** The same as `npm start`, without its words: this command has its own. */
const startOwn = async ({ world, about, lastActivityAt, hub }: Wanted, folder: string): Promise<Service> => {
  const { config } = world;
  const now = about.now();
  let end: (why: string) => void;
  const ending = new Promise<string>((resolve) => (end = resolve));
  const quiet = {
    ...config, openBrowser: false, hubLocal: hub, logLevel: config.logLevel === 'info' ? ('warn' as const) : config.logLevel,
    // A session of last week is told of, too, when somebody wants to show it.
    exportWindowMs: Math.max(config.exportWindowMs, lastActivityAt === undefined ? 0 : now - lastActivityAt + 86_400_000),
  };
  const exporter = runExporter({ ...world, config: quiet }, { ...about, ending, stdout: { write: () => true }, reloading: () => new Promise(() => undefined) });
  const over = exporter.then((): never => { throw new CommandError(isReady ? 'the service that was started for it has ended, and the sharing with it' : 'stopped: nothing was shared'); });
  over.catch(() => undefined);
  let isReady = false;
  void about.ending.then(() => isReady || end('stopped')); // later on the room is closed first
  const begun = (): boolean => {
    const owner = ownerOf(folder);
    return owner?.pid === about.pid && owner.line !== undefined;
  };
  while (!begun()) await Promise.race([over, sleep(againMs)]);
  isReady = true;
  return {
    own: true, over,
    ask: asking(() => ownerOf(folder)?.line),
    stop: async () => {
      end('shared no more');
      await exporter;
    },
  };
};

const asking = (line: () => string | undefined) => async (what: string, question: unknown): Promise<unknown> => {
  const address = line();
  try {
    if (address !== undefined) return await askLine(address, what, question);
  } catch (error) {
    if (!(error instanceof NobodyAnswers)) throw new CommandError((error as Error).message);
  }
  throw new CommandError('the exporter of this machine does not answer. Has it ended?');
};
