import { describe, expect, it } from '@jest/globals';
import type { AgentProcess } from '../../src/processes/match.ts';
import { createJoin } from '../../src/sweep/join.ts';
import { aStoredSession, minutesAgo, now } from '../a-session.ts';

const process: AgentProcess = { tool: 'claude', pid: 100, startedAt: minutesAgo(60), cwd: '/home/ada/shop', argv: ['claude'], cpuSeconds: 1, hints: {} };
const sessions = [aStoredSession({ nativeId: 'one' }), aStoredSession({ nativeId: 'two', cwd: '/home/ada/lib' })];
const input = { sessions, processes: [process, { ...process, tool: 'aider', pid: 101 } as const], claims: [], now, platform: 'linux' } as const;

describe('joining again', () => {
  it('a session about which nothing changed stays the same object, one without a transcript too', () => {
    const join = createJoin();
    const before = join(input).sessions;
    const after = join({ ...input, now: now + 5_000 }).sessions;
    expect(after.map((session, index) => session === before[index])).toEqual([true, true, true]);
  });

  it('new CPU time, a new record or time gone by makes a new one', () => {
    const join = createJoin();
    const [one] = join(input).sessions;
    const [busier] = join({ ...input, processes: [{ ...process, cpuSeconds: 2 }] }).sessions;
    expect(busier).not.toBe(one);
    const [said] = join({ ...input, sessions: [{ ...sessions[0]! }] }).sessions;
    expect(said).not.toBe(busier);
    expect(join({ ...input, now: now + 3_600_000 }).sessions[0]).toMatchObject({ state: 'idle' });
  });

  it('a thousand sessions cost next to nothing when nothing changed', () => {
    const many = Array.from({ length: 1000 }, (_, index) => aStoredSession({ nativeId: `s${index}`, cwd: `/home/ada/p${index % 50}`, lastActivityAt: minutesAgo(index) }));
    const processes = Array.from({ length: 10 }, (_, index) => ({ ...process, pid: 200 + index, cwd: `/home/ada/p${index}` }));
    const join = createJoin();
    const before = join({ ...input, sessions: many, processes }).sessions;
    const after = join({ ...input, sessions: many, processes }).sessions;
    expect(after.filter((session, index) => session !== before[index])).toEqual([]);
    expect(after.filter((session) => session.alive)).toHaveLength(10);
  });
});
