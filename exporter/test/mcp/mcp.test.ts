import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../end-to-end/a-world.ts';
import { run } from '../end-to-end/an-exporter.ts';

const program = join(repository, 'exporter/bin/watchroom.js');
const id = 'claude/7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15';
let folder: string;
let client: Client;
let served: ChildProcess | undefined;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'watchroom-mcp-test-')); });
afterEach(async () => {
  await client?.close();
  served?.kill();
  served = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const looking = (): string[] => ['--home', join(repository, 'examples/home'), '--proc', join(repository, 'examples/home'), '--state', join(folder, 'state')];
const overStdio = async (env: Record<string, string> = {}, ...more: readonly string[]): Promise<void> => {
  client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [program, 'mcp', ...looking(), ...more], env: { PATH: process.env['PATH'] ?? '', ...env }, stderr: 'ignore' }));
};
const startHttp = async (...more: readonly string[]): Promise<string> => {
  const child = spawn(process.execPath, [program, 'mcp', '--http', '--listen', '127.0.0.1:0', ...looking(), ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
  served = child;
  let said = '';
  while (!said.includes('/mcp')) said += String((await once(child.stderr, 'data'))[0]);
  return /http:\S+\/mcp/.exec(said)![0];
};
const ask = async (name: string, args: Record<string, unknown> = {}) => {
  const { content, isError } = (await client.callTool({ name, arguments: args })) as { content: { text: string }[]; isError?: boolean };
  return { isError: isError === true, text: content[0]!.text, data: isError ? undefined : JSON.parse(content[0]!.text) };
};

describe('watchroom mcp', () => {
  it('[L7] tells over stdin and stdout of sessions, health, numbers, recommendations and budgets', async () => {
    await overStdio();
    expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual(['budget', 'explain', 'list_sessions', 'memory_add', 'memory_search', 'recommendations', 'search', 'session_health', 'show_session']);
    const { data } = await ask('list_sessions', { all: true, tool: 'claude', limit: 1 });
    expect(data).toMatchObject({ shown: 1, of: 2, sessions: [{ tool: 'claude', project: 'teashop' }] });
    expect((await ask('show_session', { session: '7d0c' })).data).toMatchObject({ id, tokens: expect.anything() });
    expect((await ask('session_health', { session: id })).data).toMatchObject({ id, breakdown: expect.any(Array) });
    const cost = (await ask('explain', { session: id, number: 'output', limit: 200 })).data;
    expect(cost.records.reduce((sum: number, { adds }: { adds: number }) => sum + adds, 0)).toBe(cost.value);
    expect((await ask('recommendations')).data).toEqual(expect.any(Array));
    expect((await ask('budget')).isError).toBe(false);
  });

  it('[L7] says what is wrong in a sentence, and goes on', async () => {
    await overStdio();
    expect(await ask('show_session', { session: 'nope' })).toMatchObject({ isError: true, text: expect.stringContaining('no session is called "nope"') });
    expect(await ask('explain', { session: id, number: 'coast' })).toMatchObject({ isError: true, text: expect.stringContaining('is not a number of a session') });
    expect(await ask('list_sessions', { status: 'busy' })).toMatchObject({ isError: true });
    expect((await ask('list_sessions')).isError).toBe(false);
  });

  it('[L7] tells nothing of what was said in sessions until search is on', async () => {
    await overStdio();
    const all = (await ask('list_sessions', { all: true })).text + (await ask('show_session', { session: id })).text + (await client.readResource({ uri: 'watchroom://sessions' })).contents.map((content) => JSON.stringify(content)).join('');
    for (const word of ['"title"', '"description"', 'tea shop', 'basket forgets']) expect(all).not.toContain(word);
    expect(await ask('search', { words: 'tea' })).toMatchObject({ isError: true, text: expect.stringContaining('search is off') });
    await run(['search', '--yes', ...looking()]);
    expect((await ask('search', { words: 'tea', limit: 2 })).data.hits).toHaveLength(2);
  });

  it('[L6] [L7] keeps notes for later sessions', async () => {
    await overStdio();
    expect((await ask('memory_add', { text: 'use pnpm, not npm', project: 'teashop', tags: ['build'] })).data).toMatchObject({ number: 1 });
    expect((await ask('memory_search', { words: 'pnpm' })).data).toMatchObject([{ text: 'use pnpm, not npm', project: 'teashop' }]);
    expect((await run(['memory', 'list', ...looking()])).stdout).toContain('use pnpm, not npm');
  });

  it('[L7] gives sessions as resources and questions as prompts', async () => {
    await overStdio();
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(1);
    const [content] = (await client.readResource({ uri: `watchroom://sessions/${id}` })).contents;
    expect(JSON.parse((content as { text: string }).text)).toMatchObject({ id });
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['review_session', 'daily_summary']);
    expect(JSON.stringify(await client.getPrompt({ name: 'review_session', arguments: { session: '7d0c' } }))).toContain('session_health');
  });

  it('[L7] answers over HTTP, to many at once', async () => {
    const url = await startHttp();
    client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport);
    const answers = await Promise.all([ask('list_sessions', { all: true }), ask('show_session', { session: id }), ask('budget')]);
    expect(answers.map(({ isError }) => isError)).toEqual([false, false, false]);
  });

  it('[L7] over HTTP refuses other names, pages of the web, and whoever has no token', async () => {
    const token = join(folder, 'token');
    writeFileSync(token, 's3cret\n');
    const url = await startHttp('--token-file', token);
    const status = (headers: Record<string, string>): Promise<number> => new Promise((resolve, reject) => {
      request(url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers } }, (response) => { response.resume(); resolve(response.statusCode!); }).on('error', reject).end('{"jsonrpc":"2.0","id":1,"method":"ping"}');
    });
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await status({ authorization: 'Bearer s3cret', host: 'evil.example' })).toBe(403);
    expect(await status({ authorization: 'Bearer s3cret', origin: 'https://evil.example' })).toBe(403);
    expect(await status({ authorization: 'Bearer s3cret' })).toBe(200);
    client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: 'Bearer s3cret' } } }) as Transport);
    expect((await ask('list_sessions')).isError).toBe(false);
    expect(await run(['mcp', '--http', '--listen', ':0', ...looking()])).toMatchObject({ code: 2, stderr: expect.stringContaining('give the server a token') });
  });

  it('[L7] with a hub, tells what people say in rooms and at lines', async () => {
    const answers: Record<string, unknown> = {
      '/api/v4/users/me/teams': [{ id: 'team1' }],
      [`/api/v4/teams/team1/channels/name/${id}`]: { id: 'room1' },
      '/api/v4/channels/room1/posts?per_page=30': { order: ['b', 'a'], posts: { a: { id: 'a', create_at: 1, user_id: 'u', message: 'first', root_id: '' }, b: { id: 'b', create_at: 2, user_id: 'u', message: 'second', root_id: 'a' } } },
      '/api/v4/users/ids': [{ id: 'u', username: 'ada' }],
      [`/api/v1/sessions/${id}/comments?state=open`]: { comments: [{ id: 'c', createdAt: 3, user: 'u', message: 'why?', open: true, replies: 0, anchor: { path: 'a.ts', startLine: 3, endLine: 3 } }] },
    };
    const hub = createServer((asked, response) => {
      const found = asked.headers.authorization === 'Bearer wrp_x' ? answers[asked.url!] : undefined;
      response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}));
    }).listen(0, '127.0.0.1');
    await once(hub, 'listening');
    try {
      await overStdio({ WATCHROOM_HUB_URL: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`, WATCHROOM_TOKEN: 'wrp_x' });
      expect((await ask('room_messages', { session: '7d0c' })).data).toMatchObject([{ by: 'ada', text: 'first' }, { text: 'second', thread: 'a' }]);
      expect((await ask('room_comments', { session: id })).data).toMatchObject([{ path: 'a.ts', startLine: 3, by: 'ada', text: 'why?' }]);
      expect(JSON.stringify(await client.getPrompt({ name: 'address_comments', arguments: { session: id } }))).toContain('a.ts:3');
    } finally {
      hub.close();
    }
  });
});
