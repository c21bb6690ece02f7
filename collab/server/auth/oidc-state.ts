import { SignJWT, errors, jwtVerify } from 'jose';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { cookieOf } from '../access/identity.ts';
import type { Base } from '../base.ts';
import { badRequest } from '../routes/errors.ts';
import type { Ask } from '../routes/route.ts';
import type { Store } from '../store/open.ts';
import { cookieOptions, isSecure } from './sign-in.ts';
import { minuteMs } from './time.ts';

// What must come back from the provider's page unchanged, in a cookie of the browser that left for it: signed, HttpOnly, Lax (it returns by a link).

const lifeMs = 10 * minuteMs;
const audience = 'watchroom sign-on';

const journey = z.object({
  state: z.string(), nonce: z.string(), verifier: z.string(),
  /** Id of the invite with which a new person comes. */
  invite: z.string().exactOptional(),
  /** Whoever signed in and wants the provider's account linked to theirs. */
  link: z.object({ userId: z.string(), deviceId: z.string() }).exactOptional(),
});
export type Journey = z.output<typeof journey>;

/** Gives the browser its ticket for the way to the provider and back. */
export const rememberJourney = async ({ store, settings }: Base, { going, now, response }: { readonly going: Journey; readonly now: number; readonly response: Ask['response'] }): Promise<void> => {
  const ticket = await new SignJWT({ ...going }).setProtectedHeader({ alg: 'HS256' }).setAudience(audience).setIssuedAt(Math.floor(now / 1000)).setExpirationTime(Math.floor((now + lifeMs) / 1000)).sign(await cookieKey(store));
  response.cookie(ticketName(isSecure(settings)), ticket, { ...cookieOptions(settings), maxAge: lifeMs });
};

/** Reads the ticket of the browser that comes back, and takes it away. */
export const recallJourney = async ({ store, settings }: Base, { now, request, response }: Pick<Ask, 'now' | 'request' | 'response'>): Promise<Journey> => {
  const ticket = cookieOf(request.headers.cookie, ticketName(isSecure(settings)));
  response.clearCookie(ticketName(isSecure(settings)), cookieOptions(settings));
  try {
    const { payload } = await jwtVerify(ticket ?? '', await cookieKey(store), { audience, algorithms: ['HS256'], currentDate: new Date(now) });
    return journey.parse(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) throw badRequest('This browser did not start to sign in here, or more than ten minutes ago. Start again from the sign-in page.', 'sign_on_lost');
    throw error;
  }
};

const ticketName = (secure: boolean): string => (secure ? '__Host-watchroom-oidc' : 'watchroom-oidc');

/** The hub's key for cookies, made once. */
const cookieKey = async (store: Store): Promise<Uint8Array> => {
  const read = async (): Promise<string | undefined> => (await store.selectFrom('meta').select('value').where('key', '=', 'cookie_key').executeTakeFirst())?.value;
  const known = await read();
  if (known === undefined) await store.insertInto('meta').values({ key: 'cookie_key', value: randomBytes(32).toString('base64url') }).onConflict((on) => on.column('key').doNothing()).execute();
  return Buffer.from(known ?? (await read())!, 'base64url');
};
