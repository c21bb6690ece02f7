import { useRef, useSyncExternalStore } from 'react';
import type { Store } from './store.ts';

/** What `pick` takes out of a store, drawn again when that changes. */
export const useStore = <State, Picked>(store: Store<State>, pick: (state: State) => Picked): Picked => {
  const last = useRef<{ state: State; pick: (state: State) => Picked; picked: Picked } | undefined>(undefined);
  return useSyncExternalStore(store.subscribe, () => {
    const state = store.get();
    if (last.current === undefined || last.current.state !== state || last.current.pick !== pick) last.current = { state, pick, picked: pick(state) };
    return last.current.picked;
  });
};
