import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { AgentProcess } from '../../src/processes/match.ts';
import type { LiveClaim } from '../../src/readers/reader.ts';
import type { Session, StoredSession } from '../../src/session/session.ts';
import { aStoredSession, minutesAgo, now } from '../a-session.ts';
import { joinAgain, joinOnce } from './a-join.ts';
import type { Told } from './a-join.ts';

const idle = { turnOpen: false, pendingTools: [] };

const aProcess = (facts: Partial<AgentProcess> = {}): AgentProcess => ({ tool: 'claude', pid: 100, startedAt: minutesAgo(60), startTicks: '5000', cwd: '/home/ada/shop', argv: ['claude'], cpuSeconds: 1, residentBytes: 1000, hints: {}, ...facts });
const aClaim = (facts: Partial<LiveClaim> = {}): LiveClaim => ({ tool: 'claude', pid: 100, nativeId: 'one', ...facts });
const one = aStoredSession({ nativeId: 'one' });
const two = aStoredSession({ nativeId: 'two' });

const join = (input: Partial<Told>): readonly Session[] => joinOnce({ sessions: [], processes: [], claims: [], now, platform: 'linux', ...input });
const pids = (sessions: readonly Session[]): Record<string, number[]> => Object.fromEntries(sessions.map((session) => [session.id, session.processes.map(({ pid }) => pid)]));
const states = (sessions: readonly Session[]): Record<string, string> => Object.fromEntries(sessions.map(({ id, state }) => [id, state]));

describe('[D3] processes and transcripts are joined', () => {
  it('a live process is linked to its transcript', () => {
    expect(join({ sessions: [one], processes: [aProcess()] })).toEqual([{ ...one, state: 'waiting', alive: true, processes: [{ pid: 100, startedAt: minutesAgo(60), cpuSeconds: 1, residentBytes: 1000 }] }]);
  });

  it('a transcript without a process is a finished session', () => {
    expect(join({ sessions: [one] })).toEqual([{ ...one, state: 'ended', alive: false, endedAt: minutesAgo(1), processes: [] }]);
    const said = aStoredSession({ nativeId: 'said', present: { ...idle, endedAt: minutesAgo(3) } });
    expect(join({ sessions: [said] })[0]).toMatchObject({ state: 'ended', endedAt: minutesAgo(3) });
  });

  it('a process without a transcript is still a session, named by pid and start', () => {
    const [session] = join({ processes: [aProcess({ tool: 'aider', argv: ['aider'], startedAt: minutesAgo(2) })] });
    expect(session).toMatchObject({ id: `aider/pid-100-${minutesAgo(2) / 1000}`, tool: 'aider', cwd: '/home/ada/shop', startedAt: minutesAgo(2), alive: true, state: 'waiting' });
    expect(session).not.toHaveProperty('lastActivityAt');
    expect(join({ processes: [aProcess({ tool: 'windsurf' })] })[0]).toMatchObject({ state: 'idle' });
  });

  it('a process without a transcript has the tool\'s own id as soon as the tool tells it', () => {
    expect(pids(join({ processes: [aProcess()], claims: [aClaim({ nativeId: 'fresh' })] }))).toEqual({ 'claude/fresh': [100] });
    expect(pids(join({ processes: [aProcess({ hints: { sessionId: 'fresh' } })] }))).toEqual({ 'claude/fresh': [100] });
  });

  it('stored sessions keep their order, the others follow', () => {
    expect(join({ sessions: [two, one], processes: [aProcess({ tool: 'aider' })] }).map(({ id }) => id.split('/')[0])).toEqual(['claude', 'claude', 'aider']);
  });
});

