import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zstdCompressSync } from 'node:zlib';
import type { Findings } from '../../src/readers/book.ts';
import { codex } from '../../src/readers/codex.ts';
import type { Part } from '../../src/session/part.ts';
import { countSync } from '../../src/tokens/count.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const root = fileURLToPath(new URL('../fixtures/codex/sessions', import.meta.url));
const session = '019de28d-3c00-7aaa-8000-00000000c0de';
const bare = '0199aaaa-0000-4000-8000-000000000bad';
const fixture = { root, rootKind: 'sessions', path: join(root, `2026/05/01/rollout-2026-05-01T10-00-00-${session}.jsonl`), sessions: [session] };
const bareFixture = { root, rootKind: 'sessions', path: join(root, `2025/08/01/rollout-2025-08-01T10-00-00-${bare}.jsonl`), sessions: [bare] };

readerContract(codex, fixture);
readerContract(codex, bareFixture);

const homes: string[] = [];
afterAll(() => homes.forEach((home) => rmSync(home, { recursive: true })));

/** A Codex home with these rollouts, by path. */
const aHome = (files: Readonly<Record<string, readonly object[]>>): string => {
  const home = mkdtempSync(join(tmpdir(), 'watchroom-codex-'));
  homes.push(home);
  for (const [path, records] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }
  return home;
};
const readAt = (home: string, path: string): Findings => readFile(codex, { path: join(home, path), root: join(home, path.split('/')[0]!), rootKind: path.split('/')[0]! });
const readRecords = (...records: object[]): Findings => readAt(aHome({ 'sessions/rollout-a.jsonl': records }), 'sessions/rollout-a.jsonl');

const onlyPart = ({ parts }: Findings): Part => {
  expect(parts).toHaveLength(1);
  return parts[0]!;
};

const at = (seconds: number): string => new Date(Date.UTC(2026, 4, 1, 8) + seconds * 1000).toISOString();
const meta = (id: string, seconds: number, more: object = {}): object => ({ timestamp: at(seconds), type: 'session_meta', payload: { id, timestamp: at(seconds), cwd: '/w', cli_version: '0.130.0', source: 'cli', ...more } });
const event = (seconds: number, type: string, more: object = {}): object => ({ timestamp: at(seconds), type: 'event_msg', payload: { type, ...more } });
const item = (seconds: number, type: string, more: object = {}): object => ({ timestamp: at(seconds), type: 'response_item', payload: { type, ...more } });
const context = (seconds: number, turn: string | undefined, model = 'gpt-5.5'): object => ({ timestamp: at(seconds), type: 'turn_context', payload: { ...(turn === undefined ? {} : { turn_id: turn }), model, cwd: '/w' } });
const turn = (seconds: number, id: string): object[] => [event(seconds, 'task_started', { turn_id: id, model_context_window: 258_400 }), context(seconds, id), event(seconds, 'user_message', { message: 'go' })];
const usage = (input: number, output: number, cached = 0): object => ({ input_tokens: input, cached_input_tokens: cached, output_tokens: output, reasoning_output_tokens: 0, total_tokens: input + output });
const tokens = (seconds: number, total: object, last: object = total, window: number | undefined = 258_400): object => event(seconds, 'token_count', { info: { total_token_usage: total, last_token_usage: last, ...(window === undefined ? {} : { model_context_window: window }) }, rate_limits: null });

