import { useState } from 'react';
import { invites, makeInvite, members, removeMember, resetLink, revokeInvite, setRole } from '../api/settings.ts';
import { useNow } from '../app/now.ts';
import { age, many } from '../app/words.ts';
import { Face } from '../parts/face.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useAsked } from './asked.ts';
import { Told } from './told.tsx';
import type { SectionProps } from './page.tsx';

/** Who is in the team, and as what. */
export const MembersSection = ({ account, team }: SectionProps) => {
  const { value, problem, busy, act, reload } = useAsked(() => members(team.id), team.id);
  const [link, setLink] = useState<string>();
  const isAdmin = team.role === 'admin';
  return (
    <>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {link && <Told words="With this link they set a new password, once, within a day:" secret={link} />}
      <ul className="rows">{value?.map(({ id, username, displayName, role }) => (
        <li key={id}><Face name={username} /><span className="grow">{displayName}{id === account.id && <span className="chip">you</span>}<br /><span className="soft small">@{username}</span></span>
          {isAdmin && role !== 'guest' ? <select aria-label={`Role of ${displayName}`} value={role} disabled={busy} onChange={(event) => void act(() => setRole(team.id, id, event.target.value))}>{['admin', 'member', 'viewer'].map((one) => <option key={one}>{one}</option>)}</select> : <span className="chip">{role}</span>}
          {isAdmin && id !== account.id && <><button type="button" className="button tight" disabled={busy} onClick={() => void act(async () => setLink((await resetLink(team.id, id)).link))}>Reset password</button><Sure words="Remove" question={`Remove ${displayName}?`} onYes={() => void act(() => removeMember(team.id, id))} /></>}
        </li>
      ))}</ul>
      <p className="soft small">Admins manage the team. Members show their sessions and write. Viewers see everything the team sees and write nothing. Guests see only rooms they were invited to.</p>
    </>
  );
};

/** Links that bring people in. */
export const InvitesSection = ({ team }: SectionProps) => {
  const { value, problem, busy, act, reload } = useAsked(() => invites(team.id), team.id);
  const [link, setLink] = useState<string>();
  const now = useNow(30_000);
  return (
    <>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      <form className="form inline" onSubmit={(event) => { event.preventDefault(); const data = new FormData(event.currentTarget); void act(async () => setLink((await makeInvite(team.id, String(data.get('role')), Number(data.get('uses')))).link)); }}>
        <label className="field"><span>They become</span><select name="role" defaultValue="member"><option>member</option><option>viewer</option><option>admin</option></select></label>
        <label className="field"><span>For how many people</span><input name="uses" type="number" min={1} max={1000} defaultValue={1} required /></label>
        <button type="submit" className="button main" disabled={busy}>Make a link</button>
      </form>
      {link && <Told words="Give this link on. It is told once and good for a week:" secret={link} />}
      {value?.length === 0 && <p className="soft">No invite is open.</p>}
      <ul className="rows">{value?.map(({ id, role, room, usesLeft, expiresAt }) => <li key={id}><span className="grow">{role}{room && ' of one room'}<br /><span className="soft small">{many(usesLeft, 'use')} left, ends in {age(Date.parse(expiresAt) - now)}</span></span><button type="button" className="button tight" disabled={busy} onClick={() => void act(() => revokeInvite(team.id, id))}>Revoke</button></li>)}</ul>
    </>
  );
};

export const Sure = ({ words, question, onYes }: { readonly words: string; readonly question: string; readonly onYes: () => void }) => {
  const [asking, setAsking] = useState(false);
  return asking ? <span className="sure small">{question} <button type="button" className="button danger tight" autoFocus onClick={() => { setAsking(false); onYes(); }}>Yes</button> <button type="button" className="button tight" onClick={() => setAsking(false)}>No</button></span> : <button type="button" className="button danger tight" onClick={() => setAsking(true)}>{words}</button>;
};
