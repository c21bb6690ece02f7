import { createStore } from './store.ts';

/** Mentions and threads that wait in the inbox; 0 while nothing is known of any. */
export const unread = createStore<number>(0);
