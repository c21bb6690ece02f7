import { expressionBuilder, sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { visibleTo } from '../sessions/visible.ts';
import type { Viewer } from '../sessions/visible.ts';
import type { Database } from '../store/schema.ts';
import type { Store, Work } from '../store/open.ts';
import type { KindSum } from './figures.ts';

/** The team and hours that are asked about, and who asks. */
export interface Scope {
  readonly store: Store | Work;
  readonly viewer: Viewer;
  readonly teamId: string;
  readonly from?: number;
  readonly to?: number;
}

/** The hour of use; counts that have none belong to the hour their session began in (as what deleted sessions left does). */
export const hourOfUse = sql<number>`case when session_use.hour = 0 then cast(coalesce(sessions.started_at, sessions.last_activity_at) / 3600000 as integer) else session_use.hour end`;

/** Whether the asker may see the session of a row, as 1 or 0. */
export const isVisible = ({ viewer, teamId }: Pick<Scope, 'viewer' | 'teamId'>): RawBuilder<0 | 1> => sql<0 | 1>`case when ${visibleTo(viewer, teamId)} then 1 else 0 end`;

/** Use of all sessions of the team, others' private ones included, summed by kind and whatever else. */
export const sumsOfUse = async <Name extends string>({ store, teamId, from, to }: Scope, by: Readonly<Record<Name, RawBuilder<unknown>>>): Promise<readonly (KindSum & Readonly<Record<Name, never>>)[]> => {
  const labels = Object.entries(by) as [Name, RawBuilder<unknown>][];
  let query = store.selectFrom('session_use').innerJoin('sessions', 'sessions.id', 'session_use.session_id').where('sessions.team_id', '=', teamId)
    .select(['session_use.kind', sql<number>`sum(session_use.value)`.as('value'), sql<number>`sum(session_use.counted)`.as('counted'), ...labels.map(([name, is]) => is.as(name))])
    .groupBy([1, ...labels.map((_label, index) => index + 4)].map((place) => sql`${sql.lit(place)}`)); // by place: a name could be another column's, and values in an expression make it another one to PostgreSQL
  if (from !== undefined) query = query.where(sql<boolean>`${hourOfUse} >= ${from}`);
  if (to !== undefined) query = query.where(sql<boolean>`${hourOfUse} < ${to}`);
  return (await query.execute()) as unknown as (KindSum & Readonly<Record<Name, never>>)[];
};

/** Use of sessions that were deleted: nobody's name is left but the owner's, as the fleet counters have it. */
export const sumsOfGone = async ({ store, teamId, from, to }: Scope, by: readonly ('user_id' | 'tool' | 'hour')[]): Promise<readonly (KindSum & { readonly user_id: string; readonly tool: string; readonly hour: number })[]> => {
  let query = store.selectFrom('gone_use').where('team_id', '=', teamId).select(['kind', sql<number>`sum(value)`.as('value'), sql<number>`sum(counted)`.as('counted'), ...by]).groupBy(['kind', ...by]);
  if (from !== undefined) query = query.where('hour', '>=', from);
  if (to !== undefined) query = query.where('hour', '<', to);
  return (await query.execute()) as unknown as (KindSum & { readonly user_id: string; readonly tool: string; readonly hour: number })[];
};

/** Samples of the team within the hours that are asked about. */
export const samplesOf = ({ store, teamId, from, to }: Scope) => {
  let query = store.selectFrom('session_samples').innerJoin('sessions', 'sessions.id', 'session_samples.session_id').where('sessions.team_id', '=', teamId);
  if (from !== undefined) query = query.where('session_samples.at', '>=', from * 3_600_000);
  if (to !== undefined) query = query.where('session_samples.at', '<', to * 3_600_000);
  return query;
};

/** Sessions that used anything in these hours. */
export const usedSessions = ({ store, teamId, from, to }: Scope) => {
  const is = expressionBuilder<Database, 'session_use' | 'sessions'>();
  const within = [...(from === undefined ? [] : [sql<boolean>`${hourOfUse} >= ${from}`]), ...(to === undefined ? [] : [sql<boolean>`${hourOfUse} < ${to}`])];
  return store.selectFrom('session_use').innerJoin('sessions', 'sessions.id', 'session_use.session_id').where('sessions.team_id', '=', teamId).where(is.and(within));
};

export const column = (name: string): RawBuilder<unknown> => sql`${sql.ref(name)}`;
