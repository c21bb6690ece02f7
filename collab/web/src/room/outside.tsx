import { useEffect, useState } from 'react';
import type { Team } from '../api/auth.ts';
import { askAccess } from '../api/access.ts';
import { asProblem } from '../api/problem.ts';
import { Link } from '../app/link.tsx';
import { shortId } from '../sessions/headline.ts';
import { toolName } from '../sessions/tool-names.ts';

/** A room that nobody has told the asker of: it opens by itself when its agent does. */
export const Waiting = ({ id, tool, team, onLook }: { readonly id: string; readonly tool: string; readonly team: Team; readonly onLook: () => void }) => {
  useRegularly(onLook);
  return (
    <main className="alone" id="main">
      <h1>Waiting for the agent</h1>
      <p>No machine of {team.displayName} has told of this session yet: {toolName(tool)} <code title={id}>{shortId(id.slice(id.indexOf('/') + 1))}</code>. The room opens by itself as soon as one does, within a minute when an agent runs there.</p>
      <p className="soft">It may also be private. Then its owner can let you in.</p>
      <AskAccess id={id} team={team} />
      <p><Link href="/">All sessions</Link></p>
    </main>
  );
};

/** A private session, to somebody who may know that it is there. */
export const Closed = ({ id, owner, session, team, onLook }: { readonly id: string; readonly owner: string; readonly session: string; readonly team: Team; readonly onLook: () => void }) => {
  useRegularly(onLook);
  return (
    <main className="alone" id="main">
      <h1>This room is private</h1>
      <p>{owner ? <>It belongs to <b>{owner}</b>{session && <>; the session is {session}</>}.</> : 'Its owner can invite you.'}</p>
      <AskAccess id={id} team={team} />
      <p><Link href="/">All sessions</Link></p>
    </main>
  );
};

/** Looks again every few seconds, so that the room opens as soon as it can. */
const useRegularly = (look: () => void): void => useEffect(() => {
  const timer = setInterval(() => { if (!document.hidden) look(); }, 3000);
  return () => clearInterval(timer);
}, [look]);

const AskAccess = ({ id, team }: { readonly id: string; readonly team: Team }) => {
  const [said, setSaid] = useState<{ readonly words: string; readonly isProblem: boolean }>();
  const ask = (): void => void askAccess(id, team.id).then(() => setSaid({ words: 'Asked. If it is there, its owner and hosts see your request now; this room opens here when they let you in.', isProblem: false }), (error: unknown) => setSaid({ words: asProblem(error).message, isProblem: true }));
  return <>{said !== undefined && <p className={`notice ${said.isProblem ? 'bad' : 'calm'}`} role={said.isProblem ? 'alert' : 'status'}>{said.words}</p>}{(said === undefined || said.isProblem) && <p><button type="button" className="button main" onClick={ask}>Request access</button></p>}</>;
};
