import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WireSession } from 'watchroom/wire';
import type { Route } from '../../server/routes/route.ts';
import { anAgent, aWire, hourOf, tokensRow } from '../agents/an-agent.ts';
import { closeSockets, connect, pause } from '../sockets/a-socket.ts';
import type { TestSocket } from '../sockets/a-socket.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';

// [R7] A word that stands in every field of a private session, and one in every field of another team's, is seen by nobody else, on no path.

const privateWord = 'kanarie';
const foreignWord = 'zeisig';

interface Asker { readonly name: string; readonly client: Client; readonly forbidden: readonly string[] }
let hub: TestHub;
let askers: readonly Asker[];
let owner: Client;
let reds: { readonly id: string; readonly name: string };
const privateKey = 'claude/11111111-1111-4111-8111-111111111111';
const sockets = new Map<string, TestSocket>();

const full = (id: string, word: string, at: number): WireSession => aWire({
  id, project: `${word}-project`, cwd: `/home/${word}`, gitBranch: `${word}-branch`, title: `${word} title`, toolVersion: `1.0-${word}`, model: `${word}-model`,
  startedAt: at - 60_000, lastActivityAt: at, toolCalls: { [`${word}Tool`]: 3 }, toolErrors: { [`${word}Tool`]: 1 }, errors: { tool: 1 }, errorTimes: [at],
  files: { [`src/${word}.ts`]: { reads: 1, edits: 2, created: false, lastAt: at, linesAdded: 1, linesRemoved: 1 } }, tags: [`${word}-tag`], projectName: `${word}-named`, description: `${word} described`,
  present: { turnOpen: true, pendingTools: [{ id: `${word}-call`, name: `${word}Tool`, since: at }], waitingFor: `${word} permission` }, fileConflicts: [`src/${word}.ts`],
  models: { [`${word}-model`]: { usage: { input: 10, output: 5 }, requests: 1, unpricedTokens: 0 } }, edits: [{ key: 'k'.repeat(43), path: `src/${word}.ts`, at }], context: { used: 190_000, limit: 200_000 },
  health: { score: 20, level: 'critical', factors: {}, missing: [] },
});

beforeAll(async () => {
  hub = await startTestHub({ limitFactor: 1000 });
  reds = await hub.team('reds');
  const blues = await hub.team('blues');
  const person = (name: string, team: { readonly id: string }, role: 'admin' | 'member' | 'viewer' | 'guest') => hub.person(name, { id: team.id, role });
  owner = await person('owner', reds, 'member');
  const stranger = await person('stranger', blues, 'admin');
  const of = async (name: string, client: Promise<Client>, forbidden: readonly string[]): Promise<Asker> => ({ name, client: await client, forbidden });
  const admin = person('admin', reds, 'admin');
  askers = [
    await of('admin of the team', admin, [privateWord, foreignWord]),
    await of('member of the team', person('member', reds, 'member'), [privateWord, foreignWord]),
    await of('viewer of the team', person('viewer', reds, 'viewer'), [privateWord, foreignWord]),
    await of('guest of no room', person('guest', reds, 'guest'), [privateWord, foreignWord]),
    await of('admin of the other team', Promise.resolve(stranger), [privateWord]),
    await of('operator', hub.person('operator', undefined, { operator: true }), [privateWord, foreignWord]),
    await of('scrape token of the team', hub.token('scrape', (await admin).userId, reds.id), [privateWord, foreignWord]),
    await of("operator's scrape token", hub.token('scrape', (await admin).userId), [privateWord]),
    await of('agent token of the team', hub.token('agent', (await admin).userId, reds.id), [privateWord, foreignWord]),
    await of('nobody', Promise.resolve(hub.nobody), [privateWord, foreignWord]),
  ];
  const own = await anAgent(hub, { userId: owner.userId, teamId: reds.id, hostName: 'desk' });
  const theirs = await anAgent(hub, { userId: stranger.userId, teamId: blues.id, hostName: 'laptop' });
  // It is private before anything of it is told.
  await own.tells({ sessions: [aWire({ id: privateKey })] });
  expect((await owner.ask('PUT', `/api/v1/sessions/${privateKey}/visibility`, { visibility: 'private' })).status).toBe(200);
  for (const { name, client } of askers) {
    const socket = await connect(hub.url, client.secret).catch(() => undefined);
    if (socket === undefined) continue;
    sockets.set(name, socket);
    for (const team of [reds.id, blues.id]) for (const channel of ['sessions', 'team', 'notifications']) await socket.ask('subscribe', { channel, team });
    await socket.ask('session:watch', { session: privateKey });
  }
  const at = hub.clock.now;
  await own.tells({ sessions: [full(privateKey, privateWord, at)], use: [tokensRow(privateKey, 500, { hour: hourOf(at), model: `${privateWord}-model` }), [privateKey, '', `tool:${privateWord}Tool`, hourOf(at), 3], [privateKey, '', 'turns', hourOf(at), 2]] });
  await theirs.tells({ sessions: [full('codex/foreign-1', foreignWord, at)], use: [tokensRow('codex/foreign-1', 500, { hour: hourOf(at), model: `${foreignWord}-model` })] });
  expect((await owner.ask('PUT', `/api/v1/sessions/${privateKey}`, { tags: [`${privateWord}-hubtag`], project: `${privateWord}-hub`, description: `${privateWord} words` })).status).toBe(200);
  const channel = (await owner.ask('GET', `/api/v4/teams/${reds.id}/channels/name/${privateKey}`)).body as { id: string };
  expect((await owner.ask('POST', '/api/v4/posts', { channel_id: channel.id, message: `${privateWord} said @admin @member`, pending_post_id: 'one' })).status).toBe(201);
  await pause(1500); // updates are told once a second
});
afterAll(async () => {
  closeSockets();
  await hub.stop();
});

