import { describe, expect, it } from '@jest/globals';
import type { AgentProcess } from '../../src/processes/match.ts';
import type { LiveClaim } from '../../src/readers/reader.ts';
import type { Session, StoredSession } from '../../src/session/session.ts';
import { aStoredSession, minutesAgo, now } from '../a-session.ts';
import { joinOnce } from './a-join.ts';
import type { Told } from './a-join.ts';

const process: AgentProcess = { tool: 'claude', pid: 100, startedAt: minutesAgo(600), cwd: '/home/ada/shop', argv: ['claude'], hints: {} };
const claim = (facts: Partial<LiveClaim>): LiveClaim => ({ tool: 'claude', pid: 100, nativeId: 'one', ...facts });
const join = (facts: Partial<StoredSession>, input: Partial<Told> = {}): Session =>
  joinOnce({ sessions: [aStoredSession({ nativeId: 'one', ...facts })], processes: [process], claims: [], now, platform: 'linux', ...input })[0]!;
const stateOf = (facts: Partial<StoredSession>, input: Partial<Told> = {}): string => join(facts, input).state;

const done = { turnOpen: false, pendingTools: [] };
const open = { turnOpen: true, pendingTools: [] };
const pending = { turnOpen: false, pendingTools: [{ id: 'x', name: 'Bash', since: minutesAgo(90) }] };

describe('[D5] the state of a session that runs', () => {
  it('the tool\'s own word wins over the transcript', () => {
    expect(stateOf({ present: done }, { claims: [claim({ status: 'working' })] })).toBe('working');
    expect(stateOf({ present: open }, { claims: [claim({ status: 'waiting' })] })).toBe('waiting');
    expect(stateOf({ present: open }, { claims: [claim({ status: 'idle' })] })).toBe('waiting');
    expect(stateOf({ present: open, lastActivityAt: minutesAgo(20) }, { claims: [claim({ status: 'idle' })] })).toBe('idle');
    expect(stateOf({ present: open }, { claims: [claim({ waitingFor: 'permission' })] })).toBe('waiting');
  });

  it('an open turn works, unless it waits for the human', () => {
    expect(stateOf({ present: open })).toBe('working');
    expect(stateOf({ present: { ...pending, waitingFor: 'permission' } })).toBe('waiting');
  });

  it('[T45] a tool that runs long stays working: the age of the transcript proves nothing', () => {
    expect(stateOf({ present: pending, lastActivityAt: minutesAgo(90) })).toBe('working');
    expect(stateOf({ present: open, lastActivityAt: minutesAgo(30) })).toBe('working');
  });

  it('a finished turn waits for the human, and is idle after a while', () => {
    expect(stateOf({ lastActivityAt: minutesAgo(14) })).toBe('waiting');
    expect(stateOf({ lastActivityAt: minutesAgo(16) })).toBe('idle');
    expect(stateOf({ lastActivityAt: minutesAgo(16) }, { idleAfterMs: 20 * 60_000 })).toBe('waiting');
  });

  it('what a crashed process left open is not what its successor works on', () => {
    const resumed = { ...process, startedAt: minutesAgo(5), hints: { sessionId: 'one' } };
    expect(stateOf({ present: pending, lastActivityAt: minutesAgo(90) }, { processes: [resumed] })).toBe('waiting');
    expect(stateOf({ present: pending, lastActivityAt: minutesAgo(90) }, { processes: [{ ...resumed, startedAt: minutesAgo(20) }] })).toBe('idle');
  });

  it('a one-shot waits for nobody', () => {
    expect(stateOf({ present: done }, { processes: [{ ...process, oneShot: true }] })).toBe('working');
  });

  it('a process wins over a recorded end', () => {
    const session = join({ present: { ...done, endedAt: minutesAgo(2) } }, { claims: [claim({})] });
    expect(session).toMatchObject({ state: 'waiting', alive: true });
    expect(session).not.toHaveProperty('endedAt');
  });
});

describe('where no process can tell, time does', () => {
  const cases: [string, Partial<StoredSession>, string][] = [
    ['an open turn a minute old works', { present: open }, 'working'],
    ['an open turn three minutes old waits', { present: open, lastActivityAt: minutesAgo(3) }, 'waiting'],
    ['a turn that waits for the human waits', { present: { ...open, waitingFor: 'permission' } }, 'waiting'],
    ['a quarter of an hour later it is idle', { lastActivityAt: minutesAgo(16) }, 'idle'],
    ['two hours later it has ended', { lastActivityAt: minutesAgo(120) }, 'ended'],
    ['a recorded end is an end', { present: { ...done, endedAt: minutesAgo(1) } }, 'ended'],
  ];
  it.each(cases)('an editor\'s chat: %s', (_title, facts, state) => {
    for (const tool of ['vscode-copilot', 'cursor'] as const) {
      const session = join({ ...facts, tool }, { processes: [] });
      expect(session.state).toBe(state);
      expect(session).not.toHaveProperty('alive');
    }
  });
  it.each(cases)('any tool when the process table could not be read: %s', (_title, facts, state) => {
    const session = join(facts, { processes: undefined });
    expect(session.state).toBe(state);
    expect(session).not.toHaveProperty('alive');
  });
  it('a session without any time has ended, nobody knows when', () => {
    const { lastActivityAt: _at, ...session } = aStoredSession({ tool: 'cursor' });
    const [joined] = joinOnce({ sessions: [session], processes: [], claims: [], now, platform: 'linux' });
    expect(joined).toMatchObject({ state: 'ended' });
    expect(joined).not.toHaveProperty('endedAt');
  });
});
