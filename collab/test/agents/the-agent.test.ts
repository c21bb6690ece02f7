import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { askAgent } from '../../server/agents/commands.ts';
import { AMachine } from '../../../exporter/test/agent/a-machine.ts';
import { until } from '../../../exporter/test/servers.ts';
import { claudeLine } from '../../../exporter/test/sweep/a-home.ts';
import { aDoor } from '../support/door.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { fleetTotals } from './an-agent.ts';

let hub: TestHub;
let ada: Client;
let token: Client;
let machine: AMachine;
let ticking: NodeJS.Timeout;

beforeEach(async () => {
  hub = await startTestHub();
  ticking = setInterval(() => (hub.clock.now = machine?.now() ?? Date.now()), 5);
  const team = await hub.team('blue');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
  token = await hub.token('agent', ada.userId, team.id);
  machine = new AMachine();
});
afterEach(async () => {
  await machine.close();
  clearInterval(ticking);
  await hub.stop();
});

const start = (options = {}) => machine.start({ hubUrl: hub.url, token: token.secret, ...options });
const sessions = () => hub.base.store.selectFrom('sessions').selectAll().execute();
const output = async (): Promise<number> => Number((await hub.base.store.selectFrom('session_use').select(({ fn }) => fn.sum<number>('value').as('sum')).where('kind', '=', 'output').executeTakeFirstOrThrow()).sum ?? 0);

describe('the exporter\'s own agent', () => {
  it('[U7] is understood: sessions, use and growth are those of its ledger', async () => {
    await machine.write('s1', { output: 7 }, { output: 5, ago: 5 * 3_600_000 });
    await machine.write('old', { output: 100, ago: 9 * 86_400_000 });
    start();
    await until(async () => (await output()) === 112);
    await machine.write('s1', { output: 11 });
    await until(async () => (await output()) === machine.counted('output'));
    expect((await sessions()).map(({ session_key: key }) => key).sort()).toEqual(['claude/old', 'claude/s1']);
    expect(await fleetTotals(hub)).toMatchObject({ 'ai_tokens_total claude claude-opus-4-6 shop output': 18 });
    expect(machine.said).toEqual(['the hub takes the reports of this machine']);
  });

  it('[R9] reports at once what somebody looks at', async () => {
    await machine.write('s1', { output: 7 });
    start({ pace: { activeMs: 60_000, idleMs: 60_000, pollSeconds: 20 } });
    await until(async () => (await output()) === 7);
    await machine.write('s1', { output: 5 });
    hub.agents.watched.watch((await sessions())[0]!.id, 'socket-1');
    await until(async () => (await output()) === 12, 2000);
  });

  it('[U7] takes commands, obeys what is allowed and says so', async () => {
    await machine.write('s1', { output: 7 });
    start({ allow: { export: true } });
    await until(async () => (await output()) === 7);
    const actor = { id: ada.userId, name: 'ada', address: 'here' };
    const [session] = await sessions();
    const [exporting, stopping] = [await askAgent(hub.base, { session: session!, kind: 'export', actor }), await askAgent(hub.base, { session: session!, kind: 'stop', actor })];
    const outcomes = async () => new Map((await hub.base.store.selectFrom('commands').select(['id', 'outcome']).execute()).map(({ id, outcome }) => [id, outcome]));
    await until(async () => [...(await outcomes()).values()].every((outcome) => outcome !== null));
    expect([(await outcomes()).get(exporting.id), (await outcomes()).get(stopping.id)]).toEqual(['done', 'refused']);
  });

  it('[U8] hears in a clear sentence that its token was revoked, and asks no more', async () => {
    await machine.write('s1', { output: 7 });
    start();
    await until(async () => (await output()) === 7);
    await hub.base.store.updateTable('tokens').set({ revoked_at: hub.clock.now }).execute();
    await machine.write('s1', { output: 7 });
    await until(() => machine.said.some((sentence) => sentence.includes("refuses this agent's token")));
    expect(machine.said.filter((sentence) => sentence.includes('refuses'))).toHaveLength(1);
  });

  it('[U7] over hours without a hub, which then was restarted, loses nothing and counts nothing twice', async () => {
    await machine.write('s1', { output: 10 });
    const door = await aDoor();
    door.leadTo(hub.url);
    machine.start({ hubUrl: door.url, token: token.secret });
    await until(async () => (await output()) === 10);
    door.leadTo(undefined);
    await hub.close();
    machine.ahead = 3 * 3_600_000;
    const at = machine.now();
    for (let index = 0; index < 990; index += 1)
      machine.files.write(`.claude/projects/-home-ada-shop/away-${index}.jsonl`, claudeLine({ session: `away-${index}`, at, id: `a${index}`, output: 1 }) + claudeLine({ session: `away-${index}`, at, id: `b${index}`, output: 1, model: 'claude-sonnet-4-5' }));
    await machine.scan();
    machine.ahead = 6 * 3_600_000;
    hub = await startTestHub({}, { dataFolder: hub.dataFolder, startedAt: machine.now() });
    let wholeTellings = 0;
    const aTelling = 20_000; // all 990 in one report are 44 kB, compressed; what else is said here stays below 8 kB
    hub.server.on('request', ({ url, headers }) => (wholeTellings += url === '/api/v1/agents/report' && Number(headers['content-length']) > aTelling ? 1 : 0));
    door.leadTo(hub.url);
    await until(async () => (await output()) === 10 + 2 * 990);
    const growth = await fleetTotals(hub);
    expect((growth['ai_tokens_total claude claude-opus-4-6 shop output'] ?? 0) + (growth['ai_tokens_total claude claude-sonnet-4-5 shop output'] ?? 0)).toBe(10 + 2 * 990);
    // What changed meanwhile, and everything again (at once, where the hub said so to a first sign of life); then there is quiet. States and health move with time, so there may be one more in between.
    await until(async () => {
      const before = wholeTellings;
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return before >= 1 && wholeTellings === before;
    }, 40_000);
    await door.close();
  });

  it('leaves with a goodbye', async () => {
    await machine.write('s1', { output: 7 });
    const agent = start();
    await until(async () => (await output()) === 7);
    await agent.stop();
    expect((await hub.base.store.selectFrom('agents').select('left_at').executeTakeFirstOrThrow()).left_at).not.toBeNull();
  });
});
