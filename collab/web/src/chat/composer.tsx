import { useEffect, useRef, useState } from 'react';
import type { DragEvent, KeyboardEvent, RefObject } from 'react';
import { bytes } from './bytes.ts';
import { keepDraft, draftOf } from './draft.ts';
import { fileLimits } from './file-limits.ts';
import { GivenFiles } from './given-files.tsx';
import { Mark } from './marks.tsx';
import { usePresence } from './presence.ts';
import { send, tellTyping } from './acts.ts';
import { suggest } from './suggest.ts';
import { useFiles } from './use-files.ts';

/** Where one writes, and what is dropped or pasted is attached. What is not sent stays on this browser. */
export const Composer = ({ field, channelId, rootId = '', label = 'Message', placeholder = 'Write to the room' }: { readonly field?: RefObject<HTMLTextAreaElement | null>; readonly channelId: string; readonly rootId?: string; readonly label?: string; readonly placeholder?: string }) => {
  const own = useRef<HTMLTextAreaElement>(null);
  const area = field ?? own;
  const key = `watchroom.draft.${channelId}.${rootId}`;
  const [text, setText] = useState(() => draftOf(key));
  const [at, setAt] = useState(0);
  const [isOver, setOver] = useState(false);
  const attached = useFiles(channelId);
  const people = usePresence();
  const found = suggest(text, at, people.map(({ name }) => name));
  useEffect(() => keepDraft(key, text), [key, text]);
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.height = 'auto';
    // An empty one is one row high, and need not be measured.
    if (text !== '') element.style.height = `${Math.min(element.scrollHeight + 2, 260)}px`;
  }, [text, area]);
  const infos = attached.files.flatMap(({ info }) => info ?? []);
  const isReady = attached.files.every(({ info }) => info !== undefined) && (text.trim() !== '' || infos.length > 0);
  const post = (): void => {
    if (!isReady) return;
    // What could not be sent for want of the chat's own code is not lost.
    send(text.trim(), { rootId, files: infos }).catch(() => setText((now) => (now === '' ? text : now)));
    setText('');
    attached.clear();
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
  const dragged = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };
  const dropped = (event: DragEvent): void => {
    setOver(false);
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    attached.add(event.dataTransfer.files);
  };
  return (
    <form className={`composer ${isOver ? 'drop' : ''}`} onSubmit={(event) => { event.preventDefault(); post(); area.current?.focus(); }} onDragOver={dragged} onDragLeave={() => setOver(false)} onDrop={dropped}>
      {found && found.names.length > 0 && <ul className="suggestions" aria-label="People">{found.names.map((name, index) => <li key={name}><button type="button" onClick={() => take(name)}>@{name}{index === 0 && <kbd>Tab</kbd>}</button></li>)}</ul>}
      {(attached.files.length > 0 || attached.refused !== undefined) && <GivenFiles {...attached} />}
      <label className="icon-button attach" title={`Attach files: up to ${fileLimits.aMessage}, of ${bytes(fileLimits.bytes)} each. Images are shown, all else can be saved. Pasting and dropping works, too`}>
        <Mark of="clip" /><span className="unseen">Attach files, up to {fileLimits.aMessage} of {bytes(fileLimits.bytes)} each</span>
        <input type="file" multiple className="unseen" onChange={(event) => { attached.add(event.target.files ?? []); event.target.value = ''; }} />
      </label>
      <textarea ref={area} rows={1} aria-label={label} placeholder={isOver ? 'Drop it here' : placeholder} value={text} maxLength={16_000} onKeyDown={pressed}
        onPaste={(event) => { if (event.clipboardData.files.length > 0) { event.preventDefault(); attached.add(event.clipboardData.files); } }}
        onChange={(event) => { setText(event.target.value); setAt(event.target.selectionStart); tellTyping(rootId); }} onSelect={(event) => setAt(event.currentTarget.selectionStart)} />
      <button type="submit" className="button main" disabled={!isReady}>Send</button>
    </form>
  );
};
