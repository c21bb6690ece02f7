import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UseRow } from 'watchroom/wire';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aReporter } from '../sessions/a-report.ts';
import { aWire } from '../sessions/a-session.ts';

const hourMs = 3_600_000;
let hub: TestHub;
let team: { id: string; name: string };
let ada: Client;
let bob: Client;
let boss: Client;

/** Sums of the fleet counters, by what analytics call them. */
const fleet = async (): Promise<Record<string, number>> => {
  const sums: Record<string, number> = { tokens: 0, costUsd: 0, turns: 0, errors: 0, toolCalls: 0, linesAdded: 0, linesRemoved: 0, sessionsStarted: 0, unpricedTokens: 0 };
  const names: Record<string, string> = { ai_tokens_total: 'tokens', ai_cost_usd_total: 'costUsd', ai_turns_total: 'turns', ai_errors_total: 'errors', ai_tool_calls_total: 'toolCalls', ai_sessions_started_total: 'sessionsStarted', ai_unpriced_tokens_total: 'unpricedTokens' };
  for (const { metric, labels, value } of await hub.base.store.selectFrom('fleet').selectAll().where('team_id', '=', team.id).execute()) {
    const name = metric === 'ai_lines_total' ? (labels.includes('"added"') ? 'linesAdded' : 'linesRemoved') : names[metric]!;
    sums[name]! += metric === 'ai_cost_usd_total' ? value / 1e6 : value;
  }
  return sums;
};

const ask = async (client: Client, path: string): Promise<any> => { // eslint-disable-line @typescript-eslint/no-explicit-any
  const { status, body, text } = await client.ask('GET', `/api/v1/teams/reds/analytics/${path}`);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return body;
};

type Row = { counted: Record<string, number>; history: Record<string, number> };
const total = (rows: readonly Row[], part: 'counted' | 'history', name: string): number => rows.reduce((sum, row) => sum + row[part][name]!, 0);

const canary = 'zebrafish';

beforeAll(async () => {
  // A summer time begins in Berlin on 2026-03-29.
  hub = await startTestHub({ limitFactor: 1000 }, { startedAt: Date.UTC(2026, 2, 30, 12) });
  team = await hub.team('reds');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
  bob = await hub.person('bob', { id: team.id, role: 'member' });
  boss = await hub.person('boss', { id: team.id, role: 'admin' });
  const now = Math.floor(hub.clock.now / hourMs);
  const started = hub.clock.now - 40 * hourMs;
  const use = (id: string, hours: readonly number[], model = 'claude-sonnet-4-5'): UseRow[] => [
    ...hours.flatMap((hour, index): UseRow[] => [[id, model, 'input', hour, 100 + index], [id, model, 'output', hour, 10 + index], [id, model, 'cache_read', hour, 1000], [id, model, 'requests', hour, 2], [id, model, 'micro_usd', hour, 1234 + index], [id, model, 'unpriced:input', hour, 3]]),
    [id, '', 'turns', Math.floor(started / hourMs), 4], [id, '', 'error:api', Math.floor(started / hourMs), 2], [id, '', 'tool:Bash', Math.floor(started / hourMs), 7], [id, '', 'lines:added', Math.floor(started / hourMs), 20], [id, '', 'lines:removed', Math.floor(started / hourMs), 5], [id, '', 'started', Math.floor(started / hourMs), 1],
  ];
  const adas = aReporter(hub, await hub.token('agent', ada.userId, team.id), 'desk');
  const bobs = aReporter(hub, await hub.token('agent', bob.userId, team.id), 'lap');
  const spread = [now - 36, now - 35, now - 30, now - 12, now - 1, now];
  await adas([aWire({ id: 'claude/open', startedAt: started, lastActivityAt: hub.clock.now, tags: ['release', 'ui'] }), aWire({ id: 'codex/second', project: 'blog', startedAt: started, lastActivityAt: hub.clock.now })], [...use('claude/open', spread), ...use('codex/second', [now])]);
  await bobs([aWire({ id: `claude/${canary}`, project: canary, title: canary, gitBranch: canary, tags: [canary], startedAt: started, lastActivityAt: hub.clock.now })]);
  expect((await bob.ask('PUT', `/api/v1/sessions/claude/${canary}/visibility`, { visibility: 'private' })).status).toBe(200);
  await bobs([], [...use(`claude/${canary}`, spread, `${canary}-model`), [`claude/${canary}`, '', `tool:mcp__${canary}`, now - 40, 9]]);
  hub.clock.now += 60_000;
  await adas([aWire({ id: 'claude/doomed', project: 'gone', startedAt: started, lastActivityAt: hub.clock.now })], use('claude/doomed', [now, now - 3]));
  expect((await ada.ask('DELETE', '/api/v1/sessions/claude/doomed')).status).toBe(204);
  await ada.ask('POST', '/api/v1/teams/reds/session-webhook', { name: 'nightly', tool: 'aider', status: 'COMPLETED', costUsd: 0.5, tokens: { input: 500 } });
});
afterAll(() => hub.stop());

