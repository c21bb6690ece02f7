import { audit } from '../store/audit.ts';
import { deviceLifeMs } from '../access/identity.ts';
import { Refusal } from '../routes/errors.ts';
import { hashOf, newId, newSecret } from '../store/ids.ts';
import type { Store } from '../store/open.ts';

/** A link signs in within this time, once (ROOMS.md 6, local mode). */
export const linkLifeMs = 60_000;

/** A new link that signs a browser of this machine in. The secret stands in the fragment, which no browser sends or tells others. */
export const makeLocalLink = async (store: Store, { publicUrl, now }: { readonly publicUrl: string; readonly now: number }): Promise<string> => {
  const secret = newSecret('wro_');
  const user = await store.selectFrom('users').select('id').where('operator', '=', 1).executeTakeFirstOrThrow();
  await store.deleteFrom('one_time_links').where('purpose', '=', 'local').where('expires_at', '<', now).execute();
  await store.insertInto('one_time_links').values({ id: newId(), hash: hashOf(secret), purpose: 'local', user_id: user.id, expires_at: now + linkLifeMs, used_at: null }).execute();
  return `${publicUrl}/#local=${secret}`;
};

/** Takes a link's secret for a login, once. */
export const takeLocalLink = (store: Store, { secret, userAgent, address, now }: { readonly secret: string; readonly userAgent: string; readonly address: string; readonly now: number }): Promise<{ readonly token: string }> =>
  store.transaction().execute(async (work) => {
    const link = await work.updateTable('one_time_links').set({ used_at: now })
      .where('hash', '=', hashOf(secret)).where('purpose', '=', 'local').where('used_at', 'is', null).where('expires_at', '>', now)
      .returning('user_id').executeTakeFirst();
    if (!link) throw new Refusal(401, 'link', 'This link was used before, or is older than 60 seconds. Another one: watchroom open');
    const user = await work.selectFrom('users').select(['id', 'username']).where('id', '=', link.user_id).executeTakeFirstOrThrow();
    const [token, deviceId] = [newSecret('wrl_'), newId()];
    await work.insertInto('devices').values({ id: deviceId, user_id: user.id, hash: hashOf(token), user_agent: userAgent, address, created_at: now, last_seen_at: now, expires_at: now + deviceLifeMs }).execute();
    await audit(work, { at: now, actor: { id: user.id, name: user.username, address }, action: 'login:local', target: deviceId });
    return { token };
  });
