import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { createWatcher } from '../files/watch.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Words, WordsChange } from '../ledger/words.ts';
import type { PastCursor, PastUse, SessionHours } from '../session/hour-use.ts';
import type { StoredSession } from '../session/session.ts';
import { readers } from '../readers/registry.ts';
import { Engine } from './engine.ts';
import type { EngineUpdate } from './engine.ts';
import { keepPlaces, makePrices, makeReading } from './reading.ts';
import { completeSession } from './complete.ts';
import { giveBackMemory } from './give-back.ts';
import type { EngineSettings } from './engine-settings.ts';

// The ledger's thread: it owns the database, finds and reads the sources and tells the main thread what changed.
const settings = workerData as EngineSettings;
const port = parentPort!;

// Whoever asks for /metrics comes first. Linux counts priority by thread, and the parse threads inherit it; elsewhere it would slow the whole process.
if (settings.reading.machine.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const ledger = new Ledger({ path: settings.ledgerPath, now: Date.now });
const prices = makePrices(settings.reading);
if (keepPlaces(ledger, settings.reading))
  tell({ kind: 'said', message: `paths are kept as "${settings.reading.pathMode}" from now on: what was kept more openly is re-labelled, and its fleet counters begin anew under their new names` });
const watcher = createWatcher({
  pollIntervalMs: settings.pollIntervalMs,
  maxDirectories: settings.maxWatchedDirectories,
  onChange: (path) => void engine.fileChanged(path).catch(fail),
  onDirectory: () => rescanSoon(),
});
const engine = new Engine({
  readers: readers.filter((reader) => !settings.disabledTools.includes(reader.tool)),
  settings: settings.reading,
  reading: makeReading(settings.reading),
  ledger,
  now: Date.now,
  extraRoots: settings.extraRoots,
  recent: settings.recent,
  ...(settings.windowMs === undefined ? {} : { windowMs: settings.windowMs }),
  threads: settings.threads,
  expectsMuch: ledger.sourcePaths().length === 0,
  budgets: settings.budgets,
  weekStart: settings.weekStart,
  ...(settings.timeZone === undefined ? {} : { timeZone: settings.timeZone }),
  complete: (session) => completeSession(session, prices),
  watcher,
  onUpdate: (update) => tell({ kind: 'update', update }),
  onSessions: (sessions) => tell({ kind: 'sessions', sessions }),
  onRest: () => restSoon(),
});

/** What the thread tells. */
export type EngineMessage =
  | { readonly kind: 'update'; readonly update: EngineUpdate }
  /** They belong to the next update; in pieces, so that the main thread can answer a scrape in between. */
  | { readonly kind: 'sessions'; readonly sessions: readonly StoredSession[] }
  /** The scan is over and its memory given back: so can the listener's be. */
  | { readonly kind: 'rested' }
  | { readonly kind: 'failed'; readonly message: string } | { readonly kind: 'said'; readonly message: string } | { readonly kind: 'stopped' }
  | { readonly kind: 'answer'; readonly ticket: number; readonly answer: readonly SessionHours[] | Words | { readonly sessions: readonly PastUse[]; readonly next?: PastCursor } }
  | { readonly kind: 'no answer'; readonly ticket: number; readonly message: string };
/** What it is asked. */
export type EngineRequest = 'stop' | { readonly ticket: number; readonly hoursOf: readonly string[] } | { readonly ticket: number; readonly say: WordsChange } | { readonly ticket: number; readonly past: { readonly after: PastCursor | undefined; readonly limit: number } };

let soon: NodeJS.Timeout | undefined;
let scanning: Promise<void> | undefined;
let resting: NodeJS.Timeout | undefined;

const rescan = (): Promise<void> => (scanning ??= engine.scan().finally(() => (scanning = undefined)));
function rescanSoon(): void {
  soon ??= setTimeout(() => {
    soon = undefined;
    lookAgain();
  }, 50);
}
/** What a list of thousands of files leaves behind would be half of this thread's memory until the next one. */
function lookAgain(): void {
  rescan().then(giveBackMemory).catch(fail);
}
/** Once what was found is told. */
function restSoon(): void {
  resting ??= setTimeout(() => {
    resting = undefined;
    ledger.rest();
    giveBackMemory();
    tell({ kind: 'rested' });
  }, 1000).unref();
}
function fail(error: unknown): void {
  tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
function tell(message: EngineMessage): void {
  port.postMessage(message);
}

port.on('message', (request: EngineRequest) => {
  if (request === 'stop') return void stop();
  const { ticket } = request;
  try {
    tell({ kind: 'answer', ticket, answer: answerTo(request) });
  } catch (error) {
    tell({ kind: 'no answer', ticket, message: error instanceof Error ? error.message : String(error) });
  }
});

function answerTo(request: Exclude<EngineRequest, 'stop'>): Extract<EngineMessage, { kind: 'answer' }>['answer'] {
  if ('hoursOf' in request) return ledger.hoursOf(request.hoursOf);
  return 'say' in request ? engine.say(request.say) : ledger.past(request.past.after, request.past.limit);
}

const stop = async (): Promise<void> => {
  clearInterval(safetyNet);
  clearTimeout(soon);
  clearTimeout(resting);
  watcher.close();
  await Promise.allSettled([scanning, engine.settle()]);
  ledger.close();
  tell({ kind: 'stopped' });
  port.close();
};

// File events can be lost (a full queue, a network mount), so everything is listed again now and then.
const safetyNet = setInterval(lookAgain, settings.rescanIntervalMs);
rescan().catch(fail);
