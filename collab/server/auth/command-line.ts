import type { Store } from '../store/open.ts';
import type { Actor } from './account.ts';
import { newAccount } from './account.ts';
import { teamName, username as usernameOf } from './names.ts';
import { newResetLink } from './reset.ts';
import { newTeam } from './team.ts';
import { audit } from '../store/audit.ts';
import type { Work } from '../store/open.ts';

// What "watchroom hub admin" does to a hub's store. Whoever can write its file runs it.

const commandLine: Actor = { name: 'command line', address: 'local' };

interface Told { readonly username: string; readonly publicUrl: string; readonly now: number }

/** Makes somebody an admin of a team and one who runs the hub; person and team are made when there are none. The link sets their password. */
export const createAdmin = async (store: Store, { username, team, publicUrl, now }: Told & { readonly team: string }): Promise<{ readonly link: string }> => {
  const name = checked(usernameOf.safeParse(username), `the name "${username}"`, 'ada');
  const called = checked(teamName.safeParse(team), `the team "${team}"`, 'compilers');
  return store.transaction().execute(async (work) => {
    const userId = await madeOperator(work, { username: name, now });
    await madeAdmin(work, { userId, team: called, now });
    const { link } = await newResetLink(work, { userId, publicUrl, now, actor: commandLine });
    return { link };
  });
};

/** A link with which somebody sets a new password. */
export const resetPassword = async (store: Store, { username, publicUrl, now }: Told): Promise<{ readonly link: string }> =>
  store.transaction().execute(async (work) => {
    const user = await work.selectFrom('users').select('id').where('username', '=', username.toLowerCase()).where('deleted_at', 'is', null).executeTakeFirst();
    if (user === undefined) throw new Error(`nobody at this hub is called "${username}". Who is there: GET ${publicUrl}/api/v1/teams/<team>/members`);
    const { link } = await newResetLink(work, { userId: user.id, publicUrl, now, actor: commandLine });
    return { link };
  });

const madeOperator = async (work: Work, { username, now }: { readonly username: string; readonly now: number }): Promise<string> => {
  const there = await work.selectFrom('users').select(['id', 'operator']).where('username', '=', username).executeTakeFirst();
  if (there === undefined) return newAccount(work, { username, displayName: username, operator: true }, { now, actor: commandLine });
  if (there.operator === 0) {
    await work.updateTable('users').set({ operator: 1 }).where('id', '=', there.id).execute();
    await audit(work, { at: now, actor: commandLine, action: 'account:operator', target: there.id, before: { operator: false }, after: { operator: true } });
  }
  return there.id;
};

const madeAdmin = async (work: Work, { userId, team, now }: { readonly userId: string; readonly team: string; readonly now: number }): Promise<void> => {
  const there = await work.selectFrom('teams').select('id').where('name', '=', team).where('deleted_at', 'is', null).executeTakeFirst();
  if (there === undefined) return void (await newTeam(work, { name: team, displayName: team, adminId: userId }, { now, actor: commandLine }));
  const before = await work.selectFrom('members').select('role').where('team_id', '=', there.id).where('user_id', '=', userId).executeTakeFirst();
  if (before?.role === 'admin') return;
  await work.insertInto('members').values({ team_id: there.id, user_id: userId, role: 'admin', joined_at: now }).onConflict((on) => on.columns(['team_id', 'user_id']).doUpdateSet({ role: 'admin' })).execute();
  await audit(work, { at: now, teamId: there.id, actor: commandLine, action: 'member:role', target: userId, ...(before ? { before: { role: before.role } } : {}), after: { role: 'admin' } });
};

const checked = (result: { readonly success: true; readonly data: string } | { readonly success: false; readonly error: { readonly issues: readonly { readonly message: string }[] } }, what: string, example: string): string => {
  if (result.success) return result.data;
  throw new Error(`${what} will not do: ${result.error.issues[0]?.message}. Try ${example}`);
};
