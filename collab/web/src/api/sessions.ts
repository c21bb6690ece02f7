import type { HubSession, Session } from '../sessions/session.ts';
import { sessionOf } from '../sessions/session.ts';
import { call } from './client.ts';

interface Page {
  readonly sessions: readonly HubSession[];
  readonly next?: string;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Where the next page begins; absent at the end. */
  readonly next?: string;
}

/** One page of a team's sessions. */
export const listSessions = async (query: { readonly team: string; readonly status?: string; readonly with?: 'now'; readonly after?: string | undefined }, signal?: AbortSignal): Promise<SessionPage> => {
  const { sessions, next } = await call<Page>('GET', '/api/v1/sessions', { query, ...(signal ? { signal } : {}) });
  return { sessions: sessions.map(sessionOf), ...(next === undefined ? {} : { next }) };
};

const mostPages = 10;

/** All live sessions of a team: what the home page must not miss. */
export const listLive = async (team: string): Promise<readonly Session[]> => {
  const found: Session[] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { sessions, next } = await listSessions({ team, status: 'live', with: 'now', after });
    found.push(...sessions);
    if (next === undefined) break;
    after = next;
  }
  return found;
};

/** A file that several live sessions edit at the same time, on whatever machines. */
export interface Conflict {
  readonly path: string;
  readonly sessions: readonly { readonly id: string; readonly owner: { readonly name: string } }[];
}

export const listConflicts = async (team: string): Promise<readonly Conflict[]> => (await call<{ conflicts: readonly Conflict[] }>('GET', '/api/v1/radar', { query: { team } })).conflicts;

export const sessionPath = (id: string): string => {
  const slash = id.indexOf('/');
  return `/api/v1/sessions/${encodeURIComponent(id.slice(0, slash))}/${encodeURIComponent(id.slice(slash + 1))}`;
};
