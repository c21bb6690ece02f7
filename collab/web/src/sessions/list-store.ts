import type { Told } from '../../../shared/events.ts';
import { askLive, connect, live } from '../live/connection.ts';
import { listConflicts, listLive, listSessions } from '../api/sessions.ts';
import { costToday } from '../api/analytics.ts';
import { asProblem } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';
import { createStore } from '../app/store.ts';
import { withConflicts } from './radar.ts';
import { mergeTold } from './session.ts';
import type { Session } from './session.ts';

/** Everything the home page draws. */
export interface SessionList {
  readonly team?: string;
  readonly status: 'loading' | 'ready' | 'failed';
  readonly problem?: Problem;
  readonly sessions: readonly Session[];
  /** Where older ones begin. */
  readonly older?: string;
  readonly costTodayUsd?: number;
  /** When the hub last answered. */
  readonly asOf?: number;
}

export const sessionList = createStore<SessionList>({ status: 'loading', sessions: [] });

/** Follows a team's sessions until the returned function is called: from the hub whole, then by what sockets tell. */
export const followTeam = (team: string): (() => void) => {
  if (sessionList.get().team !== team) sessionList.set(() => ({ team, status: 'loading', sessions: [] }));
  let ended = false;
  const stops: (() => void)[] = [];
  const reload = inTurn(() => load(team));
  // Sockets tell of changes, not of everything a card shows; the hub is asked again soon after, and in any case now and then.
  const soon = debounced(reload, 1500);
  const regular = setInterval(() => { if (!document.hidden) void reload(); }, 15_000);
  stops.push(() => clearInterval(regular));
  void reload();
  void connect(team).then((socket) => {
    if (ended) return;
    const subscribe = (): void => { void askLive('subscribe', { channel: 'sessions', team }); void reload(); };
    const changed = ({ session }: Told<'session:updated'>): void => { tell(team, session); soon(); };
    const removed = ({ id }: Told<'session:removed'>): void => drop(id);
    socket.on('connect', subscribe);
    socket.on('session:created', changed);
    socket.on('session:updated', changed);
    socket.on('session:ended', changed);
    socket.on('session:removed', removed);
    socket.on('sessions:outdated', soon);
    if (socket.connected) subscribe();
    stops.push(() => {
      socket.off('connect', subscribe);
      for (const name of ['session:created', 'session:updated', 'session:ended'] as const) socket.off(name, changed);
      socket.off('session:removed', removed);
      socket.off('sessions:outdated', soon);
      void askLive('unsubscribe', { channel: 'sessions', team });
    });
  });
  return () => {
    ended = true;
    for (const stop of stops) stop();
  };
};

const load = async (team: string): Promise<void> => {
  try {
    const [liveOnes, ended, conflicts, costTodayUsd] = await Promise.all([listLive(team), listSessions({ team, status: 'ended', with: 'now' }), listConflicts(team).catch(() => []), costToday(team).catch(() => undefined)]);
    sessionList.set((now) => (now.team !== team ? now : {
      team, status: 'ready', asOf: Date.now(),
      sessions: distinct([...withConflicts(liveOnes, conflicts), ...ended.sessions, ...(now.older === undefined ? [] : now.sessions.filter(({ state }) => state === 'ended'))]),
      ...(ended.next === undefined ? {} : { older: now.sessions.length > 0 && now.status === 'ready' ? (now.older ?? ended.next) : ended.next }),
      ...(costTodayUsd === undefined ? {} : { costTodayUsd }),
    }));
  } catch (error) {
    sessionList.set((now) => (now.team === team ? { ...now, status: now.status === 'ready' ? 'ready' : 'failed', problem: asProblem(error) } : now));
  }
};

export const reloadTeam = (team: string): Promise<void> => load(team);

/** Brings the next page of ended sessions. */
export const loadOlder = async (): Promise<void> => {
  const { team, older } = sessionList.get();
  if (team === undefined || older === undefined) return;
  const { sessions, next } = await listSessions({ team, status: 'ended', with: 'now', after: older });
  sessionList.set(({ older: _before, ...now }) => (now.team === team ? { ...now, sessions: distinct([...now.sessions, ...sessions]), ...(next === undefined ? {} : { older: next }) } : { ...now }));
};

const tell = (team: string, session: Told<'session:updated'>['session']): void =>
  sessionList.set((now) => {
    if (now.team !== team) return now;
    const before = now.sessions.find(({ id }) => id === session.id);
    const merged = mergeTold(before, session);
    return { ...now, sessions: before ? now.sessions.map((one) => (one === before ? merged : one)) : [merged, ...now.sessions] };
  });

const drop = (id: string): void => sessionList.set((now) => ({ ...now, sessions: now.sessions.filter((session) => session.id !== id) }));

const distinct = (sessions: readonly Session[]): readonly Session[] => [...new Map(sessions.toReversed().map((session) => [session.id, session])).values()].reverse();

/** One run at a time; asked again meanwhile, it runs once more. */
const inTurn = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let again = false;
  const start = (): Promise<void> => {
    if (running) {
      again = true;
      return running;
    }
    running = run().finally(() => {
      running = undefined;
      if (again) {
        again = false;
        void start();
      }
    });
    return running;
  };
  return start;
};

const debounced = (run: () => unknown, ms: number): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void run();
    }, ms);
  };
};

/** Whether what is drawn follows the hub by the second. */
export const isLive = (): boolean => live.get().state === 'live';
