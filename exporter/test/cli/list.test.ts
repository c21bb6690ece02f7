import { describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { parse } from 'yaml';
import { textWidth } from '../../src/cli/text-width.ts';
import type { Session } from '../../src/session/session.ts';
import { aSession, minutesAgo } from '../a-session.ts';
import { aBackend, run } from './a-command-line.ts';
import { someSessions } from './some-sessions.ts';

const machine = aBackend(someSessions());
const heads = (out: string): string[] => stripVTControlCharacters(out.split('\n')[0]!).trim().split(/\s{2,}/);
const rowOf = (out: string, word: string): string => stripVTControlCharacters(out.split('\n').find((line) => line.includes(word))!);
const listed = async (session: Partial<Session>, columns = 200): Promise<string> => (await run('list --all', aBackend([aSession({ sources: ['/t'], ...session })]), { columns })).out;

describe('list: the table', () => {
  it.each([30, 50, 60, 80, 100, 120, 200])('[L1] is never wider than a terminal of %d columns', async (columns) => {
    const { out } = await run('list --all', machine, { columns });
    for (const line of out.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(Math.max(columns, 36));
    expect(out.split('\n').filter((line) => /working|waiting|idle|ended/.test(line)).length).toBeGreaterThanOrEqual(6);
  });

  it('drops what matters least first: state, name and health stay', async () => {
    expect(heads((await run('list', machine, { columns: 40 })).out)).toEqual(['STATE', 'SESSION', 'HEALTH']);
    expect(heads((await run('list', machine, { columns: 50 })).out)).toEqual(['STATE', 'SESSION', 'CONTEXT', 'HEALTH']);
    expect(heads((await run('list', machine, { columns: 80 })).out)).toEqual(['STATE', 'SESSION', 'PROJECT', 'CONTEXT', 'COST', 'HEALTH', 'AGE']);
    expect(heads((await run('list', machine)).out)).toEqual(['STATE', 'SESSION', 'PROJECT', 'TITLE', 'DOING', 'BRANCH', 'MODEL', 'CONTEXT', 'TOKENS', 'COST', 'HEALTH', 'PID', 'AGE']);
  });

  it('lines up over thousands of sessions', async () => {
    const many = Array.from({ length: 450 }, (_, index) => aSession({ nativeId: `${1000 + index}-x`, project: 'p'.repeat(1 + (index % 20)) }));
    const lines = (await run('list', aBackend(many))).out.split('\n');
    expect(lines.filter((line) => line.includes('claude/')).length).toBe(450);
    expect(new Set(lines.filter((line) => line.includes('claude/')).map((line) => line.indexOf('claude-sonnet'))).size).toBe(1);
  });

  it('[D5] marks live sessions with ●, and no longer when they have ended', async () => {
    const { out } = await run('list --all', machine);
    expect(rowOf(out, 'Fix the login')).toMatch(/^● {2}working {2}/);
    expect(rowOf(out, '日本語')).toMatch(/^ {3}ended/);
    expect(out).toContain('● LIVE 4');
  });

  it('[D5] an idle session without a known process is not live', async () => {
    expect(await listed({ state: 'idle' })).not.toContain('●');
    expect(await listed({ state: 'working' })).toContain('●');
  });

  it('[D5] says what it does, what it waits for, and that the last thing was an error', async () => {
    const { out } = await run('list', machine);
    expect(rowOf(out, 'Fix the login')).toContain('  Bash  ');
    expect(rowOf(out, 'Retry policy')).toContain('needs permission');
    expect(rowOf(out, 'gemini/')).toMatch(/idle ✗/);
  });

  it('[T4] shows the context as a bar: green below 70 %, yellow below 90 %, red from there; without a window only its size', async () => {
    const bar = async (used: number): Promise<string> => (await run('list', aBackend([aSession({ context: { used, limit: 100 } })]), { columns: 200, variables: { FORCE_COLOR: '1' } })).out;
    expect(await bar(69)).toContain('\u001b[32m▓▓▓▓▓\u001b[39m\u001b[2m░░░\u001b[22m  69 %');
    expect(await bar(70)).toContain('\u001b[33m▓▓▓▓▓\u001b[39m');
    expect(await bar(90)).toContain('\u001b[31m▓▓▓▓▓▓▓\u001b[39m');
    expect(await bar(140)).toContain('▓▓▓▓▓▓▓▓\u001b[39m 140 %');
    expect(await listed({ context: { used: 50_000 } })).toContain('50.0k of ?');
  });

  it('[T3] [T26] marks costs that are too low with ≥, and never shows an unknown cost as zero', async () => {
    const use = { usage: { input: 10 }, requests: 1, unpricedTokens: 0 };
    expect(await listed({ models: { m: { ...use, microUsd: 1_250_000 } } })).toContain('  $1.25  ');
    expect(await listed({ models: { m: { ...use, microUsd: 1_250_000, unpricedTokens: 5 } } })).toContain('≥$1.25');
    expect(await listed({ models: { m: { ...use, microUsd: 1_250_000, outputLowerBound: true } } })).toContain('≥$1.25');
    expect(await listed({ models: { m: { ...use, unpricedTokens: 10 } } })).not.toContain('$');
  });

  it('[T2] marks estimated tokens with ~ and keeps them out of the sum', async () => {
    const out = await listed({ estimatedTokens: { input: 1200, output: 340 } });
    expect(out).toContain('~1.5k');
    expect(out).not.toContain(' tokens');
  });

  it('[H2] [T43] shows no score where there is none, and the last one of an ended session', async () => {
    const { out } = await run('list --all', machine);
    expect(rowOf(out, 'aider/pid-777')).toMatch(/ – +777 +–$/);
    expect(rowOf(out, '日本語')).toMatch(/ 100 +1d$/);
  });

  it('lets no escape sequence of a transcript through', async () => {
    const { out } = await run('list --all', aBackend([aSession({ title: 'a\u001b]0;owned\u0007b\u001b[2Jc\u202ed\ne', gitBranch: '\u009b31m' })]));
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(out).toContain('abc d e');
  });

  it('has colours on a terminal, not in a pipe, not with NO_COLOR, and always with FORCE_COLOR', async () => {
    const coloured = async (terminal: Parameters<typeof run>[2]): Promise<boolean> => (await run('list', machine, terminal)).out.includes('\u001b[');
    expect(await coloured({ columns: 80 })).toBe(true);
    expect(await coloured({})).toBe(false);
    expect(await coloured({ columns: 80, variables: { NO_COLOR: '1' } })).toBe(false);
    expect(await coloured({ columns: 80, variables: { TERM: 'dumb' } })).toBe(false);
    expect(await coloured({ variables: { FORCE_COLOR: '1', NO_COLOR: '1' } })).toBe(true);
    expect(await coloured({ columns: 80, variables: { FORCE_COLOR: '0' } })).toBe(false);
  });
});

describe('list: for programs', () => {
  it('prints a bare array of public sessions', async () => {
    const { out, exitCode } = await run('list --all --format json', machine);
    const sessions = JSON.parse(out);
    expect(exitCode).toBe(0);
    expect(sessions).toHaveLength(6);
    expect(sessions[0]).toMatchObject({ id: 'claude/1af7c9d2-0000-4000-8000-000000000001', state: 'working', pid: 4242, costUsd: 3.214, health: { level: 'healthy' } });
  });

  it('prints the same as YAML', async () => {
    const [json, yaml] = await Promise.all([run('list --all --format json', machine), run('list --all --format yaml', machine)]);
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
  });

  it('prints [] when there is nothing', async () => {
    expect(JSON.parse((await run('list --format json')).out)).toEqual([]);
  });
});

describe('list: filters', () => {
  const found = async (filters: string): Promise<string[]> => JSON.parse((await run(`list --all --format json ${filters}`, machine)).out).map(({ id }: { id: string }) => id.slice(0, 12));

  it.each([
    ['--status working,waiting', 2], ['--status ended', 2], ['--tool claude', 2], ['--tool codex,aider', 2], ['--project SHOP', 3], ['--project data', 1],
    ['--since 2h', 3], ['--since 2026-08-31', 4], ['--tag x', 0], ['--tool claude --status ended', 1],
  ])('%s', async (filters, count) => {
    expect(await found(filters)).toHaveLength(count);
  });

  it('[L3] by tag, with or without #', async () => {
    const tagged = aBackend([aSession({ tags: ['Release'] }), aSession({ nativeId: 'b' })]);
    expect(JSON.parse((await run('list --tag #release --format json', tagged)).out)).toHaveLength(1);
  });

  it.each([
    ['--status runing', '--status must be one of working, waiting, idle, ended, got "runing"'],
    ['--tool claud', 'Did you mean claude?'],
    ['--since yesterday', 'Try --since 24h'],
    ['--format xml', 'Allowed choices are table, json, yaml'],
    ['--statsu x', 'Did you mean --status?'],
  ])('%s is a usage error that says what to try', async (flags, sentence) => {
    const { exitCode, err, out } = await run(`list ${flags}`, machine);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
  });
});

describe('list: nothing to show', () => {
  it('says what was looked at and what to try', async () => {
    expect((await run('list --all --home /srv/none')).out).toBe('No session was found below /srv/none, and no process of a known tool. watchroom doctor says where was looked, and what to try.\n');
    expect((await run('list')).out).toContain('Try: watchroom list --all');
  });

  it('says that filters left nothing', async () => {
    expect((await run('list --project none --status idle', machine)).out).toBe('None of 4 recent sessions passes --status idle --project none. Try --all: it looks at ended sessions as well.\n');
  });
});

describe('list: which machine', () => {
  it('another home or process table is counted in a throw-away ledger, unless told otherwise', async () => {
    expect((await run('list --home /srv/x')).world).toMatchObject({ machine: { home: '/srv/x', env: {} }, state: { kind: 'throw-away' } });
    expect((await run('list --proc /srv/proc')).world?.state).toEqual({ kind: 'throw-away' });
    expect((await run('list --home /srv/x --state /srv/s')).world?.state).toEqual({ kind: 'folder', path: '/srv/s' });
    expect((await run('list', undefined, { home: '/nowhere' })).world?.state).toEqual({ kind: 'folder', path: '/nowhere/.local/state/watchroom' });
  });

  it('single tools can be switched off and on', async () => {
    expect((await run('list --no-collector.cursor --no-collector.vscode-copilot')).world?.config.disabledTools).toEqual(['vscode-copilot', 'cursor']);
    expect((await run(['list', '--disable', 'cursor, amp', '--collector.cursor'])).world?.config.disabledTools).toEqual(['amp']);
  });

  it('ages never go below zero when a clock is behind', async () => {
    expect(await listed({ lastActivityAt: minutesAgo(-5) })).toMatch(/ 0s\n/);
  });
});
