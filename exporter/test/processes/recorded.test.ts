import { afterEach, describe, expect, it } from '@jest/globals';
import { matchAgents } from '../../src/processes/match.ts';
import type { AgentProcess, MatchOptions } from '../../src/processes/match.ts';
import { createProcessTable, readProcessTable } from '../../src/processes/process-table.ts';
import type { ProcessTableReader } from '../../src/processes/process-table.ts';
import { aProcTree, bootedAt } from './a-proc-tree.ts';
import type { ProcTree, RecordedProcess } from './a-proc-tree.ts';

const trees: ProcTree[] = [];
const recorded = (...processes: RecordedProcess[]): ProcTree => {
  const tree = aProcTree(processes);
  trees.push(tree);
  return tree;
};
afterEach(() => {
  for (const tree of trees.splice(0)) tree.delete();
});

let now = bootedAt;
const readerOf = (tree: ProcTree): ProcessTableReader => createProcessTable({ platform: 'linux', procDir: tree.path, ownPid: 1, now: () => now });
const agentsOf = async (tree: ProcTree, options?: MatchOptions): Promise<AgentProcess[]> => matchAgents(await readerOf(tree).read(), options);
const pidsOf = async (tree: ProcTree, options?: MatchOptions): Promise<number[]> => (await agentsOf(tree, options)).map(({ pid }) => pid);

const codexWrapper = { pid: 20, argv: ['node', '/usr/lib/node_modules/@openai/codex/bin/codex.js', '--full-auto'] };
const codexNative = { pid: 21, parentPid: 20, argv: ['/usr/lib/node_modules/@openai/codex/vendor/x86_64-unknown-linux-musl/codex/codex', '--full-auto'] };

describe('a recorded tree in the shape of /proc', () => {
  it('tells everything of an agent: start, folder, memory, CPU time, state folder, open transcripts', async () => {
    const rollout = '/home/ada/.codex/sessions/2026/09/01/rollout-2026-09-01T10-00-00-1af7c9d2-0000-4000-8000-000000000001.jsonl';
    const tree = recorded({ pid: 42, argv: ['codex', 'with a space'], comm: 'co) dex (x', startTicks: 123_456, cpuTicks: 250, residentPages: 1000, cwd: '/home/ada/shop', openFiles: ['/dev/null', rollout, rollout], environ: { PATH: '/bin', NOT_CODEX_HOME: '/wrong', CODEX_HOME: '/home/ada/.codex-work', SECRET_TOKEN: 'hunter2' } });
    const agents = await agentsOf(tree);
    expect(agents).toEqual([{
      tool: 'codex', pid: 42, argv: ['codex', 'with a space'], startedAt: bootedAt + 1_234_560, startTicks: '123456', cwd: '/home/ada/shop', cpuSeconds: 2.5, residentBytes: 4_096_000,
      hints: { openFiles: [rollout], configDir: '/home/ada/.codex-work' },
    }]);
    expect(JSON.stringify(await readerOf(tree).read())).not.toContain('hunter2');
  });

  it('needs no process of ours in it, and lists the rest too', async () => {
    const table = await readerOf(recorded({ pid: 5, argv: ['/bin/bash'] }, { pid: 6, argv: [], comm: 'kworker/0:1' })).read();
    expect(table.ownPid).toBeUndefined();
    expect(table.processes.map(({ pid, argv }) => [pid, argv])).toEqual([[5, ['/bin/bash']], [6, []]]);
  });

  it('zombies and half-vanished processes are left out', async () => {
    const tree = recorded({ pid: 7, argv: ['claude'], state: 'Z' }, { pid: 8, argv: ['claude'] });
    const { mkdirSync } = await import('node:fs');
    mkdirSync(`${tree.path}/9`); // listed, and gone when it is read
    expect(await pidsOf(tree)).toEqual([8]);
  });

  it('a folder that is not there is an error that names it', async () => {
    await expect(readProcessTable({ platform: 'linux', procDir: '/nowhere/proc', ownPid: 1, now: () => now })).rejects.toThrow('/nowhere/proc');
  });
});