describe('claims of state files', () => {
  const old = aStoredSession({ nativeId: 'one', lastActivityAt: minutesAgo(30) });

  it('name the session, even when another transcript of the folder is newer', () => {
    const resumed = aStoredSession({ nativeId: 'two', startedAt: minutesAgo(300) });
    expect(pids(join({ sessions: [old, resumed], processes: [aProcess()], claims: [aClaim()] }))).toEqual({ 'claude/one': [100], 'claude/two': [] });
  });

  it.each([
    ['the start in ticks differs', aClaim({ startTicks: '4999' })],
    ['the tool started before the process did', aClaim({ startedAt: minutesAgo(70) })],
    ['the file is older than the process', aClaim({ writtenAt: minutesAgo(70) })],
    ['the process is another tool\'s', aClaim({ tool: 'copilot-cli' })],
    ['it is of a container whose process had the same pid', aClaim({ startedAt: minutesAgo(40), cwd: '/workspace' })],
  ])('[T32] are stale when %s', (_why, claim) => {
    const elsewhere = aStoredSession({ nativeId: 'one', cwd: '/elsewhere' });
    expect(pids(join({ sessions: [elsewhere], processes: [aProcess()], claims: [claim] }))).toMatchObject({ 'claude/one': [] });
  });

  it('count when the ticks agree, whatever the clock did', () => {
    expect(pids(join({ sessions: [old, two], processes: [aProcess({ cwd: '/elsewhere' })], claims: [aClaim({ startTicks: '5000', startedAt: minutesAgo(900) })] }))).toMatchObject({ 'claude/one': [100] });
  });

  it('of a container are known by the ticks alone', () => {
    expect(pids(join({ sessions: [old], processes: [aProcess({ cwd: '/elsewhere' })], claims: [aClaim({ pid: 7, startTicks: '5000' })] }))).toEqual({ 'claude/one': [100] });
  });

  it('[T32] one session in two processes after a resume has both, in the order of their pids', () => {
    const processes = [aProcess({ pid: 300, startTicks: '2' }), aProcess({ pid: 20, startTicks: '1' })];
    expect(pids(join({ sessions: [one], processes, claims: [aClaim({ pid: 300 }), aClaim({ pid: 20 })] }))).toEqual({ 'claude/one': [20, 300] });
  });

  it('Copilot leaves the locks of earlier sessions: the newest counts', () => {
    const [a, b] = ['a', 'b'].map((nativeId) => aStoredSession({ tool: 'copilot-cli', nativeId })) as [StoredSession, StoredSession];
    const claims = [aClaim({ tool: 'copilot-cli', nativeId: 'b', writtenAt: minutesAgo(5) }), aClaim({ tool: 'copilot-cli', nativeId: 'a', writtenAt: minutesAgo(50) })];
    expect(pids(join({ sessions: [a, b], processes: [aProcess({ tool: 'copilot-cli' })], claims }))).toEqual({ 'copilot-cli/a': [], 'copilot-cli/b': [100] });
  });
});

