import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionOfWire } from '../../src/agent/wire.ts';
import type { Report } from '../../src/agent/wire.ts';
import { until } from '../servers.ts';
import { AHub } from './a-hub.ts';
import { AMachine, quick } from './a-machine.ts';

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

const has = (id: string) => (report: Report): boolean => report.sessions.some((session) => session.id === id);
const reportsOf = (id: string) => hub.reports.filter(has(id));

describe('a report', () => {
  it('[U7] tells the sessions of the window as the exporter knows them, and who is present', async () => {
    await machine.write('s1', { output: 7 }, { output: 5 });
    machine.start({ hubUrl: hub.url });
    const report = await hub.until(has('claude/s1'));
    expect(report).toMatchObject({ v: 1, agent: { hostName: 'lovelace', platform: 'linux', ledgerId: machine.ledger.id }, present: ['claude/s1'] });
    const { sources: _sources, durations: _durations, rot: _rot, ...known } = machine.scene.snapshot(machine.now()).sessions[0]!;
    expect(sessionOfWire(report.sessions[0]!)).toMatchObject(known);
    expect(hub.problems).toEqual([]);
  });

  it('has no title, no path of a transcript and nothing that was said', async () => {
    await machine.write('s1', {});
    machine.files.write('.claude/projects/-home-ada-shop/s2.jsonl', `{"type":"ai-title","aiTitle":"CANARY_TITLE","sessionId":"s2"}\n{"type":"summary","summary":"CANARY_TITLE","leafUuid":"u"}\n`);
    await machine.scan();
    machine.start({ hubUrl: hub.url });
    const report = await hub.until(has('claude/s1'));
    expect(JSON.stringify(report)).not.toMatch(/CANARY|\.jsonl|watchroom-home/);
  });

  it('has the title when the owner shares titles', async () => {
    await machine.write('s1', {});
    const scenery = machine.scenery();
    machine.scenery = () => ({ ...scenery, snapshot: () => { const snapshot = scenery.snapshot(); return { ...snapshot, sessions: snapshot.sessions.map((session) => ({ ...session, title: 'Fix the till' })) }; } });
    machine.start({ hubUrl: hub.url, shareTitles: true });
    expect((await hub.until(has('claude/s1'))).sessions[0]).toMatchObject({ title: 'Fix the till' });
  });

  it('counts every call once, by model and hour: the greatest values are the ledger', async () => {
    await machine.write('s1', { output: 7, model: 'claude-opus-4-6' }, { output: 5, ago: 7_200_000, model: 'claude-sonnet-4-5' });
    await machine.write('s2', { output: 100, ago: 3 * 86_400_000 });
    machine.start({ hubUrl: hub.url });
    await until(() => hub.sum('output') === 112);
    expect(hub.sum('input')).toBe(machine.counted('input'));
    expect(hub.sum('requests')).toBe(3);
    expect(hub.sum('micro_usd')).toBe(machine.ledger.sessions('all').flatMap(({ models }) => Object.values(models)).reduce((sum, { microUsd = 0 }) => sum + microUsd, 0));
    expect([hub.sum('started'), hub.sum('turns')]).toEqual([2, 2]);
    await machine.write('s1', { output: 11 });
    await until(() => hub.sum('output') === 123);
    expect(hub.sum('turns')).toBe(3);
  });

  it('tells apart history and growth by the hour of the use', async () => {
    await machine.write('s1', { output: 7 }, { output: 5, ago: 4 * 3_600_000 });
    await machine.write('s2', { output: 100, ago: 3 * 86_400_000 });
    machine.start({ hubUrl: hub.url });
    await until(() => hub.sum('output') === 112);
    expect(hub.growth.get('output')).toBe(7);
    await machine.write('s1', { output: 11 });
    await until(() => hub.sum('output') === 123);
    expect(hub.growth.get('output')).toBe(18);
  });
});