describe('codex: a whole rollout', () => {
  const findings = readFile(codex, fixture);
  const part = onlyPart(findings);

  it('[T11] [T12] counts the growth of the cumulative total, cached out of input, reasoning inside output, re-emits not at all', () => {
    expect(usageOf(findings)).toEqual({ input: 75_000 - 60_000, cache_read: 60_000, output: 1200, reasoning: 200 });
    expect(requestsOf(findings)).toBe(4);
    expect(callsOf(findings).map((call) => [call.message, call.request, call.model])).toEqual([
      [`${session}:0:20300`, '', 'gpt-5.5'], [`${session}:0:41700`, '', 'gpt-5.5'], [`${session}:0:64000`, '', 'gpt-5.5'], [`${session}:0:76200`, '', 'gpt-5.4-mini'],
    ]);
  });

  it('tells what happened', () => {
    expect(part).toMatchObject({
      role: 'main', copyRank: 2, cwd: '/home/ada/work/shop', gitBranch: 'feat/basket', title: 'Basket', toolVersion: '0.128.0', model: 'gpt-5.4-mini',
      messages: { user: 2, assistant: 2 }, turns: 2, compactions: 1, subagents: 1, commits: 1, filesEdited: 2, linesAdded: 6, linesRemoved: 2,
      toolCalls: { exec_command: 3, apply_patch: 2, shell: 1, spawn_agent: 1, web_search: 1, 'mcp:tracker': 1 }, toolErrors: { apply_patch: 1, shell: 1 }, errors: { tool: 2 },
    });
    expect(part.files).toMatchObject({ '/home/ada/work/shop/src/new.ts': { created: true, linesAdded: 3, linesRemoved: 0 }, '/home/ada/work/shop/src/basket.ts': { created: false, linesAdded: 3, linesRemoved: 2 } });
    expect(part.durations?.turns?.sum).toBe(15.9);
  });

  it('ends inside a turn, with the call that has no output yet', () => {
    expect(part.present).toMatchObject({ turnOpen: true, pendingTools: [{ id: 'call_8', name: 'exec_command', since: Date.UTC(2026, 4, 1, 8, 1, 4) }] });
  });

  it('[T18] takes the context from the last call and the window from the file', () => {
    expect(part.context).toMatchObject({ used: 12_200, limit: 258_400, at: Date.UTC(2026, 4, 1, 8, 1, 3) });
  });

  it('[T46] tells the rate limits by the length of their window, the newest of each', () => {
    expect(part.rateLimits).toEqual([
      { window: '7d', usedRatio: 0.03, resetsAt: 1_778_227_200_000, reportedAt: Date.UTC(2026, 4, 1, 8, 0, 40, 10) },
      { window: '5h', usedRatio: 0.14, resetsAt: 1_777_640_400_000, reportedAt: Date.UTC(2026, 4, 1, 8, 1, 3) },
    ]);
  });
});

describe('codex: where rollouts lie', () => {
  it('below $CODEX_HOME, else ~/.codex', () => {
    expect(codex.roots(aMachine('/home/ada')).map((one) => [one.path, one.kind])).toEqual([['/home/ada/.codex/sessions', 'sessions'], ['/home/ada/.codex/archived_sessions', 'archived_sessions']]);
    expect(codex.roots({ platform: 'linux', home: '/home/ada', env: { CODEX_HOME: '/data/codex' } })[0]!.path).toBe('/data/codex/sessions');
    expect(codex.claim('2026/05/01/notes.txt', { path: '/', depth: 4 })).toBeUndefined();
  });

  it('[T14] gives an archived or packed copy the same calls and a lower rank', () => {
    const bytes = readFileSync(fixture.path);
    const home = aHome({});
    const name = `rollout-2026-05-01T10-00-00-${session}.jsonl`;
    mkdirSync(join(home, 'archived_sessions'));
    writeFileSync(join(home, 'archived_sessions', name), bytes);
    writeFileSync(join(home, 'archived_sessions', `${name}.zst`), zstdCompressSync(bytes));
    const [live, archived, packed] = [readFile(codex, fixture), readAt(home, `archived_sessions/${name}`), readAt(home, `archived_sessions/${name}.zst`)];
    expect(callsOf(archived)).toEqual(callsOf(live));
    expect(callsOf(packed)).toEqual(callsOf(live));
    expect([live, archived, packed].map((one) => onlyPart(one).copyRank)).toEqual([2, 1, 0.5]);
  });

  it('counts a packed file that cannot be unpacked', () => {
    const home = aHome({});
    mkdirSync(join(home, 'sessions'));
    writeFileSync(join(home, 'sessions/rollout-a.jsonl.zst'), 'no zstd');
    expect(readAt(home, 'sessions/rollout-a.jsonl.zst').parseErrors).toEqual({ unreadable: 1 });
  });
});

