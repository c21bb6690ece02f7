import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopProcess } from '../../src/agent/stop-process.ts';
import type { Command } from '../../src/agent/wire.ts';
import type { AgentProcess } from '../../src/processes/match.ts';
import { matchAgents } from '../../src/processes/match.ts';
import { readProcessTable } from '../../src/processes/process-table.ts';
import { until } from '../servers.ts';
import { AHub } from './a-hub.ts';
import { AMachine } from './a-machine.ts';

let hub: AHub;
let machine: AMachine;
let children: ChildProcess[];

beforeEach(async () => {
  hub = await new AHub().open();
  machine = new AMachine();
  children = [];
  await machine.write('s1', { output: 10 });
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await machine.close();
  await hub.close();
});

let numbers = 0;
const aCommand = (facts: Partial<Command> = {}): Command => ({ id: `c${(numbers += 1)}`, kind: 'stop', sessionId: 'claude/s1', by: { id: 'u1', name: 'Grace' }, expiresAt: Date.now() + 60_000, ...facts });

const ask = async (command: Command) => {
  hub.tell({ commands: [command] });
  await until(() => hub.results.has(command.id), 5000, 5);
  return hub.results.get(command.id)!;
};

const audit = (): Record<string, unknown>[] => readFileSync(join(machine.state, 'agent-audit.log'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

/** A real process that looks like Claude Code: `sleep` under its name, or a script that tells when it is ready. */
const runClaude = async (script?: string): Promise<{ readonly child: ChildProcess; readonly agent: AgentProcess; readonly said: string }> => {
  const file = join(mkdtempSync(join(tmpdir(), 'watchroom-claude-')), 'claude');
  if (script === undefined) symlinkSync('/bin/sleep', file);
  else writeFileSync(file, `${script}; setInterval(() => {}, 1000);`);
  const child = script === undefined ? spawn(file, ['600'], { stdio: 'ignore' }) : spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const [said] = (await (script === undefined ? once(child, 'spawn') : once(child.stdout!, 'data'))) as [Buffer?];
  return { child, agent: await agentOf(child.pid!), said: String(said ?? '') };
};

const agentOf = async (pid: number): Promise<AgentProcess> => {
  const table = await readProcessTable({ platform: 'linux', ownPid: process.pid, now: Date.now, list: () => Promise.resolve([]) });
  // It descends from us, which the exporter leaves out; a session's process does not.
  const agent = matchAgents({ platform: table.platform, processes: table.processes }).find((one) => one.pid === pid);
  return { ...agent!, hints: { ...agent!.hints, sessionId: 's1' } };
};

describe('what the owner did not allow', () => {
  it.each(['stop', 'export'] as const)('%s is refused', async (kind) => {
    machine.start({ hubUrl: hub.url });
    expect(await ask(aCommand({ kind }))).toEqual({ outcome: 'refused', detail: `the owner of this agent does not allow it (--allow ${kind})` });
  });

  it('one thing allowed allows nothing else', async () => {
    machine.start({ hubUrl: hub.url, allow: { export: true } });
    expect((await ask(aCommand({ kind: 'stop' }))).outcome).toBe('refused');
  });
});

describe('a command', () => {
  it('[U7] is obeyed, answered and written down on this side too', async () => {
    machine.start({ hubUrl: hub.url, allow: { export: true }, pace: { idleMs: 60_000, activeMs: 60_000 } });
    await hub.until(({ sessions }) => sessions.length > 0);
    const { length } = hub.reports;
    const command = aCommand({ kind: 'export' });
    expect(await ask(command)).toMatchObject({ outcome: 'done' });
    await until(() => hub.reports.slice(length).some(({ sessions, use }) => sessions.some(({ id }) => id === 'claude/s1') && use.length > 0));
    expect(audit()).toEqual([
      { at: expect.any(String), event: 'asked', command },
      { at: expect.any(String), event: 'done', id: command.id, detail: expect.any(String) },
    ]);
    expect(machine.said.at(-1)).toMatch(/^"Grace" asked to export claude\/s1: done, /);
  });

  it('[R1] runs at most once, also when it is sent again after a restart', async () => {
    const command = aCommand({ kind: 'export' });
    for (let round = 0; round < 3; round += 1) {
      const agent = machine.start({ hubUrl: hub.url, allow: { export: true } });
      await ask(command);
      hub.results.clear();
      await agent.stop();
    }
    expect(audit().filter(({ event }) => event === 'asked')).toHaveLength(1);
  });

  it('[R1] that was begun when the agent died is not begun again', async () => {
    const command = aCommand({ kind: 'export' });
    writeFileSync(join(machine.state, 'agent.json'), JSON.stringify({ commands: [{ id: command.id, at: Date.now() }] }));
    machine.start({ hubUrl: hub.url, allow: { export: true } });
    expect(await ask(command)).toEqual({ outcome: 'failed', detail: 'the agent was restarted while it did this; it is not done again' });
  });

  it('that comes too late is not run', async () => {
    machine.start({ hubUrl: hub.url, allow: { export: true } });
    expect(await ask(aCommand({ kind: 'export', expiresAt: Date.now() - 1 }))).toEqual({ outcome: 'expired', detail: 'it came too late' });
  });

  it('for a session this agent does not have is refused', async () => {
    machine.start({ hubUrl: hub.url, allow: { export: true } });
    expect(await ask(aCommand({ kind: 'export', sessionId: 'claude/other' }))).toEqual({ outcome: 'refused', detail: 'this agent has no such session' });
  });

  it('is not run where it cannot be written down', async () => {
    machine.start({ hubUrl: hub.url, allow: { export: true }, stateFolder: join(machine.state, 'is', 'not', 'there') });
    expect(await ask(aCommand({ kind: 'export' }))).toEqual({ outcome: 'refused', detail: 'this agent cannot write down what it is asked (ENOENT), so it does nothing' });
  });
});

describe('stop', () => {
  it('ends the process of a session by SIGINT', async () => {
    const { child, agent } = await runClaude();
    machine.runs([agent]);
    machine.start({ hubUrl: hub.url, allow: { stop: 'always' } });
    const ended = once(child, 'exit');
    expect(await ask(aCommand())).toEqual({ outcome: 'done', detail: `process ${agent.pid} was stopped by SIGINT` });
    expect(await ended).toEqual([null, 'SIGINT']);
  });

  it('by SIGTERM after a while when it does not hear', async () => {
    const { child, agent } = await runClaude("process.on('SIGINT', () => {}); console.log('ready')");
    machine.runs([agent]);
    machine.start({ hubUrl: hub.url, allow: { stop: 'always' }, termAfterMs: 300 });
    const ended = once(child, 'exit');
    expect(await ask(aCommand())).toEqual({ outcome: 'done', detail: `process ${agent.pid} was stopped by SIGTERM` });
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('never touches its children', async () => {
    const { agent, said } = await runClaude("console.log(require('node:child_process').spawn('sleep', ['600'], { stdio: 'ignore' }).pid)");
    const grandchild = Number(said);
    machine.runs([agent]);
    machine.start({ hubUrl: hub.url, allow: { stop: 'always' } });
    expect(await ask(aCommand())).toMatchObject({ outcome: 'done' });
    expect(process.kill(grandchild, 'SIGKILL')).toBe(true);
  });

  it('leaves a process alone whose pid was used again', async () => {
    const { child, agent } = await runClaude();
    machine.runs([{ ...agent, startTicks: String(Number(agent.startTicks) - 100) }]);
    machine.start({ hubUrl: hub.url, allow: { stop: 'always' } });
    expect(await ask(aCommand())).toEqual({ outcome: 'refused', detail: `process ${agent.pid} is another one than the session's: the number was used again` });
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('leaves a process alone that became another program while the owner was asked', async () => {
    const { child, agent } = await runClaude("process.on('SIGUSR2', () => process.execve('/bin/sleep', ['sleep', '600'], {})); console.log('ready')");
    machine.runs([agent]);
    machine.start({
      hubUrl: hub.url, allow: { stop: 'ask' },
      askOwner: async () => {
        child.kill('SIGUSR2');
        await until(() => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').startsWith('sleep'), 5000, 10);
        return true;
      },
    });
    expect(await ask(aCommand())).toMatchObject({ outcome: 'done', detail: expect.stringContaining('by itself') });
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it.each([
    ['serves many sessions', { host: true as const }, {}, /serves many sessions at once/],
    ['is no longer known as an agent', { pid: 1 }, {}, /is no longer known as one of claude/],
    ['is one of several of its session', {}, { processes: [{ pid: 7 }, { pid: 8 }] }, /has 2 processes \(7, 8\)/],
    ['belongs to an editor', {}, { tool: 'cursor' as const }, /runs inside an editor, which is never stopped/],
  ])('leaves a process alone that %s', async (_what, process, facts, why) => {
    const { child, agent } = await runClaude();
    machine.runs([{ ...agent, ...process }]);
    const session = { ...machine.scene.snapshot(machine.now()).sessions[0]!, state: 'waiting' as const, processes: [{ pid: agent.pid }], ...facts };
    const { control } = machine.scenery();
    expect(await stopProcess({ session, sessions: [session], control, mayStop: async () => undefined })).toEqual({ outcome: 'refused', detail: expect.stringMatching(why) });
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('leaves a process alone that another session has too', async () => {
    const { agent } = await runClaude();
    machine.runs([agent]);
    const session = { ...machine.scene.snapshot(machine.now()).sessions[0]!, state: 'waiting' as const, processes: [{ pid: agent.pid }] };
    const { control } = machine.scenery();
    expect(await stopProcess({ session, sessions: [session, { ...session, id: 'claude/s2' }], control, mayStop: async () => undefined })).toEqual({ outcome: 'refused', detail: `process ${agent.pid} also has 1 other session` });
  });

  it('of a session that has ended finds no process', async () => {
    machine.start({ hubUrl: hub.url, allow: { stop: 'always' } });
    expect(await ask(aCommand())).toEqual({ outcome: 'refused', detail: 'the session has no process' });
  });
});

describe('stop=ask', () => {
  const asking = async (askOwner: (question: string, signal: AbortSignal) => Promise<boolean | undefined>, command = aCommand()) => {
    const { child, agent } = await runClaude();
    machine.runs([agent]);
    machine.start({ hubUrl: hub.url, allow: { stop: 'ask' }, askOwner });
    const result = await ask(command);
    await sleep(20);
    return { ...result, lives: child.signalCode === null };
  };

  it('asks the owner, with who wants it and what it is', async () => {
    let asked = '';
    expect(await asking(async (question) => { asked = question; return true; }, aCommand({ by: { id: 'u', name: 'Gr\u001b[2Jace\u202e' } }))).toMatchObject({ outcome: 'done', lives: false });
    expect(asked).toMatch(/^Gr\[2Jace asks to stop claude\/s1 \(shop, process \d+\)\. Stop it\? \[y\/N\] $/);
  });

  it('does nothing when the owner says no', async () => {
    expect(await asking(async () => false)).toEqual({ outcome: 'refused', detail: 'the owner said no', lives: true });
  });

  it('does nothing where nobody sits at the terminal', async () => {
    expect(await asking(async () => undefined)).toEqual({ outcome: 'refused', detail: 'its owner wants to be asked (--allow stop=ask), and nobody sits at the terminal of this agent', lives: true });
  });

  it('does nothing when the owner answers too late', async () => {
    const never = (_question: string, signal: AbortSignal) => new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
    expect(await asking(never, aCommand({ expiresAt: Date.now() + 1500 }))).toEqual({ outcome: 'expired', detail: 'the owner did not answer in time', lives: true });
  });

  it('goes on reporting while the owner thinks', async () => {
    let answer: (yes: boolean) => void = () => undefined;
    const { agent } = await runClaude();
    machine.runs([agent]);
    machine.start({ hubUrl: hub.url, allow: { stop: 'ask' }, askOwner: () => new Promise<boolean>((resolve) => (answer = resolve)) });
    await until(() => hub.polls > 0);
    const command = aCommand();
    hub.tell({ commands: [command] });
    await sleep(100);
    hub.tell({ watched: ['claude/s1'] });
    await machine.write('s1', { output: 5 });
    await until(() => hub.sum('output') === 15);
    answer(false);
    await until(() => hub.results.has(command.id));
  });
});
