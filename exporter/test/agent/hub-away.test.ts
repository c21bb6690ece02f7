import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../src/agent/wire.ts';
import { until } from '../servers.ts';
import { claudeLine } from '../sweep/a-home.ts';
import { AHub, token } from './a-hub.ts';
import { AMachine } from './a-machine.ts';

let hub: AHub;
let machine: AMachine;

beforeEach(async () => {
  hub = await new AHub().open();
  machine = new AMachine();
  await machine.write('s1', { output: 10 });
});
afterEach(async () => {
  await machine.close();
  await hub.close();
});

const has = (id: string) => (report: Report): boolean => report.sessions.some((session) => session.id === id);
const everything = () => hub.sum('output') === machine.counted('output') && hub.sum('input') === machine.counted('input');

describe('a hub that is away', () => {
  it('[U7] and comes back has lost nothing that was counted, and hears the present, not a replay', async () => {
    machine.start({ hubUrl: hub.url });
    await hub.until(has('claude/s1'));
    await hub.close();
    for (let index = 0; index < 20; index += 1) {
      await machine.write('s1', { output: index });
      await machine.write(`away-${index}`, { output: 100 });
      await sleep(10);
    }
    expect(machine.said.filter((sentence) => /cannot be reached: nothing listens there/.test(sentence))).toHaveLength(1);
    const before = hub.reports.length;
    await hub.open();
    await until(everything);
    expect(hub.reports.slice(before).filter(has('claude/s1')).length).toBeLessThanOrEqual(2);
    await until(() => machine.said.at(-1) === 'the hub is there again');
  });

  it('for hours counts as growth what the ledger counted meanwhile, by the hours in which it happened', async () => {
    machine.start({ hubUrl: hub.url });
    await hub.until(has('claude/s1'));
    await until(everything);
    await hub.close();
    const grown = hub.growth.get('output')!;
    for (const hours of [1, 2, 3, 4]) {
      machine.ahead = hours * 3_600_000;
      await machine.write('s1', { output: 50 });
      await machine.write(`s-${hours}`, { output: 50 });
    }
    await hub.open();
    await until(everything);
    expect(hub.growth.get('output')! - grown).toBe(400);
    expect(machine.ledger.fleet().filter(({ metric, labels }) => metric === 'ai_tokens_total' && labels.token_type === 'output').reduce((sum, { value }) => sum + value, 0)).toBe(410);
  });

  it('for hours, with more news than fit into one report, and forgets while it is away: all of it is growth, once', async () => {
    machine.start({ hubUrl: hub.url });
    await hub.until(has('claude/s1'));
    await until(everything);
    await hub.close();
    machine.ahead = 3 * 3_600_000;
    const at = machine.now();
    for (let index = 0; index < 990; index += 1)
      machine.files.write(`.claude/projects/-home-ada-shop/away-${index}.jsonl`, claudeLine({ session: `away-${index}`, at, id: `a${index}`, output: 1 }) + claudeLine({ session: `away-${index}`, at, id: `b${index}`, output: 1, model: 'claude-sonnet-4-5' }));
    await machine.scan();
    machine.ahead = 6 * 3_600_000;
    hub.reports.length = 0;
    hub.answers = ({ since, agent }) => ({ resend: since! < at || since === agent.startedAt });
    await hub.open();
    await until(everything);
    expect(hub.reports.filter(({ sessions }) => sessions.length > 0).length).toBeGreaterThan(1);
    await until(() => hub.reports.reduce((sum, { sessions }) => sum + sessions.length, 0) >= 990 + 991); // and again
    await sleep(300);
    expect(hub.growth.get('output')).toBe(10 + 2 * 990);
    expect(hub.reports.length).toBeLessThan(12);
  });

  it('is asked ever less often, and as it wishes', async () => {
    hub.trouble = { status: 503, message: 'the database is away' };
    machine.start({ hubUrl: hub.url, pace: { backOffMs: 40, backOffMostMs: 320 }, random: () => 1 });
    await sleep(700);
    expect(hub.tries).toBeGreaterThanOrEqual(4); // after 0, 40, 120, 280, 600 ms
    expect(hub.tries).toBeLessThanOrEqual(6);
    hub.trouble = { status: 503, message: 'the database is away', headers: { 'retry-after': '1' } };
    await sleep(400);
    const [tries, started] = [hub.tries, performance.now()];
    hub.trouble = undefined;
    await until(() => hub.tries > tries);
    expect(performance.now() - started).toBeGreaterThan(400);
    await until(everything);
  });

  it('is not asked by all agents at once when it comes back', async () => {
    const pauses = await Promise.all([0, 0.5, 1].map(async (lot) => {
      const away = await new AHub().open();
      away.trouble = { status: 503 };
      const other = new AMachine(machine.files);
      await other.scan();
      other.start({ hubUrl: away.url, pace: { backOffMs: 300, backOffMostMs: 300 }, random: () => lot });
      await until(() => away.tries === 1, 2000, 2);
      const started = performance.now();
      await until(() => away.tries === 2, 2000, 2);
      await other.close();
      await away.close();
      return performance.now() - started;
    }));
    expect(pauses[1]! - pauses[0]!).toBeGreaterThan(60);
    expect(pauses[2]! - pauses[1]!).toBeGreaterThan(60);
  });
});

