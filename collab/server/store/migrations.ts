import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { accessRequests } from './access-migration.ts';
import { goneAndDeliveries } from './gone-migration.ts';
import { rooms } from './rooms-migration.ts';

// Forward only. A released migration is never changed; the next one expands, a later one contracts.

const first: Migration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    const table = db.schema;
    await table.createTable('meta').addColumn('key', 'text', (c) => c.primaryKey()).addColumn('value', 'text', (c) => c.notNull()).execute();

    await table.createTable('users')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('username', 'text', (c) => c.notNull().unique()).addColumn('display_name', 'text', (c) => c.notNull())
      .addColumn('email', 'text').addColumn('password', 'text').addColumn('operator', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('preferences', 'text', (c) => c.notNull().defaultTo('{}')).addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('deleted_at', 'bigint').execute();

    await table.createTable('devices')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('hash', 'text', (c) => c.notNull().unique()).addColumn('user_agent', 'text', (c) => c.notNull()).addColumn('address', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('last_seen_at', 'bigint', (c) => c.notNull()).addColumn('expires_at', 'bigint', (c) => c.notNull()).execute();
    await table.createIndex('devices_user').on('devices').column('user_id').execute();

    await table.createTable('oidc_links')
      .addColumn('issuer', 'text', (c) => c.notNull()).addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade')).addColumn('created_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('oidc_links_key', ['issuer', 'subject']).execute();

    await table.createTable('teams')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('name', 'text', (c) => c.notNull().unique()).addColumn('display_name', 'text', (c) => c.notNull())
      .addColumn('settings', 'text', (c) => c.notNull().defaultTo('{}')).addColumn('radar_key', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('updated_at', 'bigint', (c) => c.notNull()).addColumn('deleted_at', 'bigint').execute();

    await table.createTable('members')
      .addColumn('team_id', 'text', (c) => c.notNull().references('teams.id').onDelete('cascade')).addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('role', 'text', (c) => c.notNull()).addColumn('joined_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('members_key', ['team_id', 'user_id']).execute();
    await table.createIndex('members_user').on('members').column('user_id').execute();

    await table.createTable('tokens')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade')).addColumn('team_id', 'text', (c) => c.references('teams.id').onDelete('cascade'))
      .addColumn('name', 'text', (c) => c.notNull()).addColumn('hash', 'text', (c) => c.notNull().unique()).addColumn('scopes', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('last_used_at', 'bigint').addColumn('expires_at', 'bigint').addColumn('revoked_at', 'bigint').execute();
    await table.createIndex('tokens_user').on('tokens').column('user_id').execute();

    await table.createTable('one_time_links')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('hash', 'text', (c) => c.notNull().unique()).addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('user_id', 'text', (c) => c.references('users.id').onDelete('cascade')).addColumn('expires_at', 'bigint', (c) => c.notNull()).addColumn('used_at', 'bigint').execute();

    await table.createTable('invites')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('team_id', 'text', (c) => c.notNull().references('teams.id').onDelete('cascade'))
      .addColumn('session_id', 'text').addColumn('role', 'text', (c) => c.notNull()).addColumn('hash', 'text', (c) => c.notNull().unique())
      .addColumn('uses_left', 'integer', (c) => c.notNull()).addColumn('created_by', 'text', (c) => c.notNull()).addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull()).addColumn('revoked_at', 'bigint').execute();

    await table.createTable('signing_keys')
      .addColumn('kid', 'text', (c) => c.primaryKey()).addColumn('private_jwk', 'text', (c) => c.notNull()).addColumn('public_jwk', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('retired_at', 'bigint').execute();

    await table.createTable('audit')
      .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement()).addColumn('at', 'bigint', (c) => c.notNull()).addColumn('team_id', 'text').addColumn('actor_id', 'text')
      .addColumn('actor', 'text', (c) => c.notNull()).addColumn('address', 'text', (c) => c.notNull()).addColumn('action', 'text', (c) => c.notNull()).addColumn('target', 'text', (c) => c.notNull())
      .addColumn('before', 'text').addColumn('after', 'text').addColumn('result', 'text', (c) => c.notNull()).execute();
    await table.createIndex('audit_team').on('audit').columns(['team_id', 'seq']).execute();

    await table.createTable('agents')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('team_id', 'text', (c) => c.notNull().references('teams.id').onDelete('cascade'))
      .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade')).addColumn('token_id', 'text', (c) => c.notNull())
      .addColumn('instance', 'text', (c) => c.notNull()).addColumn('host_name', 'text', (c) => c.notNull()).addColumn('platform', 'text', (c) => c.notNull())
      .addColumn('version', 'text', (c) => c.notNull()).addColumn('ledger_id', 'text', (c) => c.notNull()).addColumn('url', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('last_report_at', 'bigint', (c) => c.notNull()).addColumn('next_due_at', 'bigint', (c) => c.notNull())
      .addColumn('left_at', 'bigint').addColumn('skew_ms', 'bigint', (c) => c.notNull())
      .addUniqueConstraint('agents_instance', ['team_id', 'user_id', 'instance']).execute();

    await table.createTable('sessions')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('team_id', 'text', (c) => c.notNull().references('teams.id').onDelete('cascade'))
      .addColumn('owner_id', 'text', (c) => c.notNull().references('users.id')).addColumn('agent_id', 'text').addColumn('session_key', 'text', (c) => c.notNull())
      .addColumn('tool', 'text', (c) => c.notNull()).addColumn('native_id', 'text', (c) => c.notNull()).addColumn('host_name', 'text', (c) => c.notNull())
      .addColumn('visibility', 'text', (c) => c.notNull()).addColumn('state', 'text', (c) => c.notNull()).addColumn('project', 'text').addColumn('branch', 'text')
      .addColumn('title', 'text').addColumn('model', 'text').addColumn('tags', 'text', (c) => c.notNull().defaultTo('[]')).addColumn('project_name', 'text').addColumn('description', 'text')
      .addColumn('tokens', 'bigint', (c) => c.notNull().defaultTo(0)).addColumn('micro_usd', 'bigint', (c) => c.notNull().defaultTo(0)).addColumn('errors', 'bigint', (c) => c.notNull().defaultTo(0))
      .addColumn('last_error', 'integer', (c) => c.notNull().defaultTo(0)).addColumn('health', 'real').addColumn('health_level', 'text')
      .addColumn('started_at', 'bigint').addColumn('last_activity_at', 'bigint', (c) => c.notNull()).addColumn('ended_at', 'bigint').addColumn('told', 'text', (c) => c.notNull())
      .addColumn('link_hash', 'text').addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addUniqueConstraint('sessions_key', ['team_id', 'session_key']).execute();
    await table.createIndex('sessions_recent').on('sessions').columns(['team_id', 'last_activity_at', 'id']).execute();
    await table.createIndex('sessions_owner').on('sessions').columns(['owner_id', 'last_activity_at']).execute();
    await table.createIndex('sessions_link').on('sessions').column('link_hash').execute();

    await table.createTable('session_people')
      .addColumn('session_id', 'text', (c) => c.notNull().references('sessions.id').onDelete('cascade')).addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('role', 'text', (c) => c.notNull()).addColumn('given_by', 'text', (c) => c.notNull()).addColumn('created_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('session_people_key', ['session_id', 'user_id']).execute();
    await table.createIndex('session_people_user').on('session_people').column('user_id').execute();

    await table.createTable('commands')
      .addColumn('id', 'text', (c) => c.primaryKey()).addColumn('agent_id', 'text', (c) => c.notNull().references('agents.id').onDelete('cascade'))
      .addColumn('session_id', 'text', (c) => c.notNull().references('sessions.id').onDelete('cascade')).addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('asked_by', 'text', (c) => c.notNull()).addColumn('created_at', 'bigint', (c) => c.notNull()).addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('delivered_at', 'bigint').addColumn('outcome', 'text').addColumn('detail', 'text').addColumn('ended_at', 'bigint').execute();
    await table.createIndex('commands_agent').on('commands').columns(['agent_id', 'ended_at']).execute();

    await table.createTable('session_use')
      .addColumn('session_id', 'text', (c) => c.notNull().references('sessions.id').onDelete('cascade')).addColumn('model', 'text', (c) => c.notNull()).addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('hour', 'integer', (c) => c.notNull()).addColumn('value', 'bigint', (c) => c.notNull()).addColumn('counted', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('session_use_key', ['session_id', 'model', 'kind', 'hour']).execute();
    await table.createIndex('session_use_hour').on('session_use').column('hour').execute();

    await table.createTable('session_samples')
      .addColumn('session_id', 'text', (c) => c.notNull().references('sessions.id').onDelete('cascade')).addColumn('width', 'integer', (c) => c.notNull()).addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('tokens', 'bigint', (c) => c.notNull()).addColumn('micro_usd', 'bigint', (c) => c.notNull()).addColumn('errors', 'bigint', (c) => c.notNull()).addColumn('turns', 'bigint', (c) => c.notNull())
      .addColumn('context_ratio', 'real').addColumn('health', 'real').addColumn('state', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('session_samples_key', ['session_id', 'width', 'at']).execute();

    await table.createTable('tombstones')
      .addColumn('team_id', 'text', (c) => c.notNull().references('teams.id').onDelete('cascade')).addColumn('session_key', 'text', (c) => c.notNull())
      .addColumn('deleted_at', 'bigint', (c) => c.notNull()).addColumn('deleted_by', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('tombstones_key', ['team_id', 'session_key']).execute();

    await table.createTable('fleet')
      .addColumn('team_id', 'text', (c) => c.notNull()).addColumn('user_id', 'text', (c) => c.notNull()).addColumn('host_name', 'text', (c) => c.notNull())
      .addColumn('metric', 'text', (c) => c.notNull()).addColumn('labels', 'text', (c) => c.notNull()).addColumn('value', 'double precision', (c) => c.notNull()).addColumn('born_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('fleet_key', ['team_id', 'user_id', 'host_name', 'metric', 'labels']).execute();
  },
};

/** In order of their names. */
export const migrations: Readonly<Record<string, Migration>> = { '0001_accounts_agents_sessions': first, '0002_rooms': rooms, '0003_gone_and_deliveries': goneAndDeliveries, '0004_access_requests': accessRequests };
