import { z } from 'zod';
import type { Base } from '../base.ts';
import { Refusal, conflict, notSignedIn } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { accountAnswer, accountOf, csrfOf } from './account.ts';
import type { Attempts } from './attempts.ts';
import { example } from './examples.ts';
import { endLogins } from './devices.ts';
import { changesSomething, displayName, email, givenPassword, newPassword } from './names.ts';
import { hashPassword, passwordMatches } from './password.ts';

const preferences = z.record(z.string().max(100), z.unknown()).refine((map) => JSON.stringify(map).length <= 16_384, 'more than 16 kB').describe('The page keeps its own things here; replaces what was there.');

/** One's own account. */
export const meRoutes = (base: Base, attempts: Attempts): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/auth/me', tag: 'auth', summary: 'Your account, teams and roles', access: { who: 'person' },
    answers: { schema: accountAnswer, about: 'Your account.' },
    example: {},
    handle: ({ person, request, identity }) => accountOf(base.store, { userId: person.userId, ...(person.deviceId === undefined ? {} : { deviceId: person.deviceId }), ...csrfOf(identity, request.headers.cookie, base) }),
  }),
  route({
    method: 'patch', path: '/api/v1/auth/me', tag: 'auth', summary: 'Change your account', access: { who: 'person' },
    body: z.strictObject({ displayName: displayName.exactOptional(), email: email.nullable().exactOptional(), preferences: preferences.exactOptional() }).refine(...changesSomething),
    answers: { schema: accountAnswer, about: 'Your account as it is now.' },
    example: { body: { displayName: 'Ada L.', email: null } },
    handle: async ({ person: { userId, deviceId }, body, now, actor, request, identity }) => {
      await base.store.transaction().execute(async (work) => {
        const before = await work.selectFrom('users').select(['display_name', 'email']).where('id', '=', userId).executeTakeFirstOrThrow();
        const after = { display_name: body.displayName ?? before.display_name, email: body.email === undefined ? before.email : body.email };
        await work.updateTable('users').set({ ...after, ...(body.preferences === undefined ? {} : { preferences: JSON.stringify(body.preferences) }) }).where('id', '=', userId).execute();
        if (after.display_name !== before.display_name || after.email !== before.email) {
          await audit(work, { at: now, actor, action: 'account:change', target: userId, before: { displayName: before.display_name }, after: { displayName: after.display_name, emailChanged: after.email !== before.email } });
        }
      });
      return accountOf(base.store, { userId, ...(deviceId === undefined ? {} : { deviceId }), ...csrfOf(identity, request.headers.cookie, base) });
    },
  }),
  route({
    method: 'post', path: '/api/v1/auth/password', tag: 'auth', summary: 'Change your password', access: { who: 'person' }, scope: 'admin', perMinute: 60,
    body: z.strictObject({ current: givenPassword.describe('The password you have.'), next: newPassword }),
    answers: { about: 'It is changed, and all your other logins have ended.' },
    example: { body: { current: example.password, next: 'a longer horse than before' } },
    handle: async ({ person: { userId, deviceId, name }, body: { current, next }, now, actor, identity: { address } }) => {
      attempts.take({ address, name, now });
      const row = await base.store.selectFrom('users').select('password').where('id', '=', userId).executeTakeFirst();
      if (row === undefined) throw notSignedIn();
      if (row.password === null) throw conflict('Your account has no password. An admin can issue a link that sets one.', 'no_password');
      if (!(await passwordMatches(current, row.password))) {
        await audit(base.store, { at: now, actor, action: 'account:password', target: userId, result: 'refused' });
        throw new Refusal(403, 'wrong_credentials', 'That is not your present password.');
      }
      attempts.forgive({ address, name });
      const password = await hashPassword(next);
      const ended = await base.store.transaction().execute(async (work) => {
        const { numUpdatedRows } = await work.updateTable('users').set({ password }).where('id', '=', userId).where('password', '=', row.password).executeTakeFirst();
        if (numUpdatedRows === 0n) throw conflict('Your password was changed by somebody else at the same moment. Sign in again.', 'changed');
        await work.deleteFrom('one_time_links').where('user_id', '=', userId).where('purpose', '=', 'reset').execute();
        await audit(work, { at: now, actor, action: 'account:password', target: userId });
        return endLogins(work, { userId, ...(deviceId === undefined ? {} : { but: deviceId }) });
      });
      for (const one of ended) base.events.emit('access:lost', { userId, deviceId: one });
    },
  }),
];
