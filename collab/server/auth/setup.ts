import { z } from 'zod';
import type { Base } from '../base.ts';
import { conflict } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import type { Store, Work } from '../store/open.ts';
import { asSelf, newAccount } from './account.ts';
import { displayName, newPassword, teamName, username } from './names.ts';
import { checkOneTimeSecret, linkSecret, newOneTimeSecret, takeOneTimeSecret } from './one-time-link.ts';
import { hashPassword } from './password.ts';
import { checkSignInAs, loginAnswer, newLogin, signInAs, tellLogin } from './sign-in.ts';
import { newTeam } from './team.ts';

/** What makes the first admin, to be printed once at start; undefined when there is somebody already. */
export const newSetupToken = async ({ store, now }: Pick<Base, 'store' | 'now'>): Promise<string | undefined> =>
  store.transaction().execute(async (work) => (await isEmpty(work) ? (await newOneTimeSecret(work, { purpose: 'setup', now: now() })).secret : undefined));

/** Nobody has an account yet. */
export const isEmpty = async (store: Store | Work): Promise<boolean> => (await store.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;

/** The first admin and their team, made by the token the hub printed when it started. */
export const setupRoute = (base: Base): Route => route({
  method: 'post', path: '/api/v1/auth/setup', tag: 'auth', summary: 'Make the first admin and the first team', access: { who: 'everybody' }, perMinute: 20,
  body: z.strictObject({ token: linkSecret.describe('The set-up token that the hub printed when it started.'), username, password: newPassword, displayName, team: teamName, as: signInAs }),
  answers: { status: 201, schema: loginAnswer, about: 'You run this hub and are the admin of its first team.' },
  handle: async (ask) => {
    const { body: { token, username: name, password, displayName: called, team, as }, now, actor, response } = ask;
    checkSignInAs(as, base.settings);
    await checkOneTimeSecret(base.store, { purpose: 'setup', secret: token, now });
    const hashed = await hashPassword(password);
    const login = await base.store.transaction().execute(async (work) => {
      if (!(await isEmpty(work))) throw conflict('This hub was set up already. Sign in, or ask an admin for an invite.', 'set_up');
      await takeOneTimeSecret(work, { purpose: 'setup', secret: token, now });
      const userId = await newAccount(work, { username: name, displayName: called, password: hashed, operator: true }, { now, actor });
      const self = asSelf(actor, { userId, username: name });
      await newTeam(work, { name: team, displayName: team, adminId: userId }, { now, actor: self });
      await audit(work, { at: now, actor: self, action: 'login:setup', target: userId });
      return newLogin(work, { userId, ask });
    });
    return tellLogin(base, { login, as, response });
  },
});
