import { useId } from 'react';
import type { ReactNode } from 'react';

/** A number and, behind its name, how it is counted. */
export const Fact = ({ name, explain, children }: { readonly name: string; readonly explain: string; readonly children: ReactNode }) => {
  const id = useId();
  return <div className="fact"><dt><button type="button" popoverTarget={id} title={explain}>{name}</button><span id={id} popover="auto" className="explain">{explain}</span></dt><dd>{children}</dd></div>;
};
