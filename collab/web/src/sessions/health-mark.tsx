import type { Session } from './session.ts';
import { Unknown } from '../parts/unknown.tsx';

const levelClass = { healthy: 'good', warning: 'fair', critical: 'bad' } as const;

/** The score as a number on its colour; without one it says why. */
export const HealthMark = ({ health: { score, level, missing }, state }: Pick<Session, 'health' | 'state'>) => {
  if (score === undefined || level === undefined) return <span className="health none">health <Unknown why={state === 'ended' ? 'an ended session has no score' : missing.length > 0 ? `not enough is known yet: ${missing.map((name) => name.replace('_', ' ')).join(', ')}` : 'this session has told nothing to score yet'} /></span>;
  return <span className={`health ${levelClass[level]} ${state === 'ended' ? 'past' : ''}`} title={`Health ${Math.round(score)} of 100: ${level}`}><i aria-hidden="true" /><span className="unseen">health </span><b className="number">{Math.round(score)}</b> {level}</span>;
};
