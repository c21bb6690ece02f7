import { sql } from 'kysely';
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const needed = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();
const key = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.primaryKey();
const zero = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull().defaultTo(0);
const empty = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull().defaultTo('');
const of = (target: string) => (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull().references(target).onDelete('cascade');

/** Rooms, posts and what belongs to them, comments, alerts (store/rooms-schema.ts says what each is). */
export const rooms: Migration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    const table = db.schema;
    await table.createTable('rooms')
      .addColumn('id', 'text', key).addColumn('kind', 'text', needed).addColumn('team_id', 'text', of('teams.id')).addColumn('session_id', 'text', (c) => c.references('sessions.id').onDelete('cascade'))
      .addColumn('seq', 'bigint', zero).addColumn('last_at', 'bigint', zero).addColumn('last_post_at', 'bigint', zero).addColumn('last_root_post_at', 'bigint', zero)
      .addColumn('total_posts', 'bigint', zero).addColumn('total_root_posts', 'bigint', zero).addColumn('created_at', 'bigint', needed).execute();
    await table.createIndex('rooms_team').on('rooms').columns(['team_id', 'last_post_at']).execute();

    await table.createTable('room_members')
      .addColumn('room_id', 'text', of('rooms.id')).addColumn('user_id', 'text', of('users.id')).addColumn('joined_at', 'bigint', needed).addColumn('last_viewed_at', 'bigint', zero)
      .addColumn('notify_props', 'text', (c) => c.notNull().defaultTo('{}')).addColumn('last_update_at', 'bigint', zero).addPrimaryKeyConstraint('room_members_key', ['room_id', 'user_id']).execute();
    await table.createIndex('room_members_user').on('room_members').column('user_id').execute();

    // Authors are not referenced: a deleted user's posts stay [R13], and the hub itself writes too.
    await table.createTable('posts')
      .addColumn('id', 'text', key).addColumn('room_id', 'text', of('rooms.id')).addColumn('seq', 'bigint', needed).addColumn('user_id', 'text', needed).addColumn('root_id', 'text', empty)
      .addColumn('type', 'text', empty).addColumn('message', 'text', needed).addColumn('props', 'text', (c) => c.notNull().defaultTo('{}')).addColumn('file_ids', 'text', (c) => c.notNull().defaultTo('[]'))
      .addColumn('pending_post_id', 'text', empty).addColumn('is_pinned', 'integer', zero).addColumn('reply_count', 'integer', zero).addColumn('last_reply_at', 'bigint', zero)
      .addColumn('create_at', 'bigint', needed).addColumn('update_at', 'bigint', needed).addColumn('edit_at', 'bigint', zero).addColumn('delete_at', 'bigint', zero).execute();
    await table.createIndex('posts_created').on('posts').columns(['room_id', 'create_at']).execute();
    await table.createIndex('posts_changed').on('posts').columns(['room_id', 'seq']).execute();
    await table.createIndex('posts_thread').on('posts').columns(['root_id', 'create_at']).execute();
    await table.createIndex('posts_user').on('posts').column('user_id').execute();

    await table.createTable('pending_posts')
      .addColumn('user_id', 'text', needed).addColumn('pending_post_id', 'text', needed).addColumn('post_id', 'text', of('posts.id')).addColumn('body_hash', 'text', needed).addColumn('created_at', 'bigint', needed)
      .addPrimaryKeyConstraint('pending_posts_key', ['user_id', 'pending_post_id']).execute();
    await table.createIndex('pending_posts_old').on('pending_posts').column('created_at').execute();
    await table.createIndex('pending_posts_post').on('pending_posts').column('post_id').execute();

    await table.createTable('post_words')
      .addColumn('word', 'text', needed).addColumn('post_id', 'text', of('posts.id')).addColumn('room_id', 'text', needed).addColumn('create_at', 'bigint', needed)
      .addPrimaryKeyConstraint('post_words_key', ['word', 'post_id']).execute();
    await table.createIndex('post_words_post').on('post_words').column('post_id').execute();

    await table.createTable('reactions')
      .addColumn('post_id', 'text', of('posts.id')).addColumn('user_id', 'text', needed).addColumn('emoji_name', 'text', needed).addColumn('room_id', 'text', needed).addColumn('create_at', 'bigint', needed)
      .addPrimaryKeyConstraint('reactions_key', ['post_id', 'user_id', 'emoji_name']).execute();

    await table.createTable('mentions')
      .addColumn('post_id', 'text', of('posts.id')).addColumn('user_id', 'text', needed).addColumn('room_id', 'text', needed).addColumn('root_id', 'text', empty).addColumn('create_at', 'bigint', needed)
      .addPrimaryKeyConstraint('mentions_key', ['post_id', 'user_id']).execute();
    await table.createIndex('mentions_user').on('mentions').columns(['user_id', 'room_id', 'create_at']).execute();

    await table.createTable('thread_follows')
      .addColumn('root_id', 'text', of('posts.id')).addColumn('user_id', 'text', needed).addColumn('room_id', 'text', needed).addColumn('following', 'integer', needed)
      .addColumn('last_viewed_at', 'bigint', zero).addColumn('last_update_at', 'bigint', zero).addPrimaryKeyConstraint('thread_follows_key', ['root_id', 'user_id']).execute();
    await table.createIndex('thread_follows_user').on('thread_follows').columns(['user_id', 'following']).execute();

    await table.createTable('files')
      .addColumn('id', 'text', key).addColumn('room_id', 'text', of('rooms.id')).addColumn('user_id', 'text', needed).addColumn('post_id', 'text', (c) => c.references('posts.id').onDelete('cascade'))
      .addColumn('name', 'text', needed).addColumn('extension', 'text', needed).addColumn('mime_type', 'text', needed).addColumn('size', 'bigint', needed).addColumn('width', 'integer', zero).addColumn('height', 'integer', zero)
      .addColumn('data', sql`blob`, needed).addColumn('create_at', 'bigint', needed).addColumn('delete_at', 'bigint', zero).execute();
    await table.createIndex('files_post').on('files').column('post_id').execute();
    await table.createIndex('files_room').on('files').column('room_id').execute();

    await table.createTable('comments')
      .addColumn('post_id', 'text', (c) => c.primaryKey().references('posts.id').onDelete('cascade')).addColumn('room_id', 'text', needed).addColumn('path', 'text', needed).addColumn('side', 'text', needed)
      .addColumn('start_line', 'integer', needed).addColumn('end_line', 'integer', needed).addColumn('commit_id', 'text').addColumn('blob_id', 'text').addColumn('excerpt', 'text').addColumn('context', 'text')
      .addColumn('state', 'text', needed).addColumn('now_path', 'text').addColumn('now_start_line', 'integer').addColumn('now_end_line', 'integer')
      .addColumn('resolved_at', 'bigint').addColumn('resolved_by', 'text').addColumn('create_at', 'bigint', needed).execute();
    await table.createIndex('comments_room').on('comments').columns(['room_id', 'path']).execute();

    await table.createTable('alerts')
      .addColumn('id', 'text', key).addColumn('team_id', 'text', of('teams.id')).addColumn('room_id', 'text', of('rooms.id')).addColumn('post_id', 'text', needed)
      .addColumn('fingerprint', 'text', needed).addColumn('starts_at', 'bigint', needed).addColumn('ends_at', 'bigint').addColumn('status', 'text', needed).addColumn('name', 'text', needed).addColumn('severity', 'text')
      .addColumn('labels', 'text', needed).addColumn('annotations', 'text', needed).addColumn('told', 'integer', needed).addColumn('last_told_at', 'bigint', needed)
      .addColumn('acked_by', 'text').addColumn('acked_at', 'bigint').addColumn('silence_id', 'text').addColumn('silence_until', 'bigint').addColumn('silenced_by', 'text')
      .addUniqueConstraint('alerts_once', ['team_id', 'fingerprint', 'starts_at']).execute();
    await table.createIndex('alerts_room').on('alerts').columns(['room_id', 'starts_at']).execute();
    await table.createIndex('alerts_firing').on('alerts').columns(['status', 'acked_at']).execute();

    await table.createTable('alert_tokens')
      .addColumn('id', 'text', key).addColumn('team_id', 'text', of('teams.id')).addColumn('name', 'text', needed).addColumn('hash', 'text', (c) => c.notNull().unique()).addColumn('created_by', 'text', needed)
      .addColumn('created_at', 'bigint', needed).addColumn('last_used_at', 'bigint').addColumn('revoked_at', 'bigint').execute();

    await table.createTable('incoming_hooks')
      .addColumn('id', 'text', key).addColumn('hash', 'text', (c) => c.notNull().unique()).addColumn('room_id', 'text', of('rooms.id')).addColumn('user_id', 'text', of('users.id'))
      .addColumn('name', 'text', empty).addColumn('description', 'text', empty).addColumn('created_at', 'bigint', needed).addColumn('deleted_at', 'bigint').execute();

    await table.createTable('chat_preferences')
      .addColumn('user_id', 'text', of('users.id')).addColumn('category', 'text', needed).addColumn('name', 'text', needed).addColumn('value', 'text', needed)
      .addPrimaryKeyConstraint('chat_preferences_key', ['user_id', 'category', 'name']).execute();
  },
};
