import { Worker } from 'node:worker_threads';
import type { Words, WordsChange } from '../ledger/words.ts';
import type { PastCursor, UseBook } from '../session/hour-use.ts';
import type { StoredSession } from '../session/session.ts';
import type { EngineMessage, EngineRequest } from '../sweep/engine-thread.ts';
import type { EngineSettings } from '../sweep/engine-settings.ts';
import type { EngineUpdate } from '../sweep/engine.ts';
import { giveBackMemory } from '../sweep/give-back.ts';

/** The thread that owns the ledger, seen from the main thread. */
export interface LedgerThread extends UseBook {
  /** Keeps what people say of a session. */
  readonly say: (change: WordsChange) => Promise<Words>;
  /** Lets it finish what it books and close the ledger. */
  readonly stop: () => Promise<void>;
}

export interface LedgerThreadListeners {
  readonly onUpdate: (update: EngineUpdate) => void;
  /** A scan failed; the thread goes on. */
  readonly onFailure: (message: string) => void;
  /** Something a person should know. */
  readonly onWord: (message: string) => void;
  /** The thread itself died. */
  readonly onDeath: (error: Error) => void;
}

type Question = { readonly hoursOf: readonly string[] } | { readonly say: WordsChange } | { readonly past: { readonly after: PastCursor | undefined; readonly limit: number } };

export const startLedgerThread = (settings: EngineSettings, { onUpdate, onFailure, onWord, onDeath }: LedgerThreadListeners): LedgerThread => {
  const thread = new Worker(threadFile, { workerData: settings, resourceLimits: { maxYoungGenerationSizeMb: 16 } });
  const ahead: StoredSession[] = [];
  const asked = new Map<number, { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void }>();
  let tickets = 0;
  const ask = <Answer>(request: Question): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const ticket = (tickets += 1);
      if (stopping) return reject(new Error('the ledger is closed'));
      asked.set(ticket, { resolve, reject });
      thread.postMessage({ ticket, ...request } satisfies EngineRequest);
    });
  let stopping = false;
  const ended = new Promise<void>((resolve) => thread.once('exit', (code) => {
    if (!stopping) onDeath(new Error(`the ledger's thread ended by itself (code ${code})`));
    for (const { reject } of asked.values()) reject(new Error('the ledger is closed'));
    asked.clear();
    resolve();
  }));
  thread.on('error', (error) => {
    if (!stopping) onDeath(error as Error);
    stopping = true;
  });
  thread.on('message', (message: EngineMessage) => {
    if (message.kind === 'sessions') ahead.push(...message.sessions);
    if (message.kind === 'update') onUpdate(ahead.length === 0 ? message.update : { ...message.update, sessions: [...ahead.splice(0), ...message.update.sessions] });
    if (message.kind === 'rested') giveBackMemory();
    if (message.kind === 'failed') onFailure(message.message);
    if (message.kind === 'said') onWord(message.message);
    if (message.kind === 'answer') asked.get(message.ticket)?.resolve(message.answer as never);
    if (message.kind === 'no answer') asked.get(message.ticket)?.reject(new Error(message.message));
    if (message.kind === 'answer' || message.kind === 'no answer') asked.delete(message.ticket);
  });
  return {
    hoursOf: (ids) => ask({ hoursOf: ids }),
    past: (after, limit) => ask({ past: { after, limit } }),
    say: (change) => ask({ say: change }),
    stop: async () => {
      stopping = true;
      thread.postMessage('stop' satisfies EngineRequest);
      const late = setTimeout(() => void thread.terminate(), 5000);
      await ended;
      clearTimeout(late);
    },
  };
};

const threadFile = new URL(import.meta.url.endsWith('.ts') ? '../sweep/engine-thread.ts' : '../sweep/engine-thread.js', import.meta.url);
