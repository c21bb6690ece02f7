import { z } from 'zod';
import type { Base } from '../base.ts';
import { notFound } from '../routes/errors.ts';
import type { SessionTable } from '../store/schema.ts';

const words = (most: number) => z.string().trim().min(1).max(most).regex(/^[^\x00-\x09\x0b-\x1f\x7f]+$/, 'control characters');

/** What people may say of a session; what is left out stays, null takes it away. */
export const description = z.strictObject({
  tags: z.array(words(100)).max(50).exactOptional().describe('All of its tags.'),
  project: words(200).nullable().exactOptional().describe('A name for the project, shown before the tool\'s own.'),
  description: words(2000).nullable().exactOptional(),
}).refine((given) => Object.keys(given).length > 0, 'give tags, project or description').meta({ id: 'SessionWords' });
export type Description = z.output<typeof description>;

/** Writes people's words on a session [L3]; they stay until its machine says something new (sessions/keep-words.ts). */
export const describe = async ({ store, events }: Base, { session, words: { tags, project, description: text }, now }: { readonly session: SessionTable; readonly words: Description; readonly now: number }): Promise<SessionTable> => {
  const row = await store.updateTable('sessions').set({
    updated_at: now,
    ...(tags === undefined ? {} : { tags: JSON.stringify([...new Set(tags)]) }), ...(project === undefined ? {} : { project_name: project }), ...(text === undefined ? {} : { description: text }),
  }).where('id', '=', session.id).returningAll().executeTakeFirst();
  if (row === undefined) throw notFound('The session was deleted meanwhile.');
  events.emit('session:updated', { session: row });
  return row;
};
