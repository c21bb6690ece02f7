import type { Reader } from './reader.ts';

/** Every tool whose files Watchroom reads. The order is stable: lists and tables follow it. */
export const readers: readonly Reader[] = [];
