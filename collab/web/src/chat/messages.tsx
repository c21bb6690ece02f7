import { Suspense, lazy, useCallback, useEffect, useRef, useState } from 'react';
import { contentIsDrawn, contentPainted } from '../app/content.ts';
import { useNow } from '../app/now.ts';
import type { Post } from './hooks.ts';
import { MessageLine, dayOf } from './message.tsx';

/** What the list of messages is drawn from. */
export interface Messaging {
  readonly posts: readonly Post[];
  readonly hasOlder: boolean;
  readonly may: readonly string[];
  /** The message that the address names. */
  readonly asked: string | undefined;
  readonly onThread: (id: string) => void;
  /** As dayOf says it. */
  readonly today: string;
}

let isListLoaded = false;
const loadList = async () => {
  await contentPainted();
  const { MessageList: list } = await import('./message-list.tsx');
  isListLoaded = true;
  return { default: list };
};
const MessageList = lazy(loadList);
// A room in which nobody has spoken yet has it when somebody does.
loadList().catch(() => undefined);

/** What was said: the newest at once, and in their place the list of all of it, as soon as that is loaded, measured and stands where they stand. */
export const Messages = (given: Omit<Messaging, 'today'>) => {
  const messaging = { ...given, today: dayOf(useNow(60_000)) };
  const [isListed, setListed] = useState(isListLoaded || given.asked !== undefined);
  const newest = useRef<HTMLDivElement>(null);
  const swap = useCallback(() => {
    // Nothing is taken away from under somebody's hands.
    if (newest.current?.contains(document.activeElement)) newest.current.addEventListener('focusout', () => setTimeout(swap), { once: true });
    else setListed(true);
  }, []);
  return (
    <div className="log" role="log" aria-label="Messages" aria-live="polite" aria-busy={!isListed}>
      <Suspense><MessageList {...messaging} isHidden={!isListed} onDrawn={swap} /></Suspense>
      {!isListed && <div ref={newest} className="messages newest" tabIndex={0}><Newest {...messaging} /></div>}
    </div>
  );
};

/** As many as there may be room for between the header and the field one writes in, with pixels to spare. */
const mostSeen = (): number => Math.max(8, Math.ceil((innerHeight - 320) / leastHeight));
const leastHeight = 25;

const Newest = ({ posts, may, asked, onThread, today }: Messaging) => {
  useEffect(contentIsDrawn, []);
  const from = Math.max(0, posts.length - mostSeen());
  return <div>{posts.slice(from).map((post, index) => <MessageLine key={post.pending_post_id || post.id} post={post} before={posts[from + index - 1]} may={may} onThread={onThread} isAsked={post.id === asked} isFirst today={today} />)}</div>;
};
