import type { Problem } from '../api/problem.ts';
import { createStore } from '../app/store.ts';

/** The chat of the room that is open. */
export type ChatState =
  | { readonly state: 'none' | 'opening' }
  | { readonly state: 'open'; readonly channelId: string; readonly hasOlder: boolean; /** The agent's id as a member. */ readonly agent?: string }
  | { readonly state: 'failed'; readonly problem: Problem };

export const chat = createStore<ChatState>({ state: 'none' });
