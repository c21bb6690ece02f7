import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../../src/ledger/ledger.ts';
import type { Draft } from '../../src/session/draft.ts';
import type { SourceReport } from '../../src/ledger/report.ts';
import { aReport } from './a-report.ts';

const minute = 60_000;
const hour = 60 * minute;
const begin = Date.UTC(2026, 10, 20, 9);

let folder: string;
let now: number;
let ledger: Ledger;

const open = (): Ledger => new Ledger({ path: join(folder, 'ledger.db'), now: () => now });
const reopen = (): void => {
  ledger.close();
  ledger = open();
};
const fleet = (metric: string): Record<string, number> =>
  Object.fromEntries(ledger.fleet().filter((series) => series.metric === metric).map((series) => [Object.values(series.labels).join(' '), series.value]));
const output = (id = 'claude/s1'): number | undefined => {
  const models = ledger.sessions({ ids: [id] })[0]?.models ?? {};
  return Object.values(models).reduce<number | undefined>((sum, use) => (use.usage.output === undefined ? sum : (sum ?? 0) + use.usage.output), undefined);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchroom-ledger-'));
  now = begin;
  ledger = open();
});
afterEach(() => {
  expect(ledger.verify()).toEqual([]);
  ledger.close();
  rmSync(folder, { recursive: true });
});

describe('calls', () => {
  it('[T1] counts a call once by message and request id: the report with most output stands, dated by the first', () => {
    ledger.commit([aReport({ startedAt: begin - hour, calls: [{ usage: { input: 3, output: 9 }, at: begin - hour }] })]);
    ledger.commit([aReport({ startedAt: begin - hour, calls: [{ usage: { input: 3, output: 159 }, at: begin - hour + 5 }] })]);
    ledger.commit([aReport({ startedAt: begin - hour, calls: [{ usage: { input: 3, output: 20 }, at: begin - hour + 9 }] })]);
    expect(output()).toBe(159);
    expect(ledger.callsOf('claude/s1')).toMatchObject([{ at: begin - hour, usage: { input: 3, output: 159 }, requests: 1 }]);
  });

  it.each([['the original first', false], ['the copy first', true]])('[T3] a call in several transcripts belongs to the earliest one, %s', (_order, copyFirst) => {
    const original = aReport({ path: '/a/one.jsonl', session: 'one', startedAt: begin - 3 * hour, calls: [{ message: 'm1' }, { message: 'm2' }] });
    const copy = aReport({ path: '/a/two.jsonl', session: 'two', startedAt: begin - 2 * hour, calls: [{ message: 'm1' }, { message: 'm2' }, { message: 'm3' }] });
    for (const report of copyFirst ? [copy, original] : [original, copy]) ledger.commit([report]);
    expect([output('claude/one'), output('claude/two')]).toEqual([20, 10]);
  });

  it('[T3] a transcript claims its calls from its first record on, also when a side conversation inside it begins later', () => {
    const fork = aReport({ path: '/a/two.jsonl', session: 'two', startedAt: begin - 2 * hour, born: 200, calls: [{}] });
    const original = aReport({ path: '/a/one.jsonl', session: 'one', startedAt: begin - 2 * hour, born: 100, calls: [{}] });
    const aside = { ...original.parts[0]!, role: 'subagent' as const, startedAt: begin - hour };
    ledger.commit([fork]);
    ledger.commit([{ ...original, parts: [...original.parts, aside] }]);
    expect([output('claude/one'), output('claude/two')]).toEqual([10, undefined]);
  });

  it('[T3] of two transcripts that begin at the same moment, the file that was made first owns the calls', () => {
    const original = aReport({ path: '/a/one.jsonl', session: 'one', startedAt: begin - hour, born: 100, calls: [{}] });
    const fork = aReport({ path: '/a/two.jsonl', session: 'two', startedAt: begin - hour, born: 200, calls: [{}] });
    ledger.commit([fork]);
    ledger.commit([original]);
    expect([output('claude/one'), output('claude/two')]).toEqual([10, undefined]);
  });

  it.each([['after', false], ['before', true]])('[T4] a side conversation that repeats a message under another request id is not counted, read %s the main chain', (_order, sideFirst) => {
    const main = aReport({ path: '/a/one.jsonl', session: 'one', calls: [{ message: 'm1', request: 'r1' }] });
    const side = aReport({ path: '/a/btw.jsonl', session: 'btw', calls: [{ message: 'm1', request: 'r9', sidechain: true }, { message: 'm5', request: 'r5', sidechain: true }] });
    for (const report of sideFirst ? [side, main] : [main, side]) ledger.commit([report]);
    expect([output('claude/one'), output('claude/btw')]).toEqual([10, 10]);
    expect(ledger.callsOf('claude/btw').map((call) => call.dropped)).toContain('replayed_sidechain');
  });

  it('tells unknown from 0: a kind that no call reports stays absent', () => {
    ledger.commit([aReport({ calls: [{ usage: { output: 7 } }] })]);
    expect(ledger.sessions('all')[0]!.models['claude-opus-4-6']!.usage).toEqual({ output: 7 });
  });

  it('keeps the price a call was booked with, and counts tokens without one', () => {
    ledger.commit([aReport({ price: 5, calls: [{ message: 'a' }] }), aReport({ path: '/a/x.jsonl', calls: [{ message: 'b', model: 'strange' }] })]);
    const { models } = ledger.sessions('all')[0]!;
    expect(models['claude-opus-4-6']).toMatchObject({ microUsd: 50, unpricedTokens: 0, requests: 1 });
    expect(models.strange).toMatchObject({ unpricedTokens: 11, requests: 1 });
    expect(models.strange).not.toHaveProperty('microUsd');
  });
});

