import type { ReactNode } from 'react';
import { percent, short } from '../app/words.ts';
import { contextLevel } from '../sessions/trouble.ts';
import type { Session } from '../sessions/session.ts';
import { Unknown } from './unknown.tsx';

/** How full the context window is, with the point at which the tool compacts it. */
export const TokenBar = ({ context, tall = false, children = 'context' }: { readonly context: Session['context']; readonly tall?: boolean; /** Its name. */ readonly children?: ReactNode }) => {
  if (context === undefined) return <div className="token-bar empty"><span>{children} <Unknown why="this session has told no context size yet" /></span><i className="rail" aria-hidden="true" /></div>;
  const { used, limit, ratio, compactAt } = context;
  if (ratio === undefined || limit === undefined) return <div className="token-bar empty"><span><b className="number">{short(used)}</b> tokens of an unknown window</span><i className="rail" aria-hidden="true" /></div>;
  const level = contextLevel(ratio);
  return (
    <div className={`token-bar ${level} ${tall ? 'tall' : ''}`}>
      <span><span>{children} <b className="number">{percent(ratio)}</b></span><span className="number soft">{short(used)} of {short(limit)}</span></span>
      <i className="rail" role="meter" aria-label="Context used" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.min(100, Math.floor(ratio * 100))} aria-valuetext={`${percent(ratio)}, ${short(used)} of ${short(limit)} tokens`}><i className="fill" style={{ width: `${Math.min(100, ratio * 100)}%` }} />{compactAt !== undefined && compactAt < limit ? <i className="mark" title={`compacted at ${short(compactAt)}`} style={{ left: `${(compactAt / limit) * 100}%` }} /> : null}</i>
    </div>
  );
};
