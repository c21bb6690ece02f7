import express from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashOf, newId, newSecret } from '../../collab/server/store/ids.ts';
import { aHub, addPerson, addTeam } from './a-hub.ts';

// A hub with people, agents' tokens and stored sessions, and beside it a bare Express route: node serve.ts FOLDER AGENTS SESSIONS
// Says {hub, bare, reader, agents: tokens, watchers: logins} on its first line, and {cpuSeconds} when it is told to stop.
const [folder, agents, stored] = process.argv.slice(2) as [string, string, string];

const hub = await aHub(folder);
const { store } = hub.base;
const now = Date.now();
const team = await addTeam(store, 'bench');
const people = await Promise.all(Array.from({ length: 50 }, (_none, n) => addPerson(store, { name: `person-${n}`, team })));
const tokens = await Promise.all(Array.from({ length: Number(agents) }, async (_none, n) => {
  const secret = newSecret('wra_');
  await store.insertInto('tokens').values({ id: newId(), kind: 'agent', user_id: people[n % people.length]!.id, team_id: team, name: 'bench', hash: hashOf(secret), scopes: '[]', created_at: now }).execute();
  return secret;
}));
for (let n = 0; n < Number(stored); n += 500)
  await store.insertInto('sessions').values(Array.from({ length: Math.min(500, Number(stored) - n) }, (_none, m) => {
    const key = `00000000-0000-4000-8000-${String(n + m).padStart(12, '0')}`;
    return {
      id: newId(), team_id: team, owner_id: people[m % people.length]!.id, agent_id: null, session_key: `claude/${key}`, tool: 'claude', native_id: key, host_name: 'desk', visibility: 'team' as const, state: 'ended' as const,
      project: `project-${m % 40}`, branch: 'main', title: 'A title of common length', model: 'claude-sonnet-4-5', tags: '["a","b"]', tokens: 123_456, micro_usd: 1_234_567, errors: 2, last_error: 0 as const, health: 80, health_level: 'healthy',
      started_at: now - 7_200_000, last_activity_at: now - (n + m) * 1000, ended_at: now, told: '{}', created_at: now, updated_at: now,
    };
  })).execute();
await new Promise<void>((resolve) => hub.server.listen(0, '127.0.0.1', resolve));
const hubUrl = `http://127.0.0.1:${(hub.server.address() as AddressInfo).port}`;

// What the list answers, sent by nothing but Express.
const headers = { authorization: `Bearer ${people[0]!.login}` };
const page = Number(stored) > 0 ? ((await (await fetch(`${hubUrl}/api/v1/sessions`, { headers })).json()) as unknown) : {};
const bare = createServer(express().disable('x-powered-by').get('/', (_request, response) => { response.json(page); }));
await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));

console.log(JSON.stringify({ hub: hubUrl, bare: `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`, reader: people[0]!.login, agents: tokens, watchers: people.map(({ login }) => login) }));
process.once('SIGTERM', () => {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6 }));
  process.exit(0);
});
