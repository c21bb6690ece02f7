import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { pageQuery } from '../../server/sessions/list.ts';
import { viewerOf } from '../../server/sessions/visible.ts';
import type { SessionTable } from '../../server/store/schema.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aSession, aWire, anAgent } from './a-session.ts';

let hub: TestHub;
let team: { id: string; name: string };
let ada: Client;
let bob: Client;
let boss: Client;
const rows: SessionTable[] = [];
const tagsOf = [[], ['a'], ['b', 'a'], ['A'], ['%'], ['a"b'], ['","'], ['\\'], ['ä', 'release']];

beforeAll(async () => {
  hub = await startTestHub({ limitFactor: 1000 });
  team = await hub.team('reds');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
  bob = await hub.person('bob', { id: team.id, role: 'member' });
  boss = await hub.person('boss', { id: team.id, role: 'admin' });
  for (let index = 0; index < 180; index += 1)
    rows.push(await aSession(hub, {
      team_id: team.id, owner_id: index % 3 === 0 ? bob.userId : ada.userId, visibility: index % 7 === 0 ? 'private' : 'team', tags: JSON.stringify(tagsOf[index % tagsOf.length]),
      // Many at the same time, so that the order needs more than it.
      last_activity_at: hub.clock.now - Math.floor(index / 10) * 1000, state: (['working', 'waiting', 'idle', 'ended'] as const)[index % 4]!, errors: index % 5, last_error: index % 5 === 4 ? 1 : 0,
      project: index % 2 === 0 ? 'shop' : '50%_off', branch: index % 6 === 0 ? 'feature/Cart' : 'main',
    }, aWire({ id: `${index % 2 === 0 ? 'claude' : 'codex'}/s${index}` })));
});
afterAll(() => hub.stop());

/** Follows the pages to their end. */
const all = async (client: Client, query: Record<string, string>): Promise<string[]> => {
  const ids: string[] = [];
  for (let after: string | undefined; ;) {
    const { status, body } = await client.ask('GET', `/api/v1/sessions?${new URLSearchParams({ ...query, ...(after === undefined ? {} : { after }) }).toString()}`);
    expect(status).toBe(200);
    ids.push(...body.sessions.map(({ id }: { id: string }) => id));
    if (body.next === undefined) return ids;
    expect(body.sessions).toHaveLength(Number(query.limit ?? 50));
    after = body.next;
  }
};

const sees = (userId: string, row: SessionTable): boolean => row.visibility !== 'private' || row.owner_id === userId;
const newestFirst = (one: SessionTable, other: SessionTable): number => other.last_activity_at - one.last_activity_at || (one.id < other.id ? 1 : -1);

