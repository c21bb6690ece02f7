import { useEffect, useRef, useState } from 'react';
import { go, useAddress } from '../app/router.ts';
import { anchorOf, placeOfHash } from './anchor.ts';
import { useChatState, useComments, useName } from './hooks.ts';
import type { Post } from './hooks.ts';
import { moveCursor, send } from './acts.ts';

/** What was said about lines of a file, and the way to say more. */
export const FileComments = ({ path, mayWrite }: { readonly path: string; readonly mayWrite: boolean }) => {
  const comments = useComments(path);
  const chat = useChatState();
  const { hash } = useAddress();
  const sent = placeOfHash(hash);
  // "auth.ts:125" in a message means the file whose path ends so.
  const isMeant = sent !== undefined && (sent.path === path || path.endsWith(`/${sent.path}`));
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isMeant) return;
    setOpen(true);
    place.current?.scrollIntoView({ block: 'nearest' });
    moveCursor(path, sent.startLine);
  }, [isMeant, path, sent?.startLine]);
  if (chat.state !== 'open') return null;
  return (
    <div ref={place} className={`file-comments ${isMeant ? 'meant' : ''}`}>
      {comments.map((post) => <Comment key={post.id} post={post} isMeant={isMeant && anchorOf(post)?.startLine === sent?.startLine} />)}
      {mayWrite && (open ? <NewComment path={path} line={isMeant ? sent.startLine : undefined} onDone={() => { setOpen(false); moveCursor(undefined); }} /> : <button type="button" className="button plain tight" onClick={() => { setOpen(true); moveCursor(path); }}>Comment</button>)}
    </div>
  );
};

const Comment = ({ post, isMeant }: { readonly post: Post; readonly isMeant: boolean }) => {
  const anchor = anchorOf(post);
  const name = useName(post.user_id);
  if (anchor === undefined) return null;
  const line = anchor.now?.startLine ?? anchor.startLine;
  return <p className={`file-comment small ${anchor.resolvedAt === undefined ? '' : 'resolved'} ${isMeant ? 'asked' : ''}`}><a className="mono" href={`?post=${post.id}`} onClick={(event) => { event.preventDefault(); go(`${location.pathname}?post=${post.id}`); }}>:{line}</a> <b>{name}</b> {post.message.split('\n')[0]!.slice(0, 120)}</p>;
};

const NewComment = ({ path, line, onDone }: { readonly path: string; readonly line: number | undefined; readonly onDone: () => void }) => {
  const submit = (data: FormData): void => {
    const [, from, to] = /^(\d+)(?:\s*[-–]\s*(\d+))?$/.exec(String(data.get('line')).trim()) ?? [];
    const message = String(data.get('words')).trim();
    if (from === undefined || message === '') return;
    void send(message, { anchor: { path, startLine: Number(from), endLine: Math.max(Number(from), Number(to ?? from)) } });
    onDone();
  };
  return (
    <form className="new-comment" onSubmit={(event) => { event.preventDefault(); submit(new FormData(event.currentTarget)); }} onKeyDown={(event) => { if (event.key === 'Escape') onDone(); }}>
      <input name="line" type="text" inputMode="numeric" required pattern="\d+(\s*[\-–]\s*\d+)?" placeholder="Line" title="A line, or from–to" aria-label={`Line of ${path}`} defaultValue={line} autoFocus={line === undefined} onChange={(event) => { const at = Number.parseInt(event.target.value, 10); if (at > 0) moveCursor(path, at); }} />
      <textarea name="words" required rows={2} placeholder="What about it?" aria-label="Comment" autoFocus={line !== undefined} onKeyDown={(event) => { if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); event.currentTarget.form?.requestSubmit(); } }} />
      <p><button type="submit" className="button main tight">Comment</button> <button type="button" className="button plain tight" onClick={onDone}>Cancel</button></p>
    </form>
  );
};
