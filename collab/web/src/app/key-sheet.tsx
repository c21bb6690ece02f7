import { useEffect, useRef } from 'react';
import { shortcuts } from './keys.ts';
import { useStore } from './use-store.ts';

const all = <State,>(state: State): State => state;

/** Everything the keyboard can do here; opened by "?". */
export const KeySheet = ({ onClose }: { readonly onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const groups = useStore(shortcuts, all);
  useEffect(() => { dialog.current?.showModal(); }, []);
  return (
    <dialog ref={dialog} className="key-sheet" aria-labelledby="key-sheet-title" onClose={onClose} onClick={(event) => { if (event.target === dialog.current) dialog.current.close(); }}>
      <header><h2 id="key-sheet-title">Keyboard</h2><button type="button" className="button plain" onClick={() => dialog.current?.close()} autoFocus>Close <kbd>Esc</kbd></button></header>
      <div className="groups">
        {groups.map(({ name, shortcuts: offered }) => (
          <section key={name}><h3>{name}</h3>
            <dl>{offered.map(({ keys, does }) => <div key={keys}><dt>{keys.split(' ').map((key) => <kbd key={key}>{key === ' ' ? 'Space' : key}</kbd>)}</dt><dd>{does}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </dialog>
  );
};
