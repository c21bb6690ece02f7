import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { cliPage } from '../../../scripts/cli-page.ts';
import { healthOf } from '../../src/health/health.ts';
import { publicSession, sessionsSchema } from '../../src/session/public.ts';
import { aSession, minutesAgo, now } from '../a-session.ts';
import { someSessions } from './some-sessions.ts';

const page = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

/** A session of which everything is known. */
const whole = aSession({
  ...someSessions()[0]!, description: 'd', tags: ['t'], parentId: 'p', endedAt: now, fileConflicts: ['a'], processes: [{ pid: 1 }, { pid: 2 }], estimatedTokens: { input: 1 }, title: 't',
  present: { turnOpen: true, pendingTools: [{ id: 'x', name: 'Bash', since: now }], waitingFor: 'permission', lastWasError: false },
  models: { m: { usage: { input: 1, output: 2, cache_read: 3, cache_creation_5m: 4, cache_creation_1h: 5, reasoning: 1 }, requests: 1, microUsd: 1, unpricedTokens: 0, outputLowerBound: true } },
});

describe('docs', () => {
  it('docs/cli.md is what the program prints (else: node scripts/cli-docs.ts)', () => {
    expect(page('cli.md')).toBe(cliPage());
  });

  it('docs/sessions-json.md lists every field of a session and no other', () => {
    const listed = [...page('sessions-json.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect([...listed].sort()).toEqual(Object.keys(publicSession(whole, healthOf(whole, now))).sort());
    expect(page('sessions-json.md')).toContain(`version ${sessionsSchema}**`);
  });
});

describe('a session as JSON', () => {
  const shape = (session = whole) => publicSession(session, healthOf(session, now));

  it('leaves out what is unknown: no null, no zero in its place', () => {
    const bare = shape(aSession({ tool: 'aider', nativeId: 'pid-1-2', startedAt: undefined!, lastActivityAt: undefined!, model: undefined! }));
    expect(JSON.parse(JSON.stringify(bare))).toEqual({
      id: 'aider/pid-1-2', tool: 'aider', nativeId: 'pid-1-2', project: 'shop', cwd: '/home/ada/shop', state: 'waiting', toolCalls: {}, toolErrors: {}, errors: {}, sources: [],
      health: { factors: {}, missing: ['token_usage', 'duration', 'activity', 'errors'] },
    });
    expect(Object.values(bare)).not.toContain(undefined);
  });

  it('[T1] adds tokens over models kind by kind, and keeps them by model', () => {
    const two = shape({ ...whole, models: { a: { usage: { input: 1, output: 2 }, requests: 1, unpricedTokens: 3 }, b: { usage: { output: 5, cache_read: 7, reasoning: 4 }, requests: 2, microUsd: 1_500_000, unpricedTokens: 0 } } });
    expect(two).toMatchObject({ tokens: { input: 1, output: 7, cache_read: 7, reasoning: 4 }, tokensByModel: { a: { input: 1, output: 2 }, b: { output: 5, cache_read: 7, reasoning: 4 } }, requests: 3, costUsd: 1.5, unpricedTokens: 3 });
    expect(two.tokens).not.toHaveProperty('cache_creation_5m');
    expect(two).not.toHaveProperty('outputLowerBound');
  });

  it('[T3] [T26] has no cost when nothing is priced, and a cost of 0 when it was free', () => {
    const use = { usage: { input: 1 }, requests: 1, unpricedTokens: 1 };
    expect(shape({ ...whole, models: { a: use } })).not.toHaveProperty('costUsd');
    expect(shape({ ...whole, models: { a: { ...use, microUsd: 0 } } }).costUsd).toBe(0);
  });

  it('[T4] has no ratio without a window', () => {
    expect(shape({ ...whole, context: { used: 5 } }).context).toEqual({ used: 5 });
    expect(shape().context).toEqual({ used: 144_000, limit: 200_000, ratio: 0.72, compactAt: 167_000 });
  });

  it('times are ISO 8601; one that no calendar has is unknown', () => {
    expect(shape().startedAt).toBe(new Date(minutesAgo(60)).toISOString());
    expect(shape({ ...whole, startedAt: 9e99 })).not.toHaveProperty('startedAt');
  });

  it('the project is the name that people gave, before the tool\'s', () => {
    expect(shape({ ...whole, projectName: 'Shop 2' }).project).toBe('Shop 2');
  });
});
