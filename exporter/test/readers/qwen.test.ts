import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Findings } from '../../src/readers/book.ts';
import { qwen } from '../../src/readers/qwen.ts';
import type { Part } from '../../src/session/part.ts';
import { countSync } from '../../src/tokens/count.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const root = fileURLToPath(new URL('../fixtures/qwen/projects', import.meta.url));
const session = '3f1d2c4b-5a69-4788-9c0b-00000000c0de';
const fixture = { root, path: join(root, '-home-ada-work-shop/chats', `${session}.jsonl`), sessions: [session] };
const agentFixture = { root, path: join(root, '-home-ada-work-shop/subagents', session, 'agent-explore-1.jsonl'), sessions: [session] };

readerContract(qwen, fixture);
readerContract(qwen, agentFixture);

const homes: string[] = [];
afterAll(() => homes.forEach((home) => rmSync(home, { recursive: true })));
const readRecords = (...records: object[]): Findings => {
  const home = mkdtempSync(join(tmpdir(), 'watchroom-qwen-'));
  homes.push(home);
  mkdirSync(join(home, 'p/chats'), { recursive: true });
  writeFileSync(join(home, 'p/chats/s.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return readFile(qwen, { root: home, path: join(home, 'p/chats/s.jsonl') });
};
const onlyPart = ({ parts }: Findings): Part => {
  expect(parts).toHaveLength(1);
  return parts[0]!;
};
let uuids = 0;
const record = (seconds: number, type: string, more: object = {}): object => ({ uuid: `u${(uuids += 1)}`, parentUuid: null, sessionId: 's', timestamp: new Date(Date.UTC(2026, 5, 15, 8) + seconds * 1000).toISOString(), type, cwd: '/w', version: '0.15.10', ...more });
const answer = (seconds: number, usageMetadata: object, more: object = {}): object => record(seconds, 'assistant', { model: 'm', message: { role: 'model', parts: [{ text: 'ok' }] }, usageMetadata, ...more });
const system = (seconds: number, subtype: string, systemPayload: object = {}): object => record(seconds, 'system', { subtype, systemPayload });

describe('qwen: a whole chat', () => {
  const findings = readFile(qwen, fixture);
  const part = onlyPart(findings);

  it('[T19] takes cached out of the prompt and bills thoughts once, whether they stand inside or beside the candidates', () => {
    expect(usageOf(findings)).toEqual({
      input: (12_000 - 4000) + (13_000 - 12_000) + (13_500 - 13_000) + 6000,
      cache_read: 4000 + 12_000 + 13_000,
      output: 300 + 100 + 50 + (20 + 30), // thoughts: 200 inside the 300 (total = prompt + candidates), 30 beside the 20
      reasoning: 200 + 30,
    });
    expect(requestsOf(findings)).toBe(4);
    expect(new Set(callsOf(findings).map((call) => call.model))).toEqual(new Set(['qwen3-coder-plus', 'qwen3-coder-flash']));
  });

  it('tells what happened', () => {
    expect(part).toMatchObject({
      role: 'main', cwd: '/home/ada/work/shop', gitBranch: 'feat/basket', title: 'Basket', toolVersion: '0.15.10', model: 'qwen3-coder-flash',
      messages: { user: 2, assistant: 4 }, turns: 2, compactions: 1, subagents: 1, commits: 1, filesEdited: 1, linesAdded: 5, linesRemoved: 0,
      toolCalls: { read_file: 1, write_file: 1, run_shell_command: 1, 'mcp:tracker': 1, agent: 1 }, toolErrors: { 'mcp:tracker': 1 }, errors: { tool: 1 },
      context: { used: 6000, limit: 262_144 }, present: { turnOpen: true, pendingTools: [{ id: 'c5', name: 'agent' }] },
    });
    expect(part.files).toMatchObject({ '/home/ada/work/shop/src/basket.ts': { reads: 1 }, '/home/ada/work/shop/src/new.ts': { created: true } });
    expect(part).not.toHaveProperty('estimatedTokens');
  });

  it('[T29] bills a sub-agent to its session, and estimates it: its transcript reports no tokens', () => {
    const agent = onlyPart(readFile(qwen, agentFixture));
    expect(agent).toMatchObject({ nativeId: session, role: 'subagent', toolCalls: { grep_search: 1 } });
    expect(agent.estimatedTokens).toEqual({
      input: countSync('CANARY_PROMPT look') + countSync('{"output":"CANARY_OUTPUT"}'),
      output: countSync('{"pattern":"CANARY_CODE"}') + countSync('Found.'),
    });
    expect(agent).not.toHaveProperty('turns');
    expect(readFile(qwen, agentFixture).calls).toEqual([]);
  });
});

describe('qwen: records that are not plain', () => {
  const usage = { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 };

  it('a record written again counts once', () => {
    const twice = answer(1, usage);
    expect(onlyPart(readRecords(twice, twice)).messages).toEqual({ assistant: 1 });
  });

  it('says unknown where a record names no cached tokens or thoughts', () => {
    expect(usageOf(readRecords(answer(1, usage)))).toEqual({ input: 100, output: 10 });
  });

  it('more cached than sent is impossible: counted, not billed', () => {
    expect(readRecords(answer(1, { ...usage, cachedContentTokenCount: 101 }))).toMatchObject({ calls: [], parseErrors: { impossible_value: 1 } });
  });

  it('a branch copies its parent’s records: the calls are the parent’s, the rest is not told again', () => {
    const own = [answer(1, usage), record(2, 'user', { message: { parts: [{ text: 'go' }] } })];
    const copied = own.map((one) => ({ ...one, sessionId: 'branch', forkedFrom: { sessionId: 's', messageUuid: 'u' } }));
    const branch = readRecords(...copied, record(9, 'user', { sessionId: 'branch', message: { parts: [{ text: 'go on' }] } }));
    expect(onlyPart(branch)).toMatchObject({ nativeId: 'branch', parentId: 's', turns: 1, messages: { user: 1 } });
    const parent = readRecords(...own);
    expect(requestsOf({ ...parent, calls: [...parent.calls, ...branch.calls] })).toBe(1);
  });

  it('a title given by hand is not replaced by one that was made up', () => {
    expect(onlyPart(readRecords(system(1, 'custom_title', { customTitle: 'auto', titleSource: 'auto' }), system(2, 'custom_title', { customTitle: 'mine' }), system(3, 'custom_title', { customTitle: 'auto', titleSource: 'auto' }))).title).toBe('mine');
  });

  it('errors of the API and refused calls have their kind', () => {
    const error = (status_code: number): object => system(1, 'ui_telemetry', { uiEvent: { 'event.name': 'qwen-code.api_error', status_code } });
    expect(onlyPart(readRecords(error(429), error(503), error(400))).errors).toEqual({ rate_limit: 1, overloaded: 1, api: 1 });
    const result = (toolCallResult: object): object => record(2, 'tool_result', { message: { parts: [{ functionResponse: { id: 'c', name: 'edit', response: { error: 'x' } } }] }, toolCallResult });
    expect(onlyPart(readRecords(result({ callId: 'c', status: 'cancelled' }), result({ callId: 'd', status: 'error', errorType: 'execution_denied' }))).errors).toEqual({ interrupted: 1, permission_denied: 1 });
  });

  it('words of the program are no turn of the human', () => {
    expect(onlyPart(readRecords(record(1, 'user', { subtype: 'notification', message: {} })))).not.toHaveProperty('turns');
  });

  it('counts a record of a kind it does not know', () => {
    expect(readRecords(record(1, 'brand_new'), system(2, 'brand_new')).unknownRecords).toBe(2);
  });
});

describe('qwen: where chats lie', () => {
  it('below $QWEN_RUNTIME_DIR, $QWEN_HOME or ~/.qwen', () => {
    const rootOf = (env: Record<string, string>): string => qwen.roots({ platform: 'linux', home: '/home/ada', env })[0]!.path;
    expect([rootOf({}), rootOf({ QWEN_HOME: '/q' }), rootOf({ QWEN_HOME: '/q', QWEN_RUNTIME_DIR: '/r' })]).toEqual(['/home/ada/.qwen/projects', '/q/projects', '/r/projects']);
    expect(qwen.roots(aMachine('C:\\Users\\ada', 'win32'))[0]!.path).toBe('C:\\Users\\ada\\.qwen\\projects');
    expect(qwen.claim('p/notes.jsonl', { path: '/', depth: 3 })).toBeUndefined();
    expect([qwen.skips!('p'), qwen.skips!('p/chats'), qwen.skips!('p/subagents/s'), qwen.skips!('p/memory')]).toEqual([false, false, false, true]);
  });
});

const sample = fileURLToPath(new URL('../../../../shared/samples/qwen/Piebald-AI+splitrail/qwen_code.jsonl', import.meta.url));
describe('qwen: a real chat, its totals by hand', () => {
  if (!existsSync(sample)) it('is not checked here: the folder of real samples does not lie beside the repository', () => undefined);
  else it('two answers: 500 sent, 20 back; 600 sent (50 of them cached), 5 back', () => {
    const findings = readFile(qwen, { path: sample, as: 'p/chats/qwen_code.jsonl' });
    expect(findings).toMatchObject({ records: 8, unknownRecords: 0, parseErrors: {} });
    expect(usageOf(findings)).toEqual({ input: 500 + 550, cache_read: 50, output: 25, reasoning: 0 });
    expect(onlyPart(findings)).toMatchObject({ nativeId: '69f0814a-8bfc-4c8e-93d3-05757f17b96f', turns: 1, toolErrors: { list_directory: 1 }, messages: { user: 1, assistant: 2 }, context: { used: 600 }, present: { turnOpen: false } });
  });
});
