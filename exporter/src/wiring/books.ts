import { cpus } from 'node:os';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import type { Prices } from '../cost/prices.ts';
import { applyPathMode } from '../files/path-mode.ts';
import { Ledger } from '../ledger/ledger.ts';
import { readers as allReaders } from '../readers/registry.ts';
import type { Reader } from '../readers/reader.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session, StoredSession } from '../session/session.ts';
import type { LedgerStatus } from '../session/snapshot.ts';
import { completeSession } from '../sweep/complete.ts';
import { Engine } from '../sweep/engine.ts';
import type { EngineUpdate } from '../sweep/engine.ts';
import { createJoin } from '../sweep/join.ts';
import { KnownSessions } from '../sweep/known-sessions.ts';
import { keepPlaces, makePrices, makeReading } from '../sweep/reading.ts';
import type { ProcessView } from '../sweep/scene.ts';
import { createLook } from './look.ts';
import { engineSettings } from './reading-settings.ts';
import { openState } from './state.ts';
import type { State } from './state.ts';

/** The ledger as a command sees it: up to date, and its own to write where no exporter runs. */
export interface Books {
  readonly ledger: Ledger;
  readonly state: State;
  readonly readers: readonly Reader[];
  readonly prices: Prices;
  /** The scan this command made itself; undefined beside a running exporter, which keeps the ledger up to date. */
  readonly engine?: Engine;
  /** The picture of the ledger, as an engine tells it. */
  readonly update: () => EngineUpdate;
  readonly look: () => Promise<ProcessView & { readonly seen: number }>;
  readonly ledgerStatus: () => LedgerStatus;
  readonly close: () => void;
}

export interface Surroundings {
  readonly now: () => EpochMs;
  readonly pid: number;
}

/** Opens the ledger of a world and brings it up to date: by a scan of our own, or by reading beside the exporter that owns it. */
export const openBooks = async (world: World, { now, pid }: Surroundings, { recent = 1 }: { readonly recent?: number } = {}): Promise<Books> => {
  const state = await openStateOnceScanned(world, { now, pid });
  const owned = state.ownership !== undefined || state.ledgerPath === ':memory:';
  if (!owned && !existsSync(state.ledgerPath)) throw new CommandError(`an exporter${state.owner ? ` (pid ${state.owner.pid})` : ''} is just beginning the ledger ${state.ledgerPath}. Try again in a moment`);
  const settings = engineSettings(world, state, cpus().length);
  const readers = allReaders.filter((reader) => !settings.disabledTools.includes(reader.tool));
  const prices = makePrices(settings.reading);
  const ledger = new Ledger({ path: state.ledgerPath, now, readonly: !owned, caps: { projects: world.config.topProjects, toolNames: world.config.topTools } });
  const complete = (session: StoredSession): StoredSession => completeSession(session, prices);
  const reading = makeReading(settings.reading);
  let told: EngineUpdate | undefined;
  const engine = new Engine({ ...settings, settings: settings.reading, reading, readers, ledger, now, recent, complete, onUpdate: (update) => (told = joinUpdates(told, update)) });
  if (owned) {
    keepPlaces(ledger, settings.reading);
    await engine.scan();
  }
  return {
    ledger, state, readers, prices,
    ...(owned ? { engine } : {}),
    update: () => told ?? engine.picture(),
    look: createLook({ machine: world.machine, readers, config: world.config, ownPid: pid, now, tell: (path) => applyPathMode(path, world.config.pathMode, state.pathSalt) }),
    ledgerStatus: () => ({ ...ledger.status(), durable: state.durable, ...(state.problem === undefined ? {} : { problem: state.problem }) }),
    close: () => {
      ledger.close();
      state.close();
    },
  };
};

/** An exporter that has just begun finds within moments what a scan of our own would find now: a session it has not come to yet would look as if there was none. */
const openStateOnceScanned = async (world: World, { now, pid }: Surroundings): Promise<State> => {
  for (let waited = 0; ; waited += againMs) {
    const state = openState(world, { pid, since: now(), brief: true });
    if (state.owner?.scanning !== true || waited >= patienceMs) return state;
    state.close();
    await sleep(againMs);
  }
};

/** Of a first scan that takes longer what is there is told. */
const patienceMs = 10_000;
const againMs = 50;

/** Several updates as one: what a viewer who missed the first must know. */
const joinUpdates = (before: EngineUpdate | undefined, after: EngineUpdate): EngineUpdate => {
  if (!before) return after;
  const sessions = new Map([...before.sessions, ...after.sessions].map((session) => [session.id, session]));
  return { ...before, ...after, sessions: [...sessions.values()] };
};

/** Sessions of the books with their present state: all of them, or the most recent. */
export const sessionsOf = async (books: Books, { all, limit, idleAfterMs, now, world }: { readonly all: boolean; readonly limit: number; readonly idleAfterMs: number; readonly now: EpochMs; readonly world: World }): Promise<readonly Session[]> => {
  const stored: StoredSession[] = books.ledger.sessions(all ? 'all' : { recent: limit }).map((session) => completeSession(session, books.prices));
  const { agents, claims } = await books.look();
  return createJoin()({ sessions: KnownSessions.of(stored), processes: agents, claims, now, idleAfterMs, platform: world.machine.platform }).all();
};
