import { newAccount } from '../server/auth/account.ts';
import { hashOf, newId, newSecret } from '../server/store/ids.ts';
import type { Store } from '../server/store/open.ts';
import { demoPeople, demoTeam } from './team.ts';
import type { DemoUser } from './team.ts';

/** What one of the sample people needs: a login to talk with, a token for their machine's agent. */
export interface DemoAccount {
  readonly userId: string;
  readonly login: string;
  readonly agentToken: string;
}

const actor = { name: 'the sample', address: 'local' };

/** Makes accounts of the sample people in the team of the local hub, which is called after them. */
export const makeDemoAccounts = async (store: Store, { now, teamId }: { readonly now: number; readonly teamId: string }): Promise<Readonly<Record<DemoUser, DemoAccount>>> =>
  store.transaction().execute(async (work) => {
    await work.updateTable('teams').set({ display_name: demoTeam.displayName, settings: JSON.stringify({ budgets: demoTeam.budgets }) }).where('id', '=', teamId).execute();
    const made: [string, DemoAccount][] = [];
    for (const [key, { user, name, role }] of Object.entries(demoPeople)) {
      const userId = await newAccount(work, { username: user, displayName: name, operator: false }, { now, actor });
      await work.insertInto('members').values({ team_id: teamId, user_id: userId, role, joined_at: now }).execute();
      const [login, agentToken] = [newSecret('wrl_'), newSecret('wra_')];
      await work.insertInto('devices').values({ id: newId(), user_id: userId, hash: hashOf(login), user_agent: 'sample', address: 'local', created_at: now, last_seen_at: now, expires_at: now + 86_400_000 }).execute();
      await work.insertInto('tokens').values({ id: newId(), kind: 'agent', user_id: userId, team_id: teamId, name: 'sample', hash: hashOf(agentToken), scopes: '[]', created_at: now }).execute();
      made.push([key, { userId, login, agentToken }]);
    }
    return Object.fromEntries(made) as Record<DemoUser, DemoAccount>;
  });
