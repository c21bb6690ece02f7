import type { Envelope } from '../../../shared/rooms.ts';
import { inboxOf, unreadOf } from '../api/inbox.ts';
import { who } from '../app/account.ts';
import { unread } from '../app/unread.ts';
import { connect } from '../live/connection.ts';
import { notifyOf } from './notify.ts';
import { tellingOf } from './preference.ts';
import type { RoomProps } from './preference.ts';
import { loadRequests, requests } from './requests.ts';

const everyMs = 30_000;
/** What concerns the reader alone comes to every page; the hub is asked soon after. */
const soonMs = 1500;

/** Keeps the count of what waits in the inbox, on every page of a team, and the connection that tells of it. */
export const followInbox = (team: string, me: string): (() => void) => {
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting = 0;
  let rooms: ReadonlyMap<string, RoomProps> = new Map();
  const count = (): void => { if (!over) unread.set(() => waiting + requests.get().length); };
  const load = (): void => {
    void inboxOf(team).then((inbox) => { waiting = unreadOf(inbox.items); rooms = inbox.rooms; count(); }, () => undefined);
    void loadRequests(team).catch(() => undefined);
  };
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!over) load();
    }, soonMs);
  };
  const told = (envelope: Envelope): void => {
    const now = who.get();
    notifyOf(envelope, { id: me, rooms, telling: now.state === 'somebody' ? tellingOf(now.account) : 'mentions' });
    if (envelope.event.startsWith('access_')) load();
    else soon();
  };
  const counting = requests.subscribe(count);
  const regular = setInterval(() => { if (!document.hidden) load(); }, everyMs);
  load();
  const connected = connect(team).then((socket) => socket as unknown as { readonly on: (name: string, listener: typeof told) => void; readonly off: (name: string, listener: typeof told) => void });
  void connected.then((socket) => { if (!over) socket.on('room:told', told); });
  return () => {
    over = true;
    counting();
    requests.set(() => []);
    clearInterval(regular);
    clearTimeout(timer);
    void connected.then((socket) => socket.off('room:told', told));
  };
};
