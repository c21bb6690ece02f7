import { healthOf } from '../../../../exporter/src/health/health.ts';
import type { Session } from 'watchroom/session';
import { sessionOfWire } from 'watchroom/wire';
import type { WireSession } from 'watchroom/wire';
import { aWire, anAgent, hourOf } from '../../agents/an-agent.ts';
import type { TestAgent } from '../../agents/an-agent.ts';
import type { Client, TestHub } from '../../support/hub.ts';

/** A team at work, told by agents: one session in trouble, one that waits, others that do well, some that ended. */
export interface Scene {
  readonly team: { readonly id: string; readonly name: string };
  readonly people: Readonly<Record<'ada' | 'grace' | 'linus' | 'mary', Client>>;
  readonly agents: Readonly<Record<'ada' | 'grace' | 'linus', TestAgent>>;
  readonly sick: string;
  /** A session that was not told of before. */
  readonly tell: (who: 'ada' | 'grace' | 'linus', facts: Partial<WireSession> & { readonly id: string }) => Promise<void>;
  /** A session again, changed; its health follows. */
  readonly change: (who: 'ada' | 'grace' | 'linus', id: string, facts: Partial<WireSession>) => Promise<void>;
}

const minute = 60_000;
const hour = 60 * minute;

export const makeScene = async (hub: TestHub): Promise<Scene> => {
  const made = await hub.team('teashop');
  await hub.base.store.updateTable('teams').set({ display_name: 'Teashop' }).where('id', '=', made.id).execute();
  const person = async (name: string, called: string, role: 'admin' | 'member' | 'viewer'): Promise<Client> => {
    const client = await hub.person(name, { id: made.id, role });
    await hub.base.store.updateTable('users').set({ display_name: called }).where('id', '=', client.userId).execute();
    return client;
  };
  const people = { ada: await person('ada', 'Ada Lovelace', 'admin'), grace: await person('grace', 'Grace Hopper', 'member'), linus: await person('linus', 'Linus T.', 'member'), mary: await person('mary', 'Mary Jackson', 'viewer') };
  const agent = (who: 'ada' | 'grace' | 'linus', hostName: string): Promise<TestAgent> => anAgent(hub, { userId: people[who].userId, teamId: made.id, hostName });
  const agents = { ada: await agent('ada', 'ada-laptop'), grace: await agent('grace', 'build-7'), linus: await agent('linus', 'linus-desk') };
  const now = hub.clock.now;
  const wires = sessionsOf(now);
  for (const who of ['ada', 'grace', 'linus'] as const) {
    const mine = wires[who].map((wire) => well(wire, now));
    await agents[who].tells({ sessions: mine, since: now - 10 * hour, use: mine.flatMap((wire) => useOf(wire, now)) });
  }
  await putHistory(hub, now);
  return {
    team: made, people, agents, sick: sickId,
    tell: async (who, facts) => {
      wires[who].push(aWire(facts));
      await agents[who].tells({ sessions: [well(aWire(facts), hub.clock.now)] });
    },
    change: async (who, id, facts) => {
      const wire = wires[who].find((one) => one.id === id)!;
      const changed = well({ ...wire, ...facts }, hub.clock.now);
      wires[who].splice(wires[who].indexOf(wire), 1, changed);
      await agents[who].tells({ sessions: [changed], use: useOf(changed, hub.clock.now) });
    },
  };
};

/** Three hours of minutes of the sick session: its context fills, is compacted once, and fills again. */
const putHistory = async ({ base: { store } }: TestHub, now: number): Promise<void> => {
  const { id } = await store.selectFrom('sessions').select('id').where('session_key', '=', sickId).executeTakeFirstOrThrow();
  const samples = Array.from({ length: 60 }, (_, index) => {
    const at = Math.floor((now - (60 - index) * 3 * minute) / minute) * minute;
    const ratio = index < 24 ? 0.3 + index * 0.026 : 0.35 + (index - 24) * 0.0165;
    return { session_id: id, width: minute, at, tokens: 20_000 + (index % 7) * 9000, micro_usd: Math.round(31_820_000 / 60 * (0.5 + (index % 5) * 0.25)), errors: index > 40 && index % 4 === 0 ? 1 : 0, turns: index % 6 === 0 ? 1 : 0, context_ratio: Math.min(0.94, ratio), health: 80 - index * 0.6, state: 'working' as const };
  });
  await store.deleteFrom('session_samples').where('session_id', '=', id).execute();
  await store.insertInto('session_samples').values(samples).onConflict((on) => on.doNothing()).execute();
};

