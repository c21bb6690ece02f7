import { Suspense, lazy, memo, useCallback, useEffect, useRef, useState } from 'react';
import type { Team } from '../api/auth.ts';
import { contentIsDrawn } from '../app/content.ts';
import { useShortcuts } from '../app/keys.ts';
import { go, useAddress } from '../app/router.ts';
import { listed } from '../app/words.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Slow } from '../parts/slow.tsx';
import { loadPost, markRead } from './acts.ts';
import { ChatBar } from './chat-bar.tsx';
import { Composer } from './composer.tsx';
import { useChatState, usePinned, usePost, useRoomPosts, useTyping } from './hooks.ts';
import { Messages } from './messages.tsx';
import { Thread } from './thread.tsx';
import './chat.css';

const Search = lazy(async () => ({ default: (await import('./search.tsx')).Search }));

/** What people say in the room, and the thread that is open. The clock of the room's numbers does not draw it anew. */
export const Chat = memo(({ team, may, mayLeave, onRetry }: { readonly team: Team; readonly may: readonly string[]; /** They have no role in the room. */ readonly mayLeave: boolean; readonly onRetry: () => void }) => {
  const state = useChatState();
  const hadFailed = useRef(state.state === 'failed');
  // It was asked for with the room itself, and perhaps before one was let in.
  useEffect(() => { if (hadFailed.current) onRetry(); }, [onRetry]);
  useEffect(() => { if (state.state === 'failed') contentIsDrawn(); }, [state.state]);
  switch (state.state) {
    case 'none': case 'opening': return <div className="chat"><Slow><p className="soft">Opening the chat…</p></Slow></div>;
    case 'failed': return <div className="chat"><ProblemNote problem={state.problem} onRetry={onRetry} /></div>;
    case 'open': return <OpenChat channelId={state.channelId} hasOlder={state.hasOlder} may={may} team={team.id} mayLeave={mayLeave} />;
  }
});

const OpenChat = ({ channelId, hasOlder, may, team, mayLeave }: { readonly channelId: string; readonly hasOlder: boolean; readonly may: readonly string[]; readonly team: string; readonly mayLeave: boolean }) => {
  const posts = useRoomPosts(channelId);
  const { query } = useAddress();
  const asked = new URLSearchParams(query).get('post') ?? undefined;
  const thread = new URLSearchParams(query).get('thread') ?? undefined;
  const askedPost = usePost(asked ?? '');
  const openThread = useCallback((id: string | undefined): void => go(`${location.pathname}${id === undefined ? '' : `?thread=${id}`}${location.hash}`, { replace: thread !== undefined }), [thread]);
  const shownThread = thread ?? (askedPost?.root_id || undefined);
  const composer = useRef<HTMLTextAreaElement>(null);
  const mayWrite = may.includes('post:write');
  const [isSearching, setSearching] = useState(false);
  const askedState = useAsked(asked, askedPost !== undefined);
  useShortcuts('Room', [{ keys: 'm', does: 'Write a message', run: () => composer.current?.focus() }, { keys: '/', does: 'Search in what was said', run: () => setSearching(true) }]);
  // Nothing to draw first: an empty room, or a message that has to be brought.
  useEffect(() => { if (posts.length === 0 || askedState === 'coming') contentIsDrawn(); }, [posts.length, askedState]);
  const newest = posts.at(-1)?.id;
  useEffect(() => { if (!document.hidden) markRead(channelId); }, [channelId, newest]);

  return (
    <div className={`chat ${shownThread ? 'with-thread' : ''}`}>
      <div className="stream">
        <Pinned channelId={channelId} />
        <ChatBar channelId={channelId} mayLeave={mayLeave} onSearch={() => setSearching(true)} />
        {isSearching && <Suspense><Search team={team} channelId={channelId} onClose={() => setSearching(false)} /></Suspense>}
        {askedState === 'gone' && <p className="notice small" role="status">The message you were sent to is not in this room any more.</p>}
        {askedState === 'coming' ? <div className="quiet"><Slow><p className="soft">Going back to that message…</p></Slow></div> : posts.length === 0 ? <Quiet mayWrite={mayWrite} /> : <Messages posts={posts} hasOlder={hasOlder} may={may} asked={asked} onThread={openThread} />}
        <Typing channelId={channelId} />
        {mayWrite ? <Composer key={channelId} field={composer} channelId={channelId} /> : <p className="read-only small soft">You can read here. Writing is for members and editors.</p>}
      </div>
      {shownThread && <Thread key={shownThread} rootId={shownThread} channelId={channelId} team={team} may={may} onClose={() => openThread(undefined)} />}
    </div>
  );
};

/** Brings the message that the address names, with all that was said since; the list is drawn when it is there, for it cannot jump to what comes later. */
const useAsked = (id: string | undefined, isThere: boolean): 'none' | 'coming' | 'there' | 'gone' => {
  const [settled, setSettled] = useState<{ readonly id: string; readonly found: boolean }>();
  useEffect(() => {
    let over = false;
    const settle = (found: boolean): void => { if (!over && id !== undefined) setSettled({ id, found }); };
    if (id !== undefined) loadPost(id).then(settle, () => settle(false));
    return () => { over = true; };
  }, [id]);
  if (id === undefined) return 'none';
  if (settled?.id === id) return settled.found ? 'there' : 'gone';
  return isThere ? 'there' : 'coming';
};

const Quiet = ({ mayWrite }: { readonly mayWrite: boolean }) => (
  <div className="quiet"><p>Nobody has said anything yet.</p><p className="soft small">{mayWrite ? <>Write what you see. A line of a file, like <code>auth.ts:125</code>, becomes a link; <code>@name</code> tells somebody.</> : 'You can read along.'}</p></div>
);

const Typing = ({ channelId }: { readonly channelId: string }) => {
  const names = useTyping(channelId);
  return <p className="typing small soft" aria-live="off">{names.length > 0 ? `${listed(names)} ${names.length === 1 ? 'is' : 'are'} writing…` : ' '}</p>;
};

const Pinned = ({ channelId }: { readonly channelId: string }) => {
  const pinned = usePinned(channelId);
  const last = pinned.at(-1);
  if (last === undefined) return null;
  return <p className="pinned small"><span className="soft">Pinned:</span> <a href={`?post=${last.id}`} onClick={(event) => { event.preventDefault(); go(`${location.pathname}?post=${last.id}`); }}>{last.message.split('\n')[0]!.slice(0, 140) || 'a pinned message'}</a>{pinned.length > 1 && <span className="soft"> and {pinned.length - 1} more</span>}</p>;
};
