import { z } from 'zod';
import type { Base } from '../base.ts';
import { Refusal, conflict, forbidden, notFound } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Ask, Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { newId } from '../store/ids.ts';
import type { Work } from '../store/open.ts';
import { asSelf, newAccount } from './account.ts';
import type { Actor } from './account.ts';
import { inviteSecret, openInvite, takeInvite, tellJoined } from './invite.ts';
import type { Joined } from './invite.ts';
import { usernameOf } from './local.ts';
import { email, oneLine, username } from './names.ts';
import { Provider } from './oidc-provider.ts';
import type { SignedOn } from './oidc-provider.ts';
import { recallJourney, rememberJourney } from './oidc-state.ts';
import type { Journey } from './oidc-state.ts';
import { newLogin, setLoginCookie } from './sign-in.ts';

// Single sign-on. An account of the provider is known by (issuer, subject) and nothing else: an e-mail address or a name proves nothing.

const callbackPath = '/api/v1/auth/oidc/callback';
const pageToVisit = z.object({ url: z.string().describe('The provider\'s page to send the browser to.') });

/** Signing in at the provider, coming back, and linking its account to one's own. */
export const oidcRoutes = (base: Base): readonly Route[] => {
  const { oidc, publicUrl } = base.settings;
  const known = oidc && new Provider(oidc, `${publicUrl}${callbackPath}`);
  const provider = (): Provider => known ?? noProvider();
  return [
    route({
      method: 'post', path: '/api/v1/auth/oidc/start', tag: 'auth', summary: 'Sign in by single sign-on: where to go', access: { who: 'everybody' }, perMinute: 60,
      body: z.strictObject({ invite: inviteSecret.exactOptional() }).describe('A new person brings an invite.'),
      answers: { schema: pageToVisit, about: 'The page; this browser has a cookie for the way back.' },
      handle: async ({ body: { invite }, now, response }) => {
        const there = provider();
        const opened = invite === undefined ? undefined : await openInvite(base.store, { secret: invite, now });
        const { url, journey } = await there.leave();
        await rememberJourney(base, { going: { ...journey, ...(opened ? { invite: opened.invite.id } : {}) }, now, response });
        return { url };
      },
    }),
    route({
      method: 'post', path: '/api/v1/auth/oidc/link', tag: 'auth', summary: 'Link a single sign-on account to yours: where to go', access: { who: 'person' }, scope: 'admin',
      answers: { schema: pageToVisit, about: 'The page; this browser has a cookie for the way back.' },
      handle: async ({ person: { userId, deviceId }, now, response }) => {
        if (deviceId === undefined) throw forbidden('Sign in yourself to link an account: a personal token cannot.', 'own_login');
        const { url, journey } = await provider().leave();
        await rememberJourney(base, { going: { ...journey, link: { userId, deviceId } }, now, response });
        return { url };
      },
    }),
    route({
      method: 'delete', path: '/api/v1/auth/oidc/link', tag: 'auth', summary: 'Unlink your single sign-on account', access: { who: 'person' }, scope: 'admin',
      answers: { about: 'It is unlinked.' },
      handle: ({ person: { userId }, now, actor }) => base.store.transaction().execute(async (work) => {
        const { password } = await work.selectFrom('users').select('password').where('id', '=', userId).executeTakeFirstOrThrow();
        if (password === null) throw conflict('Without it you could not sign in any more: your account has no password. An admin can issue a link that sets one.', 'no_password');
        const gone = await work.deleteFrom('oidc_links').where('user_id', '=', userId).returning('issuer').execute();
        if (gone.length === 0) throw notFound('No single sign-on account is linked to yours.');
        await audit(work, { at: now, actor, action: 'account:unlink', target: userId, before: { issuers: gone.map(({ issuer }) => issuer) } });
      }),
    }),
    route({
      method: 'get', path: callbackPath, tag: 'auth', summary: 'The way back from single sign-on', access: { who: 'everybody' }, perMinute: 120,
      answers: { status: 302, about: 'You are signed in by cookie and sent to the page, or back to the sign-in page with #problem=.' },
      handle: async (ask) => {
        const there = provider();
        const journey = await recallJourney(base, ask);
        const signedOn = await there.comeBack(new URL(ask.request.originalUrl, publicUrl).search, journey);
        ask.response.set('Cache-Control', 'no-store').redirect(`${publicUrl}${signedOn === undefined ? '/login#problem=said_no' : await arrive(base, { ask, journey, signedOn })}`);
      },
    }),
  ];
};

const noProvider = (): never => { throw notFound('This hub has no single sign-on. Sign in with your name and password.'); };

