import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Store } from '../../store/open.ts';
import type { PostTable } from '../../store/rooms-schema.ts';
import { findRooms } from '../room.ts';
import { postListOf, postsOf } from './shape.ts';
import type { PostList } from './shape.ts';
import { wordsOf } from './words.ts';

/** What somebody looks for: words, "a phrase", from:name in:room before:2026-11-21 after: on:. */
export interface Search {
  readonly words: readonly string[];
  readonly beginnings: readonly string[];
  readonly phrases: readonly string[];
  readonly from: readonly string[];
  readonly rooms: readonly string[];
  readonly before?: number;
  readonly after?: number;
}

const dayMs = 86_400_000;

/** Reads the terms of a search. */
export const searchOf = (terms: string): Search => {
  const found = { words: [] as string[], beginnings: [] as string[], phrases: [] as string[], from: [] as string[], rooms: [] as string[], before: undefined as number | undefined, after: undefined as number | undefined };
  const rest = terms.replace(/"([^"]*)"/g, (_all, phrase: string) => {
    if (phrase.trim() !== '') found.phrases.push(phrase.trim().toLowerCase());
    return ' ';
  }).replace(/(?<!\S)(from|in|channel|before|after|on):\s*(\S+)/gi, (_all, key: string, value: string) => {
    const day = Date.parse(`${value}T00:00:00Z`);
    switch (key.toLowerCase()) {
      case 'from': found.from.push(value.replace(/^@/, '').toLowerCase()); break;
      case 'before': if (!Number.isNaN(day)) found.before = day; break;
      case 'after': if (!Number.isNaN(day)) found.after = day + dayMs; break;
      case 'on': if (!Number.isNaN(day)) [found.after, found.before] = [day, day + dayMs]; break;
      default: found.rooms.push(value.replace(/^~/, ''));
    }
    return ' ';
  });
  for (const term of rest.split(/\s+/)) {
    if (term.endsWith('*')) found.beginnings.push(...wordsOf(term).slice(-1));
    else found.words.push(...wordsOf(term, 'parts'));
  }
  for (const phrase of found.phrases) found.words.push(...wordsOf(phrase, 'parts'));
  const { before, after, ...lists } = found;
  return { ...lists, words: [...new Set(lists.words)].slice(0, 30), ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
};

/** Finds posts of a team, newest first, only in rooms the asker may read [R7]. */
export const searchPosts = async (store: Store, { teamId, userId, now, terms, either, page, perPage }: { readonly teamId: string; readonly userId: string; readonly now: number; readonly terms: string; readonly either: boolean; readonly page: number; readonly perPage: number }): Promise<PostList & { readonly matches: Readonly<Record<string, readonly string[]>> }> => {
  const search = searchOf(terms);
  const nothing = { ...postListOf([], { order: [] }), matches: {} };
  const conditions = await conditionsOf(store, search, { teamId, userId, either });
  if (conditions === undefined) return nothing;
  const found: PostTable[] = [];
  const wanted = (page + 1) * perPage;
  // Whether somebody may read a room is decided by the table, after reading: so candidates are taken in batches until the page is full.
  for (let last = { create_at: Number.MAX_SAFE_INTEGER, id: '' }, batches = 0; found.length < wanted && batches < 100; batches += 1) {
    const { rows } = await sql<PostTable>`SELECT posts.* FROM posts JOIN rooms ON rooms.id = posts.room_id WHERE rooms.team_id = ${teamId} AND posts.delete_at = 0 AND (posts.create_at < ${last.create_at} OR (posts.create_at = ${last.create_at} AND posts.id < ${last.id})) AND ${sql.join(conditions, sql` AND `)} ORDER BY posts.create_at DESC, posts.id DESC LIMIT 200`.execute(store);
    const rooms = await findRooms(store, { roomIds: [...new Set(rows.map((row) => row.room_id))], userId, now });
    found.push(...rows.filter((row) => rooms.has(row.room_id) && search.phrases.every((phrase) => row.message.toLowerCase().includes(phrase))));
    if (rows.length < 200) break;
    last = rows.at(-1)!;
  }
  const shown = found.slice(page * perPage, wanted);
  return { ...postListOf(await postsOf(store, shown), { order: shown.map(({ id }) => id) }), matches: Object.fromEntries(shown.map(({ id }) => [id, [...search.words, ...search.beginnings]])) };
};

const conditionsOf = async (store: Store, search: Search, { teamId, userId, either }: { readonly teamId: string; readonly userId: string; readonly either: boolean }): Promise<readonly RawBuilder<unknown>[] | undefined> => {
  const words = [
    ...search.words.map((word) => sql`posts.id IN (SELECT post_id FROM post_words WHERE word = ${word})`),
    ...search.beginnings.map((word) => sql`posts.id IN (SELECT post_id FROM post_words WHERE word >= ${word} AND word < ${`${word}\u{10ffff}`})`),
  ];
  const conditions: RawBuilder<unknown>[] = words.length === 0 ? [] : either ? [sql`(${sql.join(words, sql` OR `)})`] : words;
  if (search.from.length > 0) {
    const ids = (await store.selectFrom('users').select('id').where('username', 'in', search.from).execute()).map(({ id }) => id);
    if (search.from.includes('me')) ids.push(userId);
    if (ids.length === 0) return undefined;
    conditions.push(sql`posts.user_id IN (${sql.join(ids)})`);
  }
  if (search.rooms.length > 0) {
    const ids = (await store.selectFrom('sessions').select('id').where('team_id', '=', teamId).where((is) => is.or([is('session_key', 'in', search.rooms), is('native_id', 'in', search.rooms), is('id', 'in', search.rooms)])).execute()).map(({ id }) => id);
    if (search.rooms.includes('team') || search.rooms.includes(teamId)) ids.push(teamId);
    if (ids.length === 0) return undefined;
    conditions.push(sql`posts.room_id IN (${sql.join(ids)})`);
  }
  if (search.before !== undefined) conditions.push(sql`posts.create_at < ${search.before}`);
  if (search.after !== undefined) conditions.push(sql`posts.create_at >= ${search.after}`);
  return conditions.length === 0 ? undefined : conditions;
};
