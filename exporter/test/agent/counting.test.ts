import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../servers.ts';
import { claudeLine } from '../sweep/a-home.ts';
import { AHub } from './a-hub.ts';
import { AMachine } from './a-machine.ts';

let hub: AHub;
let machine: AMachine;

beforeEach(async () => {
  hub = await new AHub().open();
  machine = new AMachine();
});
afterEach(async () => {
  await machine.close();
  await hub.close();
});

const day = 86_400_000;
const past = () => hub.reports.filter(({ backlog }) => backlog);

describe('the history of a ledger', () => {
  it('goes to a new hub behind the present, in batches, and never as growth', async () => {
    for (let index = 0; index < 250; index += 1) machine.files.write(`.claude/projects/-home-ada-shop/old-${index}.jsonl`, oldTranscript(`old-${index}`, machine.now() - (2 + index) * day));
    await machine.write('now', { output: 1 });
    machine.start({ hubUrl: hub.url });
    await until(() => hub.sum('output') === 2501);
    expect(hub.reports[0]).toMatchObject({ sessions: [{ id: 'claude/now' }] });
    expect(past().length).toBeGreaterThanOrEqual(3);
    expect(past()[0]).toMatchObject({ sessions: [], present: ['claude/now'] });
    expect(past().flatMap((report) => report.past ?? [])).toContainEqual({ id: 'claude/old-0', project: 'shop', startedAt: expect.any(Number), lastActivityAt: expect.any(Number) });
    expect(hub.growth.get('output')).toBe(1);
  });

  it('goes on where it was after a restart, and is not sent twice', async () => {
    for (let index = 0; index < 250; index += 1) machine.files.write(`.claude/projects/-home-ada-shop/old-${index}.jsonl`, oldTranscript(`old-${index}`, machine.now() - (2 + index) * day));
    await machine.scan();
    const first = machine.start({ hubUrl: hub.url });
    await until(() => readFileSync(join(machine.state, 'agent.json'), 'utf8').includes('"after"'), 5000, 1);
    await first.stop();
    const sent = past().flatMap((report) => report.past ?? []).length;
    expect(sent).toBeLessThan(250);
    machine.start({ hubUrl: hub.url });
    await until(() => hub.sum('output') === 2500);
    expect(past().flatMap((report) => report.past ?? [])).toHaveLength(250);
    const { length } = past();
    await sleep(200);
    expect(past()).toHaveLength(length);
  });

  it('is sent again when the hub has forgotten it, and to another hub', async () => {
    machine.files.write('.claude/projects/-home-ada-shop/old.jsonl', oldTranscript('old', machine.now() - 9 * day));
    await machine.write('now', { output: 1 });
    machine.start({ hubUrl: hub.url });
    await until(() => hub.sum('output') === 11);
    hub.forget(hub.id);
    hub.answer = { resend: true };
    await until(() => hub.reports.length > 0, 5000, 1);
    hub.answer = {};
    await until(() => hub.sum('output') === 1); // the window at once
    expect(hub.sum('output')).toBe(1);
    machine.ahead = 25 * 3_600_000; // the rest within a day
    await until(() => hub.sum('output') === 11);
    hub.forget();
    await until(() => hub.sum('output') === 11);
  });
});

describe('whatever happens, use counts once', () => {
  it('when the ledger was lost and begun anew', async () => {
    await machine.write('s1', { output: 10 }, { output: 5 });
    const before = machine.start({ hubUrl: hub.url });
    await until(() => hub.sum('output') === 15);
    await before.stop();
    await machine.loseLedger();
    machine.start({ hubUrl: hub.url });
    await until(() => hub.reports.some(({ agent, use }) => agent.ledgerId === machine.ledger.id && use.length > 0));
    await machine.write('s1', { output: 1 });
    await until(() => hub.sum('output') === 16);
    expect(hub.growth.get('output')).toBe(16);
    expect(new Set(hub.reports.map(({ agent }) => agent.id)).size).toBe(1);
  });

  it('when two agents report one home', async () => {
    await machine.write('s1', { output: 10 });
    const other = new AMachine(machine.files);
    await other.scan();
    machine.start({ hubUrl: hub.url });
    other.start({ hubUrl: hub.url, hostName: 'hopper' });
    await until(() => new Set(hub.reports.map(({ agent }) => agent.id)).size === 2);
    await machine.write('s1', { output: 7 });
    await other.scan();
    await until(() => hub.sum('output') === 17);
    await sleep(300);
    expect(hub.sum('output')).toBe(machine.counted('output'));
    expect(hub.growth.get('output')).toBe(17);
    await other.close();
  });

  it('when the agent is restarted again and again', async () => {
    for (let round = 0; round < 5; round += 1) {
      await machine.write('s1', { output: 10 });
      const agent = machine.start({ hubUrl: hub.url });
      await until(() => hub.sum('output') === 10 * (round + 1), 5000, 5);
      await agent.stop();
    }
    expect(hub.growth.get('output')).toBe(50);
    expect(hub.sum('turns')).toBe(5);
  });

  it('when answers are lost on their way', async () => {
    machine.start({ hubUrl: hub.url });
    for (let index = 0; index < 30; index += 1) {
      hub.loses = index % 3 === 1;
      await machine.write(`s${index % 4}`, { output: 10 });
      await sleep(20);
    }
    hub.loses = false;
    await until(() => hub.sum('output') === 300);
    expect(hub.growth.get('output')).toBe(300);
  });
});

describe('the agent', () => {
  it('has an id of its own per state folder and host', async () => {
    await machine.write('s1', {});
    for (const hostName of ['lovelace', 'hopper', 'lovelace']) {
      const agent = machine.start({ hubUrl: hub.url, hostName });
      await hub.until((report) => report.agent.hostName === hostName);
      await agent.stop();
    }
    const ids = hub.reports.map(({ agent }) => `${agent.hostName} ${agent.id}`);
    expect(new Set(ids).size).toBe(2);
    expect(Object.keys((JSON.parse(readFileSync(join(machine.state, 'agent.json'), 'utf8')) as { agents: object }).agents)).toEqual(['lovelace', 'hopper']);
  });
});

const oldTranscript = (session: string, at: number): string => claudeLine({ session, at, id: `msg_${session}`, output: 10 });
