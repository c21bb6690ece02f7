import { memo, useState } from 'react';
import type { ReactNode } from 'react';
import { placeOf as placeOfPath } from '../app/place.ts';
import { go } from '../app/router.ts';
import { clock, many, moment } from '../app/words.ts';
import { Face } from '../parts/face.tsx';
import { Attachments } from './attachments.tsx';
import { AlertBody, isAlert } from './alert-message.tsx';
import { anchorOf, placeOf } from './anchor.ts';
import { emojiOf, offered } from './emoji.ts';
import { useMyId, useName, useNames, useReactions, useReplyCount } from './hooks.ts';
import type { Post } from './hooks.ts';
import { htmlOf } from './markdown.ts';
import { Mark } from './marks.tsx';
import { edit, giveUp, pin, react, remove, sendAgain } from './acts.ts';
import { resolveComment } from '../api/comments.ts';
import { asProblem } from '../api/problem.ts';

const groupMs = 5 * 60_000;
export const dayOf = (at: number): string => new Date(at).toDateString();

/** A message in the stream: close ones of one person stand together, days are told apart. */
export const MessageLine = memo(({ post, before, may, onThread, isAsked, isFirst = false, today }: { readonly post: Post; readonly before: Post | undefined; readonly may: readonly string[]; readonly onThread: (id: string) => void; readonly isAsked: boolean; readonly isFirst?: boolean; /** As dayOf says it. */ readonly today: string }) => (
  <>
    {(before === undefined || dayOf(before.create_at) !== dayOf(post.create_at)) && <p className="day small soft"><span>{dayWords(post.create_at, today)}</span></p>}
    <Message post={post} follows={before !== undefined && before.user_id === post.user_id && post.create_at - before.create_at < groupMs && before.type === post.type && anchorOf(post) === undefined && dayOf(before.create_at) === dayOf(post.create_at)} may={may} onThread={onThread} isAsked={isAsked} isFirst={isFirst} />
  </>
));

