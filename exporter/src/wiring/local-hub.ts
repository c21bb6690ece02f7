import { Worker } from 'node:worker_threads';
import type { Config } from '../config/settings.ts';
import type { Surroundings } from './books.ts';
import { ownHub } from './hub.ts';
import type { Guests } from './hub-module.ts';
import type { HubQuestion, HubRequest, HubSettings, HubWord } from './local-hub-thread.ts';

/** The hub that an exporter runs beside itself: loopback only, for this machine and its user alone. */
export interface LocalHub {
  /** Without a slash at its end. */
  readonly url: string;
  readonly agentToken: string;
  /** Signs one browser in, once, within 60 seconds. */
  readonly link: string;
  /** It was meant to listen on another port, which somebody else has. */
  readonly movedFrom?: number;
  readonly knows: (session: string) => Promise<boolean>;
  /** Another one, which leads to a path of the page. */
  readonly linkTo: (path: string) => Promise<string>;
  readonly guests: Guests;
  readonly stop: () => Promise<void>;
}

interface Start {
  /** Private to the user. */
  readonly folder: string;
  readonly config: Pick<Config, 'logLevel' | 'logFormat'>;
  readonly about: Surroundings & { readonly version: string };
  /** It ended by itself later on, with a sentence. The exporter goes on. */
  readonly onDeath: (sentence: string) => void;
}

const usualPort = 8877;
const nextPorts = 20;
const mostMegabytes = 512;
const stopMs = 5000;

/**
 * Starts it in a thread of its own, so that neither its work nor its failure can hurt the exporter.
 * Undefined: it is not installed. Rejects with a sentence when it cannot start.
 */
export const startLocalHub = async ({ folder, config, about, onDeath }: Start): Promise<LocalHub | undefined> => {
  const ownership = ownHub(folder, about, 'serve');
  const thread = new Worker(threadFile, {
    workerData: { folder, version: about.version, port: usualPort, nextPorts, logLevel: config.logLevel, logFormat: config.logFormat } satisfies HubSettings,
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes, maxYoungGenerationSizeMb: 8 },
    // A thread has no part in the hooks of bin/watchroom.js.
    ...(import.meta.url.endsWith('.ts') ? { execArgv: ['--conditions=watchroom-source'] } : {}),
  });
  let state: 'starting' | 'running' | 'over' = 'starting';
  let died: string | undefined;
  const ended = new Promise<void>((resolve) => thread.once('exit', resolve));
  thread.on('error', (error) => (died = error instanceof Error ? error.message : String(error)));
  void ended.then(() => {
    ownership.release();
    if (state === 'running') onDeath(died ?? 'it ended by itself');
    state = 'over';
  });
  const word = await Promise.race([new Promise<HubWord>((resolve) => thread.once('message', resolve)), ended.then((): HubWord => ({ kind: 'failed', sentence: died ?? 'it ended by itself' }))]);
  if (word.kind !== 'started') {
    await ended;
    if (word.kind === 'absent') return undefined;
    throw new Error(word.kind === 'failed' ? word.sentence : 'it did not start');
  }
  state = 'running';
  const ask = asking(thread, ended);
  const { url, agentToken, link, port } = word;
  ownership.describe({ address: url });
  return {
    knows: (session) => ask({ ask: 'knows', session }),
    linkTo: (to) => ask({ ask: 'open link', to }),
    guests: { letIn: (visit) => ask({ ask: 'let in', visit }), showOut: (session) => ask({ ask: 'show out', session }) },
    url: url.replace(/\/$/, ''), agentToken, link, ...(port === usualPort ? {} : { movedFrom: usualPort }),
    stop: async () => {
      state = 'over';
      thread.postMessage('stop' satisfies HubRequest);
      const late = setTimeout(() => void thread.terminate(), stopMs);
      await ended;
      clearTimeout(late);
    },
  };
};

/** Questions to the thread; when it has ended, none is left open. */
const asking = (thread: Worker, ended: Promise<void>): (<Answer>(question: HubQuestion) => Promise<Answer>) => {
  const asked = new Map<number, { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void }>();
  let tickets = 0;
  let over = false;
  thread.on('message', (word: HubWord) => {
    if (word.kind !== 'answer' && word.kind !== 'no answer') return;
    const waiting = asked.get(word.ticket);
    asked.delete(word.ticket);
    if (word.kind === 'answer') waiting?.resolve(word.answer as never);
    else waiting?.reject(new Error(word.sentence));
  });
  void ended.then(() => {
    over = true;
    for (const { reject } of asked.values()) reject(new Error(hubHasEnded));
    asked.clear();
  });
  return (question) => new Promise((resolve, reject) => {
    if (over) return reject(new Error(hubHasEnded));
    asked.set((tickets += 1), { resolve, reject });
    thread.postMessage({ ticket: tickets, question } satisfies HubRequest);
  });
};

const hubHasEnded = "this machine's hub has ended";

const threadFile = new URL(import.meta.url.endsWith('.ts') ? './local-hub-thread.ts' : './local-hub-thread.js', import.meta.url);
