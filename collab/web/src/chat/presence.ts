import { createStore } from '../app/store.ts';
import { useStore } from '../app/use-store.ts';

/** Somebody who looks at the room now. */
export interface Present {
  readonly name: string;
  readonly status: 'online' | 'away' | 'offline';
  readonly where?: Whereabouts;
}

/** Where a cursor is. */
export interface Whereabouts {
  readonly path: string;
  readonly line?: number;
}

/** "auth.ts:125" */
export const shortPlace = ({ path, line }: Whereabouts): string => `${path.slice(path.lastIndexOf('/') + 1)}${line === undefined ? '' : `:${line}`}`;

export const present = createStore<readonly Present[]>([]);
const same = (value: readonly Present[]): readonly Present[] => value;

export const usePresence = (): readonly Present[] => useStore(present, same);

/** Where the session's agent is: what it last read or edited. */
export const agentAt = createStore<Whereabouts | undefined>(undefined);
const itself = (value: Whereabouts | undefined): Whereabouts | undefined => value;

export const useAgentAt = (): Whereabouts | undefined => useStore(agentAt, itself);