const parentId = '019de28d-3c00-7bbb-8000-00000000aaaa'; // made 2026-05-01T08:00Z
const childId = '019de2c4-2a80-7ccc-8000-00000000bbbb';
const parentPath = `sessions/2026/05/01/rollout-2026-05-01T10-00-00-${parentId}.jsonl`;
const childPath = `sessions/2026/05/09/rollout-2026-05-09T11-00-00-${childId}.jsonl`;
const parentTurns = [...turn(1, 't1'), tokens(5, usage(1000, 10)), tokens(9, usage(3000, 30), usage(2000, 20)), event(10, 'task_complete', { turn_id: 't1' })];
const parent = [meta(parentId, 0), ...parentTurns];
/** The parent's lines as a fork has them: all written at the time of the fork. */
const copyAt = (seconds: number, records: readonly object[]): object[] => records.map((record) => ({ ...record, timestamp: at(seconds) }));
const fork = (seconds: number, own: readonly object[], more: object = { forked_from_id: parentId }): object[] => [meta(childId, seconds, more), ...copyAt(seconds, parent), ...own];

describe('codex: forks', () => {
  const own = [...turn(3601, 't2'), tokens(3603, usage(3000, 30), usage(2000, 20)), tokens(3605, usage(7000, 70), usage(4000, 40))];

  it('[T13] skips the copied history up to the first turn that the parent never had', () => {
    const home = aHome({ [parentPath]: [...parent, ...turn(9000, 't9'), tokens(9001, usage(9000, 90))], [childPath]: fork(3600, own) });
    const findings = readAt(home, childPath);
    expect(usageOf(findings)).toMatchObject({ input: 4000, output: 40 });
    expect(callsOf(findings)).toHaveLength(1);
    expect(onlyPart(findings)).toMatchObject({ nativeId: childId, role: 'main', parentId, turns: 1, messages: { user: 1 } });
    expect(onlyPart(findings).startedAt).toBe(Date.parse(at(3600)));
  });

  it('[T13] finds the parent packed or in the archive too', () => {
    for (const path of [`archived_sessions/rollout-2026-05-01T10-00-00-${parentId}.jsonl`, `${parentPath}.zst`]) {
      const home = aHome({ [path]: parent, [childPath]: fork(3600, own) });
      if (path.endsWith('.zst')) writeFileSync(join(home, path), zstdCompressSync(readFileSync(join(home, path))));
      // Turns two seconds after line 1 are still the parent's: only its file can tell.
      const slow = [meta(childId, 3600, { forked_from_id: parentId }), ...copyAt(3602, parentTurns), ...own];
      writeFileSync(join(home, childPath), slow.map((record) => `${JSON.stringify(record)}\n`).join(''));
      expect(usageOf(readAt(home, childPath))).toMatchObject({ input: 4000, output: 40 });
    }
  });

  it('[T13] without the parent: what was written in the second of line 1, or in one burst with it, is the copy', () => {
    const home = aHome({ [childPath]: [meta(childId, 3600.95, { forked_from_id: parentId }), ...parent.map((record, index) => ({ ...record, timestamp: at(3600.95 + index * 0.02) })), ...own] });
    const findings = readAt(home, childPath);
    expect(usageOf(findings)).toMatchObject({ input: 4000, output: 40 });
    expect(onlyPart(findings)).toMatchObject({ turns: 1 });
  });

  it('[T13] rollouts without turn ids are followed by the parent’s totals', () => {
    const bareParent = [meta(parentId, 0), context(1, undefined), tokens(5, usage(1000, 10)), tokens(9, usage(3000, 30), usage(2000, 20))];
    const child = [meta(childId, 3600, { forked_from_id: parentId }), context(3600, undefined), tokens(3601, usage(1000, 10)), tokens(3602, usage(3000, 30), usage(2000, 20)), tokens(3700, usage(8000, 50), usage(5000, 20))];
    expect(usageOf(readAt(aHome({ [parentPath]: bareParent, [childPath]: child }), childPath))).toMatchObject({ input: 5000, output: 20 });
  });

  it('[T13] a copy that nothing proves is counted, remembered as unproven, and once for all forks of that parent', () => {
    const child = (id: string, last: object): object[] => [meta(id, 3600, { forked_from_id: parentId }), context(3600, undefined), tokens(3602, usage(1000, 10)), tokens(3604, usage(3000, 30), usage(2000, 20)), last];
    const home = aHome({ 'sessions/rollout-a.jsonl': child(childId, tokens(4000, usage(4000, 40), usage(1000, 10))), 'sessions/rollout-b.jsonl': child('sibling', tokens(5000, usage(4001, 39), usage(1001, 9))) });
    const [one, other] = [readAt(home, 'sessions/rollout-a.jsonl'), readAt(home, 'sessions/rollout-b.jsonl')];
    expect(one.memo.unproven).toBe(parentId);
    expect(usageOf(one)).toMatchObject({ input: 4000, output: 40 });
    expect(usageOf({ ...one, calls: [...one.calls, ...other.calls] })).toMatchObject({ input: 3000 + 1000 + 1001, output: 30 + 10 + 9 });
  });

  it('[T13] a fork that inherits the counter without its history starts where its first call did', () => {
    expect(usageOf(readRecords(meta(childId, 0, { forked_from_id: 'gone' }), ...turn(2, 't1'), tokens(4, usage(900_000, 5000, 700_000), usage(20_000, 100, 15_000))))).toEqual({ input: 5000, cache_read: 15_000, output: 100, reasoning: 0 });
  });

  it('bills a spawned sub-agent as one, under its own id, to its parent', () => {
    const source = { subagent: { thread_spawn: { parent_thread_id: parentId, depth: 1, agent_role: 'explorer' } } };
    const home = aHome({ [parentPath]: parent, [childPath]: fork(3600, own, { source }) });
    expect(onlyPart(readAt(home, childPath))).toMatchObject({ nativeId: childId, role: 'subagent', parentId });
    expect(usageOf(readAt(home, childPath))).toMatchObject({ input: 4000, output: 40 });
  });

  it('counts the same however a fork is cut into reads', () => {
    const home = aHome({ [parentPath]: parent, [childPath]: fork(3600, own) });
    const options = { path: join(home, childPath), root: join(home, 'sessions'), rootKind: 'sessions' };
    const whole = readFile(codex, options);
    for (let cut = 200; cut < readFileSync(options.path).length; cut += 137) expect(callsOf(readFile(codex, { ...options, cuts: [cut] }))).toEqual(callsOf(whole));
  });
});

