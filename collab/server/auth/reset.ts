import { z } from 'zod';
import type { Base } from '../base.ts';
import { notFound } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import type { Work } from '../store/open.ts';
import type { Actor } from './account.ts';
import type { Attempts } from './attempts.ts';
import { endLogins } from './devices.ts';
import { example } from './examples.ts';
import { newPassword } from './names.ts';
import { checkOneTimeSecret, linkSecret, newOneTimeSecret, takeOneTimeSecret } from './one-time-link.ts';
import { hashPassword } from './password.ts';
import { iso, isoTime } from './time.ts';

export const resetLinkAnswer = z.object({ link: z.string().describe('To be given to the person; good for one use. Told this once.'), expiresAt: isoTime }).meta({ id: 'ResetLink' });

/** New passwords without e-mail: whoever runs the hub issues a link, its reader sets a password. */
export const resetRoutes = (base: Base, attempts: Attempts): readonly Route[] => [
  route({
    method: 'post', path: '/api/v1/auth/resets', tag: 'auth', summary: 'Make a link with which somebody sets a new password', access: { who: 'operator' }, scope: 'admin',
    body: z.strictObject({ username: z.string().min(1).max(64).toLowerCase().describe('Whose password.') }),
    answers: { status: 201, schema: resetLinkAnswer, about: 'The link; an older one is void.' },
    example: { body: { username: example.username } },
    handle: ({ body, now, actor }) => base.store.transaction().execute(async (work) => {
      const user = await work.selectFrom('users').select('id').where('username', '=', body.username).where('deleted_at', 'is', null).executeTakeFirst();
      if (user === undefined) throw notFound(`Nobody here is called "${body.username}".`);
      return newResetLink(work, { userId: user.id, publicUrl: base.settings.publicUrl, now, actor });
    }),
  }),
  route({
    method: 'post', path: '/api/v1/auth/reset', tag: 'auth', summary: 'Set a new password by a link', access: { who: 'everybody' }, perMinute: 60,
    body: z.strictObject({ secret: linkSecret, password: newPassword }),
    answers: { schema: z.object({ username: z.string().describe('To sign in with.') }), about: 'The password is set, and every login of the account has ended.' },
    example: { body: { secret: example.resetSecret, password: 'a longer horse than before' } },
    handle: async ({ body: { secret, password }, now, identity: { address } }) => {
      await checkOneTimeSecret(base.store, { purpose: 'reset', secret, now });
      const hashed = await hashPassword(password);
      const { userId, username, ended } = await base.store.transaction().execute(async (work) => {
        const id = (await takeOneTimeSecret(work, { purpose: 'reset', secret, now }))!;
        const user = await work.updateTable('users').set({ password: hashed }).where('id', '=', id).where('deleted_at', 'is', null).returning('username').executeTakeFirst();
        if (user === undefined) throw notFound('This account was deleted.');
        await audit(work, { at: now, actor: { id, name: user.username, address }, action: 'account:reset', target: id });
        return { userId: id, username: user.username, ended: await endLogins(work, { userId: id }) };
      });
      for (const deviceId of ended) base.events.emit('access:lost', { userId, deviceId });
      attempts.forgiveName(username);
      return { username };
    },
  }),
];

/** Makes the link, in the transaction of whoever checked that they may. */
export const newResetLink = async (work: Work, { userId, publicUrl, now, actor }: { readonly userId: string; readonly publicUrl: string; readonly now: number; readonly actor: Actor }): Promise<z.output<typeof resetLinkAnswer>> => {
  const { secret, expiresAt } = await newOneTimeSecret(work, { purpose: 'reset', userId, now });
  await audit(work, { at: now, actor, action: 'account:reset-link', target: userId });
  return { link: `${publicUrl}/reset#${secret}`, expiresAt: iso(expiresAt) };
};