describe('each conversation has one process', () => {
  it('Codex: the native program counts, the node wrapper does not', async () => {
    expect(await pidsOf(recorded(codexWrapper, codexNative))).toEqual([21]);
  });

  it('Copilot: the native program counts, the loader does not', async () => {
    expect(await pidsOf(recorded({ pid: 30, argv: ['node', '/usr/lib/node_modules/@github/copilot/npm-loader.js'] }, { pid: 31, parentPid: 30, argv: ['/usr/lib/node_modules/@github/copilot-linux-x64/copilot'] }))).toEqual([31]);
  });

  it('Gemini started again with more memory counts once', async () => {
    expect(await pidsOf(recorded({ pid: 40, argv: ['node', '/usr/local/bin/gemini', '-m', 'pro'] }, { pid: 41, parentPid: 40, argv: ['/usr/bin/node', '--max-old-space-size=8192', '/usr/local/bin/gemini', '-m', 'pro'] }))).toEqual([41]);
  });

  it('an agent that an agent runs is a conversation of its own', async () => {
    expect(await pidsOf(recorded({ pid: 50, argv: ['claude'] }, { pid: 51, parentPid: 50, argv: ['/bin/bash', '-c', 'claude -p hi'] }, { pid: 52, parentPid: 51, argv: ['claude', '-p', 'hi'] }, { ...codexNative, pid: 53, parentPid: 54 }, { pid: 54, argv: ['codex'] }))).toEqual([50, 52, 53, 54]);
  });

  it('agents come in the order of their pids', async () => {
    expect(await pidsOf(recorded({ pid: 100, argv: ['claude'] }, { pid: 9, argv: ['amp'] }, { pid: 20, argv: ['gemini'] }))).toEqual([9, 20, 100]);
  });
});

describe('whose processes count', () => {
  const table = (own: { pid: number; uid: number }) => ({
    platform: 'linux' as const,
    ownPid: own.pid,
    processes: [
      { ...own, argv: ['node', 'watchroom.js'] },
      { pid: 61, parentPid: own.pid, uid: own.uid, argv: ['claude', 'agents', 'x'] },
      { pid: 62, parentPid: 61, uid: own.uid, argv: ['claude'] },
      { pid: 63, parentPid: 1, uid: 1000, argv: ['claude'] },
      { pid: 64, parentPid: 1, uid: 1001, argv: ['claude'] },
    ],
  });
  it('not what we started ourselves, not other users\'', () => {
    expect(matchAgents(table({ pid: 60, uid: 1000 })).map(({ pid }) => pid)).toEqual([63]);
  });
  it('root sees everybody\'s, and the first process of a container is everybody\'s ancestor', () => {
    expect(matchAgents(table({ pid: 1, uid: 0 })).map(({ pid }) => pid)).toEqual([61, 62, 63, 64]);
  });
  it('a loop of parents ends', () => {
    const processes = [{ pid: 60, argv: ['x'] }, { pid: 70, parentPid: 71, argv: ['claude'] }, { pid: 71, parentPid: 70, argv: ['bash'] }];
    expect(matchAgents({ platform: 'linux', ownPid: 60, processes })).toHaveLength(1);
  });
});

