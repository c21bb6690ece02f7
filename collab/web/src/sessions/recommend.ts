import { percent } from '../app/words.ts';
import type { Session } from './session.ts';

/** What somebody could do about a session, with its reason. */
export interface Advice {
  readonly words: string;
  readonly because: string;
}

/** The same advice as `watchroom recommend` gives in a terminal, as far as a session's own facts carry it. */
export const adviceOn = (session: Session): readonly Advice[] => {
  if (session.state === 'ended') return [];
  return [full(session), failing(session), waiting(session), stale(session), colliding(session)].filter((advice) => advice !== undefined);
};

const full = ({ context }: Session): Advice | undefined => {
  if (context?.ratio === undefined || context.ratio <= 0.7) return undefined;
  return context.ratio > 0.9 ? { words: 'Have it write down where it stands, then start a new session', because: `its context is ${percent(context.ratio)} full; what comes next is compacted or lost` } : { words: 'Compact it at the next good moment', because: `its context is ${percent(context.ratio)} full` };
};

const failing = ({ health: { factors }, errors }: Session): Advice | undefined =>
  factors.errors !== undefined && factors.errors < 0.5 ? { words: 'Look at what fails before it goes on', because: `${errors} errors, most of them in the last hour` } : undefined;

const waiting = ({ state, waitingFor, owner }: Session): Advice | undefined => (state === 'waiting' ? { words: waitingFor ? `Answer it: ${waitingFor}` : 'Answer it', because: `it is ${owner}’s turn` } : undefined);

const stale = ({ state, health: { factors } }: Session): Advice | undefined => (state === 'idle' && factors.activity !== undefined && factors.activity <= 0.5 ? { words: 'Close it, if it is done', because: 'nobody has touched it for a while' } : undefined);

const colliding = ({ fileConflicts }: Session): Advice | undefined => (fileConflicts.length > 0 ? { words: 'Agree who goes first', because: `another session edits ${fileConflicts.length === 1 ? fileConflicts[0] : `${fileConflicts.length} of its files`}` } : undefined);
