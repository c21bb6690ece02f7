import { openStore } from './store/open.ts';
import { storeFile } from './store/store-file.ts';
import { makeLocalLink } from './local/links.ts';

// What the command line loads: HubModule in the exporter's wiring/hub-module.ts.
export { backup, restore } from './backup.ts';
export { createHub } from './hub.ts';
export { startHub } from './start.ts';

interface StoreOptions {
  readonly dataFolder: string;
  readonly publicUrl: string;
  readonly now: () => number;
}

/** A new link to a hub in local mode, made beside it. */
export const localLink = async ({ dataFolder, publicUrl, now }: StoreOptions): Promise<{ readonly link: string }> => {
  const store = await openStore(storeFile(dataFolder));
  try {
    return { link: await makeLocalLink(store, { publicUrl, now: now() }) };
  } finally {
    await store.destroy();
  }
};
