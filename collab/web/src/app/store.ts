import { useRef, useSyncExternalStore } from 'react';

/** One state object and who is told when it changes. */
export interface Store<State> {
  readonly get: () => State;
  readonly set: (change: (state: State) => State) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export const createStore = <State>(initial: State): Store<State> => {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set: (change) => {
      const next = change(state);
      if (Object.is(next, state)) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

/** What `pick` takes out of a store, drawn again when that changes. */
export const useStore = <State, Picked>(store: Store<State>, pick: (state: State) => Picked): Picked => {
  const last = useRef<{ state: State; pick: (state: State) => Picked; picked: Picked } | undefined>(undefined);
  return useSyncExternalStore(store.subscribe, () => {
    const state = store.get();
    if (last.current === undefined || last.current.state !== state || last.current.pick !== pick) last.current = { state, pick, picked: pick(state) };
    return last.current.picked;
  });
};
