import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Findings } from '../../src/readers/book.ts';
import { claude } from '../../src/readers/claude.ts';
import type { Part } from '../../src/session/part.ts';
import { aSessionId, answer, prompt, readRecords, result, system, toolUse } from './claude-records.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const root = fileURLToPath(new URL('../fixtures/claude/projects', import.meta.url));
const session = '5e0f3a52-7c1d-4b86-9a3e-2d9c41f7b010';
const fixture = { root, path: join(root, '-home-ada-work-shop', `${session}.jsonl`), sessions: [session] };
const agentFixture = { root, path: join(root, '-home-ada-work-shop', session, 'subagents', 'agent-a1.jsonl'), sessions: [session] };

readerContract(claude, fixture);
readerContract(claude, agentFixture);

const onlyPart = (findings: Findings): Part => {
  expect(findings.parts).toHaveLength(1);
  return findings.parts[0]!;
};

describe('claude: a whole transcript', () => {
  const findings = readFile(claude, fixture);
  const part = onlyPart(findings);

  it('counts every call once, with its kinds of tokens', () => {
    expect(usageOf(findings)).toEqual({ input: 12, output: 520, cache_read: 47950, cache_creation_5m: 9470, cache_creation_1h: 500 });
    expect(requestsOf(findings)).toBe(6);
    expect(callsOf(findings).filter((call) => call.fast)).toHaveLength(1);
  });

  it('tells what happened', () => {
    expect(part).toMatchObject({
      role: 'main', cwd: '/home/ada/work/shop', gitBranch: 'feat/basket', title: 'basket', toolVersion: '2.1.110', model: 'claude-opus-4-6',
      messages: { user: 3, assistant: 6 }, turns: 3, compactions: 1, subagents: 1, commits: 1, filesEdited: 2, linesAdded: 4, linesRemoved: 1,
      toolCalls: { Read: 1, Edit: 1, Write: 1, Bash: 3, Task: 1, WebSearch: 1 }, toolErrors: { Bash: 2 },
      errors: { tool: 1, permission_denied: 1, overloaded: 1, rate_limit: 1 },
      context: { used: 9973 },
    });
    expect(part.files).toMatchObject({
      '/home/ada/work/shop/src/basket.ts': { reads: 1, edits: 1, created: false, linesAdded: 2, linesRemoved: 1 },
      '/home/ada/work/shop/src/new.ts': { reads: 0, edits: 1, created: true, linesAdded: 2, linesRemoved: 0 },
    });
  });

  it('ends with the turn closed by the error', () => {
    expect(part.present).toMatchObject({ turnOpen: false, pendingTools: [], lastWasError: true });
  });

  it('bills a sub-agent to its parent and keeps it out of context, title and turns', () => {
    const sub = onlyPart(readFile(claude, agentFixture));
    expect(sub).toMatchObject({ nativeId: session, role: 'subagent', toolCalls: { Grep: 1 }, errors: { tool: 1 }, messages: {} });
    expect(sub).not.toHaveProperty('context');
    expect(sub).not.toHaveProperty('turns');
    expect(usageOf(readFile(claude, agentFixture))).toMatchObject({ input: 3, output: 38 });
    expect(readFile(claude, agentFixture).calls.some(({ call }) => call.sidechain)).toBe(false);
  });
});

