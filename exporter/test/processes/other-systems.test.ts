import { describe, expect, it } from '@jest/globals';
import { matchAgents } from '../../src/processes/match.ts';
import { createProcessTable } from '../../src/processes/process-table.ts';
import type { Run } from '../../src/processes/run.ts';

const startTime = new Date('2026-09-01T10:00:00Z');
const rollout = '/Users/ada/.codex/sessions/2026/09/01/rollout-x.jsonl';

/** Answers as the programs do, and writes down what was asked. */
const answering = (answers: Readonly<Record<string, string>>): { readonly run: Run; readonly asked: string[] } => {
  const asked: string[] = [];
  const run: Run = (command, args) => {
    const line = [command, ...args].join(' ');
    asked.push(line);
    const answer = Object.keys(answers).find((start) => line.startsWith(start));
    return answer === undefined ? Promise.reject(new Error(`spawn ${command} ENOENT`)) : Promise.resolve(answers[answer]!);
  };
  return { run, asked };
};

describe('macOS', () => {
  const list = () => Promise.resolve([
    { pid: 1, ppid: 0, name: 'launchd', cmd: '/sbin/launchd', path: '/sbin/launchd', uid: 0, startTime },
    { pid: 10, ppid: 1, name: 'node', cmd: 'node watchroom.js', path: '', uid: 501, startTime },
    { pid: 20, ppid: 1, name: 'claude', cmd: '/Users/ada/Library/Application Support/Claude/claude-code/2.1.9/claude.app/Contents/MacOS/claude --resume', path: '/Users/ada/Library/Application Support/Claude/claude-code/2.1.9/claude.app/Contents/MacOS/claude', uid: 501, startTime },
    { pid: 21, ppid: 1, name: 'codex', cmd: 'codex', path: '', uid: 501, startTime },
  ]);
  const answers = {
    'lsof -a -d cwd': 'p20\nfcwd\nn/Users/ada/shop\np21\nfcwd\nn/Users/ada/lib\n',
    'lsof -a -d 0-999': `p21\nf0\nn/dev/ttys001\nf14\nn${rollout}\nf15\nnpipe\n`,
    ps: '   20  20480   1:02.50\n   21   1024 1-02:03:04\n',
  };

  it('folders and open transcripts come from lsof, memory and CPU time from ps', async () => {
    const { run } = answering(answers);
    const agents = matchAgents(await createProcessTable({ platform: 'darwin', ownPid: 10, now: () => 0, list, run }).read());
    expect(agents).toMatchObject([
      { tool: 'claude', pid: 20, cwd: '/Users/ada/shop', startedAt: startTime.getTime(), residentBytes: 20_971_520, cpuSeconds: 62.5 },
      { tool: 'codex', pid: 21, cwd: '/Users/ada/lib', cpuSeconds: 93_784, hints: { openFiles: [rollout] } },
    ]);
  });

  it('lsof is asked again only after a while', async () => {
    const { run, asked } = answering(answers);
    let now = 0;
    const table = createProcessTable({ platform: 'darwin', ownPid: 10, now: () => now, list, run });
    await table.read();
    now += 5_000;
    expect(matchAgents(await table.read())[1]).toMatchObject({ cwd: '/Users/ada/lib' });
    expect(asked.filter((line) => line.startsWith('lsof'))).toHaveLength(2);
    now += 15_000;
    await table.read();
    expect(asked.filter((line) => line.startsWith('lsof'))).toHaveLength(4);
  });

  it('without lsof the agents are there, only their folders are not', async () => {
    const { run } = answering({});
    const [agent] = matchAgents(await createProcessTable({ platform: 'darwin', ownPid: 10, now: () => 0, list, run }).read());
    expect(agent).toMatchObject({ tool: 'claude' });
    expect(agent).not.toHaveProperty('cwd');
  });
});

describe('Windows', () => {
  const names = [{ pid: 4, ppid: 0, name: 'System' }, { pid: 10, ppid: 1, name: 'node.exe' }, { pid: 20, ppid: 1, name: 'node.exe' }, { pid: 21, ppid: 1, name: 'claude.exe' }];
  const cim = JSON.stringify([
    { ProcessId: 10, ParentProcessId: 1, Name: 'node.exe', CommandLine: 'node watchroom.js', StartedAt: 1 },
    { ProcessId: 20, ParentProcessId: 1, Name: 'node.exe', CommandLine: '"C:\\Program Files\\nodejs\\node.exe" "C:\\Users\\Ada\\AppData\\Roaming\\npm\\node_modules\\@openai\\codex\\bin\\codex.js"', ExecutablePath: 'C:\\Program Files\\nodejs\\node.exe', WorkingSetSize: 1000, KernelModeTime: 10_000_000, UserModeTime: 5_000_000, StartedAt: startTime.getTime() },
    { ProcessId: 21, ParentProcessId: 1, Name: 'claude.exe', CommandLine: null, StartedAt: null },
  ]);

  it('command lines, times and memory come from Win32_Process', async () => {
    const { run } = answering({ powershell: `\uFEFF${cim}` });
    const agents = matchAgents(await createProcessTable({ platform: 'win32', ownPid: 10, now: () => 0, list: () => Promise.resolve(names), run }).read());
    expect(agents).toEqual([
      { tool: 'codex', pid: 20, argv: ['C:\\Program Files\\nodejs\\node.exe', 'C:\\Users\\Ada\\AppData\\Roaming\\npm\\node_modules\\@openai\\codex\\bin\\codex.js'], startedAt: startTime.getTime(), residentBytes: 1000, cpuSeconds: 1.5, hints: {} },
      { tool: 'claude', pid: 21, argv: ['claude.exe'], hints: {} },
    ]);
  });

  it('where PowerShell is forbidden names alone find what is called like a tool, and it is not asked again and again', async () => {
    const { run, asked } = answering({});
    let now = 0;
    const table = createProcessTable({ platform: 'win32', ownPid: 10, now: () => now, list: () => Promise.resolve(names), run });
    expect(matchAgents(await table.read()).map(({ pid }) => pid)).toEqual([21]);
    now += 20_000;
    await table.read();
    expect(asked).toHaveLength(1);
  });

  it('known processes are not asked about at every look, new ones are', async () => {
    const { run, asked } = answering({ powershell: cim });
    let now = 0;
    let listed = names;
    const table = createProcessTable({ platform: 'win32', ownPid: 10, now: () => now, list: () => Promise.resolve(listed), run });
    await table.read();
    now += 15_000;
    await table.read();
    expect(asked).toHaveLength(1);
    listed = [...names, { pid: 30, ppid: 1, name: 'bun.exe' }];
    await table.read();
    expect(asked).toHaveLength(2);
  });

  it('where ps-list has no program (ARM) Win32_Process is the list', async () => {
    const { run } = answering({ powershell: cim });
    const table = await createProcessTable({ platform: 'win32', ownPid: 10, now: () => 0, list: () => Promise.reject(new Error('Windows ARM64 is not supported yet.')), run }).read();
    expect(matchAgents(table).map(({ pid }) => pid)).toEqual([20, 21]);
  });
});
