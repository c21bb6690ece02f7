import { userInfo } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../config/settings.ts';
import { findHub } from './load-hub.ts';
import type { Guests, LetIn } from './hub-module.ts';
import { createLog } from './log.ts';

// The thread of the hub that an exporter runs beside itself (local-hub.ts).

export interface HubSettings extends Pick<Config, 'logLevel' | 'logFormat'> {
  readonly folder: string;
  readonly version: string;
  readonly port: number;
  readonly nextPorts: number;
}

export type HubWord =
  | { readonly kind: 'started'; readonly url: string; readonly port: number; readonly agentToken: string; readonly link: string }
  /** The package is not installed. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'answer'; readonly ticket: number; readonly answer: unknown }
  | { readonly kind: 'no answer'; readonly ticket: number; readonly sentence: string };
export type HubQuestion =
  | { readonly ask: 'knows'; readonly session: string }
  | { readonly ask: 'open link'; readonly to: string }
  | { readonly ask: 'let in'; readonly visit: LetIn }
  | { readonly ask: 'show out'; readonly session: string };
export type HubRequest = 'stop' | { readonly ticket: number; readonly question: HubQuestion };

const { folder, version, port, nextPorts, logLevel, logFormat } = workerData as HubSettings;
const say = (word: HubWord): void => parentPort!.postMessage(word);

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const answersOf = ({ openLink, knows, guests }: { readonly openLink: (to: string) => Promise<string>; readonly knows: (session: string) => Promise<boolean>; readonly guests: Guests }) => async (question: HubQuestion): Promise<unknown> => {
  switch (question.ask) {
    case 'knows': return knows(question.session);
    case 'open link': return openLink(question.to);
    case 'let in': return guests.letIn(question.visit);
    case 'show out': return guests.showOut(question.session);
  }
};

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'me'; // in a container the user may have no entry in passwd
  }
};

try {
  const module = await findHub();
  if (module === undefined) say({ kind: 'absent' });
  else {
    const hub = await module.startHub({
      dataFolder: folder, publicUrl: `http://127.0.0.1:${port}`, now: Date.now, version, listen: { host: '127.0.0.1', port }, nextPorts, local: { userName: userName() },
      log: createLog({ logLevel: logLevel === 'info' ? 'warn' : logLevel, logFormat }, process.stderr),
    });
    const answer = answersOf({ openLink: hub.openLink!, knows: hub.knows!, guests: hub.guests! });
    parentPort!.on('message', (request: HubRequest) => void (request === 'stop' ? hub.close().finally(() => process.exit()) : answer(request.question).then(
      (told) => say({ kind: 'answer', ticket: request.ticket, answer: told }),
      (error: unknown) => say({ kind: 'no answer', ticket: request.ticket, sentence: sentenceOf(error) }),
    )));
    say({ kind: 'started', url: hub.url, port: hub.port, agentToken: hub.agentToken!, link: await hub.openLink!() });
  }
} catch (error) {
  say({ kind: 'failed', sentence: sentenceOf(error) });
}
