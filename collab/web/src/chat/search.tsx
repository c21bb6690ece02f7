import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { searchRoom } from '../api/talk.ts';
import type { FoundPosts } from '../api/talk.ts';
import { asProblem } from '../api/problem.ts';
import { plain } from '../app/plain.ts';
import { go } from '../app/router.ts';
import { many, moment } from '../app/words.ts';
import { useName } from './hooks.ts';
import { bringUsers } from './acts.ts';

const waitMs = 250;

/** Searches in what was said in this room; a result leads to its message. */
export const Search = ({ team, channelId, onClose }: { readonly team: string; readonly channelId: string; readonly onClose: () => void }) => {
  const [words, setWords] = useState('');
  const [found, setFound] = useState<FoundPosts>();
  const [problem, setProblem] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => { field.current?.focus(); }, []);
  useEffect(() => {
    if (words.trim() === '') {
      setFound(undefined);
      return;
    }
    let over = false;
    const timer = setTimeout(() => {
      searchRoom({ team, room: channelId, words: words.trim() }).then((answer) => {
        if (over) return;
        setFound(answer);
        setProblem(undefined);
        void bringUsers(answer.posts.map(({ user_id: id }) => id));
      }, (error: unknown) => { if (!over) setProblem(asProblem(error).message); });
    }, waitMs);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [words, team, channelId]);
  const open = (id: string): void => {
    go(`${location.pathname}?post=${id}`);
    onClose();
  };
  return (
    <div className="search" role="search" onKeyDown={(event) => { if (event.key === 'Escape') onClose(); }}>
      <p className="search-field"><input ref={field} type="search" aria-label="Search in this room" placeholder="Search in this room" title="Words, &quot;a phrase&quot;, from:name, before:2026-11-21" value={words} maxLength={300} onChange={(event) => setWords(event.target.value)} onKeyDown={(event) => { if (event.key === 'Enter' && found?.posts[0] !== undefined) open(found.posts[0].id); }} /><button type="button" className="button plain tight" onClick={onClose}>Close</button></p>
      <p className="small soft said" role="status">{problem === undefined ? found === undefined ? 'Words, "a phrase", from:name, before:2026-11-21' : found.posts.length === 0 ? 'Nothing fits.' : `${many(found.posts.length, 'message')}, the newest first` : ''}</p>
      {problem !== undefined && <p className="small bad" role="alert">{problem}</p>}
      {found !== undefined && <ol className="results">{found.posts.map((post) => <li key={post.id}><button type="button" onClick={() => open(post.id)}><span className="small soft"><Author id={post.user_id} /> <time dateTime={new Date(post.create_at).toISOString()}>{moment(post.create_at)}</time>{post.root_id !== '' && ', in a thread'}</span><span className="text">{marked(post.message, found.words)}</span></button></li>)}</ol>}
    </div>
  );
};

const Author = ({ id }: { readonly id: string }) => <b>{useName(id) || '…'}</b>;

/** The beginning of a message, or what stands around the first word that fits, with all of them marked. */
const marked = (message: string, words: readonly string[]): ReactNode => {
  const around = excerpt(message, words);
  if (words.length === 0) return around;
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[^\p{L}\p{N}]/gu, '\\$&')).join('|')})`, 'giu');
  return around.split(pattern).map((piece, index) => (index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece));
};

const excerpt = (message: string, words: readonly string[]): string => {
  const line = plain(message);
  const at = Math.min(...words.map((word) => line.toLowerCase().indexOf(word)).filter((index) => index >= 0), line.length);
  const from = at > 120 ? at - 60 : 0;
  return `${from > 0 ? '… ' : ''}${line.slice(from, from + 240)}${line.length > from + 240 ? ' …' : ''}`;
};
