import { useSyncExternalStore } from 'react';

const moved = 'watchroom:moved';

export const go = (to: string, { replace = false }: { readonly replace?: boolean } = {}): void => {
  if (to === location.pathname + location.search + location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  dispatchEvent(new Event(moved));
};

const subscribe = (listener: () => void): (() => void) => {
  const events = ['popstate', 'hashchange', moved];
  for (const name of events) addEventListener(name, listener);
  return () => { for (const name of events) removeEventListener(name, listener); };
};

/** The address as it is now: path, query and fragment. */
export const useAddress = (): { readonly path: string; readonly query: string; readonly hash: string } => {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.search + location.hash);
  const url = new URL(address, 'http://page');
  return { path: url.pathname, query: url.search, hash: url.hash };
};
