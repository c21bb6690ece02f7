import { useEffect, useState } from 'react';
import type { Account, Team } from '../api/auth.ts';
import { inboxOf, readAll, unreadOf } from '../api/inbox.ts';
import type { InboxItem } from '../api/inbox.ts';
import { asProblem } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';
import { Link } from '../app/link.tsx';
import { useNow } from '../app/now.ts';
import { roomPath } from '../app/place.ts';
import { plain } from '../app/plain.ts';
import { useTitle } from '../app/title.ts';
import { unread } from '../app/unread.ts';
import { ago, listed, many } from '../app/words.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Slow } from '../parts/slow.tsx';
import { shortId } from '../sessions/headline.ts';
import { RequestRows } from './request-rows.tsx';
import { requests, useRequests } from './requests.ts';
import './inbox.css';

/** What was said that waits for the reader: mentions, threads they follow, rooms they are in. */
export default function InboxPage({ team }: { readonly account: Account; readonly team: Team }) {
  const [items, setItems] = useState<readonly InboxItem[]>();
  const [problem, setProblem] = useState<Problem>();
  const [asked, setAsked] = useState(0);
  const now = useNow(10_000);
  useTitle('Inbox');
  useEffect(() => {
    let over = false;
    const load = (): void => void inboxOf(team.id).then(({ items: found }) => { if (!over) { setItems(found); setProblem(undefined); unread.set(() => unreadOf(found) + requests.get().length); } }, (error: unknown) => { if (!over) setProblem(asProblem(error)); });
    load();
    const timer = setInterval(() => { if (!document.hidden) load(); }, 10_000);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [team.id, asked]);
  const asking = useRequests();
  const talks = items === undefined ? 0 : unreadOf(items);
  const waiting = talks + asking.length;
  return (
    <main className="inbox" id="main" tabIndex={-1}>
      <header><h1>{items === undefined ? 'Inbox' : waiting === 0 ? 'Nothing waits for you' : `${listed([...(talks > 0 ? [many(talks, 'talk')] : []), ...(asking.length > 0 ? [many(asking.length, 'request')] : [])])} ${waiting === 1 ? 'waits' : 'wait'} for you`}</h1>{talks > 0 && <button type="button" className="button tight" onClick={() => void readAll(team.id).then(() => setAsked((count) => count + 1), (error: unknown) => setProblem(asProblem(error)))}>Mark threads read</button>}</header>
      {problem && <ProblemNote problem={problem} onRetry={() => setAsked((count) => count + 1)} />}
      <RequestRows requests={asking} team={team.id} now={now} withRoom />
      {items === undefined ? !problem && <Slow><p className="soft">Asking the hub…</p></Slow> : items.length === 0 ? <p className="soft">Mentions of you, answers in threads you follow, and news of rooms you are in stand here. Writing in a room, or being mentioned there, puts you in it.</p>
        : <ul>{items.map((item) => <Item key={item.key} item={item} now={now} />)}</ul>}
    </main>
  );
}

const Item = ({ item: { kind, session, room, postId, message, at, unread: count, mentions }, now }: { readonly item: InboxItem; readonly now: number }) => {
  const href = session === undefined ? '/' : `${roomPath(session)}${kind === 'thread' && postId !== undefined ? `?thread=${postId}` : ''}`;
  const name = session !== undefined && room === session ? shortId(session.slice(session.indexOf('/') + 1)) : room;
  return (
    <li className={count > 0 || mentions > 0 ? 'unread' : ''}>
      <Link href={href}><span className="where"><b>{name}</b> <span className="soft">{kind === 'thread' ? 'thread' : 'room'}</span></span><span className="words">{message === undefined ? many(count, 'new message') : plain(message)}</span></Link>
      <span className="marks small">{mentions > 0 && <span className="chip mention">{many(mentions, 'mention')}</span>}{count > 0 && kind === 'thread' && <span className="chip">{count} new</span>}<time className="soft number" dateTime={new Date(at).toISOString()}>{at > 0 ? ago(now - at) : ''}</time></span>
    </li>
  );
};