describe('a state file of a tool makes a process its own', () => {
  const odd = { pid: 80, argv: ['/opt/start', '--profile', 'x'], startTicks: 555 };
  it('when the start in ticks is the same, whatever its command line says', async () => {
    expect(await agentsOf(recorded(odd), { claims: [{ tool: 'claude', pid: 80, startTicks: '555' }] })).toMatchObject([{ tool: 'claude', pid: 80 }]);
    expect(await agentsOf(recorded(odd), { claims: [{ tool: 'claude', pid: 80, startTicks: '556' }] })).toEqual([]);
  });
  it('when the command line says nothing (Windows without Win32_Process)', () => {
    const processes = [{ pid: 81, argv: ['node.exe'] }, { pid: 82, argv: ['notepad.exe', 'x.txt'] }];
    expect(matchAgents({ platform: 'win32', processes }, { claims: [{ tool: 'claude', pid: 81 }, { tool: 'claude', pid: 82 }] })).toMatchObject([{ tool: 'claude', pid: 81 }]);
  });
  it('but a helper stays a helper', async () => {
    expect(await agentsOf(recorded({ pid: 83, argv: ['claude', '--bg-spare'], startTicks: 5 }), { claims: [{ tool: 'claude', pid: 83, startTicks: '5' }] })).toEqual([]);
  });
});

describe('reading again and again', () => {
  it('[T32] a pid used again is another process', async () => {
    const tree = recorded({ pid: 90, argv: ['claude'], startTicks: 1000, cwd: '/a' });
    const reader = readerOf(tree);
    expect(matchAgents(await reader.read())).toMatchObject([{ startTicks: '1000', cwd: '/a' }]);
    tree.add({ pid: 90, argv: ['codex'], startTicks: 2000, cwd: '/b' });
    expect(matchAgents(await reader.read())).toMatchObject([{ tool: 'codex', startTicks: '2000', cwd: '/b' }]);
    tree.remove(90);
    expect(matchAgents(await reader.read())).toEqual([]);
  });

  it('a young shell that becomes an agent is seen, an old one within a minute', async () => {
    const tree = recorded({ pid: 91, argv: ['/bin/sh', '-c', 'exec claude'] });
    const reader = readerOf(tree);
    expect(matchAgents(await reader.read())).toEqual([]);
    tree.add({ pid: 91, argv: ['claude'] });
    now += 5_000;
    expect(matchAgents(await reader.read())).toHaveLength(1);
    tree.add({ pid: 92, argv: ['/bin/bash'] });
    await reader.read();
    now += 20_000;
    await reader.read();
    tree.add({ pid: 92, argv: ['gemini'] });
    now += 60_000;
    expect(matchAgents(await reader.read()).map(({ tool }) => tool)).toEqual(['claude', 'gemini']);
  });

  it('a title that overwrites the command line does not hide what it said', async () => {
    const uuid = '1af7c9d2-0000-4000-8000-000000000001';
    const tree = recorded({ pid: 93, argv: ['node', '/usr/local/bin/claude', '--resume', uuid] });
    const reader = readerOf(tree);
    await reader.read();
    tree.add({ pid: 93, argv: ['claude', '', '', ''] });
    now += 5_000;
    expect(matchAgents(await reader.read())).toMatchObject([{ tool: 'claude', hints: { sessionId: uuid } }]);
  });

  it('CPU time, memory and open transcripts of an agent move on', async () => {
    const before = { pid: 94, argv: ['codex'], cpuTicks: 100, residentPages: 10, openFiles: ['/s/rollout-a.jsonl'], cwd: '/a' };
    const tree = recorded(before);
    const reader = readerOf(tree);
    await reader.read();
    tree.add({ ...before, cpuTicks: 300, residentPages: 20, openFiles: ['/s/rollout-b.jsonl'] });
    now += 30_000;
    expect(matchAgents(await reader.read())).toMatchObject([{ cpuSeconds: 3, residentBytes: 81_920, hints: { openFiles: ['/s/rollout-b.jsonl'] } }]);
  });

  it('the user\'s own patterns are seen with folder and all', async () => {
    const tree = recorded({ pid: 95, argv: ['/opt/bin/my-claude'], cwd: '/a' });
    const extraPatterns = [{ tool: 'claude' as const, match: 'my-claude' }];
    const table = await createProcessTable({ platform: 'linux', procDir: tree.path, ownPid: 1, now: () => now, extraPatterns }).read();
    expect(matchAgents(table, { extraPatterns })).toMatchObject([{ tool: 'claude', cwd: '/a' }]);
  });
});
