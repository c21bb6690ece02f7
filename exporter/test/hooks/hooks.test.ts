import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveClaims } from '../../src/readers/claude/live.ts';
import { presentOf } from '../../src/sweep/join-state.ts';
import { aStoredSession, now } from '../a-session.ts';
import { run } from '../end-to-end/an-exporter.ts';

let home: string;
let settings: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'watchroom-hooks-test-'));
  mkdirSync(join(home, '.claude'));
  settings = join(home, '.claude/settings.json');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const hooks = (...words: readonly string[]) => run(['hooks', ...words, '--home', home]);
const text = (): string => readFileSync(settings, 'utf8');
const own = '{\n\t"model": "opus",\n\t"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]},\n\t"env": {"A": "1"}\n}\n';

/** What Claude Code does at an event. */
const fire = (event: object): void => {
  const { hooks: all } = JSON.parse(text()) as { hooks: Record<string, { hooks: { command: string }[] }[]> };
  const command = all[(event as { hook_event_name: string }).hook_event_name]!.at(-1)!.hooks[0]!.command;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { input: JSON.stringify(event), encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
};
const claims = () => liveClaims({ platform: 'linux', home, env: {} });

describe('watchroom hooks', () => {
  it('shows them and writes nothing until somebody says yes', async () => {
    const { code, stderr } = await hooks('install');
    expect(code).toBe(2);
    expect(stderr).toContain('UserPromptSubmit');
    expect(readdirSync(join(home, '.claude'))).toEqual([]);
    expect(JSON.parse((await hooks('install', '--print')).stdout)).toHaveProperty('hooks.SessionEnd');
  });

  it('adds them behind your own, and leaves order and everything else; removing leaves no byte behind', async () => {
    writeFileSync(settings, own);
    expect((await hooks('install', '--yes')).code).toBe(0);
    const parsed = JSON.parse(text()) as { hooks: Record<string, unknown[]> };
    expect(Object.keys(parsed)).toEqual(['model', 'hooks', 'env']);
    expect(parsed.hooks['Stop']).toHaveLength(2);
    expect(text()).toContain('\n\t"model"');
    expect((await hooks('install', '--yes')).stdout).toContain('already');
    expect((await hooks('status')).stdout).toContain('The hooks are in');
    await hooks('remove');
    expect(text()).toBe(own);
    expect(readdirSync(join(home, '.claude'))).toEqual(['settings.json']);
    expect((await hooks('remove')).stdout).toContain('There were no hooks');
  });

  it('takes only its own away when the settings changed meanwhile, and no file that was not there before stays', async () => {
    await hooks('install', '--yes');
    writeFileSync(settings, text().replace('{', '{\n  "model": "opus",'));
    await hooks('remove');
    expect(JSON.parse(text())).toEqual({ model: 'opus' });
    rmSync(settings);
    await hooks('install', '--yes');
    await hooks('remove');
    expect(existsSync(settings)).toBe(false);
  });

  it('leaves a file it does not understand as it is, and a link a link', async () => {
    writeFileSync(settings, '{ // mine\n}');
    expect(await hooks('install', '--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('is not plain JSON') });
    expect(text()).toBe('{ // mine\n}');
    rmSync(settings);
    writeFileSync(join(home, 'dotfile.json'), own);
    symlinkSync(join(home, 'dotfile.json'), settings);
    await hooks('install', '--yes');
    expect(lstatSync(settings).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(home, 'dotfile.json'), 'utf8')).toContain('watchroom-hooks');
  });

  it('[D5] what Claude tells by them is what the reader claims, until the session ends; no text of it is kept', async () => {
    await hooks('install', '--yes');
    const session_id = '7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15';
    fire({ hook_event_name: 'UserPromptSubmit', session_id, prompt: 'a secret' });
    expect(claims()[0]).toMatchObject({ nativeId: session_id, status: 'working' });
    fire({ hook_event_name: 'Notification', session_id, notification_type: 'permission_prompt', message: 'Claude needs your permission to use a secret' });
    expect(claims()[0]).toMatchObject({ status: 'waiting', waitingFor: 'permission' });
    expect(readFileSync(join(home, '.claude/watchroom-hooks', `${session_id}.json`), 'utf8')).not.toContain('secret');
    fire({ hook_event_name: 'SessionEnd', session_id });
    expect(claims()).toEqual([]);
    fire({ hook_event_name: 'Stop', session_id: '../../etc/x' });
    expect(claims()).toEqual([]);
  });

  it('[D5] the newer word counts: of the hook, of Claude\'s own state file, of the transcript', async () => {
    const session = aStoredSession({ lastActivityAt: now - 60_000, present: { turnOpen: true, pendingTools: [] } });
    const claim = { tool: 'claude', pid: 7, nativeId: session.nativeId, status: 'waiting', writtenAt: now } as const;
    const stateAt = (statusAt: number) => presentOf(session, { processes: [{ tool: 'claude', pid: 7 }] as never, claims: [{ ...claim, statusAt }] }, { now, idleAfterMs: 600_000 }).state;
    expect(stateAt(now - 30_000)).toBe('waiting');
    expect(stateAt(now - 90_000)).toBe('working');
    mkdirSync(join(home, '.claude/sessions'));
    mkdirSync(join(home, '.claude/watchroom-hooks'));
    writeFileSync(join(home, '.claude/watchroom-hooks/s-1.json'), JSON.stringify({ session: 's-1', status: 'waiting', pids: [7] }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(home, '.claude/sessions/7.json'), JSON.stringify({ sessionId: 's-1', pid: 7, status: 'busy' }));
    expect(claims()).toMatchObject([{ nativeId: 's-1', status: 'working' }]);
  });
});
