import { userInfo } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../config/settings.ts';
import { findHub } from './load-hub.ts';
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
  | { readonly kind: 'failed'; readonly sentence: string };
export type HubRequest = 'stop';

const { folder, version, port, nextPorts, logLevel, logFormat } = workerData as HubSettings;
const say = (word: HubWord): void => parentPort!.postMessage(word);

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
    parentPort!.once('message', (_request: HubRequest) => void hub.close().finally(() => process.exit()));
    say({ kind: 'started', url: hub.url, port: hub.port, agentToken: hub.agentToken!, link: await hub.openLink!() });
  }
} catch (error) {
  say({ kind: 'failed', sentence: error instanceof Error ? error.message : String(error) });
}
