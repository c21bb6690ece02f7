import type { Request } from 'express';
import { hashOf, secretPrefixes } from '../store/ids.ts';
import type { Store } from '../store/open.ts';
import { statement } from '../store/statement.ts';
import { roleInTeam } from './find.ts';
import { mayOnTeam } from './permissions.ts';

/** Who asks, as their secret says. Roles are not in it: they are read per request [R8]. */
export type Identity =
  | { readonly kind: 'nobody'; readonly address: string }
  | { readonly kind: 'user'; readonly userId: string; readonly name: string; readonly operator: boolean; readonly address: string; readonly via: 'device' | 'personal token'; readonly deviceId?: string; readonly tokenId?: string; readonly scopes: readonly Scope[]; readonly cookie: boolean }
  | { readonly kind: 'agent'; readonly userId: string; readonly name: string; readonly teamId: string; readonly tokenId: string; readonly address: string }
  | { readonly kind: 'scraper'; readonly tokenId: string; readonly name: string; readonly address: string; /** Absent: every team. */ readonly teamId?: string };
export type Person = Extract<Identity, { kind: 'user' }>;

/** What a personal token may be limited to; somebody who signed in has all of them. */
export const scopes = ['read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** A login lives this long after it was last used. */
export const deviceLifeMs = 30 * 86_400_000;
const seenEveryMs = 60_000;

/** The cookie of a signed-in browser; __Host- binds it to this host and to https, so that no sibling host can plant one. */
export const cookieName = (secure: boolean): string => (secure ? '__Host-watchroom' : 'watchroom');

/** The login in a Cookie header; behind https only that of the __Host- cookie counts. */
export const loginOfCookies = (header: string | undefined, secure: boolean): string | undefined => cookieOf(header, cookieName(secure));

/** The value of one cookie of a Cookie header. */
export const cookieOf = (header: string | undefined, name: string): string | undefined => {
  const pair = (header ?? '').split(/;\s*/).find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
};

/** Finds who sent a request, by Bearer or cookie. An unknown, expired or revoked secret is nobody's. */
export const identify = async (store: Store, request: Request, { now, secure }: { readonly now: number; /** The hub is behind https. */ readonly secure: boolean }): Promise<Identity> => {
  const address = request.ip ?? 'unknown';
  const bearer = /^bearer\s+(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
  const secret = bearer ?? loginOfCookies(request.headers.cookie, secure);
  return secret === undefined ? { kind: 'nobody', address } : identifySecret(store, { secret, address, now, cookie: bearer === undefined });
};

/** Finds whose secret this is. */
export const identifySecret = async (store: Store, { secret, address, now, cookie = false }: { readonly secret: string; readonly address: string; readonly now: number; readonly cookie?: boolean }): Promise<Identity> => {
  if (secret.length > 200) return { kind: 'nobody', address };
  if (secret.startsWith(secretPrefixes.login)) return identifyDevice(store, { secret, address, now, cookie });
  return cookie ? { kind: 'nobody', address } : identifyToken(store, { secret, address, now });
};

const identifyDevice = async (store: Store, { secret, address, now, cookie }: { readonly secret: string; readonly address: string; readonly now: number; readonly cookie: boolean }): Promise<Identity> => {
  const [row] = await deviceOf(store, { hash: hashOf(secret), now });
  if (row === undefined) return { kind: 'nobody', address };
  if (row.last_seen_at + seenEveryMs < now) await store.updateTable('devices').set({ last_seen_at: now, expires_at: now + deviceLifeMs, address }).where('id', '=', row.id).execute();
  return { kind: 'user', userId: row.userId, name: row.username, operator: row.operator === 1, address, via: 'device', deviceId: row.id, scopes, cookie };
};

const deviceOf = statement((store: Store, { hash, now }: { readonly hash: string; readonly now: number }) =>
  store.selectFrom('devices').innerJoin('users', 'users.id', 'devices.user_id').select(['devices.id', 'devices.last_seen_at', 'users.id as userId', 'users.username', 'users.operator'])
    .where('devices.hash', '=', hash).where('devices.expires_at', '>', now).where('users.deleted_at', 'is', null));

const identifyToken = async (store: Store, { secret, address, now }: { readonly secret: string; readonly address: string; readonly now: number }): Promise<Identity> => {
  const [row] = await tokenOf(store, { hash: hashOf(secret), now });
  if (row === undefined || !(await makerMay(store, { kind: row.kind, teamId: row.team_id, userId: row.userId, operator: row.operator === 1 }))) return { kind: 'nobody', address };
  if ((row.last_used_at ?? 0) + seenEveryMs < now) await store.updateTable('tokens').set({ last_used_at: now }).where('id', '=', row.id).execute();
  const common = { name: row.username, address, tokenId: row.id };
  if (row.kind === 'agent') return { kind: 'agent', ...common, userId: row.userId, teamId: row.team_id! };
  if (row.kind === 'scrape') return { kind: 'scraper', ...common, ...(row.team_id === null ? {} : { teamId: row.team_id }) };
  return { kind: 'user', ...common, userId: row.userId, operator: row.operator === 1, via: 'personal token', scopes: JSON.parse(row.scopes) as Scope[], cookie: false };
};

const tokenOf = statement((store: Store, { hash, now }: { readonly hash: string; readonly now: number }) =>
  store.selectFrom('tokens').innerJoin('users', 'users.id', 'tokens.user_id')
    .select(['tokens.id', 'tokens.kind', 'tokens.team_id', 'tokens.scopes', 'tokens.last_used_at', 'users.id as userId', 'users.username', 'users.operator'])
    .where('tokens.hash', '=', hash).where('tokens.revoked_at', 'is', null).where('users.deleted_at', 'is', null)
    .where((is) => is.or([is('tokens.expires_at', 'is', null), is('tokens.expires_at', '>', now)])));

/** A machine's token does what its maker may do now: it sleeps while they lack the role, and in a deleted team [R8]. */
const makerMay = async (store: Store, { kind, teamId, userId, operator }: { readonly kind: 'personal' | 'agent' | 'scrape'; readonly teamId: string | null; readonly userId: string; readonly operator: boolean }): Promise<boolean> => {
  if (kind === 'personal') return true;
  if (teamId === null) return operator;
  return mayOnTeam(kind === 'agent' ? 'agent:connect' : 'scrape:make', await roleInTeam(store, userId, teamId));
};