const dayWords = (at: number, today: string): string => (dayOf(at) === today ? 'Today' : new Date(at).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' }));

export const Message = ({ post, follows = false, may, onThread, isAsked = false, isFirst = false }: { readonly post: Post; readonly follows?: boolean; readonly may: readonly string[]; readonly onThread?: (id: string) => void; readonly isAsked?: boolean; /** Drawn to be read at once: its buttons, which only a closer look shows, come with the list. */ readonly isFirst?: boolean }) => {
  const [editing, setEditing] = useState(false);
  const [problem, setProblem] = useState<string>();
  const me = useMyId();
  const name = useName(post.user_id);
  const replies = useReplyCount(post);
  const anchor = anchorOf(post);
  const failed = (post as Post & { readonly failed?: boolean }).failed === true;
  const pending = !failed && post.id === post.pending_post_id;
  const gone = (post.state as string | undefined) === 'DELETED' || post.delete_at > 0;
  const attempt = (act: Promise<{ readonly message: string } | undefined>): void => void act.then((why) => setProblem(why?.message));
  if (gone) return <article className="message gone"><p className="soft small">This message was deleted.</p>{replies > 0 && onThread && <Replies count={replies} onOpen={() => onThread(post.id)} />}</article>;
  if (isSystem(post)) return <article className="message system"><p className="small soft">{post.message}</p></article>;
  return (
    <article className={`message ${follows ? 'follows' : ''} ${pending ? 'pending' : ''} ${isAsked ? 'asked' : ''} ${anchor ? 'comment' : ''} ${isAlert(post) ? 'alert' : ''}`} aria-label={`${name || 'somebody'}, ${clock(post.create_at)}`} data-post={post.id}>
      <span className="by">{follows ? <time className="small soft" dateTime={new Date(post.create_at).toISOString()}>{clock(post.create_at)}</time> : <Face name={name || '…'} />}</span>
      <div className="said">
        {!follows && <p className="head"><b>{name || '…'}</b> <time className="small soft" dateTime={new Date(post.create_at).toISOString()} title={moment(post.create_at)}>{clock(post.create_at)}</time>{post.is_pinned && <span className="chip">pinned</span>}{anchor && <Place anchor={anchor} />}</p>}
        {anchor?.excerpt && <pre className="excerpt">{anchor.excerpt}</pre>}
        {editing ? <EditForm post={post} onDone={(changed) => { setEditing(false); if (changed !== undefined && changed !== post.message) attempt(edit(post, changed)); }} /> : isAlert(post) ? <AlertBody post={post} may={may} /> : <Words text={post.message} edited={post.edit_at > 0} />}
        <Attachments post={post} />
        {anchor && <Resolve post={post} mayResolve={may.includes('post:resolve-others') || (post.user_id === me && may.includes('post:write'))} resolvedAt={anchor.resolvedAt} />}
        {failed && <p className="small bad" role="alert">Not sent. <button type="button" className="button plain tight" onClick={() => sendAgain(post)}>Send again</button><button type="button" className="button plain tight" onClick={() => giveUp(post)}>Drop it</button></p>}
        {problem && <p className="small bad" role="alert">{problem}</p>}
        <Reactions post={post} me={me} mayReact={may.includes('post:write')} onReact={(emoji, mine) => attempt(react(post.id, emoji, mine))} />
        {replies > 0 && onThread && <Replies count={replies} onOpen={() => onThread(post.id)} />}
      </div>
      {!pending && !failed && !editing && !isFirst && <Actions post={post} me={me} may={may} {...(onThread ? { onThread } : {})} onEdit={() => setEditing(true)} onReact={(emoji) => attempt(react(post.id, emoji, false))} onPin={() => attempt(pin(post))} onRemove={() => attempt(remove(post))} />}
    </article>
  );
};

const isSystem = ({ type }: Post): boolean => (type as string).startsWith('system_');

/** A click on a place in a message goes to the line in this room; one on anything else is the browser's. */
const Words = ({ text, edited }: { readonly text: string; readonly edited: boolean }) => (
  <div className="words">
    {/* Held against a list of what may be there: chat/markdown.ts */}
    <div dangerouslySetInnerHTML={{ __html: htmlOf(text) }} onClick={(event) => { const link = (event.target as HTMLElement).closest('a'); const href = link?.getAttribute('href'); if (href?.startsWith('#')) { event.preventDefault(); go(location.pathname + location.search + href); } }} />
    {edited && <span className="small soft"> (edited)</span>}
  </div>
);

const Place = ({ anchor }: { readonly anchor: NonNullable<ReturnType<typeof anchorOf>> }) => (
  <a className="place mono" href={`#${placeOf(anchor)}`} onClick={(event) => { event.preventDefault(); go(`${location.pathname}${location.search}#${placeOf(anchor)}`); }}>{placeOf(anchor)}{anchor.state === 'outdated' && <span className="soft"> outdated</span>}</a>
);

/** The session of the room that is shown. */
const sessionOfPlace = (): string => {
  const place = placeOfPath(location.pathname);
  return place.page === 'room' ? `${place.tool}/${place.nativeId}` : '';
};

const Resolve = ({ post, mayResolve, resolvedAt }: { readonly post: Post; readonly mayResolve: boolean; readonly resolvedAt: number | undefined }) => {
  const [problem, setProblem] = useState<string>();
  const [done, setDone] = useState<boolean>();
  const resolved = done ?? resolvedAt !== undefined;
  const turn = (): void => { setDone(!resolved); resolveComment(sessionOfPlace(), post.id, !resolved).catch((error: unknown) => { setDone(undefined); setProblem(asProblem(error).message); }); };
  return <p className="resolve small">{resolved ? <span className="good">Resolved</span> : <span className="soft">Open comment</span>}{mayResolve && <button type="button" className="button plain tight" onClick={turn}>{resolved ? 'Reopen' : 'Resolve'}</button>}{problem && <span className="bad" role="alert">{problem}</span>}</p>;
};

const Replies = ({ count, onOpen }: { readonly count: number; readonly onOpen: () => void }) => <button type="button" className="replies small" onClick={onOpen}>{many(count, 'answer')}</button>;

const Reactions = ({ post, me, mayReact, onReact }: { readonly post: Post; readonly me: string; readonly mayReact: boolean; readonly onReact: (emoji: string, mine: boolean) => void }) => {
  const all = useReactions(post.id);
  if (all.length === 0) return null;
  const names = [...new Set(all.map(({ emoji_name: name }) => name))];
  return <p className="reactions">{names.map((name) => <ReactionChip key={name} name={name} users={all.filter((one) => one.emoji_name === name).map(({ user_id: user }) => user)} me={me} mayReact={mayReact} onReact={onReact} />)}</p>;
};

const ReactionChip = ({ name, users, me, mayReact, onReact }: { readonly name: string; readonly users: readonly string[]; readonly me: string; readonly mayReact: boolean; readonly onReact: (emoji: string, mine: boolean) => void }) => {
  const who = useNames(users);
  const mine = users.includes(me);
  return <button type="button" className="reaction" aria-pressed={mine} disabled={!mayReact} title={who.join(', ')} aria-label={`${name}, ${who.join(', ')}`} onClick={() => onReact(name, mine)}>{emojiOf(name)} <span className="number">{users.length}</span></button>;
};

const Actions = ({ post, me, may, onThread, onEdit, onReact, onPin, onRemove }: { readonly post: Post; readonly me: string; readonly may: readonly string[]; readonly onThread?: (id: string) => void; readonly onEdit: () => void; readonly onReact: (emoji: string) => void; readonly onPin: () => void; readonly onRemove: () => void }) => {
  const mine = post.user_id === me;
  const writes = may.includes('post:write');
  const [asking, setAsking] = useState(false);
  const action = (label: string, mark: ReactNode, run: () => void): ReactNode => <button key={label} type="button" aria-label={label} title={label} onClick={run}>{mark}</button>;
  return (
    <div className="actions" role="group" aria-label="Do something with this message">
      {writes && offered.slice(0, 3).map((emoji) => action(`React with ${emoji.replaceAll('_', ' ')}`, emojiOf(emoji), () => onReact(emoji)))}
      {onThread && action('Answer in a thread', <Mark of="answer" />, () => onThread(post.id))}
      {action('Copy its link', <Mark of="link" />, () => void navigator.clipboard?.writeText(`${location.origin}${location.pathname}?post=${post.id}`))}
      {may.includes('post:resolve-others') && action(post.is_pinned ? 'Unpin' : 'Pin', <Mark of="pin" />, onPin)}
      {mine && writes && !isAlert(post) && action('Edit', <Mark of="edit" />, onEdit)}
      {(mine && writes) || may.includes('post:delete-others') ? asking ? <><span className="small">Delete?</span>{action('Yes, delete it', 'Yes', onRemove)}{action('No, keep it', 'No', () => setAsking(false))}</> : action('Delete', <Mark of="remove" />, () => setAsking(true)) : null}
    </div>
  );
};

const EditForm = ({ post, onDone }: { readonly post: Post; readonly onDone: (changed?: string) => void }) => {
  const [text, setText] = useState(post.message);
  return (
    <form className="edit" onSubmit={(event) => { event.preventDefault(); onDone(text.trim() === '' ? undefined : text); }}>
      <textarea autoFocus aria-label="Edit the message" value={text} rows={Math.min(10, text.split('\n').length + 1)} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') onDone(); if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); onDone(text.trim() === '' ? undefined : text); } }} />
      <p className="small"><button type="submit" className="button main tight">Save</button> <button type="button" className="button plain tight" onClick={() => onDone()}>Cancel</button></p>
    </form>
  );
};
