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

type Kind = keyof typeof kinds;

/** Each may what those before it may, too. */
const scopes = ['read', 'write', 'admin'] as const;
type Scope = (typeof scopes)[number];
const scopeWords: Readonly<Record<Scope, string>> = { read: 'read what you see', write: 'read and write as you', admin: 'all that you may: also members, settings, tokens' };

/** Secrets for programs; an agent's comes with the command to paste. */
export const TokensSection = ({ account, team, local }: SectionProps) => {
  const { value, problem, busy, act, reload } = useAsked(myTokens, account.id);
  const [made, setMade] = useState<Token>();
  const [kind, setKind] = useState<Kind>(team.role === 'viewer' || team.role === 'guest' ? 'personal' : 'agent');
  const now = useNow(30_000);
  const make = async (name: string, scope: Scope): Promise<void> => setMade(kind === 'agent' ? await makeAgentToken(team.id, name) : kind === 'scrape' ? await makeScrapeToken(team.id, name) : await makePersonalToken(name, scopes.slice(0, scopes.indexOf(scope) + 1)));
  return (
    <>
      {local && <p className="notice calm">This machine reports already; its token is made anew at every start.</p>}
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      <form className="form inline" onSubmit={(event) => { event.preventDefault(); const data = new FormData(event.currentTarget); void act(() => make(String(data.get('name')).trim(), String(data.get('scope') ?? 'read') as Scope)); }}>
        <label className="field"><span>For</span><select name="kind" value={kind} onChange={(event) => setKind(event.target.value as Kind)}>{(Object.keys(kinds) as Kind[]).filter((one) => one === 'personal' || (one === 'agent' && team.role !== 'viewer' && team.role !== 'guest') || (one === 'scrape' && team.role === 'admin')).map((one) => <option key={one} value={one}>{kinds[one]}</option>)}</select></label>
        {kind === 'personal' && <label className="field"><span>Which may</span><select name="scope" defaultValue="write">{scopes.filter((one) => one !== 'admin' || team.role === 'admin' || account.operator).map((one) => <option key={one} value={one}>{scopeWords[one]}</option>)}</select></label>}
        <label className="field"><span>Called</span><input name="name" type="text" required maxLength={64} placeholder="my laptop" /></label>
        <button type="submit" className="button main" disabled={busy}>Make a token</button>
      </form>
      {made?.command !== undefined ? <Told words="Paste this on the machine whose sessions you want to show. It is told once:" secret={made.command} /> : made?.secret !== undefined && <Told words="It is told once:" secret={made.secret} />}
      {value?.length === 0 && <p className="soft">You have made no token yet.</p>}
      <ul className="rows">{value?.map(({ id, kind, name, lastUsedAt, expiresAt }) => <li key={id}><span className="grow">{name} <span className="chip">{kind}</span><br /><span className="soft small">{lastUsedAt === undefined ? 'never used' : `used ${ago(now - Date.parse(lastUsedAt))}`}{expiresAt !== undefined && `, until ${expiresAt.slice(0, 10)}`}</span></span><button type="button" className="button danger tight" disabled={busy} onClick={() => void act(() => revokeToken(id))}>Revoke</button></li>)}</ul>
    </>
  );
};
