import type { Envelope } from '../../../shared/rooms.ts';
import { createStore } from '../app/store.ts';
import { go } from '../app/router.ts';

const key = 'watchroom.notify';
const may = (): boolean => typeof Notification !== 'undefined' && Notification.permission === 'granted';

const chosen = (): boolean => {
  try {
    return localStorage.getItem(key) === 'yes';
  } catch {
    return false;
  }
};

/** Whether mentions are shown on the desktop while this page is not looked at. */
export const notifies = createStore<boolean>(chosen() && may());

/** Turns it on or off on this browser, which asks whoever sits before it. */
export const setNotifies = async (on: boolean): Promise<void> => {
  const allowed = on && typeof Notification !== 'undefined' && (await Notification.requestPermission()) === 'granted';
  try {
    localStorage.setItem(key, allowed ? 'yes' : 'no');
  } catch {
    // It holds until the page is closed.
  }
  notifies.set(() => allowed);
};

/** Shows a mention of the reader, once for all tabs, unless they look at the page. */
export const notifyOf = ({ event, data }: Envelope, me: string): void => {
  if (event !== 'posted' || !document.hidden || !notifies.get() || !may()) return;
  const mentioned: unknown = typeof data.mentions === 'string' ? JSON.parse(data.mentions) : data.mentions;
  if (!Array.isArray(mentioned) || !mentioned.includes(me)) return;
  const post = (typeof data.post === 'string' ? JSON.parse(data.post) : data.post) as { readonly id: string; readonly message: string };
  const shown = new Notification(`${String(data.sender_name ?? 'Somebody').replace(/^@/, '')} mentions you`, { body: post.message.slice(0, 160), tag: post.id, icon: '/icon.svg' });
  shown.onclick = () => {
    window.focus();
    go('/inbox');
    shown.close();
  };
};
