import { CommandError } from '../cli/exit-codes.ts';
import type { HubModule } from './hub-module.ts';

/** Loads the hub. It is a package of its own that stands on this one, so the name is all that is known of it here. */
export const loadHub = async (): Promise<HubModule> => {
  const found = await findHub();
  if (found) return found;
  throw new CommandError('the hub is not installed beside this program. In a checkout: npm ci; else: npm install --global watchroom @watchroom/collab');
};

/** The hub, if it is installed. */
export const findHub = async (): Promise<HubModule | undefined> => {
  try {
    return (await import(hubPackage)) as HubModule;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' && String(error).includes(`'${hubPackage}'`)) return undefined;
    throw error;
  }
};

const hubPackage: string = '@watchroom/collab';