/** Where the browser goes next. */
const arrive = async (base: Base, { ask, journey, signedOn }: Arriving): Promise<string> => {
  if (journey.link !== undefined) return linkAccount(base, { ask, link: journey.link, signedOn });
  const done = await base.store.transaction().execute(async (work) => {
    const person = await linkedPerson(work, { ask, journey, signedOn }) ?? await newPerson(work, { ask, journey, signedOn });
    if (person === undefined) return undefined;
    const { userId, name, joined } = person;
    await audit(work, { at: ask.now, actor: { id: userId, name, address: ask.actor.address }, action: 'login:sign-on', target: userId, after: { issuer: signedOn.issuer } });
    return { login: await newLogin(work, { userId, ask }), joined };
  });
  if (done === undefined) return '/login#problem=no_account';
  if (done.joined) tellJoined(base, done.joined);
  setLoginCookie(ask.response, done.login.secret, base.settings);
  return '/';
};

interface Arrived { readonly userId: string; readonly name: string; readonly joined?: Joined }

interface Arriving { readonly ask: Ask; readonly journey: Journey; readonly signedOn: SignedOn }

const linkedPerson = async (work: Work, { ask: { now, actor: { address } }, journey, signedOn: { issuer, subject } }: Arriving): Promise<Arrived | undefined> => {
  const row = await work.selectFrom('oidc_links').innerJoin('users', 'users.id', 'oidc_links.user_id').select(['users.id as userId', 'users.username as name'])
    .where('oidc_links.issuer', '=', issuer).where('oidc_links.subject', '=', subject).where('users.deleted_at', 'is', null).executeTakeFirst();
  if (row === undefined || journey.invite === undefined) return row;
  const joined = await joinIfOpen(work, { invite: journey.invite, userId: row.userId, now, actor: { id: row.userId, name: row.name, address } });
  return { ...row, ...(joined ? { joined } : {}) };
};

/** They are signed in all the same when the invite is not good any more, or they are in already. */
const joinIfOpen = async (work: Work, { invite, userId, now, actor }: { readonly invite: string; readonly userId: string; readonly now: number; readonly actor: Actor }): Promise<Joined | undefined> => {
  try {
    return await takeInvite(work, { invite: await openInvite(work, { id: invite, now }), userId, now, actor });
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};

/** A new account for whoever came with an invite; nobody else gets one. */
const newPerson = async (work: Work, { ask: { now, actor: { address } }, journey, signedOn }: Arriving): Promise<Arrived | undefined> => {
  if (journey.invite === undefined) return undefined;
  const invite = await openInvite(work, { id: journey.invite, now });
  const name = await freeUsername(work, signedOn);
  const mail = email.safeParse(signedOn.email);
  const nobody = { name: 'nobody', address };
  const userId = await newAccount(work, { username: name, displayName: oneLine(signedOn.name ?? name, 64) || name, ...(mail.success ? { email: mail.data } : {}) }, { now, actor: nobody });
  await work.insertInto('oidc_links').values({ issuer: signedOn.issuer, subject: signedOn.subject, user_id: userId, created_at: now }).execute();
  return { userId, name, joined: await takeInvite(work, { invite, userId, now, actor: asSelf(nobody, { userId, username: name }) }) };
};

/** The provider's name of somebody, or the nearest that is free here. */
const freeUsername = async (work: Work, { username: claimed, name }: SignedOn): Promise<string> => {
  const wish = usernameOf((claimed ?? name ?? '').split('@')[0]!);
  for (const candidate of [wish, ...Array.from({ length: 20 }, (_, nth) => `${wish.slice(0, 28)}-${nth + 2}`)]) {
    if (username.safeParse(candidate).success && (await work.selectFrom('users').select('id').where('username', '=', candidate).executeTakeFirst()) === undefined) return candidate;
  }
  return `p${newId()}`;
};

/** Only by that person's own login, which must still be there. */
const linkAccount = async (base: Base, { ask: { now, actor: { address } }, link: { userId, deviceId }, signedOn: { issuer, subject } }: { readonly ask: Ask; readonly link: NonNullable<Journey['link']>; readonly signedOn: SignedOn }): Promise<string> =>
  base.store.transaction().execute(async (work) => {
    const person = await work.selectFrom('devices').innerJoin('users', 'users.id', 'devices.user_id').select('users.username').where('devices.id', '=', deviceId).where('users.id', '=', userId).where('devices.expires_at', '>', now).where('users.deleted_at', 'is', null).executeTakeFirst();
    if (person === undefined) return '/login#problem=signed_out';
    const taken = await work.selectFrom('oidc_links').select('user_id').where('issuer', '=', issuer).where('subject', '=', subject).executeTakeFirst();
    if (taken !== undefined && taken.user_id !== userId) return '/settings#problem=linked_to_another';
    if (taken === undefined) {
      await work.insertInto('oidc_links').values({ issuer, subject, user_id: userId, created_at: now }).execute();
      await audit(work, { at: now, actor: { id: userId, name: person.username, address }, action: 'account:link', target: userId, after: { issuer } });
    }
    return '/settings#linked';
  });
