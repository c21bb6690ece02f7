import type { Session } from '../../src/session/session.ts';
import type { Snapshot, SourceStatus } from '../../src/session/snapshot.ts';
import { aSession, minutesAgo, now } from '../a-session.ts';

/** A picture of a machine on which nothing was found. */
export const aSnapshot = (facts: Partial<Snapshot> = {}): Snapshot => ({
  at: now,
  sessions: [],
  dropped: { window: 0, limit: 0 },
  sessionCounts: {},
  fleet: [],
  fleetHistograms: [],
  rateLimits: [],
  budgets: [],
  sources: [],
  corrections: {},
  ledger: { id: 'ledger-1', createdAt: minutesAgo(600), sizeBytes: 40_960, durable: true },
  complete: true,
  scanned: 1,
  ...facts,
});

export const aSource = (facts: Partial<SourceStatus> = {}): SourceStatus => ({
  source: 'claude', up: true, lastScanAt: now, filesTracked: 3, readBytes: 12_345, records: 99, unknownRecords: 1, parseErrors: { 'not json': 2 },
  backlogBytes: 0, lateTokens: 7, watchedDirectories: 2, polledDirectories: 1, scanDurations: aHistogram([0, 2, 1]),
  ...facts,
});

export const aHistogram = (first: readonly number[] = [1]) => ({ buckets: [...first, ...new Array<number>(13 - first.length).fill(0)], sum: 3.5 });

/** A session of which everything is known. */
export const aKnownSession = (facts: Partial<Session> = {}): Session => aSession({
  title: 'Fix the "login" page\nand more', gitBranch: 'feature/ä\\b', toolVersion: '2.1.0', parentId: 'parent-1', activeMs: 1_234_567, sources: ['/home/ada/.claude/x.jsonl'],
  models: {
    'claude-sonnet-4-5': { usage: { input: 10, output: 200, cache_read: 3000, cache_creation_5m: 40, cache_creation_1h: 5, reasoning: 20 }, requests: 7, microUsd: 1_234_567, unpricedTokens: 0 },
    '': { usage: { input: 1 }, requests: 1, unpricedTokens: 1 },
  },
  context: { used: 120_000, limit: 200_000, compactAt: 160_000 },
  messages: { user: 3, assistant: 9 }, turns: 3, toolCalls: { Read: 4, mcp__github__search: 2, mcp__github__list: 1, Bash: 5 }, toolErrors: { Bash: 1 },
  errors: { tool: 1, api: 2 }, errorTimes: [minutesAgo(5), minutesAgo(4), minutesAgo(3)], compactions: 1, subagents: 2, linesAdded: 30, linesRemoved: 4,
  files: { 'a.ts': { reads: 1, edits: 2, created: false, linesAdded: 30, linesRemoved: 4, lastAt: now }, 'b.ts': { reads: 1, edits: 0, created: true, linesAdded: 0, linesRemoved: 0, lastAt: now } },
  filesEdited: 1, rot: { repeatedFailures: 2, editChurn: 0.25, cacheHitRatio: 0.9, cacheCollapsed: false }, estimatedTokens: { input: 11, output: 12 },
  alive: true, processes: [{ pid: 7, cpuSeconds: 12.5, residentBytes: 1024 }, { pid: 8, cpuSeconds: 1, residentBytes: 1024 }], fileConflicts: ['a.ts'], state: 'working',
  ...facts,
});

/** A picture with at least one series of every metric. */
export const aFullSnapshot = (facts: Partial<Snapshot> = {}): Snapshot => {
  const bornAt = minutesAgo(500);
  return aSnapshot({
    sessions: [
      aKnownSession(),
      aSession({ id: 'codex/2', nativeId: '2', tool: 'codex', state: 'ended', sources: ['x'] }),
      aSession({ id: 'gemini/3', nativeId: '3', tool: 'gemini', state: 'idle' }),
    ],
    dropped: { window: 12, limit: 3 },
    sessionCounts: { claude: { working: 1, waiting: 0, idle: 0, ended: 12 }, codex: { working: 0, waiting: 0, idle: 0, ended: 1 } },
    fleet: [
      { metric: 'ai_tokens_total', labels: { tool: 'claude', model: 'claude-sonnet-4-5', project: 'shop', token_type: 'input' }, value: 1000, bornAt },
      { metric: 'ai_tokens_total', labels: { tool: 'claude', model: 'claude-sonnet-4-5', project: 'other', token_type: 'output' }, value: 20, bornAt },
      { metric: 'ai_unpriced_tokens_total', labels: { tool: 'codex', model: 'unknown', token_type: 'output' }, value: 5, bornAt },
      { metric: 'ai_cost_usd_total', labels: { tool: 'claude', model: 'claude-sonnet-4-5', project: 'shop' }, value: 1.25, bornAt },
      { metric: 'ai_sessions_started_total', labels: { tool: 'claude', project: 'shop' }, value: 4, bornAt },
      { metric: 'ai_errors_total', labels: { tool: 'claude', error_kind: 'api' }, value: 2, bornAt },
      { metric: 'ai_turns_total', labels: { tool: 'claude', project: 'shop' }, value: 9, bornAt },
      { metric: 'ai_lines_total', labels: { tool: 'claude', project: 'shop', change: 'added' }, value: 30, bornAt },
      { metric: 'ai_tool_calls_total', labels: { tool: 'claude', tool_name: 'Bash' }, value: 5, bornAt },
      { metric: 'watchroom_unpriced_requests_total', labels: { tool: 'codex' }, value: 1, bornAt },
    ],
    fleetHistograms: [
      { metric: 'ai_tool_call_duration_seconds', labels: { tool: 'claude', tool_name: 'Bash' }, histogram: aHistogram([1, 2]) },
      { metric: 'ai_turn_duration_seconds', labels: { tool: 'claude' }, histogram: aHistogram() },
    ],
    rateLimits: [{ tool: 'codex', window: '5h', usedRatio: 0.25, resetsAt: now + 3_600_000, reportedAt: now }],
    budgets: [{ scope: 'user', name: 'ada', period: 'month', limitUsd: 100, limitTokens: 1e6, usedUsd: 12.5, usedTokens: 4000, startsAt: minutesAgo(9999), endsAt: now + 1e9 }],
    sources: [aSource(), aSource({ source: 'processes', up: false, problem: 'ps is missing' })],
    corrections: { shrunk: 2 },
    ...facts,
  });
};
