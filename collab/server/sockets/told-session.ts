import type { ToldSession } from '../../shared/events.ts';
import type { SessionTable } from '../store/schema.ts';
import type { Store } from '../store/open.ts';

/** A session as it is told by sockets, with what decides who may hear of it. */
export interface SessionNow {
  readonly row: SessionSide;
  readonly told: ToldSession;
}
type SessionSide = Pick<SessionTable, 'id' | 'team_id' | 'owner_id' | 'visibility'>;

const columns = ['sessions.id', 'team_id', 'owner_id', 'session_key', 'tool', 'host_name', 'visibility', 'state', 'project', 'project_name', 'branch', 'title', 'model', 'tags', 'tokens', 'micro_usd', 'errors', 'last_error', 'health', 'health_level', 'started_at', 'last_activity_at', 'ended_at'] as const;

/** Sessions as they are in the store now; those that are gone are left out. */
export const sessionsNow = async (store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, SessionNow>> => {
  const rows = await store.selectFrom('sessions').innerJoin('users', 'users.id', 'sessions.owner_id').select(columns).select('users.username as owner').where('sessions.id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, { row, told: toldSessionOf(row) }]));
};

type Row = Pick<SessionTable, 'session_key' | 'team_id' | 'tool' | 'host_name' | 'visibility' | 'state' | 'project' | 'project_name' | 'branch' | 'title' | 'model' | 'tags' | 'tokens' | 'micro_usd' | 'errors' | 'last_error' | 'health' | 'health_level' | 'started_at' | 'last_activity_at' | 'ended_at'> & { readonly owner: string };

const toldSessionOf = (row: Row): ToldSession => {
  const project = row.project_name ?? row.project;
  return {
    id: row.session_key, team: row.team_id, user: row.owner, host: row.host_name, tool: row.tool, visibility: row.visibility, state: row.state,
    tags: JSON.parse(row.tags) as string[], tokens: row.tokens, microUsd: row.micro_usd, errors: row.errors, lastWasError: row.last_error === 1, lastActivityAt: row.last_activity_at,
    ...(project === null ? {} : { project }),
    ...(row.branch === null ? {} : { branch: row.branch }),
    ...(row.title === null ? {} : { title: row.title }),
    ...(row.model === null ? {} : { model: row.model }),
    ...(row.health === null ? {} : { health: row.health }),
    ...(row.health_level === null ? {} : { healthLevel: row.health_level }),
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
};
