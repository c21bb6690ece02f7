import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDated } from 'watchroom/wire';
import type { UseKind, UseRow } from 'watchroom/wire';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';
import { aWire, anAgent, fleetTotals, hourOf } from './an-agent.ts';

const numRuns = process.env.WATCHROOM_FULL === '1' ? 300 : 25;

let hub: TestHub;
beforeAll(async () => { hub = await startTestHub(); });
afterAll(() => hub.stop());

const kinds: readonly UseKind[] = ['input', 'output', 'micro_usd', 'turns', 'error:api', 'tool:Bash', 'lines:added', 'started'];
const sessions = ['claude/a', 'codex/b'];
const hoursAgo = [0, 1, 50];

/** One key of use that grows from moment to moment of the truth. */
const aKey = fc.record({ session: fc.constantFrom(...sessions), kind: fc.constantFrom(...kinds), ago: fc.constantFrom(...hoursAgo), steps: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }) });
/** A report of one of two machines: what it knew at a moment of the truth. */
const aTelling = fc.record({ machine: fc.nat(1), moment: fc.nat(3), again: fc.boolean(), newLedger: fc.boolean() });

const uniqueKeys = fc.uniqueArray(aKey, { minLength: 1, maxLength: 8, selector: ({ session, kind, ago }) => `${session} ${kind} ${isDated(kind) ? ago : ''}` });

describe('what reports add up to', () => {
  it('is the same in whatever order, how often and by which of two machines it is told', async () => {
    let run = 0;
    await fc.assert(fc.asyncProperty(uniqueKeys, fc.array(aTelling, { minLength: 1, maxLength: 7 }), async (keys, tellings) => {
      const team = await hub.team(`team-${run += 1}`);
      const ada = await hub.person(`ada-${run}`, { id: team.id, role: 'member' });
      const machines = [await anAgent(hub, { userId: ada.userId, teamId: team.id, hostName: 'desk' }), await anAgent(hub, { userId: ada.userId, teamId: team.id, hostName: 'laptop' })];
      const hour = hourOf(hub.clock.now);
      const valueAt = (key: (typeof keys)[number], moment: number): number => key.steps.slice(0, moment + 1).reduce((sum, step) => sum + step, 0);
      const rowsAt = (moment: number): UseRow[] => keys.map((key): UseRow => [key.session, isDated(key.kind) ? 'gpt-5' : '', key.kind, hour - key.ago, valueAt(key, moment)]).filter(([, , , , value]) => value > 0);

      for (const { machine, moment, again, newLedger } of tellings) {
        const agent = machines[machine]!;
        const told = { sessions: sessions.map((id) => aWire({ id, project: 'shop', turns: moment })), use: rowsAt(moment), agent: { ...agent.card, ledgerId: newLedger ? 'anew' : 'old' } };
        await agent.tells(told);
        if (again) await agent.tells(told);
      }

      const expected: Record<string, number> = {};
      for (const key of keys) {
        const first = tellings.map(({ moment }) => valueAt(key, moment)).find((value) => value > 0) ?? 0;
        const greatest = Math.max(...tellings.map(({ moment }) => valueAt(key, moment)));
        const counted = greatest - (key.ago > 2 ? first : 0);
        if (counted > 0) expected[key.kind] = (expected[key.kind] ?? 0) + counted;
      }
      const use = await hub.base.store.selectFrom('session_use').innerJoin('sessions', 'sessions.id', 'session_use.session_id').where('team_id', '=', team.id).select(['kind', 'value', 'counted', 'session_key', 'hour']).execute();
      expect(sumBy(use.map(({ kind, counted }) => [kind, counted]))).toEqual(expected);
      for (const { kind, value, session_key, hour: at } of use) {
        const key = keys.find((one) => one.kind === kind && one.session === session_key && (!isDated(kind) || hour - one.ago === at))!;
        expect(value).toBe(Math.max(...tellings.map(({ moment }) => valueAt(key, moment))));
      }
      expect(sumBy(Object.entries(await fleetTotals(hub, team.id)).map(([series, value]) => [kindOf(series), value]))).toEqual(expected);
      expect(await samplesOfTeam(team.id)).toEqual({ tokens: (expected.input ?? 0) + (expected.output ?? 0), micro_usd: expected.micro_usd ?? 0, errors: expected['error:api'] ?? 0, turns: expected.turns ?? 0 });
    }), { numRuns });
  }, 120_000);
});

const samplesOfTeam = async (teamId: string) =>
  hub.base.store.selectFrom('session_samples').innerJoin('sessions', 'sessions.id', 'session_samples.session_id').where('team_id', '=', teamId)
    .select(({ fn }) => [fn.sum<number>('session_samples.tokens').as('tokens'), fn.sum<number>('session_samples.micro_usd').as('micro_usd'), fn.sum<number>('session_samples.errors').as('errors'), fn.sum<number>('session_samples.turns').as('turns')]).executeTakeFirst();

const sumBy = (pairs: readonly (readonly [string, number])[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const [name, value] of pairs) if (value > 0) sums[name] = (sums[name] ?? 0) + value;
  return sums;
};

const kindOf = (series: string): string => {
  const [metric, ...labels] = series.split(' ');
  switch (metric) {
    case 'ai_tokens_total': return labels.at(-1)!;
    case 'ai_cost_usd_total': return 'micro_usd';
    case 'ai_turns_total': return 'turns';
    case 'ai_errors_total': return `error:${labels.at(-1)}`;
    case 'ai_tool_calls_total': return `tool:${labels.at(-1)}`;
    case 'ai_lines_total': return `lines:${labels.at(-1)}`;
    default: return 'started';
  }
};