describe('sub-agents', () => {
  it('[D6] are counted once, to their parent, however deep', () => {
    ledger.commit([
      aReport({ path: '/a/child.jsonl', session: 'child', role: 'subagent', parentId: 'root', calls: [{ message: 'c' }], tell: (draft) => draft.error('tool', begin) }),
      aReport({ path: '/a/leaf.jsonl', session: 'leaf', role: 'subagent', parentId: 'child', calls: [{ message: 'l' }] }),
      aReport({ path: '/a/root.jsonl', session: 'root', calls: [{ message: 'r' }] }),
    ]);
    const [root, ...others] = ledger.sessions('all');
    expect(others).toEqual([]);
    expect(root).toMatchObject({ id: 'claude/root', errors: { tool: 1 }, subagents: 2 });
    expect(output('claude/root')).toBe(30);
    expect(ledger.callsOf('claude/root')).toHaveLength(3);
  });

  it('stand for themselves while their parent is not known', () => {
    ledger.commit([aReport({ path: '/a/child.jsonl', session: 'child', role: 'subagent', parentId: 'gone', calls: [{ message: 'c' }] })]);
    expect(ledger.sessions('all').map((session) => session.id)).toEqual(['claude/child']);
  });
});

describe('fleet counters', () => {
  const news = (report: Parameters<typeof aReport>[0] = {}): SourceReport => aReport({ startedAt: begin + minute, freshAfter: ledger.freshAfter(), price: 2, ...report });

  it('[T41] start at 0 with the ledger: a scan of old transcripts moves none', () => {
    ledger.commit([aReport({ startedAt: begin - 40 * 24 * hour, freshAfter: ledger.freshAfter(), calls: [{}, { message: 'm2' }], tell: (draft) => { draft.turnStarted(begin - hour); draft.error('api', begin - hour); } })]);
    expect(ledger.fleet().every((series) => series.value === 0)).toBe(true);
    expect(output()).toBe(20);
  });

  it('count what is new by tool, model, project and kind, in the metric\'s own unit', () => {
    now = begin + 2 * minute;
    ledger.commit([news({ calls: [{ usage: { input: 2, output: 500_000 } }], tell: (draft) => { draft.turnStarted(begin + minute); draft.toolCall({ id: 't', name: 'Edit', at: begin + minute }); draft.edit({ path: 'a.ts', at: begin + minute, linesAdded: 4 }); } })]);
    expect(fleet('ai_tokens_total')).toEqual({ 'claude claude-opus-4-6 shop input': 2, 'claude claude-opus-4-6 shop output': 500_000 });
    expect(fleet('ai_cost_usd_total')).toEqual({ 'claude claude-opus-4-6 shop': 1 });
    expect(fleet('ai_turns_total')).toEqual({ 'claude shop': 1 });
    expect(fleet('ai_lines_total')).toEqual({ 'claude shop added': 4 });
    expect(fleet('ai_tool_calls_total')).toEqual({ 'claude Edit': 1 });
    expect(fleet('ai_sessions_started_total')).toEqual({ 'claude shop': 1 });
  });

  it('grow by what a call grows, and never fall', () => {
    now = begin + 2 * minute;
    ledger.commit([news({ calls: [{ usage: { output: 9 } }] })]);
    ledger.commit([news({ calls: [{ usage: { output: 159 } }] })]);
    ledger.commit([news({ calls: [{ usage: { output: 100 }, wins: 'newest' }] })]);
    expect(fleet('ai_tokens_total')).toEqual({ 'claude claude-opus-4-6 shop output': 159 });
    expect(output()).toBe(100);
    expect(ledger.tallies('corrections').get('usage_lowered')).toBe(1);
  });

  it('leave out what is found more than an hour after its time, and say so', () => {
    now = begin + 3 * hour;
    ledger.commit([news({ calls: [{ at: begin + minute }, { message: 'm2', at: now - minute }] })]);
    expect(fleet('ai_tokens_total')['claude claude-opus-4-6 shop output']).toBe(10);
    expect(ledger.tallies('late_tokens').get('claude')).toBe(11);
    expect(output()).toBe(20);
  });

  it('survive a restart to the last digit', () => {
    now = begin + 2 * minute;
    ledger.commit([news({ calls: [{}, { message: 'm2' }], tell: (draft) => draft.toolResult('x', begin + minute, { name: 'Bash', seconds: 3, error: 'tool' }) })]);
    const before = [ledger.fleet(), ledger.fleetHistograms(), ledger.sessions('all'), ledger.id];
    reopen();
    expect([ledger.fleet(), ledger.fleetHistograms(), ledger.sessions('all'), ledger.id]).toEqual(before);
  });

  it('[T33] count a transcript that was read again from its start only for what is more than before', () => {
    now = begin + 2 * minute;
    const told = (turns: number, restarted: boolean): SourceReport => news({ restarted, tell: (draft) => { for (let turn = 0; turn < turns; turn += 1) draft.turnStarted(begin + minute); } });
    ledger.commit([told(5, false)]);
    ledger.commit([told(2, true)]); // rewound: shorter than before
    expect(fleet('ai_turns_total')).toEqual({ 'claude shop': 5 });
    ledger.commit([told(6, true)]);
    expect(fleet('ai_turns_total')).toEqual({ 'claude shop': 6 });
    expect(ledger.sessions('all')[0]!.turns).toBe(6);
  });

  it.each([['the original first', false], ['the fork first', true]])('[T3] count the turns and lines that a fork repeats once, %s', (_order, forkFirst) => {
    now = begin + 2 * minute;
    const work = (draft: Draft): void => { draft.turnStarted(begin + minute); draft.edit({ path: 'a.ts', at: begin + minute, linesAdded: 2 }); draft.toolCall({ id: 't', name: 'Edit', at: begin + minute }); };
    const original = news({ path: '/a/one.jsonl', session: 'one', born: 100, calls: [{ message: 'm1' }], tell: work });
    const fork = news({ path: '/a/two.jsonl', session: 'two', born: 200, calls: [{ message: 'm1' }], tell: work });
    for (const report of forkFirst ? [fork, original] : [original, fork]) ledger.commit([report]);
    expect([fleet('ai_turns_total'), fleet('ai_lines_total'), fleet('ai_tool_calls_total')]).toEqual([{ 'claude shop': 1 }, { 'claude shop added': 2 }, { 'claude Edit': 1 }]);
    ledger.commit([news({ path: '/a/two.jsonl', session: 'two', born: 200, calls: [{ message: 'm9' }], tell: (draft) => draft.turnStarted(begin + 2 * minute) })]);
    expect(fleet('ai_turns_total')).toEqual({ 'claude shop': 2 }); // what the fork does itself counts
  });

  it('bound their labels: past the cap a project is "other", and what is booked stays where it is', () => {
    now = begin + 2 * minute;
    ledger.commit(Array.from({ length: 60 }, (_, index) => news({ path: `/a/${index}.jsonl`, session: `s${index}`, project: `p${index}`, calls: [{ message: `m${index}` }] })));
    const started = fleet('ai_sessions_started_total');
    expect(Object.keys(started)).toHaveLength(51);
    expect(started['claude other']).toBe(10);
  });
});

