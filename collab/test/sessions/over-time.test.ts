import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { retentionJob } from '../../server/sessions/purge.ts';
import { dayMs, hourMs, minuteMs, rollUpSamples } from '../../server/sessions/samples.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aSession, aWire, anAgent } from './a-session.ts';

let hub: TestHub;
let team: { id: string; name: string };
let ada: Client;
beforeEach(async () => {
  hub = await startTestHub({}, { startedAt: Date.UTC(2026, 10, 21, 12) });
  team = await hub.team('reds');
  ada = await hub.person('ada', { id: team.id, role: 'admin' });
});
afterEach(() => hub.stop());

const mine = (given = {}, wire = aWire()) => aSession(hub, { team_id: team.id, owner_id: ada.userId, ...given }, wire);
const sample = (session_id: string, at: number, given = {}) => hub.base.store.insertInto('session_samples').values({ session_id, width: minuteMs, at, tokens: 1, micro_usd: 10, errors: 0, turns: 0, context_ratio: null, health: null, state: 'working', ...given }).execute();

describe('[U5] the history of a session', () => {
  it('is told by the step, coarser where it is old, and its sums are exact', async () => {
    const { id } = await mine();
    for (let minutes = 0; minutes < 4 * 24 * 60; minutes += 30) await sample(id, hub.clock.now - minutes * minuteMs, { tokens: minutes + 1, errors: 1, turns: 2, health: 90 });
    const before = (await ada.ask('GET', '/api/v1/sessions/claude/one/history?step=hour')).body;
    await rollUpSamples(hub.base.store, hub.clock.now);
    const fine = (await ada.ask('GET', '/api/v1/sessions/claude/one/history?step=minute')).body;
    const byHour = (await ada.ask('GET', '/api/v1/sessions/claude/one/history?step=hour')).body;
    const byDay = (await ada.ask('GET', '/api/v1/sessions/claude/one/history?step=day')).body;
    expect(byHour).toEqual(before);
    expect([fine.coarse, byHour.coarse, byDay.coarse]).toEqual([true, false, false]);
    for (const { points, sums } of [fine, byHour, byDay]) {
      expect(sums).toEqual(before.sums);
      expect(points.reduce((sum: number, point: { tokens: number }) => sum + point.tokens, 0)).toBe(sums.tokens);
    }
    expect(byDay.points[0]).toMatchObject({ at: '2026-11-17T00:00:00.000Z', seconds: 86_400, health: 90 });
    const part = (await ada.ask('GET', '/api/v1/sessions/claude/one/history?from=2026-11-20T00:00:00Z&to=2026-11-21T01:00:00%2B01:00&step=hour')).body;
    expect(part.points.map(({ at }: { at: string }) => at.slice(0, 13))).toEqual(Array.from({ length: 24 }, (_hour, hour) => `2026-11-20T${String(hour).padStart(2, '0')}`));
  });

  it('the timeline has facts and no content', async () => {
    const start = hub.clock.now - 2 * hourMs;
    const { id } = await mine({ state: 'ended', ended_at: hub.clock.now, started_at: start }, aWire({ errorTimes: [start + 5 * minuteMs], compactions: 1, state: 'ended' }));
    await sample(id, start, { state: 'working', context_ratio: 0.5 });
    await sample(id, start + 10 * minuteMs, { state: 'waiting', context_ratio: 0.9 });
    await sample(id, start + 20 * minuteMs, { state: 'waiting', context_ratio: 0.2 });
    const { body } = await ada.ask('GET', '/api/v1/sessions/claude/one/timeline');
    expect(body).toMatchObject({ compactions: 1, truncated: false });
    expect(body.facts.map(({ at, ...fact }: { at: string }) => [(Date.parse(at) - start) / minuteMs, fact])).toEqual([
      [0, { kind: 'started' }], [5, { kind: 'error' }], [10, { kind: 'state', from: 'working', to: 'waiting' }], [20, { kind: 'context-fell', ratio: { before: 0.9, after: 0.2 } }], [120, { kind: 'ended' }],
    ]);
  });
});

