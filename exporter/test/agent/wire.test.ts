import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editsOf } from '../../src/agent/edits.ts';
import { backOff, usualPace } from '../../src/agent/pacing.ts';
import { toWire } from '../../src/agent/to-wire.ts';
import type { Telling } from '../../src/agent/to-wire.ts';
import { useRows } from '../../src/agent/use-rows.ts';
import { isDated, report, sessionOfWire, useRow, wireSession } from '../../src/agent/wire.ts';
import type { WireSession } from '../../src/agent/wire.ts';
import type { Session } from '../../src/session/session.ts';
import { aSession, minutesAgo, now } from '../a-session.ts';
import { someSessions } from '../cli/some-sessions.ts';

const plain: Telling = { health: { factors: {}, missing: [] }, edits: [], shareTitles: false };
const told = (session = aSession(), telling = plain): WireSession => {
  const wire = toWire(session, telling);
  if ('problem' in wire) throw new Error(wire.problem);
  return wire;
};
const work = { reads: 1, edits: 2, created: false, linesAdded: 3, linesRemoved: 4, lastAt: now, editedAt: minutesAgo(5) };

describe('a session on the wire', () => {
  it.each(someSessions().map((session) => [session.id, session] as const))('%s comes out as it went in, but for what is its machine\'s own', (_id, session) => {
    const { sources, title: _title, durations: _durations, ...known } = JSON.parse(JSON.stringify(session)) as Session;
    const wire = JSON.parse(JSON.stringify(told(session))) as WireSession;
    expect(sessionOfWire(wireSession.parse(wire))).toEqual({ ...known, sources: sources.length > 0 ? ['agent'] : [] });
  });

  it('[R11] is cut to its bounds, however large it is', () => {
    const files = Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`/home/ada/shop/${'x'.repeat(2000)}${index}`, { ...work, lastAt: now - index }]));
    const toolCalls = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`tool ${index}`, 1]));
    const wire = told(aSession({ files, toolCalls, gitBranch: 'b'.repeat(5000), tags: Array.from({ length: 90 }, () => 't'.repeat(300)), errorTimes: Array.from({ length: 300 }, () => now), description: 'd'.repeat(9000) }));
    expect(Object.keys(wire.toolCalls)).toHaveLength(2000);
    expect(wire.gitBranch).toHaveLength(300);
    expect(JSON.stringify(wire).length).toBeLessThan(800_000);
  });

  it('that makes no sense is not told, with a sentence', () => {
    expect(toWire(aSession({ turns: NaN }), plain)).toEqual({ problem: expect.stringMatching(/cannot be told to a hub: turns: /) });
    expect(toWire(aSession({ nativeId: 'a\nb', id: 'claude/a\nb' }), plain)).toEqual({ problem: expect.any(String) });
  });

  it('[R11] is refused with any number that is none, or an id that is another\'s', () => {
    fc.assert(fc.property(fc.constantFrom('turns', 'activeMs', 'startedAt', 'commits'), fc.constantFrom(NaN, Infinity, -1, '7', null, {}), (field, value) => {
      expect(wireSession.safeParse({ ...told(), [field]: value }).success).toBe(false);
    }));
    for (const id of ['claude/', 'claude', 'nothing/1', 'codex/1af7c9d2-0000-4000-8000-000000000001', 'claude/a\u0000']) expect(wireSession.safeParse({ ...told(), id }).success).toBe(false);
  });

  it('says whether it has a transcript: without one it says nothing of errors', () => {
    expect([told(aSession({ sources: [] })).hasTranscript, told(aSession({ sources: ['/x'] })).hasTranscript]).toEqual([false, true]);
  });
});