describe('after /clear the state file still names the old session', () => {
  const before = aStoredSession({ nativeId: 'one', lastActivityAt: minutesAgo(30) });
  const after = aStoredSession({ nativeId: 'two', startedAt: minutesAgo(29), lastActivityAt: minutesAgo(1) });

  it('the only process of the folder goes on in the transcript begun since', () => {
    expect(pids(join({ sessions: [before, after], processes: [aProcess()], claims: [aClaim()] }))).toEqual({ 'claude/one': [], 'claude/two': [100] });
    expect(states(join({ sessions: [before, after], processes: [aProcess()], claims: [aClaim()] }))).toEqual({ 'claude/one': 'ended', 'claude/two': 'waiting' });
  });

  it('with two processes in the folder the file keeps its word', () => {
    const other = aProcess({ pid: 101, startTicks: '6000', startedAt: minutesAgo(10) });
    expect(pids(join({ sessions: [before, after], processes: [aProcess(), other], claims: [aClaim()] }))['claude/one']).toEqual([100]);
  });

  it('a transcript that another process names is not taken', () => {
    const elsewhere = aProcess({ pid: 101, startTicks: '6000', cwd: '/elsewhere' });
    expect(pids(join({ sessions: [before, after], processes: [aProcess(), elsewhere], claims: [aClaim(), aClaim({ pid: 101, nativeId: 'two' })] }))).toEqual({ 'claude/one': [100], 'claude/two': [101] });
  });

  it('a transcript begun after the state file was last written is not its: that tool writes a status at every turn', () => {
    expect(pids(join({ sessions: [before, after], processes: [aProcess()], claims: [aClaim({ status: 'idle', writtenAt: minutesAgo(30) })] }))['claude/one']).toEqual([100]);
    expect(pids(join({ sessions: [before, after], processes: [aProcess()], claims: [aClaim({ status: 'idle', writtenAt: minutesAgo(1) })] }))['claude/two']).toEqual([100]);
  });

  it('a one-shot that ran in the same folder and is gone keeps its transcript', () => {
    const again = joinAgain();
    const oneShot = aProcess({ pid: 101, startTicks: '6000', startedAt: minutesAgo(29), oneShot: true });
    const input = { sessions: [before, after], now, platform: 'linux' as const };
    again({ ...input, now: minutesAgo(1), processes: [aProcess(), oneShot], claims: [aClaim(), aClaim({ pid: 101, nativeId: 'two' })] });
    expect(pids(again({ ...input, processes: [aProcess()], claims: [aClaim()] }))).toEqual({ 'claude/one': [100], 'claude/two': [] });
  });

  it('the same goes for a session named on the command line', () => {
    expect(pids(join({ sessions: [before, after], processes: [aProcess({ hints: { sessionId: 'one' } })] }))['claude/two']).toEqual([100]);
  });
});

describe('a folder tells the session when nothing names it', () => {
  it.each(['claude', 'codex', 'gemini', 'qwen', 'opencode', 'cursor-agent', 'amp', 'copilot-cli'] as const)('%s: the newest transcript that went on after the process started', (tool) => {
    const sessions = [aStoredSession({ tool, nativeId: 'old', lastActivityAt: minutesAgo(5) }), aStoredSession({ tool, nativeId: 'new' }), aStoredSession({ tool, nativeId: 'other', cwd: '/home/ada/lib' })];
    expect(pids(join({ sessions, processes: [aProcess({ tool })] }))).toEqual({ [`${tool}/old`]: [], [`${tool}/new`]: [100], [`${tool}/other`]: [] });
  });

  it('a transcript that fell silent before the process started is not its', () => {
    const silent = aStoredSession({ nativeId: 'one', lastActivityAt: minutesAgo(61) });
    expect(pids(join({ sessions: [silent], processes: [aProcess()] }))).toEqual({ 'claude/one': [], [`claude/pid-100-${minutesAgo(60) / 1000}`]: [100] });
  });

  it('a session whose tool recorded its end is not taken up again by a folder', () => {
    const ended = aStoredSession({ nativeId: 'one', present: { ...idle, endedAt: minutesAgo(1) } });
    expect(pids(join({ sessions: [ended], processes: [aProcess()] }))['claude/one']).toEqual([]);
  });

  it('Claude: the folder of the transcript tells where it was started, though its cwd has moved since', () => {
    const moved = aStoredSession({ nativeId: 'one', cwd: '/home/ada/shop/web', sources: ['/home/ada/.claude/projects/-home-ada-shop/one.jsonl'] });
    expect(pids(join({ sessions: [moved], processes: [aProcess()] }))).toEqual({ 'claude/one': [100] });
  });

  it('Gemini: the folder of the transcript is the SHA-256 of the process\'s', () => {
    const hash = createHash('sha256').update('/home/ada/shop').digest('hex');
    const { cwd: _cwd, ...session } = aStoredSession({ tool: 'gemini', nativeId: 'one', sources: [`/home/ada/.gemini/tmp/${hash}/chats/session-x.json`] });
    expect(pids(join({ sessions: [session], processes: [aProcess({ tool: 'gemini' })] }))).toEqual({ 'gemini/one': [100] });
  });

  it('a profile\'s process has the transcripts of its profile', () => {
    const work = aStoredSession({ nativeId: 'work', lastActivityAt: minutesAgo(5), sources: ['/home/ada/.claude-work/projects/x/work.jsonl'] });
    const home = aStoredSession({ nativeId: 'home', sources: ['/home/ada/.claude/projects/x/home.jsonl'] });
    expect(pids(join({ sessions: [work, home], processes: [aProcess({ hints: { configDir: '/home/ada/.claude-work' } })] }))).toEqual({ 'claude/work': [100], 'claude/home': [] });
    expect(pids(join({ sessions: [home], processes: [aProcess({ hints: { configDir: '/home/ada/.claude-link' } })] }))).toEqual({ 'claude/home': [100] });
  });

  it('Windows: folders are compared without regard to capitals and slashes', () => {
    expect(pids(join({ platform: 'win32', sessions: [aStoredSession({ nativeId: 'one', cwd: 'c:\\Users\\Ada\\shop\\' })], processes: [aProcess({ cwd: 'C:/Users/Ada/Shop' })] }))).toEqual({ 'claude/one': [100] });
  });

  it('where the system tells no folder, one process and one transcript belong together, more are not guessed', () => {
    const { cwd: _cwd, ...process } = aProcess({ tool: 'gemini' });
    const [a, b] = ['a', 'b'].map((nativeId) => aStoredSession({ tool: 'gemini', nativeId, cwd: `C:\\${nativeId}` })) as [StoredSession, StoredSession];
    expect(pids(join({ platform: 'win32', sessions: [a], processes: [process] }))).toEqual({ 'gemini/a': [100] });
    const sessions = join({ platform: 'win32', sessions: [a, b], processes: [process] });
    expect(sessions.map(({ alive }) => alive)).toEqual([undefined, undefined, true]);
  });
});