describe('[D5] the current session', () => {
  it('is the newest live one, else the last one that was', async () => {
    expect((await ada.ask('GET', '/api/v1/current-session')).body).toEqual({ live: false });
    const silent = await anAgent(hub, { teamId: team.id, userId: ada.userId, silent: true });
    const up = await anAgent(hub, { teamId: team.id, userId: ada.userId });
    await mine({ state: 'ended', last_activity_at: hub.clock.now }, aWire({ id: 'claude/last', state: 'ended' }));
    await mine({ agent_id: silent, last_activity_at: hub.clock.now - 1 }, aWire({ id: 'claude/unheard' }));
    const bob = await hub.person('bob', { id: team.id, role: 'member' });
    await aSession(hub, { team_id: team.id, owner_id: bob.userId, agent_id: up, last_activity_at: hub.clock.now }, aWire({ id: 'claude/bobs' }));
    expect((await ada.ask('GET', '/api/v1/current-session')).body).toMatchObject({ live: false, session: { id: 'claude/last' } });
    await mine({ agent_id: up, last_activity_at: hub.clock.now - 9000 }, aWire({ id: 'claude/live' }));
    expect((await ada.ask('GET', '/api/v1/current-session')).body).toMatchObject({ live: true, session: { id: 'claude/live', standings: ['owner', 'admin'] } });
  });
});

describe('[R13] retention', () => {
  const ended = (id: string, daysAgo: number, given = {}) => mine({ state: 'ended', last_activity_at: hub.clock.now - daysAgo * dayMs, ...given }, aWire({ id, state: 'ended' }));
  const keepFor = (retentionDays: number) => hub.base.store.updateTable('teams').set({ settings: JSON.stringify({ retentionDays }) }).where('id', '=', team.id).execute();
  const left = async (): Promise<string[]> => (await hub.base.store.selectFrom('sessions').select('session_key').orderBy('session_key').execute()).map(({ session_key: key }) => key);

  it('deletes ended sessions beyond the team\'s days, and a dry run says so before', async () => {
    for (let index = 0; index < 60; index += 1) await ended(`claude/old-${index}`, 31);
    await ended('claude/young', 29);
    await mine({ last_activity_at: hub.clock.now - 90 * dayMs, state: 'idle' }, aWire({ id: 'claude/open', state: 'idle' }));
    const other = await hub.team('blues');
    await aSession(hub, { team_id: other.id, owner_id: ada.userId, state: 'ended', last_activity_at: 0 }, aWire({ id: 'claude/other' }));
    expect((await ada.ask('GET', '/api/v1/teams/reds/retention')).body).toEqual({ sessions: 0 });
    await keepFor(30);
    const deleted: string[] = [];
    hub.base.events.on('session:deleted', ({ session }) => deleted.push(session.session_key));
    expect((await ada.ask('GET', '/api/v1/teams/reds/retention')).body).toEqual({ retentionDays: 30, sessions: 60, oldest: '2026-10-21T12:00:00.000Z' });
    expect(await left()).toHaveLength(63);
    await retentionJob(hub.base).run();
    expect(await left()).toEqual(['claude/open', 'claude/other', 'claude/young']);
    expect(deleted).toHaveLength(60);
    expect(await hub.base.store.selectFrom('tombstones').selectAll().execute()).toHaveLength(60);
  });

  it('runs once a day', async () => {
    await keepFor(30);
    const job = retentionJob(hub.base);
    await job.run();
    await ended('claude/late', 40);
    await job.run();
    expect(await left()).toEqual(['claude/late']);
    hub.clock.now += dayMs;
    await job.run();
    expect(await left()).toEqual([]);
  });

  it('only admins see what it would delete', async () => {
    const bob = await hub.person('bob', { id: team.id, role: 'member' });
    expect((await bob.ask('GET', '/api/v1/teams/reds/retention')).status).toBe(403);
  });
});
