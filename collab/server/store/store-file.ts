import { join } from 'node:path';

/** The file of the store in a data folder. */
export const storeFile = (dataFolder: string): string => join(dataFolder, 'hub.db');
