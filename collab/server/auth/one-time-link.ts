import { Refusal } from '../routes/errors.ts';
import { hashOf, newId, newSecret } from '../store/ids.ts';
import type { Store, Work } from '../store/open.ts';
import { z } from 'zod';
import { dayMs, minuteMs } from './time.ts';

/** What a link may be for, and how long it is good. */
const lives = { setup: 7 * dayMs, reset: dayMs, local: minuteMs } as const;
export type LinkPurpose = keyof typeof lives;

export const linkSecret = z.string().min(1).max(200).describe('What stands behind the # of the link.');

/** Makes the secret of a one-time link; only its hash is kept. A newer link for setting up or for the same password replaces the older. */
export const newOneTimeSecret = async (work: Store | Work, { purpose, userId, now }: { readonly purpose: LinkPurpose; readonly userId?: string; readonly now: number }): Promise<{ readonly secret: string; readonly expiresAt: number }> => {
  const secret = newSecret('wro_');
  const expiresAt = now + lives[purpose];
  await work.deleteFrom('one_time_links').where((is) => is.or([is('expires_at', '<=', now), is('used_at', 'is not', null)])).execute();
  if (purpose !== 'local') await work.deleteFrom('one_time_links').where('purpose', '=', purpose).where('user_id', userId === undefined ? 'is' : '=', userId ?? null).execute();
  await work.insertInto('one_time_links').values({ id: newId(), hash: hashOf(secret), purpose, user_id: userId ?? null, expires_at: expiresAt }).execute();
  return { secret, expiresAt };
};

/** Uses a one-time secret up. Whose it was; undefined: nobody's (setting up). */
export const takeOneTimeSecret = async (work: Work, { purpose, secret, now }: { readonly purpose: LinkPurpose; readonly secret: string; readonly now: number }): Promise<string | undefined> => {
  const row = await work.updateTable('one_time_links').set({ used_at: now }).where('hash', '=', hashOf(secret)).where('purpose', '=', purpose).where('used_at', 'is', null).where('expires_at', '>', now)
    .returning('user_id').executeTakeFirst();
  if (row === undefined) throw spent();
  return row.user_id ?? undefined;
};

/** Refuses a secret that is good for nothing, before any work is done for it. */
export const checkOneTimeSecret = async (store: Store, { purpose, secret, now }: { readonly purpose: LinkPurpose; readonly secret: string; readonly now: number }): Promise<void> => {
  const row = await store.selectFrom('one_time_links').select('id').where('hash', '=', hashOf(secret)).where('purpose', '=', purpose).where('used_at', 'is', null).where('expires_at', '>', now).executeTakeFirst();
  if (row === undefined) throw spent();
};

const spent = (): Refusal => new Refusal(410, 'link_spent', 'This link is not good any more: it was used, has expired, or a newer one took its place. Ask for a new one.');
