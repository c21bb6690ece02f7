import { useId } from 'react';
import type { ReactNode } from 'react';
import { RecordsOf } from './records-of.tsx';

/** A number and, behind its name, how it is counted and how to see the records it came from. */
export const Fact = ({ name, explain, session, traced, children }: { readonly name: string; readonly explain: string; readonly session: string; /** What `watchroom explain` calls it. */ readonly traced?: string; readonly children: ReactNode }) => {
  const id = useId();
  return <div className="fact"><dt><button type="button" popoverTarget={id} title={explain}>{name}</button><span id={id} popover="auto" className="explain">{explain}{traced !== undefined && <RecordsOf session={session} number={traced} />}</span></dt><dd>{children}</dd></div>;
};