describe('several processes of one tool in one folder', () => {
  const first = aProcess({ pid: 1, startTicks: '1', startedAt: minutesAgo(60) });
  const second = aProcess({ pid: 2, startTicks: '2', startedAt: minutesAgo(30) });
  const ofFirst = aStoredSession({ nativeId: 'first', startedAt: minutesAgo(59) });
  const ofSecond = aStoredSession({ nativeId: 'second', startedAt: minutesAgo(29) });

  it('each has the transcript begun when the others had theirs', () => {
    expect(pids(join({ sessions: [ofSecond, ofFirst], processes: [first, second] }))).toEqual({ 'claude/first': [1], 'claude/second': [2] });
  });

  it('one that has said nothing yet is a session without a transcript', () => {
    expect(pids(join({ sessions: [ofFirst], processes: [first, second] }))).toEqual({ 'claude/first': [1], [`claude/pid-2-${minutesAgo(30) / 1000}`]: [2] });
  });

  it('what may be anybody\'s is not guessed: the processes stand alone, the transcripts go by time', () => {
    const late = aStoredSession({ nativeId: 'late', startedAt: minutesAgo(10) });
    const sessions = join({ sessions: [late], processes: [first, second] });
    expect(pids(sessions)).toEqual({ 'claude/late': [], [`claude/pid-1-${minutesAgo(60) / 1000}`]: [1], [`claude/pid-2-${minutesAgo(30) / 1000}`]: [2] });
    expect(sessions[0]).toMatchObject({ state: 'waiting' });
    expect(sessions[0]).not.toHaveProperty('alive');
  });

  it('who was told apart before stays so', () => {
    const again = joinAgain();
    const input = { claims: [], now, platform: 'linux' as const };
    again({ ...input, sessions: [ofFirst, ofSecond], processes: [first, second] });
    const cleared = aStoredSession({ nativeId: 'cleared', startedAt: minutesAgo(2) });
    expect(pids(again({ ...input, sessions: [ofFirst, ofSecond, cleared], processes: [first, second] }))).toEqual({ 'claude/first': [1], 'claude/second': [2], 'claude/cleared': [] });
  });

  it('one that is named leaves the rest to the other', () => {
    expect(pids(join({ sessions: [ofFirst, ofSecond], processes: [first, second], claims: [aClaim({ pid: 2, nativeId: 'second' })] }))).toEqual({ 'claude/first': [1], 'claude/second': [2] });
  });

  it('processes of different tools are no rivals', () => {
    const codex = aStoredSession({ tool: 'codex', nativeId: 'c' });
    expect(pids(join({ sessions: [one, codex], processes: [aProcess(), aProcess({ pid: 101, tool: 'codex' })] }))).toEqual({ 'claude/one': [100], 'codex/c': [101] });
  });
});

