import { useId } from 'react';
import type { ReactNode } from 'react';

/** Something that says how it is counted when it is pressed. @param about its name, for those who hear it */
export const Explained = ({ about, words, more, children }: { readonly about: string; readonly words: string; readonly more?: ReactNode; readonly children: ReactNode }) => {
  const id = useId();
  return <><button type="button" className="explained" popoverTarget={id} title={words}>{children}<span className="unseen"> ({about}: how it is counted)</span></button><span id={id} popover="auto" className="explain">{words}{more}</span></>;
};
