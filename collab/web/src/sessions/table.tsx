import { Link } from '../app/link.tsx';
import { roomPath } from '../app/place.ts';
import { ago, listed } from '../app/words.ts';
import { Lamp } from '../parts/lamp.tsx';
import { TokenBar } from '../parts/token-bar.tsx';
import { Unknown } from '../parts/unknown.tsx';
import { Cost, People } from './card.tsx';
import { nameOf } from './headline.ts';
import { HealthMark } from './health-mark.tsx';
import type { Session } from './session.ts';
import { toolName } from './tool-names.ts';
import { reasonsOf, standingOf } from './trouble.ts';

/** Sessions as rows: dense, for many of them. On a narrow screen each row is a small block. */
export const SessionTable = ({ sessions, now, me, caption }: { readonly sessions: readonly Session[]; readonly now: number; readonly me: string; readonly caption: string }) => (
  <table className="session-table"><caption className="unseen">{caption}</caption>
    <thead><tr><th scope="col">Session</th><th scope="col">State</th><th scope="col">Health</th><th scope="col">Context</th><th scope="col" className="right">Cost</th><th scope="col" className="right">Errors</th><th scope="col">Who</th><th scope="col" className="right">Last step</th></tr></thead>
    <tbody>{sessions.map((session) => <Row key={session.id} session={session} now={now} me={me} />)}</tbody>
  </table>
);

const Row = ({ session, now, me }: { readonly session: Session; readonly now: number; readonly me: string }) => {
  const { id, tool, branch, title, owner, errors, lastActivityAt } = session;
  const reasons = reasonsOf(session, now);
  return (
    <tr className={`${session.state} is-${standingOf(session, now)}`}>
      <th scope="row"><Link href={roomPath(id)} data-session={id}>{nameOf(session)}</Link>{branch && <span className="branch mono">{branch}</span>}<span className="small soft line">{title ? `${title} · ${toolName(tool)}` : toolName(tool)}</span>{reasons.length > 0 && <span className={`small line ${reasons[0]!.grave ? 'bad' : 'fair'}`}>{listed(reasons.slice(0, 2).map(({ words }) => words))}</span>}</th>
      <td data-label="State"><Lamp {...session} forMe={owner === me} /></td>
      <td data-label="Health"><HealthMark {...session} /></td>
      <td data-label="Context" className="wide"><TokenBar context={session.context} /></td>
      <td data-label="Cost" className="right number"><Cost session={session} /></td>
      <td data-label="Errors" className={`right number ${errors > 0 ? '' : 'soft'}`}>{errors}</td>
      <td data-label="Who"><People session={session} me={me} /></td>
      <td data-label="Last step" className="right number soft">{lastActivityAt === undefined ? <Unknown why="nothing has been recorded yet" /> : ago(now - lastActivityAt)}</td>
    </tr>
  );
};