describe('codex: totals that are not plain', () => {
  const start = [meta('s', 0), ...turn(1, 't1')];

  it('[T11] a total that falls is a new counter and adds up', () => {
    const findings = readRecords(...start, tokens(2, usage(1000, 10)), tokens(3, usage(5000, 50)), tokens(4, usage(700, 7)), tokens(5, usage(900, 9)));
    expect(usageOf(findings)).toMatchObject({ input: 5900, output: 59 });
    expect(callsOf(findings).map((call) => call.message)).toEqual(['s:0:1010', 's:0:5050', 's:1:707', 's:1:909']);
  });

  it('does not bill the mark of a full window', () => {
    const full = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, reasoning_output_tokens: 0, total_tokens: 258_400 };
    const findings = readRecords(...start, tokens(2, usage(1000, 10)), tokens(3, full), tokens(4, { ...usage(200, 2), total_tokens: 258_602 }, usage(200, 2)));
    expect(usageOf(findings)).toMatchObject({ input: 1200, output: 12 });
  });

  it('[T12] takes cache writes out of input', () => {
    expect(usageOf(readRecords(...start, tokens(2, { ...usage(1000, 10, 600), cache_write_input_tokens: 300 })))).toMatchObject({ input: 100, cache_read: 600, cache_creation_5m: 300, output: 10 });
  });

  it('says unknown where a rollout names no cached tokens', () => {
    expect(usageOf(readRecords(...start, tokens(2, { input_tokens: 1240, output_tokens: 420, total_tokens: 1660 })))).toEqual({ input: 1240, output: 420 });
  });

  it('[T18] drops and counts a context larger than its window', () => {
    const findings = readRecords(...start, tokens(2, usage(1000, 10)), tokens(3, usage(500_000, 10), usage(499_000, 0)));
    expect(onlyPart(findings).context).toMatchObject({ used: 1010 });
    expect(findings.parseErrors).toEqual({ impossible_value: 1 });
  });

  it('[T14] without a turn_context the model is unknown', () => {
    expect(callsOf(readRecords(meta('s', 0), tokens(2, usage(1000, 10))))[0]).toMatchObject({ model: undefined });
  });
});

