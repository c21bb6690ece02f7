import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../end-to-end/a-world.ts';
import type { RunState } from '../../src/wrap/run-state.ts';

const program = join(repository, 'exporter/bin/watchroom.js');
let folder: string;
let bin: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchroom-run-test-'));
  bin = join(folder, 'bin');
  mkdirSync(bin);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A stand-in for an agent: prints what the real one would. */
const agent = (name: string, script: string): void => {
  writeFileSync(join(bin, name), `#!${process.execPath}\n${script}`);
  chmodSync(join(bin, name), 0o755);
};
const env = (more: Record<string, string> = {}): Record<string, string> => ({ PATH: `${bin}:/usr/bin:/bin`, HOME: folder, ...more });
const args = (...words: readonly string[]): string[] => [program, 'run', '--state', join(folder, 'state'), ...words];
const run = (words: readonly string[], input = '', more: Record<string, string> = {}) => spawnSync(process.execPath, args(...words), { input, encoding: 'utf8', env: env(more) });
const current = (...words: readonly string[]) => spawnSync(process.execPath, [program, 'current', '--state', join(folder, 'state'), ...words], { encoding: 'utf8', env: env() });
const state = (): RunState => JSON.parse(current('--format', 'json').stdout) as RunState;

const claudeStream = [
  { type: 'system', subtype: 'init', session_id: '7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15', model: 'claude-sonnet-4-5', cwd: '/x' },
  { type: 'assistant', message: { id: 'm', content: [{ type: 'text', text: 'Hi' }] } },
  { type: 'result', subtype: 'success', is_error: false, duration_ms: 5, num_turns: 3, total_cost_usd: 0.0421, session_id: '7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15', usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 30, cache_creation_input_tokens: 40, cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 25 } } },
].map((record) => JSON.stringify(record)).join('\n');

