import type { Store } from '../store/open.ts';
import { cursorOf, placeOfCursor } from './cursor.ts';
import type { Place } from './cursor.ts';
import { fitting, hasTag } from './filters.ts';
import type { SessionFilters } from './filters.ts';
import { itemOf, listColumns } from './list-item.ts';
import type { ListRow, SessionItem } from './list-item.ts';
import { teamNamed } from './team-named.ts';
import { viewerOf, visibleTo } from './visible.ts';
import type { Viewer } from './visible.ts';

export interface ListAsk {
  readonly userId: string;
  readonly filters: SessionFilters;
  readonly after?: string;
  readonly limit: number;
  readonly now: number;
}

export interface SessionPage {
  readonly sessions: readonly SessionItem[];
  readonly next?: string;
  readonly hidden?: readonly HiddenSession[];
}

/** Another's private session, as an admin of its team may know of it. */
export interface HiddenSession {
  readonly team: string;
  readonly owner: { readonly id: string; readonly name: string };
  readonly state: string;
  readonly visibility: 'private';
}

/** One page of the sessions somebody may see, the most recently active first. */
export const listSessions = async (store: Store, { userId, filters, after, limit, now }: ListAsk): Promise<SessionPage> => {
  const viewer = await viewerOf(store, userId);
  const { team, ...rest } = filters;
  const teams = team === undefined ? [...viewer.roles.keys()] : [await teamNamed(store, viewer, team)];
  const place = after === undefined ? undefined : placeOfCursor(after);
  // A page of each team by its index, then the newest of them: one query over all teams would sort all their sessions.
  const pages = await Promise.all(teams.map((teamId) => newest(store, { viewer, teamId, filters: rest, place, limit: limit + 1 })));
  const rows = pages.flat().sort(byActivity).slice(0, limit + 1);
  const shown = rows.slice(0, limit);
  const hidden = place === undefined ? await hiddenFrom(store, viewer, teams, rest) : [];
  return {
    sessions: shown.map((row) => itemOf(row, now)),
    ...(rows.length > limit ? { next: cursorOf(placeOf(shown.at(-1)!)) } : {}),
    ...(hidden.length > 0 ? { hidden } : {}),
  };
};

interface Within {
  readonly viewer: Viewer;
  readonly teamId: string;
  readonly filters: Omit<SessionFilters, 'team'>;
  readonly place: Place | undefined;
  readonly limit: number;
}

const newest = async (store: Store, within: Within): Promise<ListRow[]> => {
  const found: ListRow[] = [];
  for (let { place } = within; ;) {
    const rows = await pageOf(store, { ...within, place });
    found.push(...rows.filter(({ tags }) => hasTag(tags, within.filters.tag)));
    if (rows.length < within.limit || found.length >= within.limit) return found.slice(0, within.limit);
    place = placeOf(rows.at(-1)!);
  }
};

/** A page of one team, as a query: its index brings the rows in order. */
export const pageQuery = (store: Store, { viewer, teamId, filters, place, limit }: Within) => {
  const page = store.selectFrom('sessions').innerJoin('users', 'users.id', 'sessions.owner_id').leftJoin('agents', 'agents.id', 'sessions.agent_id').select(listColumns)
    .where('sessions.team_id', '=', teamId).where(visibleTo(viewer, teamId)).where(fitting(filters))
    .orderBy('sessions.last_activity_at', 'desc').orderBy('sessions.id', 'desc').limit(limit);
  return place === undefined ? page : page.where((is) => is(is.refTuple('sessions.last_activity_at', 'sessions.id'), '<', is.tuple(place.lastActivityAt, place.id)));
};

const pageOf = (store: Store, within: Within): Promise<ListRow[]> => pageQuery(store, within).execute();

const placeOf = ({ last_activity_at: lastActivityAt, id }: ListRow): Place => ({ lastActivityAt, id });

const byActivity = (one: ListRow, other: ListRow): number => other.last_activity_at - one.last_activity_at || (one.id < other.id ? 1 : one.id > other.id ? -1 : 0);

/** Others' private sessions of the teams the asker is an admin of, unless a filter asks for what may not be known of them. */
const hiddenFrom = async (store: Store, viewer: Viewer, teams: readonly string[], { user, status, visibility, ...unknowable }: Omit<SessionFilters, 'team'>): Promise<HiddenSession[]> => {
  const administered = teams.filter((id) => viewer.roles.get(id) === 'admin');
  if (administered.length === 0 || Object.keys(unknowable).length > 0 || (visibility !== undefined && visibility !== 'private')) return [];
  const rows = await store.selectFrom('sessions').innerJoin('users', 'users.id', 'sessions.owner_id').select(['sessions.team_id', 'users.id', 'users.username', 'sessions.state'])
    .where('sessions.team_id', 'in', administered).where('sessions.visibility', '=', 'private').where((is) => is.not(visibleTo(viewer)))
    .where(fitting({ ...(user === undefined ? {} : { user }), ...(status === undefined ? {} : { status }) }))
    .orderBy('users.username').orderBy('sessions.state').limit(mostHidden).execute();
  return rows.map((row) => ({ team: row.team_id, owner: { id: row.id, name: row.username }, state: row.state, visibility: 'private' }));
};
const mostHidden = 200;
