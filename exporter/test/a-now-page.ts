import { shownHealthOf } from '../src/health/health.ts';
import { isLiveSession, nowSchema } from '../src/session/now.ts';
import type { NowPage } from '../src/session/now.ts';
import { publicSession } from '../src/session/public.ts';
import { sessionStates } from '../src/session/session.ts';
import type { Session } from '../src/session/session.ts';
import { now } from './a-session.ts';

/** The present of a machine with these sessions; anything can be told otherwise. */
export const aNowPage = (sessions: readonly Session[] = [], told: Partial<NowPage> = {}): NowPage => ({
  schema: nowSchema, at: now, complete: true, scanned: 1, minutes: [], rateLimits: [], budgets: [],
  counts: Object.fromEntries(sessionStates.map((state) => [state, sessions.filter((session) => session.state === state).length])) as NowPage['counts'],
  live: sessions.filter(isLiveSession).length,
  sessions: sessions.map((session) => publicSession(session, shownHealthOf(session, now))),
  ...told,
});
