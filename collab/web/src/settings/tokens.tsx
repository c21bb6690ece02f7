import { useState } from 'react';
import { makeAgentToken, makePersonalToken, makeScrapeToken, myTokens, revokeToken } from '../api/settings.ts';
import type { Token } from '../api/settings.ts';
import { useNow } from '../app/now.ts';
import { ago } from '../app/words.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useAsked } from './asked.ts';
import { Told } from './told.tsx';
import type { SectionProps } from './page.tsx';

const kinds = { agent: 'an agent, to show the sessions of a machine', personal: 'a script or bot of yours', scrape: 'Prometheus' } as const;

/** Secrets for programs; an agent's comes with the command to paste. */
export const TokensSection = ({ account, team, local }: SectionProps) => {
  const { value, problem, busy, act, reload } = useAsked(myTokens, account.id);
  const [made, setMade] = useState<Token>();
  const now = useNow(30_000);
  const make = async (kind: string, name: string): Promise<void> => setMade(kind === 'agent' ? await makeAgentToken(team.id, name) : kind === 'scrape' ? await makeScrapeToken(team.id, name) : await makePersonalToken(name, ['read', 'write']));
  return (
    <>
      {local && <p className="notice calm">This machine reports already; its token is made anew at every start.</p>}
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      <form className="form inline" onSubmit={(event) => { event.preventDefault(); const data = new FormData(event.currentTarget); void act(() => make(String(data.get('kind')), String(data.get('name')).trim())); }}>
        <label className="field"><span>For</span><select name="kind" defaultValue={team.role === 'viewer' ? 'personal' : 'agent'}>{(Object.keys(kinds) as (keyof typeof kinds)[]).filter((kind) => kind === 'personal' || (kind === 'agent' && team.role !== 'viewer') || (kind === 'scrape' && team.role === 'admin')).map((kind) => <option key={kind} value={kind}>{kinds[kind]}</option>)}</select></label>
        <label className="field"><span>Called</span><input name="name" type="text" required maxLength={64} placeholder="my laptop" /></label>
        <button type="submit" className="button main" disabled={busy}>Make a token</button>
      </form>
      {made?.command !== undefined ? <Told words="Paste this on the machine whose sessions you want to show. It is told once:" secret={made.command} /> : made?.secret !== undefined && <Told words="It is told once:" secret={made.secret} />}
      {value?.length === 0 && <p className="soft">You have made no token yet.</p>}
      <ul className="rows">{value?.map(({ id, kind, name, lastUsedAt, expiresAt }) => <li key={id}><span className="grow">{name} <span className="chip">{kind}</span><br /><span className="soft small">{lastUsedAt === undefined ? 'never used' : `used ${ago(now - Date.parse(lastUsedAt))}`}{expiresAt !== undefined && `, until ${expiresAt.slice(0, 10)}`}</span></span><button type="button" className="button danger tight" disabled={busy} onClick={() => void act(() => revokeToken(id))}>Revoke</button></li>)}</ul>
    </>
  );
};
