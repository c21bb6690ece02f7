import { createStore, useStore } from '../app/store.ts';

/** Somebody who looks at the room now. */
export interface Present {
  readonly name: string;
  readonly status: 'online' | 'away' | 'offline';
  /** "auth.ts:125" */
  readonly where?: string;
}

export const present = createStore<readonly Present[]>([]);
const same = (value: readonly Present[]): readonly Present[] => value;

export const usePresence = (): readonly Present[] => useStore(present, same);
