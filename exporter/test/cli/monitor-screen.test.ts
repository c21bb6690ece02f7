import { describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { actionOf } from '../../src/cli/monitor/keys.ts';
import { screenLines } from '../../src/cli/monitor/screen.ts';
import type { Screen } from '../../src/cli/monitor/screen.ts';
import { filterNames, firstState, reduce, rowsOf, sortKeys } from '../../src/cli/monitor/state.ts';
import type { MonitorState } from '../../src/cli/monitor/state.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import type { NowPage } from '../../src/session/now.ts';
import { aNowPage } from '../a-now-page.ts';
import { aSession, minutesAgo, now } from '../a-session.ts';
import { someSessions } from './some-sessions.ts';

const page = aNowPage(someSessions(), {
  burn: { tokensPerMinute: 48_200, usdPerHour: 12.4 }, minutes: [0, 10, 400, 900],
  rateLimits: [{ tool: 'claude', window: '5h', usedRatio: 0.42, resetsAt: now + 7_800_000, reportedAt: now }],
  budgets: [{ scope: 'all', name: 'all', period: 'month', limitUsd: 100, usedUsd: 61, usedTokens: 0, startsAt: 0, endsAt: now }],
});
const plain = (_style: unknown, text: string): string => text;
const coloured = (_style: unknown, text: string): string => (text === '' ? '' : `\u001b[1m${text}\u001b[22m`);
const aScreen = (told: Partial<Screen> = {}): Screen => ({ columns: 120, rows: 39, paint: plain, timeZone: 'UTC', from: { kind: 'exporter', address: 'http://localhost:10877/' }, problem: undefined, ...told });
const shown = (told: Partial<Screen> = {}, state: Partial<MonitorState> = {}, what: NowPage | undefined = page): readonly string[] => screenLines(what, { ...firstState, ...state }, aScreen(told));
const sessionRows = (lines: readonly string[]): readonly string[] => lines.filter((line) => /^.\s+(working|waiting|idle|ended)/.test(line));

describe('monitor: the screen', () => {
  const sizes = [20, 30, 40, 59, 60, 79, 80, 100, 120, 200].flatMap((columns) => [8, 15, 19, 24, 39, 80].map((rows) => [columns, rows] as const));

  it.each(sizes)('[L2] fits a terminal of %d columns and %d rows exactly, in colours too', (columns, rows) => {
    for (const state of [{}, { details: true }, { help: true }, { typing: true, search: 'shop' }, { filter: 'all' as const }])
      for (const paint of [plain, coloured]) {
        const lines = shown({ columns, rows, paint }, state);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
      }
  });

  it('[L2] has state, LIVE, context bar, health, cost, burn, errors and age', () => {
    const text = shown().join('\n');
    for (const said of ['● 4 LIVE', '1 working · 1 waiting · 2 idle', 'exporter localhost:10877', '48.2k tokens/min', '$12.40/h', '▁▂▄█', 'claude 5h ▓▓▓░░░░░ 42 % ↻2h 10m', 'month ▓▓▓▓░░░░ $61.00 of $100.00']) expect(text).toContain(said);
    expect(text).toMatch(/> {2}working {3}claude\/…00000001 {2}shop .*Bash .*▓▓▓▓▓░░░ {2}72 % .*\$3\.21 .*1m/);
    expect(text).toMatch(/waiting.*needs per/);
  });

  it('what is unknown is –, never 0', () => {
    const row = sessionRows(shown({ columns: 200 })).find((line) => line.includes('aider/pid'))!;
    expect(row.match(/–/g)!.length).toBeGreaterThanOrEqual(6);
    expect(row).not.toMatch(/ 0( |$)/);
  });

  it('narrow ones keep state, name, context, cost and health', () => {
    expect(shown({ columns: 40, rows: 19 }).find((line) => line.includes('STATE'))!.trim().split(/\s+/)).toEqual(['STATE', 'PROJECT', 'CTX', 'COST', 'HP']);
  });

  it('without colours the session that is looked at is pointed at', () => {
    expect(shown().filter((line) => line.startsWith('>'))).toHaveLength(1);
  });

  it('titles cannot recolour the screen', () => {
    const evil = aNowPage([aSession({ title: '\u001b[2J\u001b]0;x\u0007evil\u202e', sources: ['/t'], project: '\u001b[31mred' })]);
    expect(shown({ columns: 200 }, {}, evil).join('')).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it('the session that is looked at is on the screen, wherever it stands', () => {
    const many = aNowPage(Array.from({ length: 200 }, (_, index) => aSession({ nativeId: `n${index}`, id: `claude/n${index}`, lastActivityAt: minutesAgo(index) })));
    const lines = shown({ rows: 20 }, { selected: 'claude/n150', details: false }, many);
    expect(lines.find((line) => line.startsWith('>'))).toContain('claude/n150');
    expect(lines).toHaveLength(20);
  });

  it('says what it does before there is a page, and why there is none', () => {
    expect(screenLines(undefined, firstState, aScreen())).toEqual(['Reading sessions …']);
    expect(screenLines(undefined, firstState, aScreen({ problem: 'the ledger is gone' }))).toEqual(['the ledger is gone']);
    expect(shown({ problem: 'it stopped' }).at(-1)).toBe('it stopped');
  });

  it('says that nothing was found, and that a choice left nothing', () => {
    expect(shown({}, {}, aNowPage()).join('\n')).toContain('No session of a known tool was found');
    expect(shown({}, { search: 'zebra' }).join('\n')).toContain('None of 6 sessions has "zebra"');
    expect(shown({}, { filter: 'unhealthy' }, aNowPage([aSession()])).join('\n')).toContain('f chooses others');
  });
});

describe('monitor: keys', () => {
  const key = (told: Record<string, boolean> = {}) => ({ ...told }) as never;
  const press = (state: MonitorState, input: string, told: Record<string, boolean> = {}) => actionOf(input, key(told), { state, rows: rowsOf(page, state), pageRows: 10, detailsShown: true });
  const after = (...typed: readonly string[]): MonitorState => typed.reduce((state, input) => {
    const action = press(state, input, { escape: input === 'Esc', return: input === 'Enter', downArrow: input === 'Down', backspace: input === 'Back' });
    return typeof action === 'object' ? reduce(state, action) : state;
  }, firstState);

  it('[L2] q quits, r looks now, h and ? help', () => {
    expect(press(firstState, 'q')).toBe('quit');
    expect(press(firstState, 'r')).toBe('look');
    expect(after('h').help).toBe(true);
    expect(after('?', '?').help).toBe(false);
  });

  it('arrows go from session to session, and stay with it when rows move', () => {
    const { selected } = after('Down');
    expect(selected).toBe(rowsOf(page, firstState)[1]!.id);
    expect(after('G').selected).toBe(rowsOf(page, firstState).at(-1)!.id);
    expect(after('G', 'Down', 'g').selected).toBe(rowsOf(page, firstState)[0]!.id);
  });

  it('a search is typed: its letters are no keys', () => {
    expect(after('/', 'q', 's').search).toBe('qs');
    expect(after('/', 'p', 'a', 'Back', 'Enter')).toMatchObject({ search: 'p', typing: false });
    expect(after('/', 'p', 'Enter', 'Esc').search).toBe('');
    expect(rowsOf(page, after('/', 'w', 'e', 'b', 'h', 'o', 'o', 'k')).map(({ tool }) => tool)).toEqual(['codex']);
  });

  it('s and S choose the order, f the sessions, and both come round', () => {
    expect(after(...sortKeys.map(() => 's')).sort).toBe('activity');
    expect(after(...filterNames.map(() => 'f')).filter).toBe('live and recent');
    expect(after('s', 'S').reversed).toBe(true);
    expect(after('f', 'Esc').filter).toBe('live and recent');
  });

  it.each([
    ['context', 'codex'], ['cost', 'claude'], ['errors', 'claude'], ['health', 'codex'], ['state', 'codex'],
  ] as const)('by %s the first is what wants attention', (sort, tool) => {
    expect(rowsOf(page, { ...firstState, sort })[0]!.tool).toBe(tool);
  });

  it('what has ended stands below what has not', () => {
    const states = rowsOf(page, { ...firstState, filter: 'all' }).map(({ state }) => state === 'ended');
    expect(states).toEqual([...states].sort());
  });
});

describe('monitor: details', () => {
  it('are those of the session under the mark', () => {
    const text = shown().join('\n');
    for (const said of ['Fix the login redirect', 'LIVE · working · Bash · shop on fix/login', '144k of 200k · 23.0k to compaction', 'Errors   tool 3 · api 1 · Bash 3', '8 edited · +120 −30 lines · 2 commits', 'active 34m', 'pid 4242']) expect(text).toContain(said);
  });

  it('take the place of the table where there is little room, when they are asked for', () => {
    const lines = shown({ columns: 40, rows: 12 }, { details: true }).map(stripVTControlCharacters);
    expect(sessionRows(lines)).toHaveLength(0);
    expect(lines.join('\n')).toContain('Context');
  });
});