describe('claude: calls', () => {
  it('[T1] the rows of one call are one call: the most output, dated by the first row, tools of all rows', () => {
    const findings = readRecords([
      answer(1, { output: 9, content: [{ type: 'text', text: 'a' }], stop: null }),
      answer(2, { output: 159, content: [toolUse('t1', 'Read')], stop: null }),
      answer(3, { output: 31, content: [toolUse('t2', 'Bash')], stop: 'tool_use' }),
    ]);
    expect(callsOf(findings)).toEqual([expect.objectContaining({ at: Date.UTC(2026, 2, 1, 10, 1), usage: expect.objectContaining({ output: 159, input: 1 }) })]);
    expect(onlyPart(findings)).toMatchObject({ toolCalls: { Read: 1, Bash: 1 }, messages: { assistant: 1 } });
  });

  it('[T2] rows without a request id are one call by their message, also beside rows that have it', () => {
    expect(requestsOf(readRecords([answer(1, { request: undefined }), answer(2, { request: undefined })]))).toBe(1);
    expect(requestsOf(readRecords([answer(1, { request: 'req_9' }), answer(2, { request: undefined })]))).toBe(1);
    expect(requestsOf(readRecords([answer(1), answer(2, { id: 'msg_2', request: undefined }), answer(3, { id: 'msg_2', request: undefined })]))).toBe(2);
  });

  it('[T3] a copied history keeps message and request, so that the ledger sees the same calls', () => {
    const original = readRecords([answer(1)]);
    const fork = readRecords([answer(1, {}, { sessionId: 'bbbbbbbb-0000-4000-8000-000000000002', sessionKind: 'bg' })]);
    expect(callsOf(fork).map(({ message, request }) => [message, request])).toEqual(callsOf(original).map(({ message, request }) => [message, request]));
    expect(fork.calls[0]!.session).not.toBe(original.calls[0]!.session);
  });

  it('[T4] an aside that replays a message is marked, and dropped where the message stands in the main chain', () => {
    const findings = readRecords([answer(1), answer(2, { request: 'req_2' }, { isSidechain: true }), answer(3, { id: 'msg_2', request: 'req_3' }, { isSidechain: true })]);
    expect(findings.calls.map(({ call }) => call.sidechain ?? false)).toEqual([false, true, true]);
    expect(requestsOf(findings)).toBe(2);
  });

  it.each(['agent-aside_question-c5e5c961a7749e08', 'agent-acompact-53a066'])('[T4] %s may begin with a copy of the conversation: its calls are marked, the copied tools and files are not counted again', (file) => {
    const sidechain = { isSidechain: true, agentId: file.slice('agent-'.length) };
    const copied = [
      answer(1, { content: [toolUse('t1', 'Edit')], stop: 'tool_use', request: 'req_other' }, sidechain),
      { ...result(2, 't1', { filePath: '/work/a.ts', structuredPatch: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-a', '+b'] }] }), ...sidechain },
    ];
    const findings = readRecords([...copied, answer(3, { id: 'msg_2', request: 'req_2' }, sidechain)], { as: `-work/${aSessionId}/subagents/${file}.jsonl` });
    expect(findings.calls.map(({ session: owner, call }) => [owner, call.sidechain])).toEqual([[`claude/${aSessionId}`, true], [`claude/${aSessionId}`, true]]);
    expect(onlyPart(findings)).toMatchObject({ role: 'subagent', toolCalls: {}, errors: {}, messages: {} });
    expect(onlyPart(findings).linesAdded).toBeUndefined();
  });

  it('[T5] synthetic answers are no calls, error answers are errors by kind', () => {
    const synthetic = (minute: number, text: string, more = {}) => answer(minute, { id: `uuid-${minute}`, model: '<synthetic>', content: [{ type: 'text', text }], stop: 'stop_sequence' }, more);
    const findings = readRecords([
      synthetic(1, 'No response requested.'),
      synthetic(2, 'API Error: 401 {}', { isApiErrorMessage: true }),
      synthetic(3, 'Claude AI usage limit reached|1760000000', { isApiErrorMessage: true }),
      synthetic(4, 'API Error: 529 {"type":"overloaded_error"}', { isApiErrorMessage: true }),
      synthetic(5, 'no', { isApiErrorMessage: true, apiErrorStatus: 429 }),
    ]);
    expect(findings.calls).toEqual([]);
    expect(onlyPart(findings)).toMatchObject({ errors: { api: 1, rate_limit: 2, overloaded: 1 }, messages: {} });
  });

  it.each([
    ['the split, when the flat count is 0', { cache_creation_input_tokens: 0, cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 12 } }, { cache_creation_5m: 30, cache_creation_1h: 12 }],
    ['all as five minutes without a split', { cache_creation_input_tokens: 40 }, { cache_creation_5m: 40 }],
    ['the rest as five minutes, when the split tells less', { cache_creation_input_tokens: 50, cache_creation: { ephemeral_1h_input_tokens: 20 } }, { cache_creation_5m: 30, cache_creation_1h: 20 }],
    ['the greater of both', { cache_creation_input_tokens: 5, cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 20 } }, { cache_creation_5m: 0, cache_creation_1h: 20 }],
  ])('[T6] cache writes: %s', (_rule, usage, expected) => {
    const { cache_creation_5m, cache_creation_1h } = usageOf(readRecords([answer(1, { usage })]));
    expect({ cache_creation_5m, ...(cache_creation_1h === undefined ? {} : { cache_creation_1h }) }).toEqual(expected);
  });

  it('[T7] fast answers are marked; searches come from the answer, else from the tool result', () => {
    const findings = readRecords([
      answer(1, { usage: { speed: 'fast', server_tool_use: { web_search_requests: 0 } }, content: [toolUse('s1', 'WebSearch')] }),
      result(2, 's1', { query: 'q', results: [], searchCount: 3 }),
      answer(3, { id: 'msg_2', request: 'req_2', usage: { server_tool_use: { web_search_requests: 2 } }, content: [toolUse('s2', 'WebSearch')] }),
      result(4, 's2', { query: 'q', results: [], searchCount: 2 }),
    ]);
    expect(callsOf(findings).map(({ message, fast, webSearches, requests }) => [message, fast, webSearches, requests ?? 1])).toEqual([
      ['msg_1', true, undefined, 1], ['search:s1', undefined, 3, 0], ['msg_2', undefined, 2, 1],
    ]);
    expect(usageOf(findings)).toMatchObject({ input: 2, output: 20 });
  });

  it('[T9] output of rows without a stop reason is a lower bound before 2.1.97', () => {
    const bound = (version: string, stop: string | null) => callsOf(readRecords([answer(1, { stop }, { version })]))[0]!.outputLowerBound ?? false;
    expect([bound('2.1.96', null), bound('1.0.44', null), bound('2.1.97', null), bound('2.1.96', 'end_turn')]).toEqual([true, true, false, false]);
  });

  it('[T10] a broken line costs a counter, and the lines around it count', () => {
    const findings = readRecords([answer(1), '{"type":"assistant","message":{"id":"msg_2"', '[]', '"text"', answer(3, { id: 'msg_3', request: 'req_3' })]);
    expect(findings.parseErrors).toEqual({ bad_json: 3 });
    expect([findings.records, requestsOf(findings)]).toEqual([2, 2]);
  });

  it('leaves out counts that cannot be, and says so', () => {
    const findings = readRecords([answer(1, { usage: { input_tokens: -7, cache_read_input_tokens: 1e308, output_tokens: 5 } })]);
    expect(findings.parseErrors).toEqual({ impossible_value: 2 });
    expect(usageOf(findings)).toEqual({ output: 5, cache_creation_5m: 0 });
  });

  it('counts records of an unknown kind', () => {
    expect(readRecords([{ type: 'brand-new', sessionId: aSessionId }, system(1, 'brand_new')]).unknownRecords).toBe(2);
  });

  it('ignores what progress records repeat of sub-agents', () => {
    const findings = readRecords([{ ...answer(1), type: 'progress', data: { type: 'agent_progress', message: answer(1) } }]);
    expect(findings.calls).toEqual([]);
    expect(findings.unknownRecords).toBe(0);
  });
});

describe('claude: context', () => {
  it('[T15] is input, cache writes and cache reads of the last main-chain call, without its output', () => {
    const findings = readRecords([
      answer(1, { usage: { input_tokens: 0, cache_creation_input_tokens: 1793, cache_read_input_tokens: 147730, output_tokens: 5000 } }),
      answer(2, { id: 'msg_2', usage: { cache_read_input_tokens: 9 } }, { isSidechain: true, agentId: 'a1' }),
    ]);
    expect(findings.parts.find((part) => part.role === 'main')!.context).toMatchObject({ used: 149523, at: Date.UTC(2026, 2, 1, 10, 1) });
    expect(findings.parts.find((part) => part.role === 'subagent')).not.toHaveProperty('context');
  });

  it('[T16] [T17] says nothing of window and compaction size, which no record tells', () => {
    const { context } = onlyPart(readRecords([answer(1)]));
    expect(context).not.toHaveProperty('limit');
    expect(context).not.toHaveProperty('compactAt');
  });

  it('is that of the last iteration that is neither an advisor nor a compaction', () => {
    const iterations = [{ type: 'message', input_tokens: 10, cache_read_input_tokens: 20, cache_creation_input_tokens: 3 }, { type: 'compaction', input_tokens: 999 }, { type: 'advisor_message', input_tokens: 888 }];
    expect(onlyPart(readRecords([answer(1, { usage: { input_tokens: 5000, iterations } })])).context).toMatchObject({ used: 33 });
  });
});

describe('claude: the conversation', () => {
  it('counts prompts of a human, not what the program writes in their place', () => {
    const program = ['<local-command-stdout>x', '<local-command-stderr>x', '<local-command-caveat>x', '<command-name>/x', '<bash-input>x', '<bash-stdout>x', '<bash-stderr>x', '<task-notification>x'];
    const part = onlyPart(readRecords([
      prompt(1, 'one'), ...program.map((text, index) => prompt(2 + index, text)), prompt(20, 'meta', { isMeta: true }), prompt(21, 'summary', { isCompactSummary: true }),
      prompt(22, '<command-message>init is running</command-message>\n<command-name>/init</command-name>'),
    ]));
    expect(part).toMatchObject({ turns: 2, messages: { user: 2 } });
  });

  it('a turn is open from the prompt to the end of the answer, and its length is observed', () => {
    expect(onlyPart(readRecords([prompt(1, 'go')])).present.turnOpen).toBe(true);
    expect(onlyPart(readRecords([prompt(1, 'go'), answer(2, { stop: 'tool_use', content: [toolUse('t', 'Bash')] })])).present).toMatchObject({ turnOpen: true, pendingTools: [{ id: 't', name: 'Bash' }] });
    const ended = onlyPart(readRecords([prompt(1, 'go'), answer(2)]));
    expect(ended.present).toMatchObject({ turnOpen: false, pendingTools: [] });
    expect(ended.durations!.turns!.sum).toBe(60);
    const measured = onlyPart(readRecords([prompt(1, 'go'), answer(2, { stop: null }), system(3, 'turn_duration', { durationMs: 61_500 })]));
    expect(measured.durations!.turns!.sum).toBe(61.5);
  });

  it('waits for the human while a question is open', () => {
    const asked = [prompt(1, 'go'), answer(2, { stop: 'tool_use', content: [toolUse('q', 'AskUserQuestion')] })];
    expect(onlyPart(readRecords(asked)).present.waitingFor).toBe('input');
    expect(onlyPart(readRecords([...asked, result(3, 'q', { answers: {} })])).present).not.toHaveProperty('waitingFor');
  });

  it('tells a refusal, a stop and a failure apart, and counts one deed once', () => {
    const part = onlyPart(readRecords([
      prompt(1, 'go'),
      answer(2, { stop: 'tool_use', content: [toolUse('a', 'Bash'), toolUse('b', 'Bash'), toolUse('c', 'Bash')] }),
      result(3, 'a', 'Error: Exit code 1', { error: true, content: 'Exit code 1' }),
      result(4, 'b', 'Error: x', { error: true, content: 'Permission to use Bash has been denied.' }),
      result(5, 'c', 'User rejected tool use', { error: true, content: "The user doesn't want to proceed with this tool use." }),
      prompt(6, '[Request interrupted by user for tool use]'),
      prompt(7, 'again'), answer(8, { id: 'msg_2', stop: null }), prompt(9, '[Request interrupted by user]'),
    ]));
    expect(part.errors).toEqual({ tool: 1, permission_denied: 2, interrupted: 1 });
    expect(part).toMatchObject({ turns: 2, present: { turnOpen: false } });
  });

  it('counts the retries of the program by kind', () => {
    const part = onlyPart(readRecords([system(1, 'api_error', { error: {} }), system(2, 'api_error', { error: { status: 429 } }), system(3, 'api_error', { error: { message: 'Overloaded' } })]));
    expect(part.errors).toEqual({ api: 1, rate_limit: 1, overloaded: 1 });
  });

  it('a title given by a human stands before one made up, before a summary of the own leaf; of equals the last', () => {
    const ai = (aiTitle: string) => ({ type: 'ai-title', aiTitle, sessionId: aSessionId });
    const custom = (customTitle: string) => ({ type: 'custom-title', customTitle, sessionId: aSessionId });
    const summary = (leafUuid: string) => ({ type: 'summary', summary: `of ${leafUuid}`, leafUuid });
    const titleOf = (...records: object[]) => onlyPart(readRecords([prompt(1, 'go'), ...records.map((record) => record as Record<string, unknown>)])).title;
    expect(titleOf(ai('one'), custom('mine'), ai('two'))).toBe('mine');
    expect(titleOf(ai('one'), ai('two'), summary('uuid-1'))).toBe('two');
    expect(titleOf(summary('uuid-1'))).toBe('of uuid-1');
    expect(titleOf(summary('uuid-5'), answer(5))).toBe('of uuid-5');
    expect(titleOf(summary('elsewhere'))).toBeUndefined();
  });

  it('holds several sessions of one file apart, and files without session ids by their name', () => {
    const findings = readRecords([prompt(1, 'a', { sessionId: 'one' }), answer(2, {}, { sessionId: 'one' }), prompt(3, 'b', { sessionId: 'two' }), { ...answer(4, { id: 'm2', request: 'r2' }), sessionId: 'two' }]);
    expect(findings.parts.map((part) => [part.nativeId, part.turns])).toEqual([['one', 1], ['two', 1]]);
    expect(findings.calls.map((call) => call.session)).toEqual(['claude/one', 'claude/two']);
    expect(onlyPart(readRecords([prompt(1, 'a', { sessionId: undefined })])).nativeId).toBe(aSessionId);
    expect(onlyPart(readRecords([prompt(1, 'a', { sessionId: undefined })], { as: `-work/${aSessionId}/subagents/agent-x.jsonl` })).nativeId).toBe(aSessionId);
  });

  it('the branch of a detached head or of no repository is unknown', () => {
    expect(onlyPart(readRecords([prompt(1, 'a', { gitBranch: 'HEAD' })]))).not.toHaveProperty('gitBranch');
    expect(onlyPart(readRecords([prompt(1, 'a'), prompt(2, 'b', { gitBranch: '' })])).gitBranch).toBe('main');
  });

  it('counts git commits that succeeded', () => {
    const run = (command: string, error: boolean) => onlyPart(readRecords([answer(1, { content: [toolUse('t', 'Bash', { command })] }), result(2, 't', {}, { error })])).commits ?? 0;
    expect([run('git commit -m x', false), run('git add . && git -C sub -c a=b commit --amend', false), run('git commit -m x', true), run('git log --grep commit', false), run('git commit --dry-run', false), run('ls; cd x; A=b git commit', false)]).toEqual([1, 1, 0, 0, 0, 1]);
  });

  it('counts the sub-agents of Task and Agent calls, and the files of a workflow, which has no such calls', () => {
    expect(onlyPart(readRecords([answer(1, { content: [toolUse('a', 'Task'), toolUse('b', 'Agent'), toolUse('c', 'Workflow')] })])).subagents).toBe(2);
    const rows = [answer(1, {}, { isSidechain: true, agentId: 'w' }), answer(2, { id: 'm2' }, { isSidechain: true, agentId: 'w' })];
    expect(onlyPart(readRecords(rows, { as: `-work/${aSessionId}/subagents/workflows/wf_1/agent-w.jsonl`, cuts: [700] })).subagents).toBe(1);
    expect(onlyPart(readRecords(rows, { as: `-work/${aSessionId}/subagents/agent-w.jsonl` }))).not.toHaveProperty('subagents');
  });

  it('a notebook edit is an edit', () => {
    expect(onlyPart(readRecords([answer(1, { content: [toolUse('n', 'NotebookEdit')] }), result(2, 'n', { notebook_path: '/work/a.ipynb', new_source: 'x', edit_mode: 'replace' })]))).toMatchObject({ filesEdited: 1 });
  });
});

describe('claude: places', () => {
  it.each([
    [`-work/${aSessionId}.jsonl`, true],
    ['-work/agent-1a2b3c4d.jsonl', true],
    [`-work/${aSessionId}/subagents/agent-a1.jsonl`, true],
    [`-work/${aSessionId}/subagents/workflows/wf_1/agent-a1.jsonl`, true],
    [`-work/${aSessionId}/subagents/agent-a1.meta.json`, false],
    [`-work/${aSessionId}/tool-results/x.jsonl`, false],
    ['-work/sessions-index.json', false],
    ['loose.jsonl', false],
  ])('claims %s: %s', (path, claimed) => {
    expect(claude.claim(path, { path: '/home/ada/.claude/projects', depth: 5 }) !== undefined).toBe(claimed);
    expect(claude.claim(`a/b/projects/${path}`, { path: '/x', depth: 14, kind: 'desktop' }) !== undefined).toBe(claimed);
  });

  it('[T31] looks in every configuration: named ones, the usual ones, profiles, and those of Claude Desktop', () => {
    const home = mkdtempSync(join(tmpdir(), 'watchroom-home-'));
    try {
      for (const folder of ['.claude-work/projects', '.claude-work/sessions', '.claude-backup/projects', 'AppData/Local/Packages/Claude_1abc']) mkdirSync(join(home, folder), { recursive: true });
      const paths = (platform: 'linux' | 'darwin' | 'win32', env: Record<string, string> = {}) => claude.roots({ platform, home, env }).map((place) => place.path.replace(home, '~').replaceAll('\\', '/'));
      expect(paths('linux', { CLAUDE_CONFIG_DIR: '/a, ~/b', XDG_CONFIG_HOME: '/xdg' })).toEqual(['/a/projects', '~/b/projects', '~/.claude/projects', '/xdg/claude/projects', '~/.config/claude/projects', '~/.claude-work/projects', '/xdg/Claude/local-agent-mode-sessions']);
      expect(paths('darwin').at(-1)).toBe('~/Library/Application Support/Claude/local-agent-mode-sessions');
      expect(claude.roots({ platform: 'win32', home: 'C:\\Users\\ada', env: { APPDATA: 'D:\\Roaming' } }).map((place) => place.path)).toEqual(['C:\\Users\\ada\\.claude\\projects', 'C:\\Users\\ada\\.config\\claude\\projects', 'D:\\Roaming\\Claude\\local-agent-mode-sessions']);
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('tolerates a home that is not there', () => {
    expect(claude.roots(aMachine('/nowhere/at/all')).length).toBe(3);
    expect(claude.live!(aMachine('/nowhere/at/all'))).toEqual([]);
  });

  it('[T32] reads what running processes say of themselves, and no leftovers', () => {
    const home = mkdtempSync(join(tmpdir(), 'watchroom-home-'));
    try {
      const sessions = join(home, '.claude', 'sessions');
      mkdirSync(sessions, { recursive: true });
      const write = (name: string, record: unknown) => writeFileSync(join(sessions, name), typeof record === 'string' ? record : JSON.stringify(record));
      write('100.json', { pid: 100, sessionId: 's1', cwd: '/work', startedAt: 1_770_000_000_000, procStart: '12345', status: 'busy', updatedAt: 1 });
      write('101.json', { pid: 101, sessionId: 's2', status: 'waiting', waitingFor: 'permission' });
      write('102.json', { pid: 102, sessionId: 's3', status: 'idle', waitingFor: 'old' });
      write('103.json', { pid: 999, sessionId: 'other pid' });
      write('104.json', { pid: 104, sessionId: 's5', spare: true });
      write('105.json', '{"pid":10');
      write('pid-106.json', { session_id: 'legacy' });
      expect(claude.live!(aMachine(home)).map(({ writtenAt, ...claim }) => ({ ...claim, dated: writtenAt !== undefined }))).toEqual([
        { tool: 'claude', pid: 100, nativeId: 's1', cwd: '/work', startedAt: 1_770_000_000_000, startTicks: '12345', status: 'working', dated: true },
        { tool: 'claude', pid: 101, nativeId: 's2', status: 'waiting', waitingFor: 'permission', dated: true },
        { tool: 'claude', pid: 102, nativeId: 's3', status: 'idle', dated: true },
      ]);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
