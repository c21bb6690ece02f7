import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestHub } from '../support/hub.ts';
import type { Answer, Client, TestHub } from '../support/hub.ts';
import { aReporter } from './a-report.ts';
import { aWire } from './a-session.ts';

let hub: TestHub;
let team: { id: string; name: string };
let ada: Client;
let bob: Client;

beforeAll(async () => {
  hub = await startTestHub();
  team = await hub.team('reds');
  // Tokens, since the tests let more than a login's day pass.
  const tokenOf = async (name: string): Promise<Client> => hub.token('personal', (await hub.person(name, { id: team.id, role: 'member' })).userId);
  ada = await tokenOf('ada');
  bob = await tokenOf('bob');
});
afterAll(() => hub.stop());

const deliver = (body: object, key?: string, client = ada): Promise<Answer> => client.ask('POST', '/api/v1/teams/reds/session-webhook', { tool: 'aider', status: 'ACTIVE', ...body }, key === undefined ? {} : { 'idempotency-key': key });
const shown = async (id: string, client = ada) => (await client.ask('GET', `/api/v1/sessions/${id}`)).body;

describe('[U5] the session webhook', () => {
  it('makes a session of the asker, and renews it by its name', async () => {
    const { status, body } = await deliver({ name: 'nightly', costUsd: 0.25, turns: 2, durationMs: 60_000, tokens: { input: 100, output: 20 }, project: 'shop' });
    expect({ status, body }).toEqual({ status: 200, body: { id: expect.stringMatching(/^aider\/hook-/), counted: true } });
    expect(await shown(body.id)).toMatchObject({ state: 'working', title: 'nightly', costUsd: 0.25, turns: 2, tokens: { input: 100, output: 20 }, project: 'shop', owner: { name: 'ada' } });
    hub.clock.now += 60_000;
    await deliver({ name: 'nightly', status: 'COMPLETED', costUsd: 0.4, turns: 3 });
    expect(await shown(body.id)).toMatchObject({ state: 'ended', costUsd: 0.4, turns: 3, tokens: { input: 100, output: 20 }, project: 'shop' });
    expect((await ada.ask('GET', '/api/v1/sessions?tool=aider')).body.sessions).toHaveLength(1);
  });

  it('two people\'s same name are two sessions', async () => {
    const mine = (await deliver({ name: 'same' })).body.id;
    expect((await deliver({ name: 'same' }, undefined, bob)).body.id).not.toBe(mine);
  });

  it('[R1] counts a delivery once for 24 hours, whatever came between, and refuses another body under its key', async () => {
    const first = await deliver({ name: 'once', costUsd: 1 }, 'key-1');
    await deliver({ name: 'once', costUsd: 2 }, 'key-2');
    expect((await deliver({ name: 'once', costUsd: 1 }, 'key-1')).body).toEqual(first.body);
    expect((await shown(first.body.id)).costUsd).toBe(2);
    expect((await deliver({ name: 'once', costUsd: 3 }, 'key-1')).status).toBe(409);
    expect((await deliver({ name: 'once', costUsd: 3 }, 'key-1', bob)).status).toBe(200); // keys are each person's own
    hub.clock.now += 24 * 3_600_000 + 1;
    expect((await deliver({ name: 'once', costUsd: 3 }, 'key-1')).status).toBe(200);
  });

  it('[R1] of many at once with one key, one counts', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_one, index) => deliver({ name: `race ${index % 2}` }, 'race')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(10);
  });

  it('an agent\'s numbers of the same session win, and are not counted twice', async () => {
    const { body } = await deliver({ sessionId: 'both', tool: 'claude', costUsd: 9, tokens: { input: 9000 } });
    const report = aReporter(hub, await hub.token('agent', ada.userId, team.id), 'desk');
    await report([aWire({ id: 'claude/both', lastActivityAt: hub.clock.now, models: { m: { usage: { input: 50 }, requests: 1, microUsd: 1000, unpricedTokens: 0 } } })], [['claude/both', 'm', 'input', Math.floor(hub.clock.now / 3_600_000), 50]]);
    const late = await deliver({ sessionId: 'both', tool: 'claude', costUsd: 10 });
    expect(late.body).toEqual({ id: body.id, counted: false });
    expect(await shown(body.id)).toMatchObject({ costUsd: 0.001, tokens: { input: 50 } });
    expect((await ada.ask('GET', '/api/v1/sessions?tool=claude')).body.sessions[0]).toMatchObject({ tokensTotal: 50, costUsd: 0.001 });
  });

  it('an agent\'s use of a session that it does not show wins, too', async () => {
    await deliver({ sessionId: 'old', tool: 'codex', costUsd: 9, tokens: { input: 9000 } });
    const report = aReporter(hub, await hub.token('agent', ada.userId, team.id), 'lap');
    await report([], [['codex/old', 'm', 'input', Math.floor(hub.clock.now / 3_600_000), 70], ['codex/old', 'm', 'micro_usd', Math.floor(hub.clock.now / 3_600_000), 2000]]);
    expect((await ada.ask('GET', '/api/v1/sessions?tool=codex')).body.sessions[0]).toMatchObject({ tokensTotal: 70, costUsd: 0.002 });
    expect((await ada.ask('GET', '/api/v1/teams/reds/analytics/tools')).body.rows.find(({ tool }: { tool: string }) => tool === 'codex').counted.tokens).toBe(70);
  });

  it('cannot write into another person\'s session, nor bring back a deleted one', async () => {
    await deliver({ sessionId: 'mine' });
    expect((await deliver({ sessionId: 'mine', costUsd: 5 }, undefined, bob)).body.id).toBe('anothers');
    await ada.ask('DELETE', '/api/v1/sessions/aider/mine');
    expect((await deliver({ sessionId: 'mine' })).body.id).toBe('deleted');
  });

  it.each([{}, { name: '' }, { name: 'x', tool: 'nonsense' }, { name: 'x', status: 'DONE' }, { name: 'x', costUsd: -1 }, { name: 'x', tokens: { inputs: 1 } }, { name: 'x', more: 1 }])('[R11] %j is refused', async (body) => {
    expect((await deliver(body, undefined, bob)).status).toBe(400);
  });

  it('needs the scope "write"', async () => {
    expect((await deliver({ name: 'x' }, undefined, await hub.token('personal', ada.userId, undefined, ['read']))).status).toBe(403);
  });
});
