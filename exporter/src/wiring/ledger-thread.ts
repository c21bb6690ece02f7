import { Worker } from 'node:worker_threads';
import type { StoredSession } from '../session/session.ts';
import type { EngineMessage, EngineRequest } from '../sweep/engine-thread.ts';
import type { EngineSettings } from '../sweep/engine-settings.ts';
import type { EngineUpdate } from '../sweep/engine.ts';

/** The thread that owns the ledger, seen from the main thread. */
export interface LedgerThread {
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

export const startLedgerThread = (settings: EngineSettings, { onUpdate, onFailure, onWord, onDeath }: LedgerThreadListeners): LedgerThread => {
  const thread = new Worker(threadFile, { workerData: settings, resourceLimits: { maxYoungGenerationSizeMb: 8 } });
  const ahead: StoredSession[] = [];
  let stopping = false;
  const ended = new Promise<void>((resolve) => thread.once('exit', (code) => {
    if (!stopping) onDeath(new Error(`the ledger's thread ended by itself (code ${code})`));
    resolve();
  }));
  thread.on('error', (error) => {
    if (!stopping) onDeath(error as Error);
    stopping = true;
  });
  thread.on('message', (message: EngineMessage) => {
    if (message.kind === 'sessions') ahead.push(...message.sessions);
    if (message.kind === 'update') onUpdate(ahead.length === 0 ? message.update : { ...message.update, sessions: [...ahead.splice(0), ...message.update.sessions] });
    if (message.kind === 'failed') onFailure(message.message);
    if (message.kind === 'said') onWord(message.message);
  });
  return {
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
