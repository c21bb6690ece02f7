import { z } from 'zod';
import type { Base } from '../base.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { asSelf, newAccount } from './account.ts';
import { example } from './examples.ts';
import { openInvite, inviteSecret, takeInvite, tellJoined } from './invite.ts';
import { displayName, email, newPassword, username } from './names.ts';
import { hashPassword } from './password.ts';
import { checkSignInAs, loginAnswer, newLogin, signInAs, tellLogin } from './sign-in.ts';

/** A new account, by an invite only: registration is closed otherwise. */
export const registerRoute = (base: Base): Route => route({
  method: 'post', path: '/api/v1/auth/register', tag: 'auth', summary: 'Make an account by an invite', access: { who: 'everybody' }, perMinute: 60,
  body: z.strictObject({ invite: inviteSecret, username, password: newPassword, displayName, email: email.exactOptional(), as: signInAs }),
  answers: { status: 201, schema: loginAnswer, about: 'You have an account, are in the team or room of the invite, and are signed in.' },
  example: { body: { invite: example.inviteSecret, username: 'linus', password: example.password, displayName: 'Linus' } },
  handle: async (ask) => {
    const { body: { invite, username: name, password, displayName: called, email: mail, as }, now, actor, response } = ask;
    checkSignInAs(as, base.settings);
    await openInvite(base.store, { secret: invite, now });
    const hashed = await hashPassword(password);
    const { login, joined } = await base.store.transaction().execute(async (work) => {
      const userId = await newAccount(work, { username: name, displayName: called, password: hashed, ...(mail === undefined ? {} : { email: mail }) }, { now, actor: { name: 'nobody', address: actor.address } });
      const self = asSelf({ name: 'nobody', address: actor.address }, { userId, username: name });
      const taken = await takeInvite(work, { invite: await openInvite(work, { secret: invite, now }), userId, now, actor: self });
      await audit(work, { at: now, actor: self, action: 'login:register', target: userId });
      return { login: await newLogin(work, { userId, ask }), joined: taken };
    });
    tellJoined(base, joined);
    return tellLogin(base, { login, as, response });
  },
});
