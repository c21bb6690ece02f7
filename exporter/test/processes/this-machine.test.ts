import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import psList from 'ps-list';
import { matchAgents } from '../../src/processes/match.ts';
import { createProcessTable } from '../../src/processes/process-table.ts';
import type { Platform } from '../../src/processes/process-table.ts';

const started: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A real process that is called like an agent. */
const anAgent = async (cwd: string, env: Record<string, string> = {}): Promise<number> => {
  const child = spawn('sleep', ['60'], { argv0: '/home/ada/.local/bin/claude', cwd, env: { PATH: process.env['PATH'] ?? '', ...env } });
  started.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
  return child.pid!;
};
const aFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'watchroom-agent-')));
  folders.push(folder);
  return folder;
};
const options = { platform: platform() as Platform, ownPid: process.pid, now: Date.now };

// The processes of this test are children of it, so it looks at them as its parent would not: without an own pid.
const onLinux = platform() === 'linux' ? describe : describe.skip;

onLinux('the processes of this machine (Linux)', () => {
  it('an agent is found with folder, start, memory and its state folder', async () => {
    const cwd = aFolder();
    const before = Date.now();
    const pid = await anAgent(cwd, { CLAUDE_CONFIG_DIR: '/home/ada/.claude-work' });
    const table = await createProcessTable(options).read();
    const agent = matchAgents({ platform: 'linux', processes: table.processes }).find((one) => one.pid === pid);
    expect(agent).toMatchObject({ tool: 'claude', cwd, argv: ['/home/ada/.local/bin/claude', '60'], hints: { configDir: '/home/ada/.claude-work' } });
    expect(Math.abs(agent!.startedAt! - before)).toBeLessThan(5_000);
    expect(agent!.residentBytes).toBeGreaterThan(10_000);
    expect(agent!.startTicks).toMatch(/^\d+$/);
    expect(table.processes.find((one) => one.pid === pid)?.uid).toBe(process.getuid!());
  });

  it('what we started ourselves does not count', async () => {
    const pid = await anAgent(aFolder());
    expect(matchAgents(await createProcessTable(options).read()).map((one) => one.pid)).not.toContain(pid);
  });

  it('a snapshot without ourselves is a failed one', async () => {
    await expect(createProcessTable({ ...options, ownPid: 2 ** 30 }).read()).rejects.toThrow(/not our own/);
  });

  it('ps-list is asked when processes appeared, every five minutes at most; what appears in between is found all the same', async () => {
    let asked = 0;
    let now = Date.now();
    const table = createProcessTable({ ...options, now: () => now, list: () => ((asked += 1), psList()) });
    await table.read();
    const pid = await anAgent(aFolder());
    now += 5_000;
    expect((await table.read()).processes.map((one) => one.pid)).toContain(pid);
    expect(asked).toBe(1);
    await anAgent(aFolder());
    now += 5 * 60_000;
    await table.read();
    expect(asked).toBe(2);
  });

  it('a machine without ps is read from /proc alone', async () => {
    const pid = await anAgent(aFolder());
    const table = createProcessTable({ ...options, list: () => Promise.reject(new Error('spawn ps ENOENT')) });
    expect((await table.read()).processes.find((one) => one.pid === pid)).toMatchObject({ argv: ['/home/ada/.local/bin/claude', '60'] });
  });
});
