import { Link } from '../app/link.tsx';
import { roomPath } from '../app/place.ts';
import { age, ago, dollars, listed, many } from '../app/words.ts';
import { Face } from '../parts/face.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { TokenBar } from '../parts/token-bar.tsx';
import { Unknown } from '../parts/unknown.tsx';
import { nameOf } from './headline.ts';
import { HealthMark } from './health-mark.tsx';
import type { Session } from './session.ts';
import { toolName } from './tool-names.ts';
import { reasonsOf, standingOf } from './trouble.ts';

/** A session in the grid: one window of the house. */
export const SessionCard = ({ session, now, me }: { readonly session: Session; readonly now: number; readonly me: string }) => {
  const { id, tool, branch, title, state, owner, host, errors, startedAt, lastActivityAt, visibility } = session;
  return (
    <article className={`card sheet ${state} is-${standingOf(session, now)}`} aria-label={`${nameOf(session)}, ${toolName(tool)}`}>
      <header>
        <Lamp {...session} forMe={owner === me} />
        <HealthMark {...session} />
      </header>
      <h3><Link href={roomPath(id)} data-session={id}>{nameOf(session)}</Link>{branch && <span className="branch mono" title={`branch ${branch}`}>{branch}</span>}</h3>
      <p className="what">{title ?? toolName(tool)}{title && <span className="soft"> · {toolName(tool)}</span>}</p>
      <Doing session={session} now={now} me={me} />
      <TokenBar context={session.context} />
      <dl className="facts number">
        <div><dt>cost</dt><dd><Cost session={session} /></dd></div>
        <div className={errors > 0 ? 'some' : ''}><dt>errors</dt><dd>{errors}</dd></div>
        <div><dt>open</dt><dd>{startedAt === undefined ? <Unknown why="the tool did not say when it began" /> : age(now - startedAt)}</dd></div>
        <div><dt>last step</dt><dd>{lastActivityAt === undefined ? <Unknown why="nothing has been recorded yet" /> : <time dateTime={new Date(lastActivityAt).toISOString()}>{ago(now - lastActivityAt)}</time>}</dd></div>
      </dl>
      <footer><People session={session} me={me} />{visibility === 'private' && <span className="chip">private</span>}<span className="soft host" title={`on ${host}`}>{host}</span></footer>
    </article>
  );
};

/** Why it is not well; else what it does. */
const Doing = ({ session, now, me }: { readonly session: Session; readonly now: number; readonly me: string }) => {
  const reasons = reasonsOf(session, now);
  if (reasons.length > 0) return <p className={`doing ${reasons[0]!.grave ? 'bad' : 'fair'}`}>{capital(listed(reasons.slice(0, 2).map(({ words }) => words)))}</p>;
  if (session.state === 'waiting') return <p className="doing lamp-ink">{session.waitingFor ? `Waits: ${session.waitingFor}` : `It is ${session.owner === me ? 'your' : `${session.owner}’s`} turn`}</p>;
  if (session.runningTool) return <p className="doing">Running <code>{session.runningTool}</code></p>;
  return <p className="doing soft">{session.state === 'working' ? 'Thinking' : session.model ?? ' '}</p>;
};

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** API-equivalent dollars; a floor when some calls have no price. */
export const Cost = ({ session: { costUsd, unpricedTokens, outputLowerBound } }: { readonly session: Pick<Session, 'costUsd' | 'unpricedTokens' | 'outputLowerBound'> }) => {
  if (costUsd === undefined) return <Unknown why="no call of it has a price" />;
  const floor = (unpricedTokens ?? 0) > 0 || outputLowerBound;
  return floor ? <abbr title={outputLowerBound ? 'At least: the tool logs less output than there was' : `At least: ${many(unpricedTokens ?? 0, 'token')} of a model without a price`}>≥&thinsp;{dollars(costUsd)}</abbr> : <>{dollars(costUsd)}</>;
};

/** Whose it is, and who looks at it now. */
export const People = ({ session: { owner, watchers }, me }: { readonly session: Pick<Session, 'owner' | 'watchers'>; readonly me: string }) => {
  const looking = watchers.filter((name) => name !== owner);
  const words = (name: string): string => (name === me ? 'you' : name);
  return (
    <span className="people" title={looking.length > 0 ? `${listed(looking.map(words))} ${looking.length === 1 && looking[0] !== me ? 'looks' : 'look'} at it now` : undefined}>
      <Face name={owner} small /><span>{words(owner)}</span>
      {looking.slice(0, 3).map((name) => <Face key={name} name={name} small status="looking" />)}
      {looking.length > 0 && <span className="soft">{looking.length === 1 ? `${words(looking[0]!)} ${looking[0] === me ? 'look' : 'looks'} on` : `${looking.length} look on`}</span>}
    </span>
  );
};