describe('watchroom run', () => {
  it('[L8] passes stdin, stdout, stderr and the exit code through, byte by byte', () => {
    const { stdout, stderr, status } = run(['--', 'sh', '-c', 'cat; printf "\\0\\377" ; echo oops >&2; exit 7'], 'line one\nno end');
    expect([stdout.slice(0, 15), stderr, status]).toEqual(['line one\nno end', 'oops\n', 7]);
  });

  it('[L8] reads cost, tokens and turns of claude -p on their way, and the output stays what it was', () => {
    agent('claude', `process.stdout.write(${JSON.stringify(`${claudeStream}\n`)}); process.exitCode = 3;`);
    const { stdout, status, stderr } = run(['--', 'claude', '-p', 'a secret prompt', '--output-format', 'stream-json']);
    expect([stdout, status, stderr]).toEqual([`${claudeStream}\n`, 3, '']);
    expect(state()).toMatchObject({ status: 'COMPLETED', session: 'claude/7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15', model: 'claude-sonnet-4-5', costUsd: 0.0421, turns: 3, exitCode: 3, tokens: { input: 10, output: 20, cache_read: 30, cache_creation_5m: 15, cache_creation_1h: 25 } });
    expect(current('--format', 'json').stdout).not.toContain('secret');
    expect(current().stdout).toMatch(/Session {2}claude\/7d0c2e84[^]*Cost +\$0\.04\n/);
  });

  it('[L8] reads codex exec --json, whose totals are of the whole thread, and prices it', () => {
    const lines = [{ type: 'thread.started', thread_id: 't-1' }, { type: 'turn.started' }, { type: 'turn.completed', usage: { input_tokens: 1000, cached_input_tokens: 400, output_tokens: 50 } }, { type: 'turn.completed', usage: { input_tokens: 3000, cached_input_tokens: 1400, output_tokens: 90 } }].map((record) => JSON.stringify(record)).join('\n');
    agent('codex', `console.log(${JSON.stringify(lines)})`);
    run(['--', 'codex', 'exec', '--json', '-m', 'gpt-5', 'hello']);
    expect(state()).toMatchObject({ session: 'codex/t-1', turns: 2, tokens: { input: 1600, cache_read: 1400, output: 90 }, costUsd: expect.any(Number) });
  });

  it('[L8] reads gemini, as a stream and as one document', () => {
    agent('gemini', `console.log(process.argv.includes('json') ? ${JSON.stringify(JSON.stringify({ session_id: 'g-2', response: 'x', stats: { models: { 'gemini-3-pro': { tokens: { prompt: 100, cached: 30, candidates: 5, thoughts: 2 } } } } }, null, 2))} : ${JSON.stringify('{"type":"init","session_id":"g-1","model":"gemini-3-pro"}\n{"type":"result","status":"success","stats":{"input_tokens":50,"cached":20,"output_tokens":9}}')})`);
    run(['--', 'gemini', '-p', 'x', '--output-format', 'stream-json']);
    expect(state()).toMatchObject({ session: 'gemini/g-1', turns: 1, tokens: { input: 30, cache_read: 20, output: 9 } });
    run(['--', 'gemini', '-p', 'x', '-o', 'json']);
    expect(state()).toMatchObject({ session: 'gemini/g-2', tokens: { input: 70, cache_read: 30, output: 7 } });
  });

  it('[L8] what it cannot read costs facts, never the command', () => {
    agent('claude', "process.stdout.write('{\"type\":\"result\",\"total_cost_usd\":\"no\"}\\n[[[\\n' + 'x'.repeat(20_000_000) + '\\nnull\\n'); process.exitCode = 4;");
    const { status, stdout } = spawnSync(process.execPath, args('--', 'claude', '-p', 'x', '--output-format=stream-json'), { encoding: 'utf8', env: env(), maxBuffer: 1 << 26 });
    expect([status, stdout.length]).toEqual([4, 20_000_050]);
    expect(state()).not.toHaveProperty('costUsd');
  });

  it('[L8] tells commands and URLs of ACTIVE and COMPLETED, in this order', async () => {
    agent('claude', `console.log(${JSON.stringify(claudeStream)})`);
    const told: RunState[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk))).on('end', () => { told.push(JSON.parse(body)); response.end(); });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
    const child = spawn(process.execPath, args('--on-active', url, '--on-completed', url, '--on-completed', `cat > ${folder}/told; echo $WATCHROOM_RUN_COST_USD $WATCHROOM_RUN_TURNS $WATCHROOM_RUN_EXIT_CODE >> ${folder}/told`, '--', 'claude', '-p', 'x', '--output-format', 'stream-json'), { env: env(), stdio: 'ignore' });
    await once(child, 'exit');
    server.close();
    expect(told.map(({ status, session, costUsd }) => [status, session, costUsd])).toEqual([['ACTIVE', 'claude/7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15', expect.anything()], ['COMPLETED', 'claude/7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15', 0.0421]]);
    const [json, variables] = readFileSync(join(folder, 'told'), 'utf8').trim().split('\n');
    expect(JSON.parse(json!)).toMatchObject({ status: 'COMPLETED' });
    expect(variables).toBe('0.0421 3 0');
  });

  it('[L8] a target that fails is told of on stderr, without its secrets, and changes no exit code', () => {
    const { status, stderr } = run(['--on-completed', 'http://127.0.0.1:64123/secret', '--on-completed', 'exit 5', '--', 'true']);
    expect(status).toBe(0);
    expect(stderr).toContain('http://127.0.0.1:64123 cannot be told (ECONNREFUSED)');
    expect(stderr).toContain('the command for COMPLETED ended with 5');
    expect(stderr).not.toContain('secret');
  });

  it('[L8] tells the hub of a team by its session webhook', async () => {
    agent('claude', `console.log(${JSON.stringify(claudeStream)})`);
    const told: { readonly url: string | undefined; readonly key: unknown; readonly body: object }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk))).on('end', () => { told.push({ url: request.url, key: request.headers.authorization, body: JSON.parse(body) as object }); response.end('{}'); });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const child = spawn(process.execPath, args('--team', 'reds', '--', 'claude', '-p', 'x', '--output-format', 'stream-json'), { env: env({ WATCHROOM_HUB_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, WATCHROOM_TOKEN: 'wrp_x' }), stdio: 'ignore' });
    await once(child, 'exit');
    server.close();
    expect(told.map(({ url, key }) => [url, key])).toEqual([['/api/v1/teams/reds/session-webhook', 'Bearer wrp_x'], ['/api/v1/teams/reds/session-webhook', 'Bearer wrp_x']]);
    expect(told[1]!.body).toMatchObject({ tool: 'claude', status: 'COMPLETED', sessionId: '7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15', costUsd: 0.0421, turns: 3 });
    expect(run(['--team', 'reds', '--', 'touch', join(folder, 'ran')]).status).toBe(2);
  });

  it.each([['is no YAML', 'hub: [1'], ['has an unknown setting', 'nonsense: 3'], ['has a wrong value', 'log: { level: loud }']])('[L8] a configuration that %s keeps nothing from running: one line says so', (_what, text) => {
    const config = join(folder, 'wrong.yaml');
    writeFileSync(config, text);
    const { status, stdout, stderr } = run(['--config', config, '--', 'sh', '-c', 'echo hi; exit 3']);
    expect({ status, stdout: String(stdout) }).toEqual({ status: 3, stdout: 'hi\n' });
    expect(String(stderr)).toMatch(/^watchroom: the configuration is wrong \(.*wrong\.yaml.*\) and left out\. More: watchroom config check\n$/);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('[L8] %s goes to the command, which decides what it means', async (signal) => {
    const child = spawn(process.execPath, args('--', process.execPath, '-e', `process.on('${signal}', () => process.exit(42)); console.log('ready'); setInterval(() => {}, 1000)`), { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout!, 'data');
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([42, null]);
  });

  it('[L8] a command that a signal ended ends the wrapper the same way', async () => {
    const child = spawn(process.execPath, args('--', 'sh', '-c', 'kill -TERM $$'), { env: env(), stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    expect(state()).toMatchObject({ status: 'COMPLETED', signal: 'SIGTERM' });
  });

  it('[L8] a reader that goes away is learnt by the command', async () => {
    const code = spawnSync('bash', ['-c', `set -o pipefail; "${process.execPath}" "${program}" run --state "${folder}/state" -- sh -c 'trap "" PIPE; while echo line 2>/dev/null; do :; done; exit 9' | head -1`], { encoding: 'utf8', env: env() });
    expect([code.stdout, code.status]).toEqual(['line\n', 9]);
  });

  it('[L8] without a place for the state file the command runs all the same', () => {
    writeFileSync(join(folder, 'state'), 'no folder');
    const { status, stdout, stderr } = run(['--', 'sh', '-c', 'echo done; exit 6']);
    expect([status, stdout]).toEqual([6, 'done\n']);
    expect(stderr).toContain('the state file cannot be written');
  });

  it('[L8] a program that is not there is 127, as in a shell', () => {
    expect(run(['--', 'no-such-program'])).toMatchObject({ status: 127, stderr: expect.stringContaining('there is no program "no-such-program"') });
  });

  it('[L8] current says when nothing ran, and when nobody saw the end', () => {
    expect(current().status).toBe(3);
    mkdirSync(join(folder, 'state/runs'), { recursive: true });
    writeFileSync(join(folder, 'state/runs/2026-11-21T10-00-00-000Z-1.json'), JSON.stringify({ version: 1, run: 'r', status: 'ACTIVE', program: 'claude', cwd: '/x', pid: 2 ** 22 + 1, startedAt: '2026-11-21T10:00:00.000Z' }));
    expect(current().stdout).toContain('lost: its process is gone');
  });
});