describe('pacing', () => {
  it('[R9] a watched session is told as soon as it changes, and no more often than its pace', async () => {
    await machine.write('s1', {});
    const pace = { watchedMs: 300, activeMs: 60_000, idleMs: 60_000, pollSeconds: 20 };
    machine.start({ hubUrl: hub.url, pace });
    await hub.until(has('claude/s1'));
    await until(() => hub.polls > 1);
    await machine.write('s1', { output: 1 });
    await sleep(350);
    expect(reportsOf('claude/s1')).toHaveLength(1); // nobody looks
    hub.tell({ watched: ['claude/s1'] });
    const started = performance.now();
    await until(() => reportsOf('claude/s1').length === 2);
    expect(performance.now() - started).toBeLessThan(250); // the first visitor waits no longer
    for (let index = 0; index < 40; index += 1) {
      await machine.write('s1', { output: 1 });
      await sleep(30);
    }
    const gaps = reportsOf('claude/s1').slice(1).map(({ cameAt }, index, all) => (index === 0 ? Infinity : cameAt - all[index - 1]!.cameAt));
    expect(gaps.length).toBeGreaterThan(2);
    expect(Math.min(...gaps)).toBeGreaterThan(250);
  });

  it('an active session is told at its pace, an idle one and the sign of life at theirs', async () => {
    await machine.write('active', {});
    machine.start({ hubUrl: hub.url, pace: { activeMs: 200, idleMs: 1000, backlogMs: 60_000 } });
    await hub.until(has('claude/active'));
    await machine.write('active', { output: 3 });
    await until(() => reportsOf('claude/active').length === 2);
    const [first, second] = reportsOf('claude/active');
    expect(second!.cameAt - first!.cameAt).toBeGreaterThan(150);
    const before = hub.reports.length;
    await sleep(1100);
    const quiet = hub.reports.slice(before);
    expect(quiet.length).toBeGreaterThan(0);
    expect(quiet.length).toBeLessThan(4);
    for (const report of quiet) expect(report).toMatchObject({ sessions: [], use: [], present: ['claude/active'] });
    expect(quiet[0]!.nextReportMs).toBe(500);
  });

  it('the hub may wish to hear less', async () => {
    hub.answer = { nextReportMs: 700 };
    hub.watched = ['claude/s1'];
    await machine.write('s1', {});
    machine.start({ hubUrl: hub.url });
    await hub.until(has('claude/s1'));
    for (let index = 0; index < 10; index += 1) {
      await machine.write('s1', { output: 1 });
      await sleep(50);
    }
    await until(() => hub.reports.length > 1);
    expect(hub.reports[1]!.cameAt - hub.reports[0]!.cameAt).toBeGreaterThan(650);
  });

  it('waits for the first scan: half a picture would look like sessions that have gone', async () => {
    const scenery = machine.scenery();
    let complete = false;
    machine.scenery = () => ({ ...scenery, snapshot: () => ({ ...scenery.snapshot(), complete }) });
    machine.start({ hubUrl: hub.url });
    await sleep(150);
    expect(hub.tries).toBe(0);
    complete = true;
    await machine.write('s1', {});
    await hub.until(has('claude/s1'));
  });
});

describe('the end', () => {
  it('a clean stop says goodbye, with what nobody was told yet', async () => {
    await machine.write('s1', {});
    const agent = machine.start({ hubUrl: hub.url, pace: { activeMs: 60_000, idleMs: 60_000 } });
    await hub.until(has('claude/s1'));
    await machine.write('s1', { output: 9 });
    await agent.stop();
    expect(hub.reports.at(-1)).toMatchObject({ goodbye: true, present: ['claude/s1'], sessions: [{ id: 'claude/s1' }] });
    expect(hub.sum('output')).toBe(19);
  });

  it('says goodbye to a hub that has booked the first report and has not answered yet', async () => {
    await machine.write('s1', {});
    hub.answersLateMs = 300;
    const agent = machine.start({ hubUrl: hub.url });
    await hub.until(has('claude/s1'));
    await agent.stop();
    expect(hub.reports.map(({ goodbye = false }) => goodbye)).toEqual([false, true]);
  });

  it('waits for no answer of a hub that hangs', async () => {
    await machine.write('s1', {});
    hub.answersLateMs = 20_000;
    const agent = machine.start({ hubUrl: hub.url });
    await hub.until(has('claude/s1'));
    const asked = performance.now();
    await agent.stop();
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(hub.reports).toHaveLength(1);
  });

  it('a session that left the window is no longer present', async () => {
    await machine.write('s1', {});
    machine.start({ hubUrl: hub.url });
    await hub.until(has('claude/s1'));
    machine.ahead = 25 * 3_600_000;
    await machine.scan();
    await hub.until(({ present }) => present.length === 0);
  });

  it('quick is what these tests say it is', () => {
    expect(quick.activeMs / quick.watchedMs).toBe(5);
  });
});
