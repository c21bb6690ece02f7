import type { EpochMs } from '../src/session/part.ts';
import { sessionId } from '../src/session/session.ts';
import type { Session, StoredSession } from '../src/session/session.ts';
import type { Tool } from '../src/session/tool.ts';

/** The present of every test that uses these builders. */
export const now: EpochMs = Date.parse('2026-09-01T12:00:00Z');
export const minutesAgo = (minutes: number): EpochMs => now - minutes * 60_000;

/** What the records of a session say: a Claude session that began an hour ago, with its last answer a minute ago. */
export const aStoredSession = (facts: Partial<StoredSession> = {}): StoredSession => {
  const tool: Tool = facts.tool ?? 'claude';
  const nativeId = facts.nativeId ?? '1af7c9d2-0000-4000-8000-000000000001';
  return {
    id: sessionId(tool, nativeId),
    tool,
    nativeId,
    project: 'shop',
    cwd: '/home/ada/shop',
    model: 'claude-sonnet-4-5',
    startedAt: minutesAgo(60),
    lastActivityAt: minutesAgo(1),
    models: {},
    messages: {},
    toolCalls: {},
    toolErrors: {},
    errors: {},
    errorTimes: [],
    files: {},
    present: { turnOpen: false, pendingTools: [] },
    rot: {},
    sources: [],
    ...facts,
  };
};

/** The same joined with the process table: waiting for its human, no process known. */
export const aSession = (facts: Partial<Session> = {}): Session => ({ ...aStoredSession(facts), state: 'waiting', processes: [], ...facts });
