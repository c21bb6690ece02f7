import { z } from 'zod';
import type { Base } from '../base.ts';
import { Refusal, badRequest } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Ask, Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import type { Attempts } from './attempts.ts';
import { example } from './examples.ts';
import { byGuestDoor } from './local.ts';
import { givenPassword } from './names.ts';
import { hashPassword, isOutdated, passwordMatches } from './password.ts';
import { isEmpty } from './setup.ts';
import { checkSignInAs, clearLoginCookie, loginAnswer, newLogin, signInAs, tellLogin } from './sign-in.ts';

/** Signing in with name and password, out again, and which ways there are. */
export const loginRoutes = (base: Base, attempts: Attempts): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/auth/ways', tag: 'auth', summary: 'Which ways of signing in there are', access: { who: 'everybody' },
    answers: { schema: z.object({ local: z.boolean().describe('Only by a link of this machine.'), bearer: z.boolean().describe('Ask for a token: cookies are not taken here.'), empty: z.boolean().describe('Nobody has an account yet: set it up first.'), signOn: z.object({ name: z.string() }).exactOptional().describe('Single sign-on.') }), about: 'The ways.' },
    example: {},
    handle: async ({ request }) => ({ local: base.settings.local && !byGuestDoor(request, base.settings), bearer: base.settings.local, empty: await isEmpty(base.store), ...(base.settings.oidc ? { signOn: { name: base.settings.oidc.name } } : {}) }),
  }),
  route({
    method: 'post', path: '/api/v1/auth/login', tag: 'auth', summary: 'Sign in with name and password', access: { who: 'everybody' }, perMinute: 120,
    body: z.strictObject({ username: z.string().min(1).max(64).toLowerCase().describe('Your name.'), password: givenPassword, as: signInAs }),
    answers: { schema: loginAnswer, about: 'You are signed in.' },
    example: { body: { username: example.username, password: example.password } },
    handle: async (ask) => signIn(base, attempts, ask),
  }),
  route({
    method: 'post', path: '/api/v1/auth/logout', tag: 'auth', summary: 'Sign out on this device', access: { who: 'person' }, scope: 'read',
    answers: { about: 'The login is gone.' },
    example: {},
    handle: async ({ person, now, actor, response }) => {
      const { userId, deviceId } = person;
      if (deviceId === undefined) throw badRequest('A personal token is not signed in. Revoke it instead: DELETE /api/v1/tokens/<id>.', 'not_a_login');
      await base.store.transaction().execute(async (work) => {
        await work.deleteFrom('devices').where('id', '=', deviceId).execute();
        await audit(work, { at: now, actor, action: 'login:end', target: userId });
      });
      base.events.emit('access:lost', { userId, deviceId });
      clearLoginCookie(response, base.settings);
    },
  }),
];

const signIn = async (base: Base, attempts: Attempts, ask: Ask<unknown, unknown, { username: string; password: string; as: 'token' | 'cookie' }>): Promise<unknown> => {
  const { body: { username, password, as }, now, identity: { address }, response } = ask;
  checkSignInAs(as, base.settings);
  attempts.take({ address, name: username, now });
  const row = await base.store.selectFrom('users').select(['id', 'username', 'password']).where('username', '=', username).where('deleted_at', 'is', null).executeTakeFirst();
  if (!(await passwordMatches(password, row?.password))) {
    // An unknown name is not written down: it may be a password in the wrong field.
    await audit(base.store, { at: now, actor: { name: 'nobody', address }, action: 'login:password', target: row?.id ?? 'unknown name', result: 'refused' });
    throw wrong();
  }
  attempts.forgive({ address, name: username });
  const { id: userId, password: stored } = row!;
  const stronger = isOutdated(stored!) ? await hashPassword(password) : undefined;
  const login = await base.store.transaction().execute(async (work) => {
    // Changed or deleted while we compared: then it was right a moment ago only.
    const { numUpdatedRows } = await work.updateTable('users').set({ password: stronger ?? stored }).where('id', '=', userId).where('password', '=', stored).where('deleted_at', 'is', null).executeTakeFirst();
    if (numUpdatedRows === 0n) throw wrong();
    await audit(work, { at: now, actor: { id: userId, name: username, address }, action: 'login:password', target: userId });
    return newLogin(work, { userId, ask });
  });
  return tellLogin(base, { login, as, response });
};

const wrong = (): Refusal => new Refusal(401, 'wrong_credentials', 'Name or password is wrong.');