const sickId = 'claude/7c1d9a52-6f0e-4a7b-9d33-52b1c0aa91e4';
const clash = 'K'.repeat(43);

const well = (wire: WireSession, now: number): WireSession => ({ ...wire, health: wire.state === 'ended' ? { factors: {}, missing: [] } : (healthOf(sessionOfWire(wire) as Session, now) as WireSession['health']) });

const useOf = ({ id, models }: WireSession, now: number): [string, string, 'micro_usd' | 'output' | 'requests', number, number][] =>
  Object.entries(models).flatMap(([model, { usage, microUsd = 0, requests }]) => [[id, model, 'micro_usd', hourOf(now), microUsd], [id, model, 'output', hourOf(now), usage.output ?? 0], [id, model, 'requests', hourOf(now), requests]]);

const used = (output: number, dollars: number, requests = 80): WireSession['models'][string] => ({ usage: { input: output / 9 | 0, output, cache_read: output * 60, cache_creation_5m: output * 3 }, requests, microUsd: Math.round(dollars * 1e6), unpricedTokens: 0 });
const work = (edits: number, lastAt: number, added = 20, removed = 4) => ({ reads: edits + 2, edits, created: false, linesAdded: added, linesRemoved: removed, lastAt, editedAt: lastAt });
const errorsAt = (count: number, now: number): number[] => Array.from({ length: count }, (_, index) => now - (index + 1) * 2 * minute);

