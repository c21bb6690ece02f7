import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Route } from '../../server/routes/route.ts';
import { newId } from '../../server/store/ids.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aSession, aWire, anAgent } from './a-session.ts';

// [R7] A word stands in every field of a private session, and another in every field of a session of the other team. Nobody who may not see them meets either.

const words = { 'a private session': 'quetzalcoatl', 'the other team': 'axolotl' } as const;
let hub: TestHub;
const who: Record<string, Client> = {};

beforeAll(async () => {
  hub = await startTestHub({ limitFactor: 1000 });
  const reds = await hub.team('reds');
  const blues = await hub.team('blues');
  who.owner = await hub.person('owner', { id: reds.id, role: 'member' });
  who.member = await hub.person('member', { id: reds.id, role: 'member' });
  who.admin = await hub.person('admin', { id: reds.id, role: 'admin' });
  who['team viewer'] = await hub.person('viewer', { id: reds.id, role: 'viewer' });
  who.guest = await hub.person('guest', { id: reds.id, role: 'guest' });
  who.stranger = await hub.person('stranger', { id: blues.id, role: 'admin' });
  who.both = await hub.person('both', { id: reds.id, role: 'member' });
  who.operator = await hub.person('operator', undefined, { operator: true });
  await hub.base.store.insertInto('members').values({ team_id: blues.id, user_id: who.both.userId, role: 'guest', joined_at: 0 }).execute();
  await fill(who.owner, reds.id, words['a private session'], 'private');
  await fill(who.stranger, blues.id, words['the other team'], 'team');
  await aSession(hub, { team_id: reds.id, owner_id: who.owner.userId, last_activity_at: hub.clock.now - 1000, agent_id: await anAgent(hub, { teamId: reds.id, userId: who.owner.userId, hostName: 'open' }) }, aWire({ id: 'claude/open', edits: [{ key: 'k'.repeat(43), path: 'open', at: hub.clock.now }], files: {} }));
});
afterAll(() => hub.stop());

/** A session with the word wherever a word can be. */
const fill = async (owner: Client, teamId: string, word: string, visibility: 'private' | 'team'): Promise<void> => {
  const wire = aWire({
    id: `claude/${word}`, project: word, projectName: word, description: word, cwd: word, gitBranch: word, title: word, toolVersion: word, model: word, parentId: word, tags: [word], fileConflicts: [word],
    startedAt: hub.clock.now - 7_200_000, lastActivityAt: hub.clock.now, models: { [word]: { usage: { input: 5 }, requests: 1, unpricedTokens: 5 } }, toolCalls: { [word]: 1 }, toolErrors: { [word]: 1 },
    files: { [word]: { reads: 1, edits: 1, created: true, linesAdded: 1, linesRemoved: 0, lastAt: hub.clock.now } }, edits: [{ key: 'k'.repeat(43), path: word, at: hub.clock.now }],
    present: { turnOpen: true, pendingTools: [{ id: word, name: word, since: hub.clock.now }], waitingFor: word }, health: { score: 50, level: 'warning', factors: {}, missing: [] },
  });
  const { id } = await aSession(hub, { team_id: teamId, owner_id: owner.userId, agent_id: await anAgent(hub, { teamId, userId: owner.userId, hostName: word }), visibility, host_name: word }, wire);
  const hour = Math.floor(hub.clock.now / 3_600_000);
  await hub.base.store.insertInto('session_use').values(['input', `tool:${word}`, 'error:api'].map((kind) => ({ session_id: id, model: word, kind, hour: kind === 'input' ? hour : 0, value: 5, counted: 5 }))).execute();
  await hub.base.store.insertInto('session_samples').values({ session_id: id, width: 60_000, at: hour * 3_600_000, tokens: 5, micro_usd: 0, errors: 1, turns: 1, context_ratio: 0.5, health: 50, state: 'working' }).execute();
  await hub.base.store.insertInto('commands').values({ id: newId(), agent_id: (await hub.base.store.selectFrom('agents').select('id').where('host_name', '=', word).executeTakeFirstOrThrow()).id, session_id: id, kind: 'stop', asked_by: owner.userId, created_at: hub.clock.now, expires_at: hub.clock.now, outcome: 'done', detail: word, ended_at: hub.clock.now }).execute();
};

const exportsOf = ['summary', 'users', 'sessions', 'trends', 'tools', 'projects', 'tags', 'errors', 'hours'].flatMap((of) => [`?of=${of}`, `?of=${of}&format=json`]);
const filters = ['', '?status=live', '?visibility=private', '?limit=1', ...Object.values(words).flatMap((word) => ['q', 'tag', 'project', 'user'].map((name) => `?${name}=${word}`))];
const queriesOf = (path: string): readonly string[] => (path.endsWith('/export') ? exportsOf : path === '/api/v1/sessions' ? filters : path.endsWith('/trends') ? ['', '?step=hour'] : ['']);

/** Every way to read of sessions, with the sessions' own paths too. */
const readable = (): string[] => hub.routes.filter(({ method, tag }: Route) => method === 'get' && (tag === 'sessions' || tag === 'analytics'))
  .flatMap(({ path }) => ['reds', 'blues'].flatMap((team) => [...Object.values(words), 'open'].map((word) => path.replace(':tool', 'claude').replace(':nativeId', word).replace(':team', team).replace(':secret', word))));

describe('[R7] a word of theirs', () => {
  it.each([
    ['a private session', ['member', 'admin', 'team viewer', 'guest', 'stranger', 'both', 'operator', 'nobody']],
    ['the other team', ['owner', 'member', 'admin', 'team viewer', 'guest', 'both', 'operator', 'nobody']],
  ] as const)('of %s is met by nobody else', async (of, outsiders) => {
    const met: string[] = [];
    for (const name of outsiders) {
      const client = who[name] ?? hub.nobody;
      for (const path of new Set(readable())) {
        for (const query of queriesOf(path)) {
          const { text } = await client.ask('GET', path + query);
          // What the asker wrote themselves may be said back to them.
          if (text.replaceAll(`claude/${words[of]}`, path.includes(words[of]) ? '' : '$&').includes(words[of])) met.push(`${name}: ${path}${query}`);
        }
      }
    }
    expect(met).toEqual([]);
  });

  it('is met by its owner wherever it should stand', async () => {
    for (const path of ['sessions', `sessions/claude/${words['a private session']}`, 'teams/reds/analytics/projects', 'teams/reds/analytics/tools', 'teams/reds/analytics/tags', 'teams/reds/analytics/errors', 'teams/reds/analytics/export', 'radar', 'current-session'])
      expect({ path, met: (await who.owner!.ask('GET', `/api/v1/${path}`)).text.includes(words['a private session']) }).toEqual({ path, met: true });
  });

  it('a filter by it tells others nothing, not even that something fits', async () => {
    for (const name of ['q', 'tag', 'project', 'tool'])
      expect((await who.admin!.ask('GET', `/api/v1/sessions?${name}=${words['a private session']}`)).body).toEqual({ sessions: [] });
  });
});
