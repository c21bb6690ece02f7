import { useEffect, useRef } from 'react';
import { useShortcuts } from '../app/keys.ts';
import { Composer } from './composer.tsx';
import { usePost, useReplies } from './hooks.ts';
import { Message } from './message.tsx';
import { loadThread } from './acts.ts';
import { ThreadFollow } from './thread-follow.tsx';

/** One message and its answers. */
export const Thread = ({ rootId, channelId, team, may, onClose }: { readonly rootId: string; readonly channelId: string; readonly team: string; readonly may: readonly string[]; readonly onClose: () => void }) => {
  const root = usePost(rootId);
  const replies = useReplies(rootId);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => { void loadThread(rootId).catch(() => undefined); }, [rootId]);
  useEffect(() => { end.current?.scrollIntoView({ block: 'nearest' }); }, [replies.length]);
  useShortcuts('Thread', [{ keys: 'Escape', does: 'Close the thread', run: onClose }]);
  return (
    <section className="thread" aria-label="Thread">
      <header><h2>Thread</h2><ThreadFollow team={team} rootId={rootId} answers={replies.length} /><button type="button" className="button plain tight" onClick={onClose}>Close</button></header>
      <div className="answers" role="log" aria-live="polite">{root && <Message post={root} may={may} />}{replies.map((post, index) => <Message key={post.pending_post_id || post.id} post={post} follows={index > 0 && replies[index - 1]!.user_id === post.user_id && post.create_at - replies[index - 1]!.create_at < 300_000} may={may} />)}<div ref={end} /></div>
      {may.includes('post:write') && <Composer channelId={channelId} rootId={rootId} label="Answer" placeholder="Answer in the thread" />}
    </section>
  );
};
