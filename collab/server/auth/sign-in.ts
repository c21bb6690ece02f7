import type { CookieOptions } from 'express';
import { z } from 'zod';
import { cookieName, deviceLifeMs } from '../access/identity.ts';
import type { Base } from '../base.ts';
import { csrfTokenOf } from '../routes/cross-site.ts';
import { badRequest } from '../routes/errors.ts';
import type { Ask } from '../routes/route.ts';
import type { HubSettings } from '../settings.ts';
import { hashOf, newId, newSecret } from '../store/ids.ts';
import type { Work } from '../store/open.ts';
import { accountAnswer, accountOf } from './account.ts';
import { oneLine } from './names.ts';
import { dayMs, iso, isoTime } from './time.ts';

/** How whoever signs in wants to be known from then on. */
export const signInAs = z.enum(['token', 'cookie']).default('token').describe('"token": the answer has a login token to send as Bearer. "cookie": a browser gets an HttpOnly cookie instead, and a CSRF token.');
export type SignInAs = z.output<typeof signInAs>;

export const loginAnswer = z.object({
  token: z.string().exactOptional().describe('The login, to be sent as Bearer. Told this once.'),
  expiresAt: isoTime.describe('Unless it is used; each use moves it to 30 days from then.'),
  account: accountAnswer,
}).meta({ id: 'Login', description: 'You are signed in.' });

export interface Login {
  readonly userId: string;
  readonly deviceId: string;
  readonly secret: string;
  readonly expiresAt: number;
}

/** Makes a login of somebody, in the transaction of what proves who they are. */
export const newLogin = async (work: Work, { userId, ask }: { readonly userId: string; readonly ask: Pick<Ask, 'now' | 'actor' | 'request'> }): Promise<Login> => {
  const { now, actor, request } = ask;
  const login = { userId, deviceId: newId(), secret: newSecret('wrl_'), expiresAt: now + deviceLifeMs };
  await work.deleteFrom('devices').where('user_id', '=', userId).where('expires_at', '<=', now).execute();
  await work.insertInto('devices').values({
    id: login.deviceId, user_id: userId, hash: hashOf(login.secret), user_agent: oneLine(request.get('user-agent') ?? '', 200), address: actor.address, created_at: now, last_seen_at: now, expires_at: login.expiresAt,
  }).execute();
  return login;
};

/** Refuses a cookie where there are none: on loopback every program's page could use it, for cookies ignore ports. */
export const checkSignInAs = (as: SignInAs, { local }: HubSettings): void => {
  if (as === 'cookie' && local) throw badRequest('In local mode there are no cookies. Ask for a token.', 'no_cookies');
};

/** Tells somebody that they are signed in; by cookie the login itself is not in the answer. */
export const tellLogin = async (base: Base, { login, as, response }: { readonly login: Login; readonly as: SignInAs; readonly response: Ask['response'] }): Promise<z.input<typeof loginAnswer>> => {
  const { userId, deviceId, secret, expiresAt } = login;
  if (as === 'cookie') setLoginCookie(response, secret, base.settings);
  const account = await accountOf(base.store, { userId, deviceId, ...(as === 'cookie' ? { csrfToken: csrfTokenOf(secret) } : {}) });
  return { ...(as === 'token' ? { token: secret } : {}), expiresAt: iso(expiresAt), account };
};

// Browsers keep a cookie 400 days at most; how long the login is good for, the store decides.
export const setLoginCookie = (response: Ask['response'], secret: string, settings: HubSettings): void => {
  response.cookie(cookieName(isSecure(settings)), secret, { ...cookieOptions(settings), maxAge: 400 * dayMs });
};

export const clearLoginCookie = (response: Ask['response'], settings: HubSettings): void => {
  response.clearCookie(cookieName(isSecure(settings)), cookieOptions(settings));
};

export const isSecure = ({ publicUrl }: HubSettings): boolean => publicUrl.startsWith('https:');

/** What __Host- asks for (no Domain, Path /, Secure), and no other site's forms. */
export const cookieOptions = (settings: HubSettings): CookieOptions => ({ httpOnly: true, secure: isSecure(settings), sameSite: 'lax', path: '/' });
