import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayMs, hourMs, minuteMs, placeOf, rollUpSamples } from '../../server/sessions/samples.ts';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';
import { aWire, anAgent, hourOf, tokensRow } from './an-agent.ts';
import type { TestAgent } from './an-agent.ts';

const begun = Date.UTC(2026, 4, 1, 12, 30);
let hub: TestHub;
let agent: TestAgent;
beforeEach(async () => {
  hub = await startTestHub({}, { startedAt: begun });
  const team = await hub.team('blue');
  const ada = await hub.person('ada', { id: team.id, role: 'member' });
  await hub.base.store.updateTable('devices').set({ expires_at: begun + 1000 * dayMs }).execute();
  agent = await anAgent(hub, { userId: ada.userId, teamId: team.id });
});
afterEach(() => hub.stop());

const samples = () => hub.base.store.selectFrom('session_samples').select(['width', 'at', 'tokens', 'turns', 'state', 'health', 'context_ratio']).orderBy('at').execute();
const tells = (tokens: number, facts: Parameters<typeof aWire>[0] = { id: 'claude/1' }) => agent.tells({ sessions: [aWire({ turns: tokens, ...facts })], use: [tokensRow('claude/1', tokens, { hour: hourOf(hub.clock.now) })] });

describe('the history of a session', () => {
  it('has growth by the minute, and how the session then was', async () => {
    await tells(10, { id: 'claude/1', context: { used: 30, limit: 120 }, health: { score: 80, level: 'healthy', factors: {}, missing: [] } });
    await tells(15, { id: 'claude/1', context: { used: 60, limit: 120 }, health: { score: 60, level: 'warning', factors: {}, missing: [] }, state: 'waiting' });
    hub.clock.now += minuteMs;
    await tells(15, { id: 'claude/1', state: 'idle' });
    expect(await samples()).toEqual([
      { width: minuteMs, at: begun, tokens: 15, turns: 0, state: 'waiting', health: 60, context_ratio: 0.5 },
      { width: minuteMs, at: begun + minuteMs, tokens: 0, turns: 0, state: 'idle', health: null, context_ratio: null },
    ]);
  });

  it('nothing new is no sample', async () => {
    await tells(10);
    hub.clock.now += minuteMs;
    await tells(10);
    expect(await samples()).toHaveLength(1);
  });

  it('use of an hour that is over, told late, stands in that hour', async () => {
    const hour = hourOf(begun) - 4;
    await agent.tells({ since: begun - 6 * hourMs, sessions: [aWire({ id: 'claude/1' })], use: [tokensRow('claude/1', 7, { hour })] });
    expect((await samples()).filter(({ tokens }) => tokens > 0)).toMatchObject([{ width: minuteMs, at: (hour + 1) * hourMs - minuteMs, tokens: 7 }]);
    expect(placeOf(hour - 100, begun)).toEqual({ width: hourMs, at: (hour - 100) * hourMs });
  });

  it('becomes hours after two days and days after ninety; no growth is lost or doubled', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(120 * 24 * 60), fc.nat(1000)), { maxLength: 40 }), fc.array(fc.nat(130), { minLength: 1, maxLength: 4 }), async (growth, looks) => {
      await hub.base.store.deleteFrom('sessions').execute();
      hub.clock.now = begun;
      await agent.tells({ sessions: [aWire({ id: 'claude/1' })] });
      const { id } = await hub.base.store.selectFrom('sessions').select('id').executeTakeFirstOrThrow();
      await hub.base.store.deleteFrom('session_samples').execute();
      const rows = new Map(growth.map(([minute, tokens]) => [begun + minute * minuteMs, tokens]));
      for (const [at, tokens] of rows) await hub.base.store.insertInto('session_samples').values({ session_id: id, width: minuteMs, at, tokens, micro_usd: 0, errors: 0, turns: 0, context_ratio: null, health: null, state: 'idle' }).execute();
      for (const days of [...looks].sort((a, b) => a - b)) {
        const now = begun + days * dayMs;
        await rollUpSamples(hub.base.store, now);
        const all = await samples();
        expect(all.reduce((sum, { tokens }) => sum + tokens, 0)).toBe([...rows.values()].reduce((sum, tokens) => sum + tokens, 0));
        for (const { width, at } of all) {
          expect(at % width).toBe(0);
          if (width === minuteMs) expect(now - at).toBeLessThanOrEqual(2 * dayMs + hourMs);
          if (width === hourMs) expect(now - at).toBeLessThanOrEqual(91 * dayMs);
        }
      }
    }), { numRuns: process.env.WATCHROOM_FULL === '1' ? 100 : 8 });
  }, 60_000);
});

describe('what a report tells the hub', () => {
  it('[U6] sessions that come, change and end; levels of health; thresholds that are passed, once', async () => {
    const heard: string[] = [];
    for (const name of ['session:created', 'session:updated', 'session:ended'] as const) hub.base.events.on(name, ({ session }) => heard.push(`${name} ${session.session_key} ${session.state}`));
    hub.base.events.on('health:alerted', ({ from, to }) => heard.push(`health ${from} → ${to}`));
    hub.base.events.on('tokens:warned', ({ reason, ratio, threshold }) => heard.push(`${reason} ${ratio} of ${threshold}`));
    const healthy = { score: 90, level: 'healthy' as const, factors: {}, missing: [] };
    const warning = { score: 50, level: 'warning' as const, factors: {}, missing: [] };
    await tells(1, { id: 'claude/1', health: healthy, context: { used: 80, limit: 100 } });
    await tells(2, { id: 'claude/1', health: warning, context: { used: 95, limit: 100 } });
    await tells(2, { id: 'claude/1', health: warning, context: { used: 95, limit: 100 } });
    await tells(3, { id: 'claude/1', health: healthy, context: { used: 97, limit: 100 } });
    await tells(4, { id: 'claude/1', state: 'ended' });
    await agent.tells({ backlog: true, past: [{ id: 'codex/old' }], use: [tokensRow('codex/old', 1, { hour: 1 })] });
    expect(heard).toEqual([
      'session:created claude/1 working',
      'session:updated claude/1 working', 'health healthy → warning', 'context 0.95 of 0.9',
      'session:updated claude/1 working', 'health warning → healthy',
      'session:ended claude/1 ended',
    ]);
    expect(await hub.base.store.selectFrom('sessions').select(['health', 'health_level', 'ended_at']).where('session_key', '=', 'claude/1').execute()).toEqual([{ health: 90, health_level: 'healthy', ended_at: begun }]);
  });

  it('a team\'s own thresholds of tokens and cost', async () => {
    await hub.base.store.updateTable('teams').set({ settings: JSON.stringify({ thresholds: { sessionTokens: 100, sessionCostUsd: 2 } }) }).execute();
    const heard: string[] = [];
    hub.base.events.on('tokens:warned', ({ reason, threshold }) => heard.push(`${reason} ${threshold}`));
    const use = (input: number, microUsd: number) => ({ m: { usage: { input }, requests: 1, microUsd, unpricedTokens: 0 } });
    await tells(1, { id: 'claude/1', models: use(99, 1_000_000) });
    await tells(2, { id: 'claude/1', models: use(100, 1_000_000) });
    await tells(3, { id: 'claude/1', models: use(120, 2_000_000) });
    expect(heard).toEqual(['tokens 100', 'cost 2']);
  });
});
