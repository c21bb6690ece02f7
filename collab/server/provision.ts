import { newAccount } from './auth/account.ts';
import type { Actor } from './auth/account.ts';
import { newPassword, teamName } from './auth/names.ts';
import { hashPassword } from './auth/password.ts';
import { isEmpty } from './auth/setup.ts';
import { newTeam } from './auth/team.ts';
import type { Base } from './base.ts';
import { audit } from './store/audit.ts';
import { hashOf, newId, secretPrefixes } from './store/ids.ts';
import type { Work } from './store/open.ts';

/** What a stack that was set up before its hub ever ran tells it, so that nobody has to carry tokens about (docs/stack.md). */
export interface Provision {
  /** Of the account "admin", which a hub without accounts makes, with a team. */
  readonly adminPassword?: string;
  readonly team: string;
  /** Taken as a token of the operator's own for all teams, and for the first team's first agent; once. Revoked is revoked. */
  readonly scrapeToken?: string;
  readonly agentToken?: string;
  /** With which an Alertmanager tells the first team's rooms of alerts. */
  readonly alertToken?: string;
}

const byStack: Actor = { name: 'set-up of the stack', address: 'local' };

/** Makes what a hub was told to begin with, as far as it is not there. */
export const provision = async ({ store, now }: Pick<Base, 'store' | 'now'>, { adminPassword, team, scrapeToken, agentToken, alertToken }: Provision): Promise<void> => {
  for (const [token, kind] of [[scrapeToken, 'scrape'], [agentToken, 'agent'], [alertToken, 'alerts']] as const) if (token !== undefined) checkToken(token, kind);
  if (adminPassword !== undefined && !newPassword.safeParse(adminPassword).success) throw new Error('the file of --admin-password-file has no password that will do: it needs at least 10 characters');
  if (!teamName.safeParse(team).success) throw new Error(`--first-team must be 2 to 24 small letters, digits and dashes, got "${team}". Try: team`);
  const password = adminPassword !== undefined && (await isEmpty(store)) ? await hashPassword(adminPassword) : undefined;
  await store.transaction().execute(async (work) => {
    if (password !== undefined && (await isEmpty(work))) {
      const userId = await newAccount(work, { username: 'admin', displayName: 'Admin', password, operator: true }, { now: now(), actor: byStack });
      await newTeam(work, { name: team, displayName: team, adminId: userId }, { now: now(), actor: byStack });
    }
    const first = await firstOperator(work);
    if (first === undefined) return;
    if (scrapeToken !== undefined) await takeToken(work, { token: scrapeToken, kind: 'scrape', userId: first.userId, teamId: null, now: now() });
    if (agentToken !== undefined && first.teamId !== null) await takeToken(work, { token: agentToken, kind: 'agent', userId: first.userId, teamId: first.teamId, now: now() });
    if (alertToken !== undefined && first.teamId !== null) await takeAlertToken(work, { token: alertToken, userId: first.userId, teamId: first.teamId, now: now() });
  });
};

const firstOperator = async (work: Work): Promise<{ readonly userId: string; readonly teamId: string | null } | undefined> =>
  work.selectFrom('users').leftJoin('members', 'members.user_id', 'users.id').select(['users.id as userId', 'members.team_id as teamId'])
    .where('users.operator', '=', 1).where('users.deleted_at', 'is', null).orderBy('users.created_at').orderBy('members.joined_at').executeTakeFirst();

const takeToken = async (work: Work, { token, kind, userId, teamId, now }: { readonly token: string; readonly kind: 'scrape' | 'agent'; readonly userId: string; readonly teamId: string | null; readonly now: number }): Promise<void> => {
  const id = newId();
  const made = await work.insertInto('tokens').values({ id, kind, user_id: userId, team_id: teamId, name: kind === 'scrape' ? 'Prometheus of the stack' : 'agent of the stack', hash: hashOf(token), scopes: '[]', created_at: now })
    .onConflict((on) => on.column('hash').doNothing()).executeTakeFirst();
  if (made.numInsertedOrUpdatedRows === 0n) return;
  await audit(work, { at: now, ...(teamId === null ? {} : { teamId }), actor: byStack, action: 'token:create', target: id, after: { kind } });
};

const takeAlertToken = async (work: Work, { token, userId, teamId, now }: { readonly token: string; readonly userId: string; readonly teamId: string; readonly now: number }): Promise<void> => {
  const id = newId();
  const made = await work.insertInto('alert_tokens').values({ id, team_id: teamId, name: 'Alertmanager of the stack', hash: hashOf(token), created_by: userId, created_at: now }).onConflict((on) => on.column('hash').doNothing()).executeTakeFirst();
  if (made.numInsertedOrUpdatedRows !== 0n) await audit(work, { at: now, teamId, actor: byStack, action: 'token:create', target: id, after: { kind: 'alert' } });
};

const checkToken = (token: string, kind: 'scrape' | 'agent' | 'alerts'): void => {
  if (token.startsWith(secretPrefixes[kind]) && token.length >= 40 && token.length <= 200) return;
  throw new Error(`the file of --${kind === 'alerts' ? 'alert' : kind}-token-file must hold a token that begins with ${secretPrefixes[kind]} and has at least 40 characters. npm run setup:stack makes one`);
};
