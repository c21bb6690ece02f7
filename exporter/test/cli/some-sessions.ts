import type { BookedCall } from '../../src/session/booked.ts';
import type { Session } from '../../src/session/session.ts';
import { aSession, minutesAgo } from '../a-session.ts';

/** A machine in use: one session of each kind that looks different. */
export const someSessions = (): readonly Session[] => [
  aSession({
    state: 'working', alive: true, title: 'Fix the login redirect', gitBranch: 'fix/login', toolVersion: '2.1.220', activeMs: 34 * 60_000,
    model: 'claude-sonnet-4-5-20250929',
    models: {
      'claude-sonnet-4-5-20250929': { usage: { input: 1234, output: 45_678, cache_read: 3_456_789, cache_creation_5m: 123_456, cache_creation_1h: 0 }, requests: 88, microUsd: 3_210_000, unpricedTokens: 0 },
      'claude-haiku-4-5': { usage: { input: 500, output: 700 }, requests: 3, microUsd: 4000, unpricedTokens: 0 },
    },
    context: { used: 144_000, limit: 200_000, compactAt: 167_000 },
    messages: { user: 12, assistant: 90 }, turns: 12, toolCalls: { Bash: 40, Edit: 20, Read: 28 }, toolErrors: { Bash: 3 }, errors: { tool: 3, api: 1 },
    errorTimes: [minutesAgo(3), minutesAgo(4), minutesAgo(5), minutesAgo(6)], filesEdited: 8, linesAdded: 120, linesRemoved: 30, commits: 2, compactions: 1, subagents: 2,
    present: { turnOpen: true, pendingTools: [{ id: 't', name: 'Bash', since: minutesAgo(0.2) }] },
    processes: [{ pid: 4242, residentBytes: 327_155_712, cpuSeconds: 34 }], sources: ['/home/ada/.claude/projects/-home-ada-shop/1af7c9d2-0000-4000-8000-000000000001.jsonl'],
    rot: { repeatedFailures: 2, editChurn: 0.1 },
  }),
  aSession({
    tool: 'codex', nativeId: '0199a1b2-0000-7000-8000-000000000002', state: 'waiting', alive: true, project: 'payments', title: 'Retry policy for webhooks', model: 'gpt-5.2-codex', gitBranch: 'main',
    models: { 'gpt-5.2-codex': { usage: { input: 90_000, output: 12_000, cache_read: 400_000, reasoning: 8000 }, requests: 20, microUsd: 512_345, unpricedTokens: 0 } },
    context: { used: 240_000, limit: 258_400 }, startedAt: minutesAgo(310), lastActivityAt: minutesAgo(4), sources: ['/r.jsonl'],
    present: { turnOpen: false, pendingTools: [], waitingFor: 'permission' }, processes: [{ pid: 5151 }],
  }),
  aSession({
    tool: 'gemini', nativeId: '7c1e0000-1111-4222-8333-444444444444', state: 'idle', alive: true, project: 'data-pipeline-for-the-warehouse', model: 'gemini-3-pro',
    models: { 'gemini-3-pro': { usage: { input: 10_000, output: 900 }, requests: 4, unpricedTokens: 10_900, outputLowerBound: true } },
    context: { used: 50_000 }, startedAt: minutesAgo(200), lastActivityAt: minutesAgo(95), sources: ['/g.json'], present: { turnOpen: false, pendingTools: [], lastWasError: true },
  }),
  aSession({ tool: 'aider', nativeId: 'pid-777-1', id: 'aider/pid-777-1', state: 'idle', alive: true, project: 'docs', processes: [{ pid: 777 }], startedAt: minutesAgo(20), model: undefined!, lastActivityAt: undefined! }),
  aSession({
    nativeId: '1af7c9d2-0000-4000-8000-000000000009', state: 'ended', alive: false, endedAt: minutesAgo(1500), startedAt: minutesAgo(1600), lastActivityAt: minutesAgo(1500), title: '日本語のタイトル ✨ with \u001b[31mcolours\u001b[0m', sources: ['/e.jsonl'],
    models: { 'claude-opus-4-1': { usage: { input: 100, output: 2000, cache_read: 90_000 }, requests: 9, microUsd: 1_250_000, unpricedTokens: 500 } }, context: { used: 30_000, limit: 200_000 },
  }),
  aSession({ tool: 'vscode-copilot', nativeId: 'aaaa-bbbb', state: 'ended', lastActivityAt: minutesAgo(9000), startedAt: minutesAgo(9050), estimatedTokens: { input: 1200, output: 340 }, sources: ['/v.json'], project: 'shop' }),
];

/** Three calls of the first session, one of them a replay that does not count. */
export const someCalls = (): readonly BookedCall[] => [
  { at: minutesAgo(50), model: 'claude-sonnet-4-5-20250929', usage: { input: 1000, output: 40_000, cache_read: 3_000_000 }, requests: 1, microUsd: 3_000_000, inFleet: true, source: '/home/ada/.claude/projects/-home-ada-shop/1af7c9d2-0000-4000-8000-000000000001.jsonl', position: 48_213 },
  { at: minutesAgo(40), model: 'claude-sonnet-4-5-20250929', usage: { input: 234, output: 5678, cache_read: 456_789, cache_creation_5m: 123_456 }, requests: 87, microUsd: 210_000, inFleet: false, source: '/home/ada/.claude/projects/-home-ada-shop/1af7c9d2-0000-4000-8000-000000000001.jsonl', position: 90_001 },
  { at: minutesAgo(39), model: 'claude-sonnet-4-5-20250929', usage: { input: 234, output: 5678 }, requests: 1, dropped: 'replayed_sidechain', sidechain: true, inFleet: false, source: '/home/ada/.claude/projects/-home-ada-shop/agent-1.jsonl', position: 12 },
  { at: minutesAgo(30), model: 'claude-haiku-4-5', usage: { input: 500, output: 700 }, requests: 3, sidechain: true, microUsd: 4000, inFleet: true, source: '/home/ada/.claude/projects/-home-ada-shop/agent-1.jsonl', position: 0 },
];
