import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Requests to be let into closed rooms. */
export const accessRequests: Migration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await db.schema.createTable('access_requests')
      .addColumn('team_id', 'text', (c) => c.notNull().references('teams.id').onDelete('cascade')).addColumn('session_key', 'text', (c) => c.notNull())
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade')).addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('refused_at', 'bigint')
      .addPrimaryKeyConstraint('access_requests_key', ['team_id', 'session_key', 'user_id']).execute();
    await db.schema.createIndex('access_requests_user').on('access_requests').column('user_id').execute();
    await db.schema.createIndex('access_requests_old').on('access_requests').column('created_at').execute();
  },
};
