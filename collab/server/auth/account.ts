import { z } from 'zod';
import type { Identity } from '../access/identity.ts';
import { loginOfCookies } from '../access/identity.ts';
import type { Base } from '../base.ts';
import { csrfTokenOf } from '../routes/cross-site.ts';
import { conflict, notSignedIn } from '../routes/errors.ts';
import type { Ask } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { newId } from '../store/ids.ts';
import type { Store, Work } from '../store/open.ts';
import { iso, isoTime } from './time.ts';

export type Actor = Ask['actor'];

/** Somebody's account as they see it themselves. */
export const accountAnswer = z.object({
  id: z.string(),
  username: z.string(),
  displayName: z.string(),
  email: z.string().exactOptional(),
  operator: z.boolean().describe('Runs the hub: makes teams, sees the whole audit log.'),
  createdAt: isoTime,
  hasPassword: z.boolean(),
  signOns: z.array(z.object({ issuer: z.string() })).describe('Single sign-on accounts that are linked.'),
  preferences: z.record(z.string(), z.unknown()).describe('The page keeps its own things here.'),
  deviceId: z.string().exactOptional().describe('The login that asks; absent for a personal token.'),
  teams: z.array(z.object({ id: z.string(), name: z.string(), displayName: z.string(), role: z.enum(['admin', 'member', 'viewer', 'guest']) })),
  csrfToken: z.string().exactOptional().describe('Whoever comes by cookie sends it as X-CSRF-Token with every change.'),
}).meta({ id: 'Account', description: 'Your account.' });
export type Account = z.output<typeof accountAnswer>;

/** Reads somebody's account with their teams and roles as they are now. */
export const accountOf = async (store: Store | Work, { userId, deviceId, csrfToken }: { readonly userId: string; readonly deviceId?: string; readonly csrfToken?: string }): Promise<Account> => {
  const row = await store.selectFrom('users').selectAll().where('id', '=', userId).where('deleted_at', 'is', null).executeTakeFirst();
  if (row === undefined) throw notSignedIn();
  const links = await store.selectFrom('oidc_links').select('issuer').where('user_id', '=', userId).execute();
  const teams = await store.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select(['teams.id', 'teams.name', 'teams.display_name', 'members.role'])
    .where('members.user_id', '=', userId).where('teams.deleted_at', 'is', null).orderBy('teams.name').execute();
  return {
    id: row.id, username: row.username, displayName: row.display_name, ...(row.email === null ? {} : { email: row.email }),
    operator: row.operator === 1, createdAt: iso(row.created_at), hasPassword: row.password !== null, signOns: links,
    preferences: JSON.parse(row.preferences) as Record<string, unknown>,
    ...(deviceId === undefined ? {} : { deviceId }),
    teams: teams.map(({ id, name, display_name: displayName, role }) => ({ id, name, displayName, role })),
    ...(csrfToken === undefined ? {} : { csrfToken }),
  };
};

/** What a page that came by cookie must send with its changes; undefined for whoever sends a token. */
export const csrfOf = (identity: Identity, cookies: string | undefined, { settings }: Base): { readonly csrfToken?: string } => {
  const login = identity.kind === 'user' && identity.cookie ? loginOfCookies(cookies, settings.publicUrl.startsWith('https:')) : undefined;
  return login === undefined ? {} : { csrfToken: csrfTokenOf(login) };
};

export interface NewAccount {
  readonly username: string;
  readonly displayName: string;
  readonly email?: string;
  /** In PHC form. Absent: signs in by other means. */
  readonly password?: string;
  readonly operator?: boolean;
}

/** Makes an account, in the transaction of what it is made for. */
export const newAccount = async (work: Work, account: NewAccount, { now, actor }: { readonly now: number; readonly actor: Actor }): Promise<string> => {
  const { username, displayName, email, password, operator = false } = account;
  if (await work.selectFrom('users').select('id').where('username', '=', username).executeTakeFirst()) throw conflict(`The name "${username}" is taken. Choose another one.`, 'name_taken');
  const userId = newId();
  await work.insertInto('users').values({ id: userId, username, display_name: displayName, email: email ?? null, password: password ?? null, operator: operator ? 1 : 0, preferences: '{}', created_at: now }).execute();
  await audit(work, { at: now, actor: asSelf(actor, { userId, username }), action: 'account:create', target: userId, after: { username, operator } });
  return userId;
};

/** Whoever was nobody until now acts as the person they just became. */
export const asSelf = (actor: Actor, { userId, username }: { readonly userId: string; readonly username: string }): Actor =>
  (actor.name === 'nobody' ? { id: userId, name: username, address: actor.address } : actor);
