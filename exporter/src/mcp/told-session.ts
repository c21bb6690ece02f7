import { shownHealthOf } from '../health/health.ts';
import type { HealthSettings } from '../health/settings.ts';
import { publicSession } from '../session/public.ts';
import type { PublicSession } from '../session/public.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';

/** A session as an assistant is told of it: its words (title, description) only where search is on, because they come from what was said in it. */
export const toldSession = (session: Session, { now, health, withWords }: { readonly now: EpochMs; readonly health: HealthSettings; readonly withWords: boolean }): Omit<PublicSession, 'sources'> => {
  const { sources: _sources, title, description, ...numbers } = publicSession(session, shownHealthOf(session, now, health));
  return withWords ? { ...numbers, ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) } : numbers;
};
