import { useEffect, useMemo, useRef, useState } from 'react';
import type { Account, Team } from '../api/auth.ts';
import { useShortcuts } from '../app/keys.ts';
import { Link } from '../app/link.tsx';
import { useNow } from '../app/now.ts';
import { roomPath } from '../app/place.ts';
import { go, useAddress } from '../app/router.ts';
import { useStore } from '../app/use-store.ts';
import { useTitle } from '../app/title.ts';
import { dollars } from '../app/words.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Slow } from '../parts/slow.tsx';
import { Unknown } from '../parts/unknown.tsx';
import { SessionCard } from './card.tsx';
import { LastSession, NoSessions } from './empty.tsx';
import { isFiltered, queryOf, shown, viewOf } from './filter.ts';
import { Filters } from './filters.tsx';
import { headlineOf, nameOf } from './headline.ts';
import { followTeam, loadOlder, reloadTeam, sessionList } from './list-store.ts';
import type { SessionList } from './list-store.ts';
import { Radar } from './radar-note.tsx';
import type { Session } from './session.ts';
import { SessionTable } from './table.tsx';
import { standingOf } from './trouble.ts';
import './sessions.css';

const all = (state: SessionList): SessionList => state;

/** Home: who works with which agent now, what is wrong, and what it costs. */
export const SessionsPage = ({ account, team, local }: { readonly account: Account; readonly team: Team; readonly local: boolean }) => {
  const list = useStore(sessionList, all);
  const now = useNow();
  const view = viewOf(useAddress().query);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => followTeam(team.id), [team.id]);
  const me = account.username;
  const troubled = (session: Session): boolean => standingOf(session, now) === 'trouble';
  const visible = shown(list.sessions, view, { now, isTroubled: troubled });
  const liveOnes = visible.filter(({ state }) => state !== 'ended');
  const ended = visible.filter(({ state }) => state === 'ended');
  const counts = useMemo(() => countsOf(list.sessions, now), [list.sessions, now]);
  useTitle('Sessions', counts.waitingForMe(me));
  useKeys(visible, search);

  if (list.status === 'loading') return <main className="sessions"><h1 className="unseen">Sessions</h1><Slow><p className="soft">Asking the hub for the sessions of {team.displayName}…</p></Slow></main>;
  return (
    <main className="sessions" id="main">
      {list.problem && <ProblemNote problem={list.problem} onRetry={() => void reloadTeam(team.id)} />}
      <Lead list={list} now={now} me={me} counts={counts} />
      <Radar sessions={list.sessions} />
      {list.sessions.length === 0 && list.status === 'ready' ? <NoSessions local={local} /> : <Filters view={view} sessions={list.sessions} counts={counts} search={search} />}
      {liveOnes.length > 0 && (view.layout === 'grid' ? <section className="grid" aria-label="Live sessions">{liveOnes.map((session) => <SessionCard key={session.id} session={session} now={now} me={me} />)}</section> : <SessionTable sessions={liveOnes} now={now} me={me} caption="Live sessions" />)}
      {!isFiltered(view) && liveOnes.length === 0 && ended.length > 0 && <LastSession session={ended.toSorted((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0))[0]!} now={now} />}
      {isFiltered(view) && visible.length === 0 && list.sessions.length > 0 && <p className="soft nothing">No session fits. <Link href="/">Show all</Link></p>}
      {ended.length > 0 && <section aria-label="Ended sessions" className="ended-ones"><h2>Ended</h2><SessionTable sessions={ended} now={now} me={me} caption="Ended sessions" />{list.older !== undefined && <Older />}</section>}
      <p className="foot soft small">Cost is API-equivalent: list prices, not a bill.</p>
    </main>
  );
};

const Lead = ({ list, now, me, counts }: { readonly list: SessionList; readonly now: number; readonly me: string; readonly counts: ReturnType<typeof countsOf> }) => {
  const { tone, about, before, after, more } = headlineOf(list.sessions, { now, me });
  return (
    <section className={`lead ${tone}`} aria-label="Now">
      <div className="say"><h1>{before}{about && <Link href={roomPath(about.id)}>{nameOf(about)}</Link>}{after}</h1>{more && <p className="more">{more}</p>}</div>
      <dl className="tally">
        <div><dt>today</dt><dd className="number">{list.costTodayUsd === undefined ? <Unknown why="the hub has not told today’s cost" /> : dollars(list.costTodayUsd)}</dd></div>
        <div><dt>live</dt><dd className="number">{counts.live}</dd></div>
        <div className={counts.waiting > 0 ? 'waits' : ''}><dt>waiting</dt><dd className="number">{counts.waiting}</dd></div>
        <div className={counts.trouble > 0 ? 'troubles' : ''}><dt>in trouble</dt><dd className="number">{counts.trouble}</dd></div>
      </dl>
    </section>
  );
};

const Older = () => {
  const [asking, setAsking] = useState(false);
  return <button type="button" className="button" disabled={asking} onClick={() => { setAsking(true); void loadOlder().finally(() => setAsking(false)); }}>Show older sessions</button>;
};

const countsOf = (sessions: readonly Session[], now: number) => {
  const count = (fits: (session: Session) => boolean): number => sessions.filter(fits).length;
  return {
    live: count(({ state }) => state !== 'ended'), ended: count(({ state }) => state === 'ended'), waiting: count(({ state }) => state === 'waiting'),
    trouble: count((session) => standingOf(session, now) === 'trouble'),
    waitingForMe: (me: string): number => count(({ state, owner }) => state === 'waiting' && owner === me),
  };
};

const useKeys = (visible: readonly Session[], search: React.RefObject<HTMLInputElement | null>): void => {
  const view = viewOf(useAddress().query);
  const step = (by: number): void => {
    const links = [...document.querySelectorAll<HTMLElement>('[data-session]')];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
  };
  useShortcuts('Sessions', [
    { keys: 'j', does: 'Next session', run: () => step(1) },
    { keys: 'k', does: 'Session before', run: () => step(-1) },
    { keys: '/', does: 'Search', run: () => search.current?.focus() },
    { keys: 'v', does: 'Cards or list', run: () => go(location.pathname + queryOf({ ...view, layout: view.layout === 'grid' ? 'list' : 'grid' }), { replace: true }) },
    { keys: 'w', does: 'Open the session that is worst off', run: () => { const [first] = shown(visible, { ...view, sort: 'worst' }, { now: Date.now(), isTroubled: () => false }); if (first) go(roomPath(first.id)); } },
    { keys: 'x', does: 'Clear the filters', run: () => go('/', { replace: true }) },
  ]);
};
