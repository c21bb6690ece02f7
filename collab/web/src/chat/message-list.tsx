import { useEffect, useRef } from 'react';
import { Virtuoso } from 'react-virtuoso';
import type { VirtuosoHandle } from 'react-virtuoso';
import { loadOlderPosts } from './acts.ts';
import { MessageLine } from './message.tsx';
import type { Messaging } from './messages.tsx';

/** The list of all that was said, of which only what is looked at is drawn. */
export const MessageList = ({ posts, hasOlder, may, asked, onThread, today, isHidden, onDrawn }: Messaging & { readonly isHidden: boolean; /** It is measured and stands at its end. */ readonly onDrawn: () => void }) => {
  const list = useRef<VirtuosoHandle>(null);
  const first = useRef(100_000);
  const head = useRef(posts[0]?.id);
  // What is brought in above must not move what is read.
  if (head.current !== posts[0]?.id) {
    const added = posts.findIndex(({ id }) => id === head.current);
    if (added > 0) first.current -= added;
    head.current = posts[0]?.id;
  }
  const at = asked === undefined ? -1 : posts.findIndex(({ id }) => id === asked);
  useEffect(() => { if (at >= 0) list.current?.scrollToIndex({ index: at, align: 'center' }); }, [at]);
  const scroller = useRef<HTMLElement | Window>(null);
  useEffect(() => (isHidden ? whenSettled(() => scroller.current, onDrawn) : undefined), [isHidden, onDrawn]);
  return (
    <Virtuoso
      ref={list} scrollerRef={(element) => { scroller.current = element; }} className={`messages ${isHidden ? 'hidden' : ''}`} tabIndex={0}
      data={posts} firstItemIndex={first.current} initialTopMostItemIndex={at >= 0 ? at : posts.length - 1} alignToBottom followOutput={(isAtBottom) => (isAtBottom ? 'auto' : false)}
      computeItemKey={(_index, post) => post.pending_post_id || post.id} startReached={() => { if (hasOlder) void loadOlderPosts(); }} increaseViewportBy={400}
      itemContent={(index, post) => <MessageLine post={post} before={posts[index - first.current - 1]} may={may} onThread={onThread} isAsked={post.id === asked} today={today} />}
    />
  );
};

/** Two frames alike are a list that has found its place; a list that never does is shown as it is. */
const whenSettled = (scroller: () => HTMLElement | Window | null, act: () => void): (() => void) => {
  const began = Date.now();
  let last = '';
  let frame = requestAnimationFrame(function look() {
    const place = standsAtEnd(scroller());
    if ((place !== undefined && place === last) || Date.now() - began > mostMs) act();
    else {
      last = place ?? '';
      frame = requestAnimationFrame(look);
    }
  });
  return () => cancelAnimationFrame(frame);
};
const mostMs = 2000;

/** Where the first and the last drawn message are, if the window is filled to its end. */
const standsAtEnd = (scroller: HTMLElement | Window | null): string | undefined => {
  if (!(scroller instanceof HTMLElement)) return undefined;
  const drawn = scroller.querySelectorAll('.message');
  const box = scroller.getBoundingClientRect();
  const [top, bottom] = [drawn[0]?.getBoundingClientRect().top, [...drawn].at(-1)?.getBoundingClientRect().bottom];
  const isAtEnd = top !== undefined && bottom !== undefined && Math.abs(bottom - box.bottom) < 2 && (top <= box.top || scroller.scrollHeight <= scroller.clientHeight);
  return isAtEnd ? `${top} ${bottom}` : undefined;
};