const sessionsOf = (now: number): Record<'ada' | 'grace' | 'linus', WireSession[]> => ({
  ada: [
    aWire({
      id: sickId, project: 'payments', cwd: '/home/ada/src/payments', gitBranch: 'feat/partial-refunds', model: 'claude-opus-4-6', toolVersion: '2.1.212', title: 'Refund part of an order',
      startedAt: now - 6.4 * hour, lastActivityAt: now - 8000, activeMs: 4.1 * hour, models: { 'claude-opus-4-6': used(182_400, 31.82, 240) }, context: { used: 188_600, limit: 200_000, compactAt: 190_000 },
      messages: { user: 31, assistant: 262 }, turns: 31, toolCalls: { Bash: 88, Edit: 46, Read: 71 }, toolErrors: { Bash: 12, Edit: 2 }, errors: { tool: 13, api: 1 }, errorTimes: errorsAt(14, now), compactions: 1,
      files: { 'src/refunds/ledger.ts': work(14, now - 20_000, 210, 60), 'src/refunds/rounding.ts': work(9, now - 8000, 44, 38), 'src/cart/total.ts': work(4, now - 6 * minute, 12, 9), 'test/refunds.test.ts': work(11, now - minute, 180, 22) },
      filesEdited: 4, linesAdded: 446, linesRemoved: 129, commits: 2, subagents: 1,
      present: { turnOpen: true, turnSince: now - 4 * minute, pendingTools: [{ id: 't1', name: 'Bash', since: now - 8000 }], lastWasError: true }, alive: true, processes: [{ pid: 48211, startedAt: now - 6.4 * hour }],
      rot: { repeatedFailures: 5, editChurn: 0.42 }, fileConflicts: ['src/cart/total.ts'], edits: [{ key: clash, path: 'src/cart/total.ts', at: now - 6 * minute }],
    }),
    aWire({
      id: 'codex/019a3f10-22aa-7c01-8d3e-0b1f6f2b7701', project: 'docs', cwd: '/home/ada/src/docs', gitBranch: 'main', model: 'gpt-5.2-codex', startedAt: now - 50 * minute, lastActivityAt: now - 26 * minute, models: { 'gpt-5.2-codex': used(8200, 0.61, 14) },
      context: { used: 61_000, limit: 258_400 }, messages: { user: 3, assistant: 14 }, turns: 3, files: {}, state: 'idle', present: { turnOpen: false, pendingTools: [] }, alive: true,
    }),
  ],
  grace: [
    aWire({
      id: 'claude/b81f2c9e-11d2-4f6a-8c55-4d1f6f2b7702', project: 'storefront', cwd: '/srv/storefront', gitBranch: 'perf/cart-totals', model: 'claude-sonnet-4-5', title: 'Cart totals without a second query', startedAt: now - 1.3 * hour, lastActivityAt: now - 3000,
      models: { 'claude-sonnet-4-5': used(61_000, 6.44, 96) }, context: { used: 87_000, limit: 200_000, compactAt: 190_000 }, messages: { user: 9, assistant: 88 }, turns: 9, toolCalls: { Edit: 22, Bash: 30 }, errors: { tool: 1 }, errorTimes: errorsAt(1, now),
      files: { 'src/cart/total.ts': work(6, now - 3 * minute) }, filesEdited: 5, linesAdded: 120, linesRemoved: 48, commits: 1, present: { turnOpen: true, pendingTools: [{ id: 't2', name: 'Edit', since: now - 3000 }] }, alive: true,
      fileConflicts: ['src/cart/total.ts'], edits: [{ key: clash, path: 'src/cart/total.ts', at: now - 3 * minute }],
    }),
    aWire({
      id: 'gemini/5b1f6f2b-7703-4c01-8d3e-0b1f6f2b7703', project: 'infrastructure', gitBranch: 'tf/new-region', model: 'gemini-3-pro', startedAt: now - 40 * minute, lastActivityAt: now - 5 * minute, models: { 'gemini-3-pro': used(21_000, 1.17, 33) },
      context: { used: 240_000, limit: 1_048_576 }, messages: { user: 6, assistant: 33 }, turns: 6, state: 'waiting', present: { turnOpen: false, pendingTools: [], waitingFor: 'permission to run terraform apply' }, alive: true,
    }),
    aWire({ id: 'cursor/pid-9921-1790000000', project: 'storefront', startedAt: now - 3 * hour, lastActivityAt: now - 12 * minute, state: 'idle', hasTranscript: false, alive: true, present: { turnOpen: false, pendingTools: [] } }),
  ],
  linus: [
    aWire({
      id: 'opencode/ses_4f2b7704', project: 'mobile', gitBranch: 'fix/offline-queue', model: 'claude-sonnet-4-5', startedAt: now - 4.6 * hour, lastActivityAt: now - 40_000, models: { 'claude-sonnet-4-5': used(94_000, 9.08, 150) },
      context: { used: 158_000, limit: 200_000 }, messages: { user: 17, assistant: 140 }, turns: 17, toolCalls: { edit: 30, bash: 41 }, errors: { tool: 3, rate_limit: 1 }, errorTimes: errorsAt(3, now), files: { 'lib/queue/drain.ts': work(8, now - minute) }, filesEdited: 7, linesAdded: 240, linesRemoved: 90, commits: 3, present: { turnOpen: true, pendingTools: [] }, alive: true,
    }),
    ...[['storefront', 'main', 2.1, 3.4], ['mobile', 'chore/deps', 5.2, 0.82], ['search', 'feat/synonyms', 20, 12.6], ['payments', 'main', 26, 4.05]].map(([project, branch, hoursAgo, cost], index) => aWire({
      id: `claude/e0000000-0000-4000-8000-00000000000${index}`, project: String(project), gitBranch: String(branch), model: 'claude-sonnet-4-5', startedAt: now - (Number(hoursAgo) + 1.5) * hour, lastActivityAt: now - Number(hoursAgo) * hour, endedAt: now - Number(hoursAgo) * hour,
      models: { 'claude-sonnet-4-5': used(20_000 * Number(cost), Number(cost), 40) }, context: { used: 90_000, limit: 200_000 }, messages: { user: 7, assistant: 60 }, turns: 7, filesEdited: 3, linesAdded: 60, linesRemoved: 12, commits: index % 2, errors: index === 2 ? { tool: 2 } : {}, state: 'ended', alive: false, present: { turnOpen: false, pendingTools: [], endedAt: now - Number(hoursAgo) * hour },
    })),
  ],
});
