import { useEffect, useState } from 'react';
import type { Session } from '../sessions/session.ts';

const words = { working: 'working', waiting: 'your turn', idle: 'idle', ended: 'ended' } as const;
/** A session that works but has said nothing for so long is not pulsing any more. */
const pulseMs = 30_000;

/** The lamp of a session: lit and pulsing while it works, waiting for somebody, dim, out. */
export const Lamp = ({ state, lastActivityAt, waitingFor, forMe = true }: Pick<Session, 'state' | 'lastActivityAt' | 'waitingFor'> & { readonly forMe?: boolean }) => {
  const pulsing = useFresh(state === 'working', lastActivityAt);
  return <span className={`lamp ${state} ${pulsing ? 'live' : ''}`} title={state === 'waiting' ? waitingFor : undefined}><i aria-hidden="true" />{pulsing ? <b>LIVE</b> : state === 'waiting' && !forMe ? 'waiting' : words[state]}</span>;
};

/** True until nothing has happened for a while: the pulse ends by itself. */
const useFresh = (working: boolean, lastActivityAt: number | undefined): boolean => {
  const left = working && lastActivityAt !== undefined ? lastActivityAt + pulseMs - Date.now() : 0;
  const [, again] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => again((count) => count + 1), left + 50);
    return () => clearTimeout(timer);
  });
  return left > 0;
};
