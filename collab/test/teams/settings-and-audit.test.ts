import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { teamSettingsOf } from '../../server/store/team-settings.ts';
import { startTestHub } from '../support/hub.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';

let hub: TestHub;
let reds: { readonly id: string; readonly name: string };
let boss: Client;
beforeAll(async () => {
  hub = await startTestHub();
  reds = await hub.team('reds');
  boss = await hub.person('boss', { ...reds, role: 'admin' });
});
afterAll(() => hub.stop());
const change = (body: unknown): Promise<Answer> => boss.ask('PATCH', '/api/v1/teams/reds/settings', body);

describe('[U2] settings of a team', () => {
  it('[U2] have defaults for everything: nothing public, nothing deleted', async () => {
    expect((await boss.ask('GET', '/api/v1/teams/reds/settings')).body).toEqual({
      limits: { members: 200, agentTokensPerMember: 20, openInvites: 50 },
      thresholds: { contextRatio: 0.9, healthLevel: 'critical' },
      notifications: { healthAlerts: true, tokenWarnings: true, sessionEnds: false },
      publicLinks: false,
      budgets: [],
      calendar: { timeZone: 'UTC', weekStart: 'monday' },
    });
  });

  it('[U2] change one by one, go back to the default by null, and leave before and after in the audit log', async () => {
    await change({ thresholds: { contextRatio: 0.8, sessionCostUsd: 5 }, retentionDays: 90 });
    expect((await change({ thresholds: { contextRatio: null }, publicLinks: true })).body).toMatchObject({ thresholds: { contextRatio: 0.9, sessionCostUsd: 5 }, retentionDays: 90, publicLinks: true });
    const { body: { lines } } = await boss.ask('GET', '/api/v1/teams/reds/audit?action=team:settings');
    expect(lines[0]).toMatchObject({ before: { thresholds: { contextRatio: 0.8, sessionCostUsd: 5 }, retentionDays: 90 }, after: { thresholds: { sessionCostUsd: 5 }, retentionDays: 90, publicLinks: true } });
    expect((await change({ retentionDays: null })).body).not.toHaveProperty('retentionDays');
  });

  it('[R11] what is unknown or out of bounds changes nothing', async () => {
    const before = (await boss.ask('GET', '/api/v1/teams/reds/settings')).body;
    for (const body of [{ retentionDays: 0 }, { thresholds: { contextRatio: 2 } }, { limits: { members: 1.5 } }, { nonsense: 1 }, { thresholds: { nonsense: 1 } }, { __proto__: { publicLinks: true } }, { publicLinks: 'yes' }, []]) expect((await change(body)).status).toBe(400);
    expect((await change('{"__proto__":{"publicLinks":true}}')).status).toBe(400);
    expect((await boss.ask('GET', '/api/v1/teams/reds/settings')).body).toEqual(before);
  });

  it('[U3] are read by all of the team and changed by its admins', async () => {
    const viewer = await hub.person('viewer', { ...reds, role: 'viewer' });
    expect((await viewer.ask('GET', '/api/v1/teams/reds/settings')).status).toBe(200);
    expect((await viewer.ask('PATCH', '/api/v1/teams/reds/settings', { publicLinks: true })).status).toBe(403);
  });

  it('other parts of the hub read them from the team\'s row', () => {
    expect(teamSettingsOf('{"thresholds":{"sessionTokens":1000}}')).toMatchObject({ thresholds: { sessionTokens: 1000, contextRatio: 0.9 } });
  });
});

describe('[U8] the audit log', () => {
  it('[U8] says who did what to whom, from where, before and after', async () => {
    const ada = await hub.person('ada', { ...reds, role: 'member' });
    await boss.ask('PATCH', `/api/v1/teams/reds/members/${ada.userId}`, { role: 'viewer' });
    const { body: { lines: [line] } } = await boss.ask('GET', '/api/v1/teams/reds/audit?limit=1');
    expect(line).toEqual({ seq: expect.any(Number), at: new Date(hub.clock.now).toISOString(), teamId: reds.id, actorId: boss.userId, actor: 'boss', address: '127.0.0.1', action: 'member:role', target: ada.userId, result: 'done', before: { role: 'member' }, after: { role: 'viewer' } });
  });

  it('[U8] is read page by page without gap or repetition, while more is written', async () => {
    for (let nth = 0; nth < 23; nth += 1) await change({ retentionDays: nth + 1 });
    const seen: number[] = [];
    let next: number | undefined;
    do {
      const { body } = await boss.ask('GET', `/api/v1/teams/reds/audit?action=team&limit=10${next === undefined ? '' : `&before=${next}`}`);
      seen.push(...body.lines.map(({ seq }: { seq: number }) => seq));
      next = body.next;
      await change({ retentionDays: 100 + seen.length });
    } while (next !== undefined);
    expect(seen).toEqual([...new Set(seen)].sort((one, other) => other - one));
    const all = await hub.base.store.selectFrom('audit').select('seq').where('team_id', '=', reds.id).where('action', 'like', 'team:%').where('seq', '<=', seen[0]!).execute();
    expect(seen).toHaveLength(all.length);
  });

  it('[U8] is filtered by act, person, target, result and time', async () => {
    const read = async (query: string): Promise<{ action: string; actorId: string; target: string; at: string }[]> => (await boss.ask('GET', `/api/v1/teams/reds/audit?${query}`)).body.lines;
    hub.clock.now += 1000;
    const from = new Date(hub.clock.now).toISOString();
    const { body: { id } } = await boss.ask('POST', '/api/v1/teams/reds/tokens/agent', { name: 'one' });
    expect(await read(`from=${from}`)).toMatchObject([{ action: 'token:create', target: id }]);
    expect((await read(`to=${from}`)).every(({ at }) => at < from)).toBe(true);
    expect(await read(`target=${id}`)).toHaveLength(1);
    expect(await read(`actor=${boss.userId}&action=token:create`)).toHaveLength(1);
    expect(await read('actor=somebody')).toEqual([]);
    expect(await read('result=failed')).toEqual([]);
    for (const wrong of ['limit=0', 'limit=1000', 'before=x', 'action=%25', 'action=a_b:c', 'from=yesterday', 'result=x']) expect((await boss.ask('GET', `/api/v1/teams/reds/audit?${wrong}`)).status).toBe(400);
  });

  it('[R7] a team\'s admins read their own lines; whoever runs the hub reads all, logins of everybody included', async () => {
    const blues = await hub.team('blues');
    const stranger = await hub.person('stranger', { ...blues, role: 'admin' });
    await stranger.ask('PATCH', '/api/v1/teams/blues', { displayName: 'The Blues' });
    await stranger.ask('POST', '/api/v1/auth/logout');
    expect((await boss.ask('GET', '/api/v1/teams/reds/audit?limit=200')).body.lines.every(({ teamId }: { teamId: string }) => teamId === reds.id)).toBe(true);
    expect((await boss.ask('GET', '/api/v1/audit')).status).toBe(403);
    const operator = await hub.person('operator', undefined, { operator: true });
    expect((await operator.ask('GET', `/api/v1/audit?actor=${stranger.userId}`)).body.lines.map(({ action }: { action: string }) => action)).toEqual(['login:end', 'team:rename']);
  });
});
