import { useCallback, useEffect, useLayoutEffect, useState } from 'react';
import type { Account, Team } from '../api/auth.ts';
import { Link } from '../app/link.tsx';
import { contentIsDrawn } from '../app/content.ts';
import { useNow } from '../app/now.ts';
import { useTitle } from '../app/title.ts';
import { usePainted } from '../app/use-painted.ts';
import { useSame } from '../app/use-same.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Slow } from '../parts/slow.tsx';
import { nameOf, shortId } from '../sessions/headline.ts';
import { toolName } from '../sessions/tool-names.ts';
import { Chat } from '../chat/chat.tsx';
import { openChat } from '../chat/open.ts';
import { Closed, Waiting } from './outside.tsx';
import { Files } from './files.tsx';
import { Numbers } from './numbers.tsx';
import { People } from './people.tsx';
import { RoomHeader } from './header.tsx';
import { useRoom } from './room-store.ts';
import type { Room } from './room-store.ts';
import './room.css';

const tabs = { chat: 'Chat', numbers: 'Numbers', files: 'Files', people: 'People' } as const;
type Tab = keyof typeof tabs;

/** The room of a session: its numbers, the people in it, what they say, the files it touched. */
export const RoomPage = ({ tool, nativeId, account, team }: { readonly tool: string; readonly nativeId: string; readonly account: Account; readonly team: Team }) => {
  const id = `${tool}/${nativeId}`;
  const { room, reload } = useRoom(id, team.id);
  const [tries, setTries] = useState(0);
  const retryChat = useCallback(() => setTries((count) => count + 1), []);
  // Asked for beside the room, not after it: both take their time.
  useLayoutEffect(() => openChat({ sessionId: id, account, team }), [id, account.id, team.id, tries]);
  // An open one has its chat to draw first.
  useEffect(() => { if (room.state !== 'loading' && room.state !== 'open') contentIsDrawn(); }, [room.state]);
  useTitle(room.state === 'open' ? nameOf(room.room.session) : `${toolName(tool)} ${shortId(nativeId)}`);
  switch (room.state) {
    case 'loading': return <main className="room" id="main"><Slow><p className="alone soft">Opening the room…</p></Slow></main>;
    case 'unknown': return <Waiting id={id} tool={tool} team={team} onLook={reload} />;
    case 'closed': return <Closed id={id} owner={room.owner} session={room.session} team={team} onLook={reload} />;
    case 'failed': return <main className="alone" id="main"><h1>The room cannot be opened</h1><ProblemNote problem={room.problem} onRetry={reload} /><p><Link href="/">All sessions</Link></p></main>;
    case 'open': return <Open id={id} room={room} account={account} team={team} reload={reload} retryChat={retryChat} />;
  }
};

const Open = ({ id, room: { room, files, history }, account, team, reload, retryChat }: { readonly id: string; readonly room: Extract<Room, { state: 'open' }>; readonly account: Account; readonly team: Team; readonly reload: () => void; readonly retryChat: () => void }) => {
  const now = useNow();
  const [tab, setTab] = useState<Tab>('chat');
  const { session } = room;
  const may = useSame(room.may);
  // One reads the header and the newest messages first; what stands beside them has its place and comes with the next frame.
  const isPainted = usePainted();
  return (
    <main className={`room shows-${tab}`} id="main" tabIndex={-1}>
      <RoomHeader room={room} account={account} team={team} now={now} onChanged={reload} />
      <nav className="room-tabs" aria-label="Parts of the room">{(Object.keys(tabs) as Tab[]).map((one) => <button key={one} type="button" aria-current={one === tab ? 'true' : undefined} onClick={() => setTab(one)}>{tabs[one]}{one === 'files' && files ? <span className="soft number"> {files.length}</span> : null}</button>)}</nav>
      <div className="room-body">
        <aside className="part numbers" aria-label="Numbers">{isPainted && <Numbers session={session} history={history} now={now} />}</aside>
        <section className="part talk" aria-label="Chat"><Chat team={team} may={may} onRetry={retryChat} mayLeave={!room.people.some(({ name }) => name === account.username)} /></section>
        <aside className="part side">
          {isPainted && <>
            <div className="people-part"><People room={room} id={id} files={files} account={account} team={team} onChanged={reload} /></div>
            <div className="files-part"><Files session={session} files={files} now={now} mayWrite={room.may.includes('post:write')} /></div>
          </>}
        </aside>
      </div>
    </main>
  );
};