describe('[U5] the list of sessions', () => {
  it('pages of any size show each visible session once, the most recently active first', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 7, max: 50 }), fc.constantFrom('ada', 'bob', 'boss'), async (limit, name) => {
      const who = { ada, bob, boss }[name]!;
      expect(await all(who, { limit: String(limit) })).toEqual(rows.filter((row) => sees(who.userId, row)).sort(newestFirst).map(({ session_key }) => session_key));
    }), { numRuns: 12 });
  });

  it('every filter that is given must fit', async () => {
    const filters = fc.record({
      user: fc.constantFrom('ada', 'bob', 'nobody'), status: fc.constantFrom('working', 'waiting', 'idle', 'ended', 'live'), tool: fc.constantFrom('claude', 'codex', 'aider'), project: fc.constantFrom('shop', '50%_off', 'sho'),
      visibility: fc.constantFrom('private', 'team', 'public'), error: fc.constantFrom('last', 'any'), tag: fc.constantFrom('a', 'b', 'A', '%', 'a"b', ',', '","', '\\', 'ä', 'elease'), q: fc.constantFrom('cart', 'SHOP', '50%_', '%', 'ä', 'a"b'),
    }, { requiredKeys: [] });
    await fc.assert(fc.asyncProperty(filters, async (given) => {
      const names = { [ada.userId]: 'ada', [bob.userId]: 'bob' };
      const contains = (text: string | null): boolean => text !== null && text.toLowerCase().includes(given.q!.toLowerCase());
      const expected = rows.filter((row) => sees(ada.userId, row)
        && (given.user === undefined || names[row.owner_id] === given.user)
        && (given.status === undefined || (given.status === 'live' ? row.state !== 'ended' : row.state === given.status))
        && (given.tool === undefined || row.tool === given.tool) && (given.project === undefined || row.project === given.project) && (given.visibility === undefined || row.visibility === given.visibility)
        && (given.error === undefined || (given.error === 'last' ? row.last_error === 1 : row.errors > 0))
        && (given.tag === undefined || (JSON.parse(row.tags) as string[]).includes(given.tag))
        && (given.q === undefined || contains(row.project) || contains(row.branch) || row.tags.toLowerCase().includes(JSON.stringify(given.q).slice(1, -1).toLowerCase())));
      expect(await all(ada, given as Record<string, string>)).toEqual(expected.sort(newestFirst).map(({ session_key }) => session_key));
    }), { numRuns: process.env.WATCHROOM_FULL ? 1000 : 120 });
  });

  it('[R7] an admin gets of others\' private sessions whose they are and their state, and nothing by other filters', async () => {
    const { body } = await boss.ask('GET', '/api/v1/sessions');
    expect(body.hidden).toHaveLength(rows.filter(({ visibility }) => visibility === 'private').length);
    expect(Object.keys(body.hidden[0]).sort()).toEqual(['owner', 'state', 'team', 'visibility']);
    for (const query of ['tag=a', 'q=cart', 'project=shop', 'tool=claude', 'error=any', 'visibility=team']) expect((await boss.ask('GET', `/api/v1/sessions?${query}`)).body.hidden).toBeUndefined();
    expect((await boss.ask('GET', '/api/v1/sessions?user=bob&status=ended')).body.hidden.every((one: { owner: { name: string }; state: string }) => one.owner.name === 'bob' && one.state === 'ended')).toBe(true);
    expect((await ada.ask('GET', '/api/v1/sessions')).body.hidden).toBeUndefined();
  });

  it('[R11] a cursor of one\'s own making is refused with a sentence', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ minLength: 1, maxLength: 60 }), async (after) => {
      const { status, body } = await ada.ask('GET', `/api/v1/sessions?after=${encodeURIComponent(after.toWellFormed())}`);
      expect({ status, id: body.id }).toEqual({ status: 400, id: 'cursor' });
    }), { numRuns: 40 });
  });

  it('[R7] somebody else\'s cursor shows only one\'s own sessions', async () => {
    const { body } = await bob.ask('GET', '/api/v1/sessions?limit=30');
    const shown = await ada.ask('GET', `/api/v1/sessions?after=${body.next}`);
    expect(shown.body.sessions.every(({ id }: { id: string }) => sees(ada.userId, rows.find(({ session_key }) => session_key === id)!))).toBe(true);
  });

  it('says whether the agent of a session is there', async () => {
    const up = await anAgent(hub, { teamId: team.id, userId: ada.userId });
    const silent = await anAgent(hub, { teamId: team.id, userId: ada.userId, silent: true });
    const other = await hub.team('greens');
    const eve = await hub.person('eve', { id: other.id, role: 'member' });
    for (const [agent_id, id] of [[up, 'claude/up'], [silent, 'claude/silent'], [null, 'claude/none']] as const) await aSession(hub, { team_id: other.id, owner_id: eve.userId, agent_id }, aWire({ id }));
    const { body } = await eve.ask('GET', '/api/v1/sessions?team=greens');
    expect(Object.fromEntries(body.sessions.map((one: { id: string; agentUp?: boolean }) => [one.id, one.agentUp]))).toEqual({ 'claude/up': true, 'claude/silent': false, 'claude/none': undefined });
  });

  it('[G12] a page is read along an index, without sorting', async () => {
    const query = pageQuery(hub.base.store, { viewer: await viewerOf(hub.base.store, ada.userId), teamId: team.id, filters: {}, place: { lastActivityAt: hub.clock.now, id: 'x' }, limit: 51 });
    const plan = (await query.explain<{ detail: string }>(undefined, sql`query plan`)).map(({ detail }) => detail).join('\n');
    expect(plan).toContain('USING INDEX sessions_recent (team_id=?');
    expect(plan).not.toContain('TEMP B-TREE FOR ORDER');
  });
});

describe('[R8] a page that was just worked out', () => {
  it('is given again only while nothing was written: who loses a role sees nothing more', async () => {
    const temporary = await hub.person('temp', { id: team.id, role: 'member' });
    const shown = async (): Promise<number> => (await temporary.ask('GET', '/api/v1/sessions')).body.sessions.length;
    expect([await shown(), await shown()]).toEqual([50, 50]);
    await hub.base.store.deleteFrom('members').where('user_id', '=', temporary.userId).execute();
    expect(await shown()).toBe(0);
  });

  it('does not outlast a change that another process made', async () => {
    const { default: SqliteDatabase } = await import('better-sqlite3');
    const before = (await ada.ask('GET', '/api/v1/sessions?tag=b')).body.sessions.length;
    const other = new SqliteDatabase(`${hub.dataFolder}/hub.db`);
    other.prepare("update sessions set tags = '[]' where tags like '%\"b\"%'").run();
    other.close();
    expect(before).toBeGreaterThan(0);
    expect((await ada.ask('GET', '/api/v1/sessions?tag=b')).body.sessions).toEqual([]);
  });
});