describe('codex: [T29] rollouts without token counts', () => {
  it('are estimated, apart from the usage', () => {
    const findings = readFile(codex, bareFixture);
    expect(findings.calls).toEqual([]);
    expect(onlyPart(findings)).toMatchObject({
      turns: 1, gitBranch: 'main', messages: { user: 1, assistant: 1 }, toolCalls: { shell: 1 }, errors: { tool: 1 }, present: { turnOpen: false },
      estimatedTokens: {
        input: countSync('<environment_context>\n  <cwd>/home/ada</cwd>') + countSync('CANARY_PROMPT') + countSync('{"output":"CANARY_OUTPUT\\nCANARY_CODE","metadata":{"exit_code":1,"duration_seconds":0.1}}'),
        output: countSync('Thinking') + countSync('{"command":["bash","-lc","cat a"]}') + countSync('There is no such file.'),
      },
    });
  });

  it('but not once a count comes', () => {
    const old = (seconds: number, record: object): object => ({ ...record, timestamp: new Date(Date.UTC(2025, 7, 1) + seconds * 1000).toISOString() });
    const lines = [meta('s', 0), item(1, 'message', { role: 'user', content: [{ type: 'input_text', text: 'hello there' }] })].map((record, index) => old(index, record));
    expect(onlyPart(readRecords(...lines)).estimatedTokens).toEqual({ input: countSync('hello there') });
    expect(onlyPart(readRecords(...lines, old(5, tokens(0, usage(1000, 10))))).estimatedTokens).toEqual({});
  });
});

describe('codex: turns, errors and what it waits for', () => {
  const start = [meta('s', 0), ...turn(1, 't1')];

  it('an interrupted turn is over and an error; a replaced one is only over', () => {
    expect(onlyPart(readRecords(...start, event(5, 'turn_aborted', { reason: 'interrupted' })))).toMatchObject({ errors: { interrupted: 1 }, present: { turnOpen: false } });
    expect(onlyPart(readRecords(...start, event(5, 'turn_aborted', { reason: 'replaced' }))).errors).toEqual({});
  });

  it('a refused command is a denied permission', () => {
    const refused = (output: unknown): Part => onlyPart(readRecords(...start, item(2, 'function_call', { name: 'exec_command', arguments: '{}', call_id: 'c' }), item(3, 'function_call_output', { call_id: 'c', output })));
    expect(refused('exec command rejected by user').errors).toEqual({ permission_denied: 1 });
    expect(refused([{ type: 'input_text', text: 'Script failed\nOutput:\n' }, { type: 'input_text', text: 'reject command' }]).errors).toEqual({ permission_denied: 1 });
    expect(refused([{ type: 'input_text', text: 'Script failed\nOutput:\nno such file' }]).errors).toEqual({ tool: 1 });
  });

  it('a patch that did not apply is one error, told by its event and its output', () => {
    const failed = [item(2, 'custom_tool_call', { name: 'apply_patch', input: '', call_id: 'c' }), event(3, 'patch_apply_end', { call_id: 'c', success: false, changes: {} })];
    expect(onlyPart(readRecords(...start, ...failed, item(4, 'custom_tool_call_output', { call_id: 'c', output: 'no luck' }))).errors).toEqual({ tool: 1 });
    expect(onlyPart(readRecords(...start, event(3, 'patch_apply_end', { call_id: 'inside a script', success: false }))).errors).toEqual({ tool: 1 });
  });

  it('a question to the human is waited for until its answer', () => {
    const asked = [...start, item(2, 'function_call', { name: 'request_user_input', arguments: '{}', call_id: 'c' })];
    expect(onlyPart(readRecords(...asked)).present.waitingFor).toBe('input');
    expect(onlyPart(readRecords(...asked, item(3, 'function_call_output', { call_id: 'c', output: 'yes' }))).present.waitingFor).toBeUndefined();
  });

  it('without task_started a turn begins with the human and ends with an answer that no call follows', () => {
    const old = [meta('s', 0), event(1, 'user_message', { message: 'go' }), item(2, 'message', { role: 'assistant', content: [] })];
    expect(onlyPart(readRecords(...old))).toMatchObject({ turns: 1, present: { turnOpen: false } });
    expect(onlyPart(readRecords(...old, item(3, 'function_call', { name: 'shell', arguments: '{}', call_id: 'c' })))).toMatchObject({ turns: 1, present: { turnOpen: true } });
  });

  it('counts a record of a kind it does not know', () => {
    expect(readRecords(...start, event(2, 'brand_new'), item(2, 'brand_new'), { timestamp: at(3), type: 'brand_new', payload: {} }).unknownRecords).toBe(3);
    expect(readRecords(...start, { no: 'envelope' }).unknownRecords).toBe(1);
  });
});
