import type { HubSession, Session } from '../sessions/session.ts';
import { sessionOf } from '../sessions/session.ts';
import { ahead } from './ahead.ts';
import { call } from './client.ts';
import { sessionPath } from './sessions.ts';

export type RoomRole = 'owner' | 'host' | 'editor' | 'viewer';

export interface RoomPerson {
  readonly id: string;
  readonly name: string;
  readonly role: RoomRole;
  /** Whose session it is from birth. */
  readonly first: boolean;
}

export interface TouchedFile {
  readonly path: string;
  readonly reads: number;
  readonly edits: number;
  readonly created: boolean;
  readonly linesAdded: number;
  readonly linesRemoved: number;
  readonly lastAt: string;
  readonly editedAt?: string;
  readonly conflictsWith?: readonly string[];
}

export interface HistoryPoint {
  readonly at: string;
  readonly seconds: number;
  readonly tokens: number;
  readonly costUsd: number;
  readonly errors: number;
  readonly contextRatio?: number;
  readonly health?: number;
  readonly state: string;
}

/** A session with everything the asker may know; of another's private one an admin sees whose it is and its state. */
export type RoomSession =
  | { readonly hidden: false; readonly session: Session; readonly people: readonly RoomPerson[]; readonly standings: readonly string[]; readonly may: readonly string[] }
  | { readonly hidden: true; readonly id: string; readonly state: string; readonly owner: string; readonly may: readonly string[] };

/** As the hub says it. */
export interface Details extends HubSession {
  readonly hidden: boolean;
  readonly people?: readonly RoomPerson[];
  readonly standings?: readonly string[];
  /** Id of its room. */
  readonly room?: string;
}

const within = (team: string, more: Readonly<Record<string, string>> = {}) => ({ query: { team, ...more } });

/** Without a team: of whichever of the asker's knows the session. */
export const detailsOf = (id: string, team?: string): Promise<Details> => call('GET', sessionPath(id), team === undefined ? {} : within(team));
export const roomDetails = ahead('room', (id: string, team: string) => detailsOf(id, team));

export const roomSession = async (id: string, team: string): Promise<RoomSession> => roomOf(id, await roomDetails.ask(id, team));
/** As it was asked ahead, if that is there. */
export const knownRoom = (id: string, team: string): RoomSession | undefined => {
  const details = roomDetails.known(id, team);
  return details && roomOf(id, details);
};

const roomOf = (id: string, { hidden, people = [], standings = [], ...rest }: Details): RoomSession => (hidden ? { hidden, id, state: String(rest.state ?? ''), owner: rest.owner?.name ?? '', may: rest.may ?? [] } : { hidden, session: sessionOf(rest), people, standings, may: rest.may ?? [] });

export const roomFiles = async (id: string, team: string): Promise<readonly TouchedFile[]> => (await call<{ files: readonly TouchedFile[] }>('GET', `${sessionPath(id)}/files`, within(team))).files;

export const roomHistory = async (id: string, team: string, step: 'minute' | 'hour' | 'day'): Promise<readonly HistoryPoint[]> => (await call<{ points: readonly HistoryPoint[] }>('GET', `${sessionPath(id)}/history`, within(team, { step }))).points;

export const setVisibility = (id: string, team: string, visibility: Session['visibility']): Promise<{ readonly visibility: Session['visibility']; readonly publicLink?: string }> =>
  call('PUT', `${sessionPath(id)}/visibility`, { ...within(team), body: { visibility } });

export const giveRole = (id: string, team: string, user: string, role: RoomRole): Promise<unknown> => call('PUT', `${sessionPath(id)}/people`, { ...within(team), body: { user, role } });
export const takeRole = (id: string, team: string, user: string): Promise<unknown> => call('DELETE', `${sessionPath(id)}/people/${encodeURIComponent(user)}`, within(team));
export const inviteToRoom = (id: string, role: 'editor' | 'viewer'): Promise<{ readonly link: string; readonly expiresAt: string }> => call('POST', `${sessionPath(id)}/invites`, { body: { role, uses: 1 } });
export const describeSession = (id: string, team: string, words: { readonly tags?: readonly string[]; readonly project?: string | null; readonly description?: string | null }): Promise<unknown> => call('PUT', sessionPath(id), { ...within(team), body: words });
export const askAgent = (id: string, team: string, kind: 'stop' | 'export'): Promise<unknown> => call('POST', `${sessionPath(id)}/commands`, { ...within(team), body: { kind } });
