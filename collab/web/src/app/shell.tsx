import type { ReactNode } from 'react';
import { logout } from '../api/auth.ts';
import type { Account, Team } from '../api/auth.ts';
import { ConnectionMark } from '../live/connection-mark.tsx';
import { disconnect } from '../live/connection.ts';
import { BrandMark } from '../parts/brand-mark.tsx';
import { Face } from '../parts/face.tsx';
import { lookAt, signedOut } from './account.ts';
import { Link } from './link.tsx';
import { go } from './router.ts';
import type { Place } from './place.ts';
import { useStore } from './use-store.ts';
import { chooseTheme, nextTheme, theme } from './theme.ts';
import type { Theme } from './theme.ts';
import { unread } from './unread.ts';

const same = <Value,>(value: Value): Value => value;
const themeWords: Readonly<Record<Theme, string>> = { system: 'Light or dark as the system', light: 'Light', dark: 'Dark' };

/** What every page stands in: where one is, whether it is live, who one is. */
export const Shell = ({ account, team, place, onKeys, children }: { readonly account: Account; readonly team: Team | undefined; readonly place: Place; readonly onKeys: () => void; readonly children: ReactNode }) => {
  const chosen = useStore(theme, same);
  const waiting = useStore(unread, same);
  return (
    <>
      <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>('main')?.focus(); }}>To the content</a>
      <header className="shell">
        <Link className="brand" href="/"><BrandMark size={24} /><span>Watchroom</span></Link>
        <nav className="places" aria-label="Pages">
          <Link href="/" aria-current={place.page === 'sessions' ? 'page' : undefined}>Sessions</Link>
          <Link href="/inbox" aria-current={place.page === 'inbox' ? 'page' : undefined}>Inbox{waiting > 0 && <span className="count number" aria-label={`${waiting} unread`}>{waiting}</span>}</Link>
          <Link href="/settings" aria-current={place.page === 'settings' ? 'page' : undefined}>Settings</Link>
        </nav>
        <div className="self">
          <ConnectionMark />
          {account.teams.length > 1 && <select aria-label="Team" value={team?.id} onChange={(event) => { const next = account.teams.find(({ id }) => id === event.target.value); if (next) { disconnect(); lookAt(next); go('/'); } }}>{account.teams.map(({ id, displayName }) => <option key={id} value={id}>{displayName}</option>)}</select>}
          {account.teams.length === 1 && <span className="team soft">{team?.displayName}</span>}
          <button type="button" className="icon-button" onClick={() => chooseTheme(nextTheme(chosen))} aria-label={`Colours: ${themeWords[chosen]}. Change`} title={themeWords[chosen]}><ThemeMark theme={chosen} /></button>
          <button type="button" className="icon-button keys" onClick={onKeys} aria-label="Keyboard shortcuts" title="Keyboard shortcuts">?</button>
          <details className="me" onBlur={(event) => { if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false; }}>
            <summary><Face name={account.username} /><span className="unseen">You are {account.displayName}</span></summary>
            <div className="menu sheet"><p><b>{account.displayName}</b><br /><span className="soft small">{account.username}{team ? ` · ${team.role} of ${team.displayName}` : ''}</span></p><Link href="/settings/profile">Profile</Link><button type="button" onClick={() => { disconnect(); void logout().catch(() => undefined).finally(() => { signedOut(); go('/login'); }); }}>Sign out</button></div>
          </details>
        </div>
      </header>
      {children}
    </>
  );
};

const ThemeMark = ({ theme: now }: { readonly theme: Theme }) => (
  <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.4">
    {now === 'dark' ? <path d="M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6Z" fill="currentColor" /> : <><circle cx="8" cy="8" r="3.2" fill={now === 'light' ? 'currentColor' : 'none'} /><path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13" /></>}
  </svg>
);
