import type { AddressInfo } from 'node:net';
import { newId } from '../../collab/server/store/ids.ts';
import { aHub, addPerson, addTeam } from './a-hub.ts';

// A hub with rooms whose members have all joined: node serve-rooms.ts FOLDER ROOMS PEOPLE_IN_EACH
// Says {url, rooms: [{id, logins}]} on its first line.
const [folder, roomCount, peopleInEach] = process.argv.slice(2) as [string, string, string];

const hub = await aHub(folder);
const { store } = hub.base;
const now = Date.now();

/** Each room has a team of its own, as large as the room: nobody reads a thousand names to find five. */
const makeRoom = (index: number): Promise<{ readonly id: string; readonly logins: readonly string[] }> =>
  store.transaction().execute(async (work) => {
    const [team, session] = [await addTeam(work, `bench-${index}`), newId()];
    const people: Awaited<ReturnType<typeof addPerson>>[] = [];
    for (let n = 0; n < Number(peopleInEach); n += 1) people.push(await addPerson(work, { name: `person-${index}-${n}`, team }));
    await work.insertInto('sessions').values({
      id: session, team_id: team, owner_id: people[0]!.id, agent_id: null, session_key: `claude/bench-${index}`, tool: 'claude', native_id: `bench-${index}`, host_name: 'desk', visibility: 'team', state: 'working',
      tags: '[]', tokens: 1, micro_usd: 1, errors: 0, last_error: 0, last_activity_at: now, told: '{"files":{}}', created_at: now, updated_at: now,
    }).execute();
    await work.insertInto('rooms').values({ id: session, kind: 'session', team_id: team, session_id: session, seq: 0, last_at: 0, last_post_at: 0, last_root_post_at: 0, total_posts: 0, total_root_posts: 0, created_at: now }).execute();
    for (const { id } of people) await work.insertInto('room_members').values({ room_id: session, user_id: id, joined_at: now, last_viewed_at: now, notify_props: '{}', last_update_at: now }).execute();
    return { id: session, logins: people.map(({ login }) => login) };
  });

const rooms: Awaited<ReturnType<typeof makeRoom>>[] = [];
for (let index = 0; index < Number(roomCount); index += 1) rooms.push(await makeRoom(index));
await new Promise<void>((resolve) => hub.server.listen(0, '127.0.0.1', 4096, resolve));
console.log(JSON.stringify({ url: `http://127.0.0.1:${(hub.server.address() as AddressInfo).port}`, rooms }));
process.once('SIGTERM', () => process.exit(0));
