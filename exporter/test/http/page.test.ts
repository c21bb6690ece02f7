import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import request from 'supertest';
import { toolNames } from '../../src/session/tool.ts';
import type { Snapshot } from '../../src/session/snapshot.ts';
import { aSession, minutesAgo, now } from '../a-session.ts';
import { aFullSnapshot, aKnownSession, aSnapshot, aSource } from '../metrics/a-snapshot.ts';
import { anApp } from './an-app.ts';

const pageOf = async (snapshot: Snapshot, settings: Parameters<typeof anApp>[1] = {}): Promise<string> => {
  const { app, stop } = await anApp(snapshot, settings);
  const { text } = await request(app).get('/').expect(200).expect('Content-Type', /html/);
  await stop();
  return text;
};
/** The cells of the first row, as words. */
const cells = (html: string): string[] => [.../<tbody class="rows">(.*?)<\/tr>/s.exec(html)![1]!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => cell!.replace(/<[^>]+>/g, ' ').replaceAll('&nbsp;', ' ').replaceAll('&gt;', '>').replace(/\s+/g, ' ').trim());

describe('the page', () => {
  it('tells of a session who, what, how full, how well, how much and when', async () => {
    expect(cells(await pageOf(aSnapshot({ sessions: [aKnownSession({ title: 'Fix login', gitBranch: 'main', present: { turnOpen: true, pendingTools: [{ id: '1', name: 'Bash', since: now }] } })] })))).toEqual([
      'shop main Claude Code · claude-sonnet-4-5 · Fix login', 'working Bash', '60 % of 200k', '96 healthy', '3.3k', '> $1.23', '3', '1 min',
    ]);
  });

  it('[T43] never shows insufficient data as a colour of health', async () => {
    const html = await pageOf(aSnapshot({ sessions: [aSession()] }));
    expect(cells(html)[3]).toBe('insufficient data');
    expect(html).not.toMatch(/class="health/);
  });

  it('says what is unknown and writes no 0 for it', async () => {
    const { lastActivityAt: _last, ...bare } = aSession();
    expect(cells(await pageOf(aSnapshot({ sessions: [bare] }))).slice(2)).toEqual(['not reported', 'insufficient data', '– unknown', '– unknown', '– unknown', '– unknown']);
  });

  it('[T26] says that a model has no price', async () => {
    const html = await pageOf(aSnapshot({ sessions: [aSession({ models: { x: { usage: { input: 5 }, requests: 1, unpricedTokens: 5 } } })] }));
    expect(cells(html)[5]).toBe('no price');
  });

  it('[T27] says that cost is API-equivalent', async () => {
    expect(await pageOf(aFullSnapshot())).toMatch(/API-equivalent: list prices, not a bill/);
  });

  it.each([[0.5, 'good'], [0.7, 'good'], [0.71, 'fair'], [0.9, 'fair'], [0.91, 'bad'], [1.2, 'bad']])('the context bar at %d is %s', async (ratio, level) => {
    const html = await pageOf(aSnapshot({ sessions: [aSession({ context: { used: ratio * 1000, limit: 1000 } })] }));
    expect(/<rect class="(good|fair|bad)" width="(\d+)"/.exec(html)!.slice(1, 3)).toEqual([level, String(Math.floor(Math.min(1, ratio) * 100))]);
  });

  it('[T17] gives no percentage of a window whose size is unknown', async () => {
    expect(cells(await pageOf(aSnapshot({ sessions: [aSession({ context: { used: 92_000 } })] })))[2]).toBe('92.0k of an unknown window');
  });

  it('marks what is fresh, and only while it lives', async () => {
    const fresh = (facts: object) => pageOf(aSnapshot({ sessions: [aSession(facts)] })).then((html) => /class="state \w+ fresh"/.test(html));
    expect([await fresh({ lastActivityAt: now - 2000 }), await fresh({ lastActivityAt: minutesAgo(1) }), await fresh({ lastActivityAt: now - 2000, state: 'ended' })]).toEqual([true, false, false]);
  });

  it('shows live sessions before ended ones, and a hundred at most', async () => {
    const ended = Array.from({ length: 120 }, (_, index) => aSession({ id: `claude/e${index}`, nativeId: `e${index}`, state: 'ended' }));
    const html = await pageOf(aSnapshot({ sessions: [...ended, aSession({ id: 'claude/live', nativeId: 'live', state: 'idle' })] }));
    const ids = [...html.matchAll(/<tr id="([^"]+)"/g)].map(([, id]) => id);
    expect([ids[0], ids.length]).toEqual(['claude/live', 100]);
    expect(html).toContain('21 more sessions not shown here');
  });

  it('adds up what it shows', async () => {
    const html = await pageOf(aFullSnapshot());
    const summary = [...html.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, term, value]) => `${term} ${value}`);
    expect(summary).toEqual(['working 1', 'waiting for you 0', 'idle 1', 'tokens 3.3k', 'API-equivalent $1.23', 'of 14 sessions 3']);
  });

  it('works without JavaScript: everything is in the HTML, and it asks for itself again', async () => {
    const html = await pageOf(aFullSnapshot());
    expect(html).toContain('<noscript><meta http-equiv="refresh"');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain('<script src="/live.js" defer></script>');
    expect(html).not.toMatch(/ style=| on[a-z]+=|https?:\/\/(?!localhost|hub)/);
  });

  it('shows the lines for prometheus.yml', async () => {
    expect(await pageOf(aFullSnapshot(), { snippet: () => "- targets: ['localhost:10877']" })).toContain('- targets: [&#39;localhost:10877&#39;]');
  });

  it('says how each source fares, and what is wrong with one', async () => {
    const html = await pageOf(aFullSnapshot({ sources: [aSource(), aSource({ source: 'opencode', up: false, problem: 'the database is locked' })] }));
    expect(html).toContain('3 files, 99 records, 2 broken records left out, 1 of an unknown kind, scanned 0 s ago');
    expect(html).toMatch(/role="alert"><p><b>OpenCode could not be read\.<\/b> The database is locked\./);
  });

  it('warns when counters will not survive', async () => {
    const html = await pageOf(aFullSnapshot({ ledger: { id: 'x', createdAt: 0, sizeBytes: 0, durable: false, path: '/state', problem: 'The state folder cannot be written (EACCES)' } }));
    expect(html).toContain('Counters will not survive a restart.');
    expect(html).toContain('The state folder cannot be written (EACCES)');
    expect(await pageOf(aFullSnapshot())).not.toContain('Counters will not survive');
  });

  it('shows how far the first scan is', async () => {
    expect(await pageOf(aFullSnapshot({ complete: false, scanned: 0.379 }))).toMatch(/<b>37&nbsp;%<\/b>/);
  });

  it('teaches when there is nothing to show: where it looked, and how to see an example', async () => {
    const html = await pageOf(aSnapshot(), { lookedAt: () => [{ tool: toolNames.claude, path: '/home/ada/.claude/projects', found: false }, { tool: toolNames.codex, path: '/home/ada/.codex', found: true }] });
    expect(html).toContain('No sessions yet');
    expect(html).toMatch(/Claude Code<\/th><td><ul><li><code>\/home\/ada\/\.claude\/projects<\/code> <span class="quiet">is not there/);
    expect(html).toContain('is there, without a session');
    expect(html).toContain('npm start -- --home examples/home');
  });

  it('writes any text of a transcript as text', async () => {
    const hostile = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", '</td></tr></table>', '&lt;b&gt;', '\u202egnp.exe'));
    await fc.assert(fc.asyncProperty(hostile, async (text) => {
      const html = await pageOf(aSnapshot({ sessions: [aKnownSession({ id: `claude/${text}`, title: text, project: text, gitBranch: text, model: text, present: { turnOpen: true, pendingTools: [{ id: '1', name: text, since: 0 }] } })] }));
      expect(html.match(/<script/g)).toHaveLength(1);
      expect(html).not.toMatch(/<img src=x|<b>[^0-9<]|\u202e/);
      expect(html.match(/<tr /g)).toHaveLength(1);
      expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<[a-z]+[^>]*\son[a-z]+=/);
    }), { numRuns: 60 });
  });

  it('explains every metric at /docs', async () => {
    const { app, stop } = await anApp(aSnapshot());
    const { text } = await request(app).get('/docs').expect(200);
    await stop();
    expect(text).toContain('<code>ai_session_context_used_tokens</code>');
  });
});
