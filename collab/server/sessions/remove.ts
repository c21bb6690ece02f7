import { sql } from 'kysely';
import type { Base } from '../base.ts';
import { audit } from '../store/audit.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { SessionTable } from '../store/schema.ts';
import type { Work } from '../store/open.ts';

/** Deletes a session with everything that hangs on it, in one transaction, and tells [R13]. Its tombstone keeps the agent's next report from bringing it back. */
export const removeSession = async ({ store, events }: Base, { session, actor, now }: { readonly session: SessionTable; readonly actor: AuditEntry['actor']; readonly now: number }): Promise<void> => {
  const removed = await store.transaction().execute(async (work) => {
    const row = await work.selectFrom('sessions').selectAll().where('id', '=', session.id).executeTakeFirst();
    if (row === undefined) return undefined; // somebody else was faster
    await removeRow(work, row, { by: actor.id ?? actor.name, now });
    await audit(work, { at: now, teamId: row.team_id, actor, action: 'session:delete', target: row.session_key, before: { owner: row.owner_id, visibility: row.visibility } });
    return row;
  });
  if (removed === undefined) return;
  events.emit('access:lost', { sessionId: removed.id });
  events.emit('session:deleted', { session: removed });
};

/** Room, posts, content, samples, commands and people go with the row (foreign keys); what it used stays in the team's sums, without a name. */
export const removeRow = async (work: Work, row: Pick<SessionTable, 'id' | 'team_id' | 'owner_id' | 'tool' | 'session_key' | 'started_at' | 'last_activity_at'>, { by, now }: { readonly by: string; readonly now: number }): Promise<void> => {
  // What has no hour of its own belongs to the hour the session began in, as in analytics/use.ts.
  const begun = Math.floor((row.started_at ?? row.last_activity_at) / 3_600_000);
  const hour = sql<number>`case when hour = 0 then ${sql.lit(begun)} else hour end`;
  await work.insertInto('gone_use').columns(['team_id', 'user_id', 'tool', 'kind', 'hour', 'value', 'counted'])
    .expression((is) => is.selectFrom('session_use').select([sql.val(row.team_id).as('team_id'), sql.val(row.owner_id).as('user_id'), sql.val(row.tool).as('tool'), namelessKind.as('kind'), hour.as('hour'), is.fn.sum<number>('value').as('value'), is.fn.sum<number>('counted').as('counted')])
      .where('session_id', '=', row.id).groupBy([namelessKind, hour]))
    .onConflict((on) => on.columns(['team_id', 'user_id', 'tool', 'kind', 'hour']).doUpdateSet((is) => ({ value: is('gone_use.value', '+', is.ref('excluded.value')), counted: is('gone_use.counted', '+', is.ref('excluded.counted')) }))).execute();
  await work.insertInto('tombstones').values({ team_id: row.team_id, session_key: row.session_key, deleted_at: now, deleted_by: by }).onConflict((on) => on.doNothing()).execute();
  await work.deleteFrom('invites').where('session_id', '=', row.id).execute();
  await work.deleteFrom('access_requests').where('team_id', '=', row.team_id).where('session_key', '=', row.session_key).execute();
  await work.deleteFrom('sessions').where('id', '=', row.id).execute();
};

/** Names of tools can be a house's own words. */
const namelessKind = sql<string>`case when kind like 'tool:%' then 'tool:deleted' else kind end`;
