import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, RefObject } from 'react';
import { usePresence } from './presence.ts';
import { send, tellTyping } from './room-chat.ts';
import { suggest } from './suggest.ts';

/** Where one writes. What is not sent stays on this browser. */
export const Composer = ({ field, channelId, rootId = '', label = 'Message', placeholder = 'Write to the room' }: { readonly field?: RefObject<HTMLTextAreaElement | null>; readonly channelId: string; readonly rootId?: string; readonly label?: string; readonly placeholder?: string }) => {
  const own = useRef<HTMLTextAreaElement>(null);
  const area = field ?? own;
  const key = `watchroom.draft.${channelId}.${rootId}`;
  const [text, setText] = useState(() => draftOf(key));
  const [at, setAt] = useState(0);
  const people = usePresence();
  const found = suggest(text, at, people.map(({ name }) => name));
  useEffect(() => keepDraft(key, text), [key, text]);
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight + 2, 260)}px`;
  }, [text, area]);
  const post = (): void => {
    if (text.trim() === '') return;
    send(text.trim(), { rootId });
    setText('');
  };
  const take = (name: string): void => { if (found) { setText(`${text.slice(0, found.from)}@${name} ${text.slice(at)}`); area.current?.focus(); } };
  const pressed = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Tab' && found && found.names.length > 0 && !event.shiftKey) {
      event.preventDefault();
      take(found.names[0]!);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      post();
    } else if (event.key === 'Escape') event.currentTarget.blur();
  };
  return (
    <form className="composer" onSubmit={(event) => { event.preventDefault(); post(); area.current?.focus(); }}>
      {found && found.names.length > 0 && <ul className="suggestions" aria-label="People">{found.names.map((name, index) => <li key={name}><button type="button" onClick={() => take(name)}>@{name}{index === 0 && <kbd>Tab</kbd>}</button></li>)}</ul>}
      <textarea ref={area} rows={1} aria-label={label} placeholder={placeholder} value={text} maxLength={16_000} onKeyDown={pressed}
        onChange={(event) => { setText(event.target.value); setAt(event.target.selectionStart); tellTyping(rootId); }} onSelect={(event) => setAt(event.currentTarget.selectionStart)} />
      <button type="submit" className="button main" disabled={text.trim() === ''}>Send</button>
    </form>
  );
};

const draftOf = (key: string): string => {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
};

const keepDraft = (key: string, text: string): void => {
  try {
    if (text === '') localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Without storage a draft lives as long as its field.
  }
};