/** Every way of asking a route about the team, and about the private session. */
const pathsOf = ({ path }: Pick<Route, 'path'>, room: string, person: string): readonly string[] => {
  const [tool, nativeId] = privateKey.split('/') as [string, string];
  const given: Readonly<Record<string, string>> = { team: reds.id, tool, nativeId, channel: room, user: person, name: encodeURIComponent(privateKey) };
  const filled = path.replace(/:(\w+)/g, (_all, name: string) => given[name] ?? 'missing');
  return [filled, `${filled}?q=${privateWord}`, `${filled}?project=${privateWord}-project`, `${filled}?format=csv`, `${filled}?tag=${privateWord}-tag`];
};

describe('[R7] of a private session and of another team', () => {
  it('its owner sees the word, so the test can find it', async () => {
    expect((await owner.ask('GET', `/api/v1/sessions/${privateKey}`)).text).toContain(privateWord);
    expect((await owner.ask('GET', '/api/v1/sessions')).text).toContain(privateWord);
  });

  it('nobody else reads a word on any route: REST, chat, /metrics, discovery, radar, analytics, export, audit', async () => {
    const room = ((await owner.ask('GET', `/api/v4/teams/${reds.id}/channels/name/${privateKey}`)).body as { id: string }).id;
    const leaks: string[] = [];
    let asked = 0;
    for (const { name, client, forbidden } of askers)
      for (const one of [...hub.routes, ...hub.rooms.chatRoutes].filter(({ method, path }) => method === 'get' && !path.endsWith('downlink') && !path.includes('oidc')))
        for (const path of pathsOf(one, room, owner.userId)) {
          const { text, status } = await client.ask('GET', path);
          asked += 1;
          if (status >= 500) leaks.push(`${name}: ${path} fails with ${status}`);
          // What somebody asked for themselves may be named in the answer that there is no such thing.
          if (status < 400) for (const word of forbidden) if (text.includes(word)) leaks.push(`${name}: ${one.path} tells "${text.slice(Math.max(0, text.indexOf(word) - 60), text.indexOf(word) + 40)}"`);
        }
    expect([...new Set(leaks)]).toEqual([]);
    expect(asked).toBeGreaterThan(500);
  }, 120_000);

  it('chat search finds nothing of it', async () => {
    for (const { name, client, forbidden } of askers) {
      const { text } = await client.ask('POST', `/api/v4/teams/${reds.id}/posts/search`, { terms: privateWord, is_or_search: false });
      expect({ name, found: forbidden.includes(privateWord) && text.includes(`${privateWord} said`) }).toEqual({ name, found: false });
    }
  });

  it('no socket is told a word of it', () => {
    expect(sockets.size).toBeGreaterThan(3);
    for (const { name, forbidden } of askers) {
      const told = JSON.stringify(sockets.get(name)?.told ?? []);
      for (const word of forbidden) expect({ name, told: told.includes(word) ? told : '' }).toEqual({ name, told: '' });
    }
  });
});
