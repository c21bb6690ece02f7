import { useEffect, useRef } from 'react';
import { createStore } from './store.ts';

/** A key (or two, one after the other: "g s") and what it does. */
export interface Shortcut {
  readonly keys: string;
  readonly does: string;
  readonly run: () => void;
}

interface Group {
  readonly name: string;
  readonly shortcuts: readonly Shortcut[];
}

/** All that can be pressed now; what "?" lists. The last group wins. */
export const shortcuts = createStore<readonly Group[]>([]);

/** Offers shortcuts while a part of the page is shown. */
export const useShortcuts = (name: string, offered: readonly Shortcut[]): void => {
  const latest = useRef(offered);
  useEffect(() => { latest.current = offered; });
  const described = offered.map(({ keys, does }) => `${keys}\t${does}`).join('\n');
  useEffect(() => {
    const group: Group = { name, shortcuts: described.split('\n').filter((line) => line !== '').map((line) => {
      const [keys = '', does = ''] = line.split('\t');
      return { keys, does, run: () => latest.current.find((one) => one.keys === keys)?.run() };
    }) };
    shortcuts.set((groups) => [...groups, group]);
    return () => shortcuts.set((groups) => groups.filter((one) => one !== group));
  }, [name, described]);
};

const sequenceMs = 900;

/** Listens for the page's lifetime. Typing in a field is typing. */
export const listenForKeys = (target: Pick<Document, 'addEventListener' | 'removeEventListener'>): (() => void) => {
  let pending = '';
  let pendingAt = 0;
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const first = event.timeStamp - pendingAt < sequenceMs ? pending : '';
    const found = match(shortcuts.get(), first, event.key);
    [pending, pendingAt] = found === 'half' ? [event.key, event.timeStamp] : ['', 0];
    if (found === undefined || found === 'half') return;
    event.preventDefault();
    found.run();
  };
  target.addEventListener('keydown', pressed as EventListener);
  return () => target.removeEventListener('keydown', pressed as EventListener);
};

/** The shortcut of a key, alone or after another one; "half": the first of two. */
export const match = (groups: readonly Group[], first: string, key: string): Shortcut | 'half' | undefined => {
  const all = groups.toReversed().flatMap(({ shortcuts: offered }) => offered);
  return (first === '' ? undefined : all.find(({ keys }) => keys === `${first} ${key}`)) ?? all.find(({ keys }) => keys === key) ?? (all.some(({ keys }) => keys.startsWith(`${key} `)) ? 'half' : undefined);
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, dialog[open]') !== null);
