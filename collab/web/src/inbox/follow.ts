import type { Envelope } from '../../../shared/rooms.ts';
import { inboxOf, unreadOf } from '../api/inbox.ts';
import { unread } from '../app/unread.ts';
import { connect } from '../live/connection.ts';
import { notifyOf } from './notify.ts';

const everyMs = 30_000;
/** What concerns the reader alone comes to every page; the hub is asked soon after. */
const soonMs = 1500;

/** Keeps the count of what waits in the inbox, on every page of a team, and the connection that tells of it. */
export const followInbox = (team: string, me: string): (() => void) => {
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const load = (): void => void inboxOf(team).then((items) => { if (!over) unread.set(() => unreadOf(items)); }, () => undefined);
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!over) load();
    }, soonMs);
  };
  const told = (envelope: Envelope): void => {
    notifyOf(envelope, me);
    soon();
  };
  const regular = setInterval(() => { if (!document.hidden) load(); }, everyMs);
  load();
  const connected = connect(team).then((socket) => socket as unknown as { readonly on: (name: string, listener: typeof told) => void; readonly off: (name: string, listener: typeof told) => void });
  void connected.then((socket) => { if (!over) socket.on('room:told', told); });
  return () => {
    over = true;
    clearInterval(regular);
    clearTimeout(timer);
    void connected.then((socket) => socket.off('room:told', told));
  };
};
