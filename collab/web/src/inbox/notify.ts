import type { Envelope } from '../../../shared/rooms.ts';
import { createStore } from '../app/store.ts';
import { go } from '../app/router.ts';
import { noteOf } from './note.ts';
import type { Reader } from './note.ts';

const key = 'watchroom.notify';
const may = (): boolean => typeof Notification !== 'undefined' && Notification.permission === 'granted';

const chosen = (): boolean => {
  try {
    return localStorage.getItem(key) === 'yes';
  } catch {
    return false;
  }
};

/** Whether this browser shows notifications while the page is not looked at. */
export const notifies = createStore<boolean>(chosen() && may());

/** Turns it on or off on this browser, which asks whoever sits before it. False: it does not allow it. */
export const setNotifies = async (on: boolean): Promise<boolean> => {
  const allowed = on && typeof Notification !== 'undefined' && (await Notification.requestPermission()) === 'granted';
  try {
    localStorage.setItem(key, allowed ? 'yes' : 'no');
  } catch {
    // It holds until the page is closed.
  }
  notifies.set(() => allowed);
  return allowed === on;
};

/** Shows what concerns the reader, once for all tabs, unless they look at the page or do not want to be told. */
export const notifyOf = (envelope: Envelope, reader: Reader): void => {
  if (!document.hidden || !notifies.get() || !may()) return;
  const note = noteOf(envelope, reader);
  if (note === undefined) return;
  const shown = new Notification(note.title, { ...(note.body === undefined ? {} : { body: note.body }), tag: note.tag, icon: '/icon.svg' });
  shown.onclick = () => {
    window.focus();
    go(note.to);
    shown.close();
  };
};
