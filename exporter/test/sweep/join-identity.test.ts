import { describe, expect, it } from '@jest/globals';
import type { AgentProcess } from '../../src/processes/match.ts';
import { aStoredSession, minutesAgo, now } from '../a-session.ts';
import { joinAgain } from './a-join.ts';

const process: AgentProcess = { tool: 'claude', pid: 100, startedAt: minutesAgo(60), cwd: '/home/ada/shop', argv: ['claude'], cpuSeconds: 1, hints: {} };
const sessions = [aStoredSession({ nativeId: 'one' }), aStoredSession({ nativeId: 'two', cwd: '/home/ada/lib' })];
const input = { sessions, processes: [process, { ...process, tool: 'aider', pid: 101 } as const], claims: [], now, platform: 'linux' } as const;

describe('joining again', () => {
  it('a session about which nothing changed stays the same object, one without a transcript too', () => {
    const join = joinAgain();
    const before = join(input);
    const after = join({ ...input, now: now + 5_000 });
    expect(after.map((session, index) => session === before[index])).toEqual([true, true, true]);
  });

  it('new CPU time, a new record or time gone by makes a new one', () => {
    const join = joinAgain();
    const [one] = join(input);
    const [busier] = join({ ...input, processes: [{ ...process, cpuSeconds: 2 }] });
    expect(busier).not.toBe(one);
    const [said] = join({ ...input, sessions: [{ ...sessions[0]! }] });
    expect(said).not.toBe(busier);
    expect(join({ ...input, now: now + 3_600_000 })[0]).toMatchObject({ state: 'idle' });
  });

  it('a thousand sessions cost next to nothing when nothing changed', () => {
    const many = Array.from({ length: 1000 }, (_, index) => aStoredSession({ nativeId: `s${index}`, cwd: `/home/ada/p${index % 50}`, lastActivityAt: minutesAgo(index) }));
    const processes = Array.from({ length: 10 }, (_, index) => ({ ...process, pid: 200 + index, cwd: `/home/ada/p${index}` }));
    const join = joinAgain();
    const before = join({ ...input, sessions: many, processes });
    const after = join({ ...input, sessions: many, processes });
    expect(after.filter((session, index) => session !== before[index])).toEqual([]);
    expect(after.filter((session) => session.alive)).toHaveLength(10);
  });
});
