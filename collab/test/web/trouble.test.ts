import { describe, expect, it } from '@jest/globals';
import { headlineOf, peopleOn, worstFirst } from '../../web/src/sessions/headline.ts';
import { adviceOn } from '../../web/src/sessions/recommend.ts';
import { mergeTold, sessionOf } from '../../web/src/sessions/session.ts';
import type { HubSession, Session } from '../../web/src/sessions/session.ts';
import { contextLevel, reasonsOf, standingOf } from '../../web/src/sessions/trouble.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const aSession = (facts: Partial<HubSession> & { readonly state?: string } = {}): Session =>
  sessionOf({ id: 'claude/one', tool: 'claude', nativeId: 'one', state: 'working', owner: { id: 'u1', name: 'ada' }, hostName: 'desk', project: 'payments', lastActivityAt: '2026-11-21T11:59:55Z', startedAt: '2026-11-21T10:00:00Z', ...facts });
const sick = (): Session => aSession({ context: { used: 188_000, limit: 200_000, ratio: 0.94 }, errors: { tool: 12 }, health: { score: 38, level: 'critical', factors: { token_usage: 0.17, errors: 0.2, activity: 1 }, missing: [] } });

describe('how a session stands', () => {
  it('[C8] context is green to 70 %, yellow to 90 %, red above', () => {
    expect([0, 0.7, 0.71, 0.9, 0.91, 1.2].map(contextLevel)).toEqual(['good', 'good', 'fair', 'fair', 'bad', 'bad']);
  });

  it('[H5] says why, the gravest first', () => {
    expect(reasonsOf(sick(), now).map(({ words }) => words)).toEqual(['context 94 % full', '12 errors of tools']);
    expect(standingOf(sick(), now)).toBe('trouble');
  });

  it('[H2] a session that has told nothing to score is unknown, neither well nor sick', () => {
    expect(standingOf(aSession(), now)).toBe('unknown');
    expect(reasonsOf(aSession(), now)).toEqual([]);
  });

  it('an ended session is in no trouble any more', () => {
    expect(reasonsOf({ ...sick(), state: 'ended' }, now)).toEqual([]);
  });

  it('a critical score without a reason that is known still says its score', () => {
    expect(reasonsOf(aSession({ health: { score: 31, level: 'critical', factors: {}, missing: [] } }), now).map(({ words }) => words)).toEqual(['health at 31']);
  });

  it('[H7] a file that another session edits is a reason to watch', () => {
    const session = { ...aSession(), fileConflicts: ['src/cart/total.ts'] };
    expect(reasonsOf(session, now)[0]!.words).toBe('another session edits total.ts');
    expect(standingOf(session, now)).toBe('watch');
  });
});

describe('what to do', () => {
  it('[H6] every advice has its reason', () => {
    expect(adviceOn(sick()).map(({ words, because }) => `${words}: ${because}`)).toEqual([
      'Have it write down where it stands, then start a new session: its context is 94 % full; what comes next is compacted or lost',
      'Look at what fails before it goes on: 12 errors, most of them in the last hour',
    ]);
    expect(adviceOn(aSession({ state: 'waiting', waitingFor: 'permission' }))).toEqual([{ words: 'Answer it: permission', because: 'it is ada’s turn' }]);
    expect(adviceOn({ ...sick(), state: 'ended' })).toEqual([]);
  });
});

describe('what the page says first', () => {
  it('which session is in trouble, why, and who is on it', () => {
    const { tone, about, after, more } = headlineOf([aSession({ id: 'claude/two', nativeId: 'two', state: 'waiting' }), { ...sick(), watchers: ['grace'] }], { now, me: 'linus' });
    expect([tone, about?.id]).toEqual(['trouble', 'claude/one']);
    expect(after).toBe(' is in trouble: context 94 % full and 12 errors of tools. It is ada’s; grace is on it.');
    expect(more).toBe('1 session waits for an answer.');
  });

  it('else who is waited for, else that all is well, else that it is quiet', () => {
    expect(headlineOf([aSession({ state: 'waiting', waitingFor: 'permission' })], { now, me: 'ada' })).toMatchObject({ tone: 'waiting', after: ' waits for you: permission.' });
    expect(headlineOf([aSession()], { now, me: 'ada' })).toMatchObject({ tone: 'calm', before: 'All is well. 1 session is working.' });
    expect(headlineOf([], { now, me: 'ada' }).tone).toBe('quiet');
  });

  it('the sick stand before the well', () => {
    expect(worstFirst([aSession({ id: 'claude/well', health: { score: 99, level: 'healthy', factors: {}, missing: [] } }), sick()], now)[0]!.id).toBe('claude/one');
  });

  it('tells apart its owner, the reader and others', () => {
    expect(peopleOn({ owner: 'ada', watchers: [] }, 'ada')).toBe('It is yours; nobody else is on it');
    expect(peopleOn({ owner: 'ada', watchers: ['linus', 'grace'] }, 'linus')).toBe('It is ada’s; you and grace are on it');
  });
});

describe('a session from what the hub answers', () => {
  it('unknown stays unknown', () => {
    const session = aSession();
    expect(['costUsd', 'tokens', 'context', 'turns'].filter((name) => name in session)).toEqual([]);
  });

  it('[R9] what a socket tells is newer; what it does not tell stays', () => {
    const before = sick();
    const after = mergeTold(before, { id: 'claude/one', team: 't', user: 'ada', host: 'desk', tool: 'claude', visibility: 'team', state: 'working', tags: [], tokens: 5, microUsd: 2_500_000, errors: 13, lastWasError: true, health: 30, healthLevel: 'critical', lastActivityAt: now });
    expect(after).toMatchObject({ errors: 13, costUsd: 2.5, context: before.context, health: { score: 30, factors: before.health.factors } });
  });

  it('[D5] a session that ended runs no tool', () => {
    const before = { ...aSession(), runningTool: 'Bash' };
    const told = { id: 'claude/one', team: 't', user: 'ada', host: 'desk', tool: 'claude', visibility: 'team' as const, state: 'ended' as const, tags: [], tokens: 0, microUsd: 0, errors: 0, lastWasError: false, lastActivityAt: now };
    expect(mergeTold(before, told).runningTool).toBeUndefined();
    expect(mergeTold(before, { ...told, state: 'working' }).runningTool).toBe('Bash');
  });
});
