import { useEffect } from 'react';
import { useStore } from './use-store.ts';
import { unread } from './unread.ts';

const same = (count: number): number => count;

/** What the browser's tab says, with the number of things that wait. */
export const useTitle = (title: string, waiting = 0): void => {
  const count = useStore(unread, same) + waiting;
  useEffect(() => { document.title = `${count > 0 ? `(${count}) ` : ''}${title} · Watchroom`; }, [title, count]);
};