describe('Codex is known by the transcript it holds open', () => {
  const rollout = (nativeId: string): string => `/home/ada/.codex/sessions/2026/09/01/rollout-2026-09-01T10-00-00-${nativeId}.jsonl`;
  const codexSession = (nativeId: string, facts: Partial<StoredSession> = {}): StoredSession => aStoredSession({ tool: 'codex', nativeId, sources: [rollout(nativeId)], ...facts });
  const codex = (...open: string[]): AgentProcess => aProcess({ tool: 'codex', argv: ['codex'], hints: { openFiles: open.map(rollout) } });

  it('two in one folder are told apart', () => {
    const sessions = [codexSession('a'), codexSession('b')];
    expect(pids(join({ sessions, processes: [codex('a'), { ...codex('b'), pid: 101 }] }))).toEqual({ 'codex/a': [100], 'codex/b': [101] });
  });

  it('after /new the newest of the open ones counts', () => {
    expect(pids(join({ sessions: [codexSession('a', { lastActivityAt: minutesAgo(5) }), codexSession('b')], processes: [codex('a', 'b')] }))).toEqual({ 'codex/a': [], 'codex/b': [100] });
  });

  it('threads that the conversation started run with it', () => {
    expect(pids(join({ sessions: [codexSession('a', { lastActivityAt: minutesAgo(5) }), codexSession('b', { parentId: 'a' })], processes: [codex('a', 'b')] }))).toEqual({ 'codex/a': [100], 'codex/b': [100] });
  });

  it('a path written differently is known by the id in its name', () => {
    expect(pids(join({ sessions: [codexSession('a', { cwd: '/elsewhere', sources: ['/link/sessions/a.jsonl'] })], processes: [codex('a')] }))).toEqual({ 'codex/a': [100] });
  });

  it('a server has all of the recent ones it holds open, and is no session itself', () => {
    const host: AgentProcess = { ...codex('a', 'b', 'c'), host: true };
    const sessions = [codexSession('a'), codexSession('b'), codexSession('c', { lastActivityAt: minutesAgo(45) })];
    expect(pids(join({ sessions, processes: [host] }))).toEqual({ 'codex/a': [100], 'codex/b': [100], 'codex/c': [] });
    expect(join({ processes: [host] })).toEqual([]);
  });

  it('a server without open files has the recent conversations below its folder that nobody else has', () => {
    const host = aProcess({ tool: 'opencode', argv: ['opencode', 'serve'], host: true, cwd: '/home/ada' });
    const sessions = [aStoredSession({ tool: 'opencode', nativeId: 'a' }), aStoredSession({ tool: 'opencode', nativeId: 'b', cwd: '/srv/b' }), aStoredSession({ tool: 'opencode', nativeId: 'c', lastActivityAt: minutesAgo(45) }), aStoredSession({ tool: 'opencode', nativeId: 'd', cwd: '/home/ada/d' })];
    expect(pids(join({ sessions, processes: [host, aProcess({ tool: 'opencode', pid: 101, cwd: '/home/ada/d' })] }))).toEqual({ 'opencode/a': [100], 'opencode/b': [], 'opencode/c': [], 'opencode/d': [101] });
  });
});