describe('a token that the hub refuses', () => {
  it.each([401, 403])('(%i) is a clear sentence, said once, and no storm', async (status) => {
    hub.trouble = { status, message: 'this token was revoked by Ada.' };
    machine.start({ hubUrl: hub.url });
    await until(() => hub.tries === 1);
    for (let index = 0; index < 10; index += 1) {
      await machine.write('s1', { output: 1 });
      await sleep(20);
    }
    expect([hub.tries, hub.polls]).toEqual([1, 0]);
    expect(machine.said).toEqual(["the hub refuses this agent's token: this token was revoked by Ada. Make a new one in the hub and start the agent with it"]);
    expect(machine.said.join()).not.toContain(token);
  });

  it('is tried again after ten minutes, and works when it was put right', async () => {
    hub.trouble = { status: 401 };
    machine.start({ hubUrl: hub.url, pace: { refusedMs: 300 } });
    await until(() => hub.tries === 1);
    hub.trouble = undefined;
    await until(everything);
    expect(hub.tries).toBeGreaterThan(1);
  });

  it('while it reports ends the long poll too', async () => {
    machine.start({ hubUrl: hub.url, pace: { pollSeconds: 0.1 } });
    await until(() => hub.polls > 1);
    hub.trouble = { status: 401 };
    await machine.write('s1', { output: 1 });
    await until(() => machine.said.some((sentence) => sentence.includes('refuses')));
    await sleep(150);
    const { polls, tries } = hub;
    await sleep(300);
    expect([hub.polls, hub.tries]).toEqual([polls, tries]);
  });
});

describe('what is wrong at the other end is said in a sentence', () => {
  it.each([
    [{ status: 404, message: 'not found' }, /there is no Watchroom hub at .* Is the address right\?/],
    [{ status: 307, headers: { location: 'https://elsewhere.example/' } }, /sends elsewhere \(307 to https:\/\/elsewhere\.example\/\); an agent goes to no other address/],
    [{ status: 503, message: 'the database is away' }, /cannot answer now \(503\): the database is away/],
  ])('%j', async (trouble, sentence) => {
    hub.trouble = trouble;
    machine.start({ hubUrl: hub.url });
    await until(() => machine.said.length > 0);
    expect(machine.said).toEqual([expect.stringMatching(sentence)]);
  });

  it('something that is no hub', async () => {
    hub.answer = { hub: 'what?' } as never;
    machine.start({ hubUrl: hub.url });
    await until(() => machine.said.length > 0);
    expect(machine.said[0]).toMatch(/is not a hub this agent understands/);
  });

  it('one session that the hub cannot take does not hold up the others', async () => {
    for (let index = 0; index < 8; index += 1) await machine.write(`good-${index}`, { output: 1 });
    await machine.write('bad', { output: 1 });
    hub.refuses = has('claude/bad');
    machine.start({ hubUrl: hub.url, pace: { backOffMs: 5, backOffMostMs: 10 } });
    await until(() => hub.sum('output') === 18);
    expect(new Set(hub.reports.flatMap(({ sessions }) => sessions.map(({ id }) => id))).size).toBe(9);
  });
});

describe('a machine that slept', () => {
  it('tells the present at once, though the hub did not answer for long before', async () => {
    hub.trouble = { status: 503 };
    machine.start({ hubUrl: hub.url, pace: { backOffMs: 600_000, backOffMostMs: 600_000 }, random: () => 1 });
    await until(() => hub.tries === 1);
    hub.trouble = undefined;
    machine.ahead = 8 * 3_600_000;
    await until(everything, 5000);
    expect(hub.reports).toHaveLength(1);
    expect(hub.reports[0]!.sentAt).toBeGreaterThan(Date.now() + 7 * 3_600_000);
  });

  it('polls again on a new connection', async () => {
    machine.start({ hubUrl: hub.url, pace: { pollSeconds: 60 } });
    await until(() => hub.polls === 2);
    machine.ahead = 8 * 3_600_000;
    await until(() => hub.polls > 2, 5000);
  });
});
