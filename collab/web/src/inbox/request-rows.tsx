import { useState } from 'react';
import type { AccessRequest } from '../api/access.ts';
import { asProblem } from '../api/problem.ts';
import { Link } from '../app/link.tsx';
import { roomPath } from '../app/place.ts';
import { ago } from '../app/words.ts';
import { Face } from '../parts/face.tsx';
import { shortId } from '../sessions/headline.ts';
import { answerRequest } from './requests.ts';

/** Who asks to be let in, each answered by one click. */
export const RequestRows = ({ requests, team, now, withRoom = false, onAnswered = () => undefined }: { readonly requests: readonly AccessRequest[]; readonly team: string; readonly now: number; readonly withRoom?: boolean; readonly onAnswered?: () => void }) =>
  requests.length === 0 ? null : <ul className="requests" aria-label="Requests to be let in">{requests.map((request) => <Row key={`${request.session} ${request.user.id}`} request={request} team={team} now={now} withRoom={withRoom} onAnswered={onAnswered} />)}</ul>;

const Row = ({ request, team, now, withRoom, onAnswered }: { readonly request: AccessRequest; readonly team: string; readonly now: number; readonly withRoom: boolean; readonly onAnswered: () => void }) => {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const { session, project, user, suggestedRole, askedAt } = request;
  const answer = (role: string | undefined): void => {
    setBusy(true);
    answerRequest(request, team, role).then(onAnswered, (error: unknown) => { setBusy(false); setProblem(asProblem(error).message); });
  };
  return (
    <li>
      <Face name={user.name} />
      <span className="who"><span><b>{user.displayName}</b> <span className="soft">@{user.name}</span></span>
        <span className="soft small">asks to be let {withRoom ? <>into <Link href={roomPath(session)}>{project ?? shortId(session.slice(session.indexOf('/') + 1))}</Link></> : 'in'}, {ago(now - Date.parse(askedAt))}</span></span>
      <span className="answers"><button type="button" className="button main tight" disabled={busy} onClick={() => answer(suggestedRole)} title={suggestedRole === 'editor' ? 'They may read and write' : 'They may read'}>Let in</button><button type="button" className="button plain tight" disabled={busy} onClick={() => answer(undefined)} title="They are not told; tomorrow they can ask again">Not now</button></span>
      {problem && <p className="small bad" role="alert">{problem}</p>}
    </li>
  );
};