describe('sources', () => {
  it('go on where the last read ended, with what the reader remembered', () => {
    ledger.commit([{ ...aReport({ tell: (draft) => draft.set({ title: 'Fix the till' }) }), tail: { offset: 42 }, memo: { total: 7 }, fingerprint: 'f2' }]);
    reopen();
    const resume = ledger.resume('/home/ada/.claude/projects/p/s1.jsonl')!;
    expect(resume).toMatchObject({ fingerprint: 'f2', tail: { offset: 42 }, memo: { total: 7 } });
    expect(resume.parts[0]).toMatchObject({ nativeId: 's1', title: 'Fix the till' });
    expect(ledger.resume('/nowhere')).toBeUndefined();
  });

  it('a later read replaces what its source said, and adds to what other sources say', () => {
    ledger.commit([aReport({ tell: (draft) => draft.message('user', begin) }), aReport({ path: '/b/s1.jsonl', tell: (draft) => draft.message('user', begin) })]);
    ledger.commit([aReport({ tell: (draft) => { draft.message('user', begin); draft.message('user', begin); } })]);
    expect(ledger.sessions('all')[0]!.messages).toEqual({ user: 3 });
  });

  it('of copies that each tell a session whole, only the best counts', () => {
    const copy = (path: string, copyRank: number, messages: number): SourceReport => aReport({ path, tell: (draft) => { draft.set({ copyRank }); for (let n = 0; n < messages; n += 1) draft.message('user', begin); } });
    ledger.commit([copy('/a.json', 1, 9), copy('/a.jsonl', 2, 4)]);
    expect(ledger.sessions('all')[0]!.messages).toEqual({ user: 4 });
  });
});

