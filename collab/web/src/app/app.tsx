import { Suspense, useEffect, useState } from 'react';
import type { ComponentProps } from 'react';
import { ways } from '../api/auth.ts';
import type { Account, Team, Ways } from '../api/auth.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Slow } from '../parts/slow.tsx';
import { askWho, who } from './account.ts';
import type { Who } from './account.ts';
import { contentIsDrawn, contentPainted } from './content.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { KeySheet } from './key-sheet.tsx';
import { listenForKeys, useShortcuts } from './keys.ts';
import { Link } from './link.tsx';
import { pages } from './pages.ts';
import { placeOf, roomAsked } from './place.ts';
import type { Place } from './place.ts';
import { go, useAddress } from './router.ts';
import { Shell } from './shell.tsx';
import { useStore } from './use-store.ts';
import { chooseTheme, nextTheme, theme } from './theme.ts';
import { useTitle } from './title.ts';

const { door: { Page: LoginPage }, sessions: { Page: SessionsPage }, room: { Page: RoomPage }, inbox: { Page: InboxPage }, settings: { Page: SettingsPage } } = pages;

const all = (state: Who): Who => state;

/** The page: who is there decides what is drawn. */
export const App = () => {
  const now = useStore(who, all);
  const { path, query, hash } = useAddress();
  const place = placeOf(path);
  const door = useWays(now.state === 'nobody' || place.page === 'sessions' || place.page === 'door');
  useEffect(() => listenForKeys(document), []);
  // A link with a secret is for whoever opens it, signed in or not.
  const isDoor = place.page === 'door' && place.door !== 'login';
  useEffect(() => { if (now.state === 'asking' && (!isDoor || (place.page === 'door' && place.door === 'join'))) void askWho(); }, [isDoor, now.state, place]);

  if (isDoor) return <Door door={place.door} secret={hash.slice(1)} ways={door} then={place.door === 'open' ? roomAsked(query) : '/'} {...(now.state === 'somebody' ? { account: now.account } : {})} />;
  switch (now.state) {
    case 'asking': return <Slow><main className="alone"><p className="soft">Asking the hub who you are…</p></main></Slow>;
    case 'unreachable': return <main className="alone"><h1>No answer</h1><ProblemNote problem={now.problem} onRetry={() => void askWho()} /></main>;
    case 'nobody': return <Door door="login" secret="" ways={door} then={place.page === 'door' ? '/' : location.pathname + location.search + location.hash} />;
    case 'somebody': return <Inside account={now.account} team={now.team} place={place} path={path} ways={door} />;
  }
};

/** Whoever is signed in needs nothing of it, so it is loaded apart. */
const Door = (props: ComponentProps<typeof LoginPage>) => <Suspense fallback={<Slow><main className="alone"><p className="soft">Loading…</p></main></Slow>}><LoginPage {...props} /></Suspense>;

const Inside = ({ account, team, place, path, ways: door }: { readonly account: Account; readonly team: Team | undefined; readonly place: Place; readonly path: string; readonly ways: Ways | undefined }) => {
  const [sheet, setSheet] = useState(false);
  const teamId = team?.id;
  useEffect(() => (teamId === undefined ? undefined : whileLoaded(async () => { await contentPainted(); return (await import('../inbox/follow.ts')).followInbox(teamId, account.id); })), [teamId, account.id]);
  useShortcuts('Everywhere', [
    { keys: '?', does: 'This sheet', run: () => setSheet(true) },
    { keys: 'g s', does: 'Go to the sessions', run: () => go('/') },
    { keys: 'g i', does: 'Go to the inbox', run: () => go('/inbox') },
    { keys: 'g t', does: 'Go to the settings', run: () => go('/settings') },
    { keys: 't', does: 'Light, dark, or as the system', run: () => chooseTheme(nextTheme(theme.get())) },
  ]);
  return (
    <Shell account={account} team={team} place={place} onKeys={() => setSheet(true)}>
      <ErrorBoundary key={path}>
        <Suspense fallback={<Slow><main className="alone"><p className="soft">Loading…</p></main></Slow>}>{team === undefined ? <NoTeam /> : <PageOf place={place} account={account} team={team} local={door?.local ?? false} />}{(team === undefined || place.page !== 'room') && <Drawn />}</Suspense>
      </ErrorBoundary>
      {sheet && <KeySheet onClose={() => setSheet(false)} />}
    </Shell>
  );
};

const PageOf = ({ place, account, team, local }: { readonly place: Place; readonly account: Account; readonly team: Team; readonly local: boolean }) => {
  switch (place.page) {
    case 'room': return <RoomPage key={`${place.tool}/${place.nativeId}`} tool={place.tool} nativeId={place.nativeId} account={account} team={team} />;
    case 'inbox': return <InboxPage account={account} team={team} />;
    case 'settings': return <SettingsPage section={place.section} account={account} team={team} local={local} />;
    case 'nowhere': return <Nowhere />;
    default: return <SessionsPage account={account} team={team} local={local} />;
  }
};

/** A room says by itself when what one reads first is there. */
const Drawn = () => {
  useEffect(contentIsDrawn, []);
  return null;
};

const NoTeam = () => <main className="alone"><h1>You are in no team yet</h1><p>An admin can send you an invite link; it opens here. Whoever runs this hub can make a team.</p></main>;

const Nowhere = () => {
  useTitle('Nothing here');
  return <main className="alone"><h1>There is nothing at this address</h1><p><Link href="/">All sessions</Link></p></main>;
};

/** Begins something that is loaded behind the first paint; the returned function ends it. */
const whileLoaded = (begin: () => Promise<() => void>): (() => void) => {
  const begun = begin().catch(() => undefined);
  return () => void begun.then((end) => end?.());
};

const useWays = (wanted: boolean): Ways | undefined => {
  const [known, setKnown] = useState<Ways>();
  useEffect(() => { if (wanted && known === undefined) void ways().then(setKnown, () => undefined); }, [wanted, known]);
  return known;
};
