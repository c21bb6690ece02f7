import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { createHub } from '../../collab/server/hub.ts';
import type { Hub } from '../../collab/server/hub.ts';
import { hashOf, newId, newSecret } from '../../collab/server/store/ids.ts';
import type { Store, Work } from '../../collab/server/store/open.ts';

/** A hub without limits, in a new folder. */
export const aHub = (folder: string): Promise<Hub> => {
  mkdirSync(folder, { recursive: true });
  return createHub({
    settings: { version: '0.0.0-bench', publicUrl: 'http://127.0.0.1', allowedHosts: [], trustProxy: 0, dataFolder: join(folder, 'hub'), local: false, limitFactor: 1e6, seriesPerUser: 1e9, seriesPerHub: 1e9 },
    log: pino({ level: 'error' }, process.stderr), now: Date.now,
  });
};

/** Returns its id. */
export const addTeam = async (store: Store | Work, name: string): Promise<string> => {
  const [id, now] = [newId(), Date.now()];
  await store.insertInto('teams').values({ id, name, display_name: 'Bench', settings: '{}', radar_key: newId(), created_at: now, updated_at: now }).execute();
  return id;
};

/** A member of a team, who is signed in. */
export const addPerson = async (store: Store | Work, { name, team }: { readonly name: string; readonly team: string }): Promise<{ readonly id: string; readonly login: string }> => {
  const [id, login, now] = [newId(), newSecret('wrl_'), Date.now()];
  await store.insertInto('users').values({ id, username: name, display_name: name, operator: 0, preferences: '{}', created_at: now }).execute();
  await store.insertInto('members').values({ team_id: team, user_id: id, role: 'member', joined_at: now }).execute();
  await store.insertInto('devices').values({ id: newId(), user_id: id, hash: hashOf(login), user_agent: 'bench', address: '127.0.0.1', created_at: now, last_seen_at: now, expires_at: now + 86_400_000 }).execute();
  return { id, login };
};
