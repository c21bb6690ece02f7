import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as Assistant } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../exporter/test/servers.ts';
import { aReporter } from '../sessions/a-report.ts';
import { aWire } from '../sessions/a-session.ts';
import { posted } from '../rooms/posting.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { program, repository } from './a-program.ts';

// `watchroom mcp` and `watchroom run` as processes of their own, against a real hub.
const folder = mkdtempSync(join(tmpdir(), 'watchroom-assistants-'));
const session = 'claude/7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15';
let hub: TestHub;
let team: { id: string; name: string };
let ada: Client;
let bob: Client;
beforeAll(async () => {
  hub = await startTestHub();
  team = await hub.team('reds');
  [ada, bob] = [await hub.person('ada', { id: team.id, role: 'member' }), await hub.person('bob', { id: team.id, role: 'member' })];
  await aReporter(hub, await hub.token('agent', ada.userId, team.id), 'desk')([aWire({ id: session, lastActivityAt: hub.clock.now })]);
});
afterAll(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

const env = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({ PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: folder, WATCHROOM_HUB_URL: hub.url, ...more });

describe('[L7] watchroom mcp with a hub', () => {
  let assistant: Assistant | undefined;
  afterEach(() => assistant?.close());

  const begin = async (token: Client): Promise<void> => {
    assistant = new Assistant({ name: 'test', version: '1' });
    const looking = ['--home', join(repository, 'examples/home'), '--proc', join(repository, 'examples/home'), '--state', join(folder, 'state')];
    await assistant.connect(new StdioClientTransport({ command: process.execPath, args: [program, 'mcp', ...looking], env: env({ WATCHROOM_TOKEN: token.secret }), stderr: 'ignore' }));
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const ask = async (name: string, args: Record<string, unknown>): Promise<{ readonly isError: boolean; readonly text: string; readonly data: any }> => {
    const { content, isError = false } = (await assistant!.callTool({ name, arguments: args })) as { content: { text: string }[]; isError?: boolean };
    return { isError, text: content[0]!.text, data: isError ? undefined : JSON.parse(content[0]!.text) };
  };
  const room = async (): Promise<string> => (await bob.ask('GET', `/api/v4/teams/${team.id}/channels/name/${session}`)).body.id;

  it('reads what people say in the room and at lines, and answers there under its owner\'s name, marked', async () => {
    const question = await posted(bob, await room(), 'does it still fail?');
    await posted(bob, await room(), 'why not a set?', { type: 'custom_code_comment', props: { anchor: { path: 'src/page.ts', startLine: 3, endLine: 4 } } });
    await begin(await hub.token('personal', ada.userId, undefined, ['read', 'write']));

    expect((await ask('room_messages', { session: '7d0c' })).data).toMatchObject([{ by: 'bob', text: 'does it still fail?' }, { by: 'bob', text: 'why not a set?' }]);
    expect((await ask('room_comments', { session })).data).toMatchObject([{ path: 'src/page.ts', startLine: 3, endLine: 4, by: 'bob', text: 'why not a set?', open: true }]);
    expect(JSON.stringify(await assistant!.getPrompt({ name: 'address_comments', arguments: { session } }))).toContain('src/page.ts:3');

    const said = await ask('room_say', { session, text: 'No, fixed in 3f2a.', thread: question.id });
    expect(said.data).toMatchObject({ by: 'ada', thread: question.id, text: expect.stringContaining('No, fixed in 3f2a.') });
    const { body } = await bob.ask('GET', `/api/v4/channels/${await room()}/posts?per_page=60`);
    expect(body.posts[said.data.id]).toMatchObject({ user_id: ada.userId, root_id: question.id, message: 'No, fixed in 3f2a.\n\n*(written by an assistant)*' });
  }, 60_000);

  it('may not write with a token that may only read, and says so', async () => {
    await begin(await hub.token('personal', ada.userId, undefined, ['read']));
    expect((await ask('room_messages', { session })).isError).toBe(false);
    expect(await ask('room_say', { session, text: 'hello' })).toMatchObject({ isError: true, text: expect.stringContaining('it must be allowed to write') });
  }, 60_000);

  it('sees nothing of a team that its owner is not in', async () => {
    const blues = await hub.team('blues');
    const eve = await hub.person('eve', { id: blues.id, role: 'member' });
    await begin(await hub.token('personal', eve.userId));
    expect(await ask('room_messages', { session })).toMatchObject({ isError: true, text: expect.stringContaining('no team of yours has a room') });
    expect((await ask('room_comments', { session })).isError).toBe(true);
    expect((await ask('room_say', { session, text: 'hello' })).isError).toBe(true);
  }, 60_000);
});

describe('[L8] watchroom run with a hub', () => {
  /** A stand-in for the agent's program, which costs nothing; what it prints is as the real one prints it. */
  const agent = (name: string, lines: readonly object[]): void => {
    mkdirSync(join(folder, 'bin'), { recursive: true });
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!${process.execPath}\n${lines.map((line) => `console.log(${JSON.stringify(JSON.stringify(line))});`).join('\n')}\nif (process.env.HOLD) { const { existsSync } = require('node:fs'); const wait = () => existsSync(process.env.HOLD) ? process.exit(0) : setTimeout(wait, 20); wait(); }\n`);
    chmodSync(file, 0o755);
  };
  const native = '0199aaaa-0000-4000-8000-000000000001';
  const claudeLines = [
    { type: 'system', subtype: 'init', session_id: native, model: 'claude-sonnet-4-5', cwd: folder, tools: [] },
    { type: 'result', subtype: 'success', is_error: false, duration_ms: 1200, num_turns: 3, result: 'done', session_id: native, total_cost_usd: 0.0421, usage: { input_tokens: 100, output_tokens: 20, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 } },
  ];

  it('the hub shows the session while it runs and what it cost when it has ended; --on-active and --on-completed fire around it', async () => {
    agent('claude', claudeLines);
    const [told, go] = [join(folder, 'told'), join(folder, 'go')];
    writeFileSync(join(folder, 'token'), `${(await hub.token('personal', ada.userId)).secret}\n`);
    const child = spawn(process.execPath, [program, 'run', '--team', team.name, '--on-active', `cat > '${told}-active'`, '--on-completed', `cat > '${told}-completed'`, '--hub-token-file', join(folder, 'token'), '--state', join(folder, 'run-state'), '--', 'claude', '-p', 'x', '--output-format', 'stream-json'], { env: env({ HOLD: go }), stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, complained] = ['', ''];
    child.stdout.on('data', (piece) => (said += String(piece)));
    child.stderr.on('data', (piece) => (complained += String(piece)));
    const shown = async () => (await bob.ask('GET', `/api/v1/sessions/claude/${native}`)).body;
    const ended = once(child, 'close');
    try {
      await until(async () => (await shown())?.state === 'working' || child.exitCode !== null, 30_000);
      expect(await shown()).toMatchObject({ state: 'working' });
    } finally {
      writeFileSync(go, ''); // whatever happened, it ends
    }
    const [code] = (await ended) as [number];
    expect({ code, complained, lines: said.trim().split('\n').length }).toEqual({ code: 0, complained: '', lines: 2 });
    expect(await shown()).toMatchObject({ state: 'ended', costUsd: 0.0421, turns: 3, tokens: { input: 100, output: 20 }, model: 'claude-sonnet-4-5', owner: { name: 'ada' } });
    expect(JSON.parse(readFileSync(`${told}-active`, 'utf8'))).toMatchObject({ status: 'ACTIVE', session: `claude/${native}` });
    expect(JSON.parse(readFileSync(`${told}-completed`, 'utf8'))).toMatchObject({ status: 'COMPLETED', costUsd: 0.0421 });
  }, 60_000);

  it('an agent token, which may only report, is refused before anything runs', async () => {
    agent('claude', claudeLines);
    const child = spawn(process.execPath, [program, 'run', '--team', team.name, '--state', join(folder, 'run-state'), '--', 'claude', '-p', 'x'], { env: env({ WATCHROOM_TOKEN: (await hub.token('agent', ada.userId, team.id)).secret }), stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, complained] = ['', ''];
    child.stdout.on('data', (piece) => (said += String(piece)));
    child.stderr.on('data', (piece) => (complained += String(piece)));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect({ said, complained }).toEqual({ said: '', complained: expect.stringContaining('a personal token of yours') });
  }, 60_000);

  it('a hub that refuses the token does not hurt the command, and is told at the end', async () => {
    agent('codex', []);
    const child = spawn(process.execPath, [program, 'run', '--team', team.name, '--state', join(folder, 'run-state'), '--', 'codex', 'exec', 'x'], { env: env({ WATCHROOM_TOKEN: 'wrp_nobody' }), stdio: ['ignore', 'ignore', 'pipe'] });
    let complained = '';
    child.stderr.on('data', (piece) => (complained += String(piece)));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(complained).toMatch(/^watchroom: the hub: .*401/);
  }, 60_000);
});
