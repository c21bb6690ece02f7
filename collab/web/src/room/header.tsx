import { useState } from 'react';
import type { Account, Team } from '../api/auth.ts';
import type { RoomSession } from '../api/room.ts';
import { inviteToRoom, setVisibility } from '../api/room.ts';
import { asProblem } from '../api/problem.ts';
import { useShortcuts } from '../app/keys.ts';
import { Link } from '../app/link.tsx';
import { go } from '../app/router.ts';
import { RequestRows } from '../inbox/request-rows.tsx';
import { useRequests } from '../inbox/requests.ts';
import '../inbox/inbox.css';
import { Explained } from '../parts/explained.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { TokenBar } from '../parts/token-bar.tsx';
import { Cost } from '../sessions/card.tsx';
import { nameOf } from '../sessions/headline.ts';
import { HealthMark } from '../sessions/health-mark.tsx';
import type { Session } from '../sessions/session.ts';
import { toolName } from '../sessions/tool-names.ts';
import { explainContext, explainCost, explainHealth } from './explanations.ts';
import { RecordsOf } from './records-of.tsx';
import { reasonsOf, standingOf } from '../sessions/trouble.ts';

/** What the session is, how it is, and what can be done with it. */
export const RoomHeader = ({ room: { session, may }, account, team, now, onChanged }: { readonly room: Extract<RoomSession, { hidden: false }>; readonly account: Account; readonly team: Team; readonly now: number; readonly onChanged: () => void }) => {
  const reasons = reasonsOf(session, now);
  const asking = useRequests().filter((request) => request.session === session.id);
  useShortcuts('Room', [{ keys: 'u', does: 'Back to the sessions', run: () => go('/') }]);
  return (
    <header className={`room-header is-${standingOf(session, now)}`}>
      <div className="title">
        <p className="crumb small"><Link href="/">Sessions</Link> <span aria-hidden="true">/</span> {toolName(session.tool)}{session.host && ` on ${session.host}`}{session.pid !== undefined && session.state !== 'ended' && <span className="number">, process {session.pid}</span>}{session.grafanaUrl !== undefined && <> · <a href={session.grafanaUrl} target="_blank" rel="noreferrer">Grafana</a></>}</p>
        <h1>{nameOf(session)}{session.branch && <span className="branch mono">{session.branch}</span>}</h1>
        {(session.title ?? session.description) && <p className="what">{session.title ?? session.description}</p>}
        {reasons.length > 0 && <p className={`why ${reasons[0]!.grave ? 'bad' : 'fair'}`}>{reasons.map(({ words }) => words).join(' · ')}</p>}
      </div>
      <div className="gauge">
        <div className="marks"><Lamp {...session} forMe={session.owner === account.username} /><Explained about="Health" words={explainHealth(session)}><HealthMark {...session} /></Explained><Explained about="Cost" words={explainCost(session)} more={<RecordsOf session={session.id} number="cost" />}><span className="number"><Cost session={session} /></span></Explained>{session.agentUp === false && session.state !== 'ended' && <span className="chip" title="Its agent is silent: these are the last numbers it told">agent silent</span>}</div>
        <TokenBar context={session.context} tall><Explained about="Context" words={explainContext(session)} more={<RecordsOf session={session.id} number="context" />}>context</Explained></TokenBar>
        {session.state === 'waiting' && <p className="small lamp-ink">{session.waitingFor ? `Waits: ${session.waitingFor}` : `It is ${session.owner === account.username ? 'your' : `${session.owner}’s`} turn`}</p>}
        {session.state === 'working' && <p className="small soft">{session.runningTool ? <>Running <code>{session.runningTool}</code></> : 'Thinking'}</p>}
      </div>
      <Sharing session={session} may={may} team={team} onChanged={onChanged} />
      {may.includes('session:people') && <RequestRows requests={asking} team={team.id} now={now} onAnswered={onChanged} />}
    </header>
  );
};

const visibilityWords = { private: 'Private: those in the room', team: 'Everybody in the team', public: 'Anybody with the link' } as const;

const Sharing = ({ session: { id, visibility }, may, team, onChanged }: { readonly session: Session; readonly may: readonly string[]; readonly team: Team; readonly onChanged: () => void }) => {
  const [said, setSaid] = useState<{ readonly words: string; readonly link?: string }>();
  const fail = (error: unknown): void => setSaid({ words: asProblem(error).message });
  const open = (wanted: Session['visibility']): void => void setVisibility(id, team.id, wanted).then(({ publicLink }) => { setSaid(publicLink ? { words: 'This link shows the numbers to whoever has it. It is told once.', link: publicLink } : undefined); onChanged(); }, fail);
  const copy = (): void => void navigator.clipboard?.writeText(location.origin + location.pathname).then(() => setSaid({ words: 'The link to this room is copied.' }), () => setSaid({ words: 'Copy it from here:', link: location.origin + location.pathname }));
  const rank = ['private', 'team', 'public'];
  const mayBe = (wanted: string): boolean => wanted === visibility || may.includes('session:open') || (may.includes('session:close') && rank.indexOf(wanted) < rank.indexOf(visibility));
  return (
    <div className="sharing">
      <div className="row">
        {may.includes('session:close') || may.includes('session:open')
          ? <label><span className="unseen">Who may see it</span><select value={visibility} onChange={(event) => open(event.target.value as Session['visibility'])}>{(Object.keys(visibilityWords) as (keyof typeof visibilityWords)[]).map((one) => <option key={one} value={one} disabled={!mayBe(one)}>{visibilityWords[one]}</option>)}</select></label>
          : <span className="chip">{visibilityWords[visibility]}</span>}
        <button type="button" className="button tight" onClick={copy}>Copy link</button>
        {may.includes('session:people') && <button type="button" className="button tight" onClick={() => void inviteToRoom(id, 'editor').then(({ link }) => setSaid({ words: 'One person who opens this link within 7 days may write here:', link }), fail)}>Invite</button>}
      </div>
      {said && <p className="said small" role="status">{said.words}{said.link && <input readOnly className="mono" aria-label="Link" value={said.link} onFocus={(event) => event.target.select()} autoFocus />}</p>}
    </div>
  );
};
