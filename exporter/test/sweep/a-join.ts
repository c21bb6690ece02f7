import type { Session, StoredSession } from '../../src/session/session.ts';
import { createJoin } from '../../src/sweep/join.ts';
import type { JoinInput } from '../../src/sweep/join.ts';
import { KnownSessions } from '../../src/sweep/known-sessions.ts';

export type Told = Omit<JoinInput, 'sessions'> & { readonly sessions: readonly StoredSession[] };

/** Joins again and again; the sessions in the order in which they were told, then those of processes without a transcript. */
export const joinAgain = (): ((input: Told) => readonly Session[]) => {
  const join = createJoin();
  return ({ sessions, ...input }) => {
    const known = KnownSessions.of(sessions);
    const { open, of } = join({ ...input, sessions: known });
    return [...sessions.map(of), ...open.filter(({ id }) => !known.has(id))];
  };
};

export const joinOnce = (input: Told): readonly Session[] => joinAgain()(input);
