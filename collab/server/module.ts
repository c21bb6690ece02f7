import { openLink } from './auth/local.ts';
import * as accounts from './auth/command-line.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/open.ts';
import { storeFile } from './store/store-file.ts';

// What the command line loads: HubModule in the exporter's wiring/hub-module.ts.
export { backup, restore } from './backup.ts';
export { createHub } from './hub.ts';
export { startDemo } from '../demo/start.ts';
export { startHub } from './start.ts';

interface HubStore {
  readonly dataFolder: string;
  readonly publicUrl: string;
  readonly now: () => number;
}

/** Makes an admin of a team, beside the running hub; the link sets their password. */
export const createAdmin = (options: HubStore & { readonly username: string; readonly team: string }): Promise<{ readonly link: string }> =>
  withStore(options, (store) => accounts.createAdmin(store, { ...options, now: options.now() }));

/** A link with which somebody sets a new password. */
export const resetPassword = (options: HubStore & { readonly username: string }): Promise<{ readonly link: string }> =>
  withStore(options, (store) => accounts.resetPassword(store, { ...options, now: options.now() }));

/** A new link to a hub in local mode. */
export const localLink = (options: HubStore): Promise<{ readonly link: string }> =>
  withStore(options, async (store) => ({ link: await openLink({ store, now: options.now, settings: { publicUrl: options.publicUrl, local: true } }) }));

const withStore = async <Answer>({ dataFolder }: HubStore, work: (store: Store) => Promise<Answer>): Promise<Answer> => {
  const store = await openStore(storeFile(dataFolder));
  try {
    return await work(store);
  } finally {
    await store.destroy();
  }
};
