import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { createHub } from '../../collab/server/hub.ts';
import { hashOf, newId, newSecret } from '../../collab/server/store/ids.ts';

// A hub with rooms whose members have all joined: node serve-rooms.ts FOLDER ROOMS PEOPLE_IN_EACH
// Says {url, rooms: [{id, logins}]} on its first line.
const [folder, roomCount, peopleInEach] = process.argv.slice(2) as [string, string, string];

mkdirSync(folder, { recursive: true });
const hub = await createHub({
  settings: { version: '0.0.0-bench', publicUrl: 'http://127.0.0.1', allowedHosts: [], trustProxy: 0, dataFolder: join(folder, 'hub'), local: false, limitFactor: 1e6, seriesPerUser: 1e9, seriesPerHub: 1e9 },
  log: pino({ level: 'error' }, process.stderr), now: Date.now,
});
const { store } = hub.base;
const now = Date.now();

/** Each room has a team of its own, as large as the room: nobody reads a thousand names to find five. */
const makeRoom = async (index: number): Promise<{ readonly id: string; readonly logins: readonly string[] }> => {
  const [team, session] = [newId(), newId()];
  const people = Array.from({ length: Number(peopleInEach) }, (_none, n) => ({ id: newId(), name: `person-${index}-${n}`, login: newSecret('wrl_') }));
  await store.transaction().execute(async (work) => {
    await work.insertInto('teams').values({ id: team, name: `bench-${index}`, display_name: 'Bench', settings: '{}', radar_key: newId(), created_at: now, updated_at: now }).execute();
    for (const { id, name, login } of people) {
      await work.insertInto('users').values({ id, username: name, display_name: name, operator: 0, preferences: '{}', created_at: now }).execute();
      await work.insertInto('members').values({ team_id: team, user_id: id, role: 'member', joined_at: now }).execute();
      await work.insertInto('devices').values({ id: newId(), user_id: id, hash: hashOf(login), user_agent: 'bench', address: '127.0.0.1', created_at: now, last_seen_at: now, expires_at: now + 86_400_000 }).execute();
    }
    await work.insertInto('sessions').values({
      id: session, team_id: team, owner_id: people[0]!.id, agent_id: null, session_key: `claude/bench-${index}`, tool: 'claude', native_id: `bench-${index}`, host_name: 'desk', visibility: 'team', state: 'working',
      tags: '[]', tokens: 1, micro_usd: 1, errors: 0, last_error: 0, last_activity_at: now, told: '{"files":{}}', created_at: now, updated_at: now,
    }).execute();
    await work.insertInto('rooms').values({ id: session, kind: 'session', team_id: team, session_id: session, seq: 0, last_at: 0, last_post_at: 0, last_root_post_at: 0, total_posts: 0, total_root_posts: 0, created_at: now }).execute();
    for (const { id } of people) await work.insertInto('room_members').values({ room_id: session, user_id: id, joined_at: now, last_viewed_at: now, notify_props: '{}', last_update_at: now }).execute();
  });
  return { id: session, logins: people.map(({ login }) => login) };
};

const rooms: Awaited<ReturnType<typeof makeRoom>>[] = [];
for (let index = 0; index < Number(roomCount); index += 1) rooms.push(await makeRoom(index));
await new Promise<void>((resolve) => hub.server.listen(0, '127.0.0.1', 4096, resolve));
console.log(JSON.stringify({ url: `http://127.0.0.1:${(hub.server.address() as AddressInfo).port}`, rooms }));
process.once('SIGTERM', () => process.exit(0));