describe('[M5] analytics', () => {
  it.each(['users', 'trends', 'tools', 'projects', 'hours'] as const)('the rows of %s add up to the fleet counters', async (name) => {
    const { rows } = await ask(bob, name);
    for (const [figure, sum] of Object.entries(await fleet())) expect({ figure, sum: Math.round(total(rows, 'counted', figure) * 1e6) }).toEqual({ figure, sum: Math.round(sum * 1e6) });
  });

  it('the summary is the fleet counters, and says what is history', async () => {
    const { counted, history, sessions, users, reported } = await ask(ada, 'summary');
    expect(counted).toMatchObject(await fleet());
    expect(history.tokens).toBeGreaterThan(0);
    const all = await hub.base.store.selectFrom('session_use').select(({ fn }) => fn.sum<number>('value').as('sum')).where('kind', 'in', ['input', 'output', 'cache_read']).executeTakeFirstOrThrow();
    const gone = await hub.base.store.selectFrom('gone_use').select(({ fn }) => fn.sum<number>('value').as('sum')).where('kind', 'in', ['input', 'output', 'cache_read']).executeTakeFirstOrThrow();
    expect(counted.tokens + history.tokens).toBe(all.sum + gone.sum);
    expect({ sessions, users, reported }).toEqual({ sessions: 3, users: 2, reported: { sessions: 1, tokens: 500, costUsd: 0.5 } });
  });

  it('[R13] a deleted session stays in the sums, without its name', async () => {
    const { rows } = await ask(ada, 'projects');
    expect(rows.find(({ of }: { of: string }) => of === 'deleted').counted.tokens).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('gone');
  });

  it('sessions and the rest of them add up, also when few are shown', async () => {
    for (const limit of [1, 50]) {
      const { rows, rest } = await ask(bob, `sessions?limit=${limit}`);
      expect(total([...rows, rest], 'counted', 'tokens')).toBe((await fleet()).tokens);
    }
    expect((await ask(ada, 'sessions')).rows.map(({ id }: { id: string }) => id).sort()).toEqual(['claude/open', 'codex/second']);
  });

  it('a session with two tags counts under both', async () => {
    const { rows } = await ask(ada, 'tags');
    const of = (tag: string): Row => rows.find((row: { tag?: string }) => row.tag === tag);
    expect(of('release').counted).toEqual(of('ui').counted);
  });

  it('errors are told by kind and tool, with the sessions that had most', async () => {
    const { rows, sessions } = await ask(ada, 'errors');
    expect(rows.reduce((sum: number, row: { counted: number }) => sum + row.counted, 0)).toBe((await fleet()).errors);
    expect(sessions.map(({ id }: { id: string }) => id).sort()).toEqual(['claude/open', 'codex/second']);
  });

  it('days are those of the time zone, with summer time right', async () => {
    const berlin = await ask(ada, 'trends?zone=Europe/Berlin');
    const auckland = await ask(ada, 'trends?zone=Pacific/Auckland');
    expect(berlin.rows.map(({ at }: { at: string }) => at)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    expect(auckland.rows.map(({ at }: { at: string }) => at)).toEqual(['2026-03-29', '2026-03-30', '2026-03-31']);
    // The day of the change has 23 hours: from 23:00 UTC to 22:00 UTC.
    const day = await ask(ada, 'summary?zone=Europe/Berlin&from=2026-03-29&to=2026-03-29');
    const same = await ask(ada, 'summary?from=2026-03-28T23:00:00Z&to=2026-03-29T22:00:00Z');
    expect(day.counted).toEqual(same.counted);
    expect(day.history).toEqual(berlin.rows[1].history);
  });

  it('weeks begin on Monday, months on their first', async () => {
    expect((await ask(ada, 'trends?step=week')).rows.map(({ at }: { at: string }) => at)).toEqual(['2026-03-23', '2026-03-30']);
    expect((await ask(ada, 'trends?step=month')).rows.map(({ at }: { at: string }) => at)).toEqual(['2026-03-01']);
    const hours = (await ask(ada, 'trends?step=hour')).rows;
    expect(hours.at(-1).at).toBe('2026-03-30T12:00:00.000Z');
  });

  it.each(['zone=Mars/Olympus', 'from=yesterday', 'to=2026-02-30', 'zone='])('[R11] %s is refused with a sentence', async (query) => {
    expect((await ada.ask('GET', `/api/v1/teams/reds/analytics/summary?${query}`)).status).toBe(400);
  });

  it('[R7] others\' private sessions are only inside sums', async () => {
    for (const who of [ada, boss]) {
      for (const name of ['summary', 'users', 'sessions', 'trends?step=hour', 'tools', 'projects', 'tags', 'errors', 'hours', ...['summary', 'users', 'sessions', 'trends', 'tools', 'projects', 'tags', 'errors', 'hours'].flatMap((of) => [`export?format=csv&of=${of}`, `export?format=json&of=${of}`])]) {
        const { status, text } = await who.ask('GET', `/api/v1/teams/reds/analytics/${name}`);
        expect({ name, status, told: text.includes(canary) }).toEqual({ name, status: 200, told: false });
      }
    }
    expect(JSON.stringify(await ask(bob, 'projects'))).toContain(canary);
  });

  it('[R7] a member of another team asks in vain', async () => {
    const other = await hub.team('blues');
    const eve = await hub.person('eve', { id: other.id, role: 'admin' });
    expect((await eve.ask('GET', '/api/v1/teams/reds/analytics/summary')).status).toBe(404);
    const { body } = await eve.ask('GET', '/api/v1/teams/blues/analytics/summary');
    expect(body).toMatchObject({ sessions: 0, users: 0, counted: { tokens: 0 }, history: { tokens: 0 } });
  });
});

describe('[M5] the export', () => {
  it('as JSON has every session that may be seen, and the others in one row', async () => {
    const { body, headers } = await ada.ask('GET', '/api/v1/teams/reds/analytics/export?format=json');
    expect(headers.get('content-disposition')).toBe('attachment; filename="watchroom-sessions.json"');
    expect(body.map(({ id }: { id: string }) => id).sort()).toEqual(['(private and deleted sessions)', 'claude/open', 'codex/second']);
    expect(total(body, 'counted', 'tokens')).toBe((await fleet()).tokens);
  });

  it('as CSV has a heading, and as many cells in every line', async () => {
    const { text, headers } = await ada.ask('GET', '/api/v1/teams/reds/analytics/export?of=trends');
    const lines = text.split('\r\n').slice(0, -1);
    expect(headers.get('content-type')).toContain('text/csv');
    expect(lines[0]).toMatch(/^at,sessions,health,counted\.tokens,/);
    expect(new Set(lines.map((line) => line.split(',').length)).size).toBe(1);
  });

  it('is audited', async () => {
    expect(await hub.base.store.selectFrom('audit').select(['action', 'actor']).where('action', '=', 'export:analytics').where('actor', '=', 'ada').executeTakeFirst()).toBeDefined();
  });
});