describe('rows of use', () => {
  const totals = { id: 'claude/s1', startedAt: 10 * 3_600_000 + 5, turns: 3, linesAdded: 4, errors: { api: 2 }, toolCalls: { Bash: 5 } };
  const rows = useRows(totals, [{ model: 'm', hour: 12, tokens: { input: 1, output: 0 }, unpriced: { input: 1 }, requests: 2 }], (calls) => new Map(Object.entries(calls)));

  it('are dated by the hour of the call, or by the start of the session where a count has no hour', () => {
    expect(rows).toEqual([
      ['claude/s1', 'm', 'input', 12, 1], ['claude/s1', 'm', 'unpriced:input', 12, 1], ['claude/s1', 'm', 'requests', 12, 2],
      ['claude/s1', '', 'started', 10, 1], ['claude/s1', '', 'turns', 10, 3], ['claude/s1', '', 'lines:added', 10, 4], ['claude/s1', '', 'error:api', 10, 2], ['claude/s1', '', 'tool:Bash', 10, 5],
    ]);
    expect(rows.map(([, , kind]) => isDated(kind))).toEqual([true, true, true, false, false, false, false, false]);
    for (const row of rows) expect(useRow.safeParse(row).success).toBe(true);
  });

  it('[R11] of no known kind, or with no whole value, are refused', () => {
    for (const row of [['claude/s1', 'm', 'guessed', 12, 1], ['claude/s1', 'm', 'tool:', 12, 1], ['claude/s1', 'm', 'input', 12.5, 1], ['claude/s1', 'm', 'input', 12, -1], ['claude/s1', 'm', 'input', 12, 1e300], ['claude/s1', 'm', 'input', 12]]) expect(useRow.safeParse(row).success).toBe(false);
  });
});

describe('a report', () => {
  const whole = { v: 1, agent: { id: 'a', hostName: 'h', platform: 'linux', version: '1', ledgerId: 'l', startedAt: now }, sentAt: now, nextReportMs: 60_000, sessions: [], present: [], use: [] };

  it('may have keys of a newer agent, which an older hub drops', () => {
    expect(report.parse({ ...whole, mood: 'good' })).toEqual(whole);
  });

  it('[R11] of another version or of more than fits is refused', () => {
    expect(report.safeParse({ ...whole, v: 2 }).success).toBe(false);
    expect(report.safeParse({ ...whole, use: Array.from({ length: 20_001 }, () => ['claude/s1', '', 'turns', 1, 1]) }).success).toBe(false);
  });
});

describe('the radar', () => {
  const place = { repository: 'example.org/shop', path: 'src/auth.ts' };
  const edits = (facts: Parameters<typeof aSession>[0], key: string | undefined = 'k', at = place) => editsOf(aSession({ files: { '/home/ada/shop/src/auth.ts': work }, ...facts }), { radarKey: key, placeOf: () => at, now });

  it('[H7] gives the same file of the same repository the same key, whoever edits it where', () => {
    const [one] = edits({});
    expect(one).toEqual({ key: expect.stringMatching(/^[\w-]{43}$/), path: 'src/auth.ts', at: minutesAgo(5) });
    expect(edits({ files: { 'C:\\shop\\src\\auth.ts': work } })[0]!.key).toBe(one!.key);
    expect(edits({}, 'another team')[0]!.key).not.toBe(one!.key);
    expect(edits({}, 'k', { ...place, repository: 'example.org/other' })[0]!.key).not.toBe(one!.key);
  });

  it('[H7] knows live sessions and edits of the last two hours only', () => {
    expect(edits({ state: 'ended' })).toEqual([]);
    expect(edits({ files: { a: { ...work, editedAt: minutesAgo(121) }, b: { reads: 1, edits: 0, created: false, linesAdded: 0, linesRemoved: 0, lastAt: now } } })).toEqual([]);
    expect(editsOf(aSession({ files: { a: work } }), { radarKey: undefined, placeOf: () => place, now })).toEqual([]);
  });
});

describe('the pauses after failures', () => {
  it('grow to a minute, differ from agent to agent, and are never shorter than the hub asks', () => {
    const pauses = (random: number) => Array.from({ length: 9 }, (_, failures) => backOff(failures, { pace: usualPace, random: () => random }));
    expect(pauses(1)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(pauses(0)).toEqual([100, 200, 400, 800, 1600, 3200, 6000, 6000, 6000]);
    expect(backOff(0, { pace: usualPace, random: () => 0, retryAfterMs: 120_000 })).toBe(120_100);
  });
});
