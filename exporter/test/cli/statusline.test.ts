import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { statusText, lineParts } from '../../src/cli/statusline/line.ts';
import type { LineLook } from '../../src/cli/statusline/line.ts';
import { toldOf } from '../../src/cli/statusline/told.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { readReportedLimits } from '../../src/wiring/reported-limits.ts';
import { repository } from '../end-to-end/a-world.ts';
import { startExporter } from '../end-to-end/an-exporter.ts';
import type { RunningExporter } from '../end-to-end/an-exporter.ts';
import { aNowPage } from '../a-now-page.ts';
import { now } from '../a-session.ts';
import { until } from '../servers.ts';
import { aLiveHome } from './a-live-home.ts';
import { someSessions } from './some-sessions.ts';

const home = aLiveHome();
const nowhere = mkdtempSync(join(tmpdir(), 'watchroom-nobody-'));
afterAll(home.remove);

/** As Claude Code 2.1 tells it. */
const told = (sessionId: string, facts: object = {}) => ({
  session_id: sessionId, transcript_path: '/t.jsonl', cwd: '/srv/teahouse', model: { id: 'claude-sonnet-4-5', display_name: 'Sonnet 4.5' }, workspace: { current_dir: '/srv/teahouse', project_dir: '/srv/teahouse' }, version: '2.1.220',
  cost: { total_cost_usd: 1.25, total_duration_ms: 1000 }, context_window: { context_window_size: 200_000, used_percentage: 62, current_usage: { input_tokens: 10, cache_creation_input_tokens: 990, cache_read_input_tokens: 123_000, output_tokens: 500 } },
  rate_limits: { five_hour: { used_percentage: 57.5, resets_at: Math.floor(Date.now() / 1000) + 7800 }, seven_day: { used_percentage: 18, resets_at: Math.floor(Date.now() / 1000) + 400_000 } }, ...facts,
});

const line = async (input: unknown, flags: readonly string[]): Promise<{ readonly out: string; readonly err: string; readonly code: number | null }> => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(WATCHROOM|NODE_OPTIONS|XDG|NO_COLOR|FORCE_COLOR)/.test(name)));
  const child = spawn(process.execPath, [join(repository, 'exporter/bin/watchroom.js'), 'statusline', ...flags], { env: { ...env, HOME: nowhere }, stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (piece) => (out += String(piece)));
  child.stderr.on('data', (piece) => (err += String(piece)));
  if (input !== undefined) child.stdin.end(typeof input === 'string' ? input : JSON.stringify(input));
  const [code] = (await once(child, 'close')) as [number | null];
  child.stdin.destroy();
  return { out, err, code };
};
const text = async (input: unknown, flags: readonly string[]): Promise<string> => stripVTControlCharacters((await line(input, flags)).out).trimEnd();

describe('watchroom statusline without an exporter', () => {
  it('says what Claude Code told it', async () => {
    expect(await text(told('s'), ['--state', nowhere])).toMatch(/^teahouse │ Sonnet 4.5 │ ▓▓▓▓░░░░ 62 % │ \$1.25 │ 5h 57 % ↻2h (9|10)m 7d 18 %$/);
  });

  it.each([['nothing', ''], ['no JSON', 'hello'], ['an array', '[1]'], ['nonsense', { model: 7, context_window: 'x', cost: null, rate_limits: { five_hour: [] } }]])('says that none runs when it is given %s', async (_what, input) => {
    expect(await line(input, ['--state', nowhere])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('no exporter runs') });
  });

  it('does not wait for an input that never comes', async () => {
    const started = Date.now();
    expect(await text(undefined, ['--state', nowhere])).toBe('no exporter runs');
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it('a state folder that cannot be written costs nothing but the report', async () => {
    expect(await text(told('s'), ['--state', '/proc/none'])).toContain('62 %');
  });

  it('what it does not know is a usage error', async () => {
    expect(await line('', ['--show', 'weather'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--show must be some of live, project') });
    expect(await line('', ['--width', 'wide'])).toMatchObject({ code: 2, err: expect.stringContaining('Try --width 60') });
  });
});

describe('watchroom statusline beside an exporter', () => {
  let exporter: RunningExporter;
  beforeAll(async () => {
    exporter = await startExporter(['--scan.process-interval', '1s', ...home.flags]);
    await until(async () => (await exporter.scrape('readyz')) === 'ready\n');
  }, 60_000);
  afterAll(() => exporter?.stop());

  it('[T5] feeds the rate limits that Claude Code reports to the exporter', async () => {
    await line(told(home.id.slice(7)), ['--state', home.state]);
    await exporter.until(/^ai_rate_limit_used_ratio\{tool="claude",window="5h"\} 0\.575$/m);
    await exporter.until(/^ai_rate_limit_used_ratio\{tool="claude",window="7d"\} 0\.18$/m);
  });

  it('has the exact cost and of the context the newest word', async () => {
    expect(await text(told(home.id.slice(7)), ['--state', home.state, '--show', 'context,cost'])).toBe('▓▓▓▓░░░░ 62 % │ $0.05');
  });

  it('as JSON goes by the whole program and says the same', async () => {
    const { out } = await line(told(home.id.slice(7)), ['--state', home.state, '--format', 'json']);
    expect(JSON.parse(out)).toMatchObject({ exporter: true, session: home.id, costUsd: 0.04527, context: { used: 124_000, limit: 200_000, ratio: 0.62 } });
  });

  it('for tmux reads nothing and uses its colours', async () => {
    const { out } = await line(undefined, ['--tmux', '--state', home.state]);
    expect(out).toContain('#[fg=green]5h'.slice(0, 11));
    expect(out).not.toContain('\u001b');
  });
});

describe('the line', () => {
  const plain: LineLook = { paint: (_style, one) => one, parts: lineParts, width: Infinity };
  const facts = { told: undefined, page: aNowPage(someSessions()), now };

  it('without Claude Code is of the latest live session', () => {
    expect(statusText(facts, plain)).toBe('● 4 1 waiting │ shop │ claude-sonnet-4-5 │ ▓▓▓▓▓░░░ 72 % │ $3.21 │ ♥ 92 │ ✗ 4');
  });

  it.each([10, 20, 40, 60, 80])('is no wider than %d columns; context stays longest', (width) => {
    const short = statusText(facts, { ...plain, width });
    expect(textWidth(short)).toBeLessThanOrEqual(Math.max(width, 13));
    expect(short).toContain('72 %');
  });

  it('a limit whose reset has passed says nothing any more', () => {
    const late = toldOf(JSON.stringify({ rate_limits: { five_hour: { used_percentage: 99, resets_at: now / 1000 - 1 } } }));
    expect(statusText({ told: late, page: undefined, now }, plain)).toBe('no exporter runs');
  });
});

describe('reported rate limits', () => {
  it('are written whole, and again only when they change or grow old', async () => {
    const state = mkdtempSync(join(tmpdir(), 'watchroom-limits-'));
    const file = join(state, 'rate-limits/claude.json');
    await line(told('s'), ['--state', state]);
    expect(readReportedLimits(state, Date.now())).toMatchObject([{ tool: 'claude', window: '5h', usedRatio: 0.575 }, { window: '7d', usedRatio: 0.18 }]);
    const before = readFileSync(file, 'utf8');
    expect(readReportedLimits(state, JSON.parse(before).reportedAt - 3_600_000)).toEqual([]);
    await line(told('s', { rate_limits: undefined }), ['--state', state]);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(`${file}.new`)).toBe(false);
  });
});
