import { useEffect, useRef } from 'react';
import type { Account, Team } from '../api/auth.ts';
import { Link } from '../app/link.tsx';
import { useTitle } from '../app/title.ts';
import { AuditSection } from './audit.tsx';
import { BudgetsSection } from './budgets.tsx';
import { DevicesSection } from './devices.tsx';
import { NotificationsSection } from './notifications.tsx';
import { InvitesSection, MembersSection } from './people.tsx';
import { ProfileSection } from './profile.tsx';
import { TeamSection } from './team.tsx';
import { TokensSection } from './tokens.tsx';
import './settings.css';

export interface SectionProps {
  readonly account: Account;
  readonly team: Team;
  readonly local: boolean;
}

const sections = {
  profile: { name: 'Profile', page: ProfileSection, admin: false }, notifications: { name: 'Notifications', page: NotificationsSection, admin: false }, devices: { name: 'Devices', page: DevicesSection, admin: false }, tokens: { name: 'Tokens', page: TokensSection, admin: false },
  members: { name: 'Members', page: MembersSection, admin: false }, invites: { name: 'Invites', page: InvitesSection, admin: true }, team: { name: 'Team', page: TeamSection, admin: false }, budgets: { name: 'Budgets', page: BudgetsSection, admin: false }, audit: { name: 'Audit log', page: AuditSection, admin: true },
} as const;

/** One's own things, and those of the team. */
export default function SettingsPage({ section, ...rest }: SectionProps & { readonly section: string }) {
  const { name, page: Section, admin } = sections[section in sections ? (section as keyof typeof sections) : 'profile'];
  const isAdmin = rest.team.role === 'admin';
  const nav = useRef<HTMLElement>(null);
  useTitle(name);
  // On a narrow screen the names stand in one line that scrolls.
  useEffect(() => { nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }); }, [name]);
  return (
    <main className="settings" id="main" tabIndex={-1}>
      <nav ref={nav} aria-label="Settings">{Object.entries(sections).filter(([, one]) => isAdmin || !one.admin).map(([path, one]) => <Link key={path} href={`/settings/${path}`} aria-current={one.name === name ? 'page' : undefined}>{one.name}</Link>)}</nav>
      <div className="section"><h1>{name}</h1>{admin && !isAdmin ? <p className="soft">That is for admins of {rest.team.displayName}.</p> : <Section {...rest} />}</div>
    </main>
  );
}