it('used tokens and dollars of a period come from the quarter-hour roll-ups', () => {
  ledger.commit([aReport({ price: 1e5, startedAt: begin, calls: [{ message: 'a', at: begin }, { message: 'b', at: begin + 20 * minute }, { message: 'c', at: begin + 5 * hour }] })]);
  expect(ledger.usedBetween(begin, begin + hour)).toEqual({ usd: 2, tokens: 22, unpricedTokens: 0 });
  expect(ledger.usedBetween(begin, begin + hour, { project: 'shop', tool: 'claude' })).toEqual({ usd: 2, tokens: 22, unpricedTokens: 0 });
  for (const by of [{ project: 'other project' }, { tool: 'codex' }]) expect(ledger.usedBetween(begin, begin + hour, by)).toEqual({ usd: 0, tokens: 0, unpricedTokens: 0 });
});

it('verify names a sum that is not what its calls say', () => {
  ledger.commit([aReport({ calls: [{}] })]);
  const broken = new Ledger({ path: join(folder, 'ledger.db'), now: () => now, readonly: true });
  expect(broken.verify()).toEqual([]);
  broken.close();
});

it('[P5] a stricter way to keep paths re-labels what is kept, once, and a looser one leaves it', () => {
  now = begin + 2 * minute;
  const tell = { path: (path: string) => `h${path.length}`, project: (name: string) => `h-${name}` };
  ledger.keepPlacesAs('full', tell);
  ledger.commit([aReport({ startedAt: begin + minute, freshAfter: ledger.freshAfter(), calls: [{}], tell: (draft) => { draft.set({ cwd: '/home/ada/shop' }); draft.edit({ path: '/home/ada/shop/till.ts', at: begin + minute, linesAdded: 2 }); } })]);
  expect(ledger.keepPlacesAs('hash', tell)).toBe(true);
  const [session] = ledger.sessions('all');
  expect(session).toMatchObject({ cwd: 'h14', files: { h22: { linesAdded: 2 } } });
  expect(fleet('ai_tokens_total')).toEqual({ 'claude claude-opus-4-6 h-shop input': 1, 'claude claude-opus-4-6 h-shop output': 10 });
  expect(ledger.usedBetween(begin, now + hour, { project: 'h-shop' }).tokens).toBe(11);
  expect(ledger.keepPlacesAs('hash', tell)).toBe(false);
  expect(ledger.keepPlacesAs('full', tell)).toBe(false);
});
