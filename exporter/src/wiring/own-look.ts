import { cpus } from 'node:os';
import { dirname } from 'node:path';
import type { World } from '../cli/backend.ts';
import { applyPathMode } from '../files/path-mode.ts';
import { wordsChange } from '../ledger/words-schema.ts';
import { readers as allReaders } from '../readers/registry.ts';
import type { NowAsk, NowPage } from '../session/now.ts';
import { Scene } from '../sweep/scene.ts';
import type { Surroundings } from './books.ts';
import { startLedgerThread } from './ledger-thread.ts';
import { createLook } from './look.ts';
import { openOwnerLine } from './owner-line.ts';
import type { OwnerLine } from './owner-line.ts';
import { createPresent } from './present.ts';
import { engineSettings } from './reading-settings.ts';
import type { State } from './state.ts';

/** This machine looked at by ourselves, as the exporter does it, for as long as nobody else wants the ledger. */
export interface OwnLook {
  readonly page: (ask: NowAsk) => Promise<NowPage>;
  /** Why there are no more pages: an exporter asked for the ledger, or the thread died. */
  readonly over: () => 'made way' | Error | undefined;
  readonly close: () => Promise<void>;
}

/** @param state one that this process owns, or one in memory; it is closed with the look */
export const startOwnLook = async (world: World, state: State, { now, pid }: Surroundings): Promise<OwnLook> => {
  const { config, machine } = world;
  const scene = new Scene({ platform: machine.platform, idleAfterMs: config.idleLimitMs, exportWindowMs: config.exportWindowMs, exportLimit: config.exportLimit, durable: state.durable });
  const present = createPresent(scene, world, now);
  const readers = allReaders.filter((reader) => !config.disabledTools.includes(reader.tool));
  const look = createLook({ machine, readers, config, ownPid: pid, now, tell: (path) => applyPathMode(path, config.pathMode, state.pathSalt) });
  let over: 'made way' | Error | undefined;
  let told: () => void;
  const first = new Promise<void>((resolve) => (told = resolve));
  const thread = startLedgerThread(engineSettings(world, state, cpus().length), {
    onUpdate: (update) => {
      scene.apply(update);
      present.saw(update);
      told();
      if (update.complete) state.ownership?.describe({ scanning: false });
    },
    // What goes wrong in a scan is what `doctor` tells; there is no log on a full screen.
    onFailure: () => undefined,
    onWord: () => undefined,
    onDeath: (error) => {
      over ??= error;
      told();
    },
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= stop());
  const line = await openLine();
  if (line) state.ownership?.describe({ line: line.address });
  await Promise.all([first, seeAgain()]);
  const timer = setInterval(() => void seeAgain(), config.processIntervalMs);
  timer.unref();
  return {
    page: async (ask) => present.page(ask),
    over: () => over,
    close,
  };

  async function seeAgain(): Promise<void> {
    scene.see(await look());
    present.hear();
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    await thread.stop();
    await line?.close();
    state.close();
  }

  /** `tag` and the like are answered meanwhile, and an exporter that wants the ledger gets it. */
  async function openLine(): Promise<OwnerLine | undefined> {
    if (!state.ownership || world.state.kind !== 'folder') return undefined;
    return openOwnerLine(dirname(state.ledgerPath), machine.platform, {
      say: (change) => thread.say(wordsChange.parse(change)),
      [makeWay]: () => {
        over ??= 'made way';
        setImmediate(() => void close()); // after the answer
      },
    }).catch(() => undefined);
  }
};

/** What an exporter asks of a view that keeps the ledger. */
export const makeWay = 'make way';
