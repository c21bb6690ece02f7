import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What deleted sessions used, so that sums stay equal to the fleet counters; deliveries of webhooks; an index for what admins may know of private sessions. */
export const goneAndDeliveries: Migration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    const table = db.schema;
    await table.createTable('gone_use')
      .addColumn('team_id', 'text', (c) => c.notNull().references('teams.id').onDelete('cascade')).addColumn('user_id', 'text', (c) => c.notNull()).addColumn('tool', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull()).addColumn('hour', 'integer', (c) => c.notNull()).addColumn('value', 'bigint', (c) => c.notNull()).addColumn('counted', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('gone_use_key', ['team_id', 'user_id', 'tool', 'kind', 'hour']).execute();
    await table.createTable('webhook_deliveries')
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade')).addColumn('key', 'text', (c) => c.notNull()).addColumn('body_hash', 'text', (c) => c.notNull())
      .addColumn('answer', 'text', (c) => c.notNull()).addColumn('created_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('webhook_deliveries_key', ['user_id', 'key']).execute();
    await table.createIndex('webhook_deliveries_old').on('webhook_deliveries').column('created_at').execute();
    await table.createIndex('sessions_private').on('sessions').columns(['team_id', 'owner_id', 'state']).where(sql.ref('visibility'), '=', sql.lit('private')).execute();
  },
};
