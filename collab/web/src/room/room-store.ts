import { useLayoutEffect, useState } from 'react';
import type { Told } from '../../../shared/events.ts';
import { asProblem } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';
import { knownRoom, roomFiles, roomHistory, roomSession } from '../api/room.ts';
import type { HistoryPoint, RoomSession, TouchedFile } from '../api/room.ts';
import { contentPainted } from '../app/content.ts';
import { askLive, connect } from '../live/connection.ts';
import { mergeTold } from '../sessions/session.ts';

/** A room as the page draws it. */
export type Room =
  | { readonly state: 'loading' }
  /** No agent has told of it, or it is closed to the asker: the hub does not say which. */
  | { readonly state: 'unknown' }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'closed'; readonly owner: string; readonly session: string }
  | { readonly state: 'open'; readonly room: Extract<RoomSession, { hidden: false }>; readonly files?: readonly TouchedFile[]; readonly history?: readonly HistoryPoint[] };

const updateMs = 1000;
const slowMs = 15_000;

/** Follows one room while it is shown; its agent reports every second meanwhile [R9]. */
export const useRoom = (id: string, team: string): { readonly room: Room; readonly reload: () => void } => {
  const [room, setRoom] = useState<Room>(() => roomOf(knownRoom(id, team)));
  const [reload, setReload] = useState<() => void>(() => () => undefined);
  // What was asked ahead is drawn with the first frame.
  useLayoutEffect(() => {
    let ended = false;
    const give = (change: (now: Room) => Room): void => { if (!ended) setRoom(change); };
    const details = paced(() => loadDetails(id, team, give), updateMs);
    const rest = paced(() => loadRest(id, team, give), 5000);
    const both = (): void => { details(); rest(); };
    setReload(() => both);
    details();
    // The graph and the files come behind what one reads first.
    void contentPainted().then(() => { if (!ended) rest(); });
    const regular = setInterval(() => { if (!document.hidden) both(); }, slowMs);
    const watching = watch(id, team, { told: (session) => { give((now) => told(now, session)); both(); }, outdated: both });
    return () => {
      ended = true;
      clearInterval(regular);
      void watching.then((stop) => stop());
    };
  }, [id, team]);
  return { room, reload };
};

/** After these the reader may see less, or do less. */
const rightsMoved = ['room:lost', 'room:rights', 'access:lost'] as const;

const watch = async (id: string, team: string, { told: tell, outdated }: { readonly told: (session: Told<'session:updated'>['session']) => void; readonly outdated: () => void }): Promise<() => void> => {
  await contentPainted();
  const socket = await connect(team);
  const begin = (): void => { void askLive('session:watch', { session: id, team }).then(outdated); };
  const updated = ({ session }: Told<'session:updated'>): void => { if (session.id === id) tell(session); };
  const names = ['session:created', 'session:updated', 'session:ended'] as const;
  socket.on('connect', begin);
  for (const name of names) socket.on(name, updated);
  for (const name of rightsMoved) socket.on(name, outdated);
  if (socket.connected) begin();
  return () => {
    socket.off('connect', begin);
    for (const name of names) socket.off(name, updated);
    for (const name of rightsMoved) socket.off(name, outdated);
    void askLive('session:unwatch', { session: id, team });
  };
};

const roomOf = (room: RoomSession | undefined, now: Room = { state: 'loading' }): Room => {
  if (room === undefined) return now;
  return room.hidden ? { state: 'closed', owner: room.owner, session: room.state } : { ...(now.state === 'open' ? now : {}), state: 'open', room };
};

const told = (now: Room, session: Told<'session:updated'>['session']): Room => (now.state === 'open' ? { ...now, room: { ...now.room, session: mergeTold(now.room.session, session) } } : now);

const loadDetails = async (id: string, team: string, give: (change: (now: Room) => Room) => void): Promise<void> => {
  try {
    const room = await roomSession(id, team);
    give((now) => roomOf(room, now));
  } catch (error) {
    const problem = asProblem(error);
    give((now) => (problem.kind === 'not found' ? { state: 'unknown' } : problem.id === 'private' ? { state: 'closed', owner: '', session: '' } : now.state === 'open' ? now : { state: 'failed', problem }));
  }
};

const loadRest = async (id: string, team: string, give: (change: (now: Room) => Room) => void): Promise<void> => {
  const [files, history] = await Promise.all([roomFiles(id, team).catch(() => undefined), roomHistory(id, team, 'minute').catch(() => undefined)]);
  give((now) => (now.state === 'open' ? { ...now, ...(files ? { files } : {}), ...(history ? { history } : {}) } : now));
};

/** Runs at once, then at most every so often, the last wish never lost. */
export const paced = (run: () => Promise<void>, ms: number): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let wanted = false;
  const start = (): void => {
    if (running || timer !== undefined) {
      wanted = true;
      return;
    }
    running = true;
    wanted = false;
    void run().finally(() => {
      running = false;
      timer = setTimeout(() => {
        timer = undefined;
        if (wanted) start();
      }, ms);
    });
  };
  return start;
};
