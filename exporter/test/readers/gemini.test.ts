import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gemini } from '../../src/readers/gemini.ts';
import { addUsage } from '../../src/session/usage.ts';
import type { Usage } from '../../src/session/usage.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const fixtures = fileURLToPath(new URL('../fixtures/gemini/tmp', import.meta.url));
const session = '11111111-aaaa-4bbb-8ccc-000000000001';
const fixture = { path: join(fixtures, 'garden/chats/session-2026-06-01T09-00-11111111.jsonl'), root: fixtures, sessions: [session] };

readerContract(gemini, fixture);

describe('gemini: what is counted', () => {
  it('[T19] counts a message that is appended again once, with the last report: cached tokens leave input, thoughts join output', () => {
    const findings = readFile(gemini, fixture);
    // g1: 11000−4000+5, g2: 12000−11000, g3: 13000−12000 | 50+200, 60, 30+10
    expect(usageOf(findings)).toEqual({ input: 7005 + 1000 + 1000, cache_read: 4000 + 11000 + 12000, output: 250 + 60 + 40, reasoning: 210 });
    expect(requestsOf(findings)).toBe(3);
    expect(callsOf(findings).map((call) => call.message)).toEqual([`${session}:g1`, `${session}:g2`, `${session}:g3`]);
  });

  it('counts prompts as turns, but not what the tool injected or a tool answered', () => {
    const [part] = readFile(gemini, fixture).parts;
    expect(part).toMatchObject({ messages: { user: 5, assistant: 3, system: 2 }, turns: 2, context: { used: 13_000 }, model: 'gemini-3.5-pro' });
    expect(part!.durations?.turns?.sum).toBe(50); // 09:00:10 → 09:01:00, known when the next turn begins
  });

  it('counts tools once, with their failures by kind and the files they changed', () => {
    const [part] = readFile(gemini, fixture).parts;
    expect(part).toMatchObject({
      toolCalls: { read_file: 1, replace: 1, run_shell_command: 2 },
      toolErrors: { run_shell_command: 2 },
      errors: { tool: 1, permission_denied: 1, rate_limit: 1, interrupted: 1 },
      filesEdited: 1, linesAdded: 8, linesRemoved: 3,
      files: { 'src/parser.ts': { reads: 1, edits: 1, linesAdded: 8, linesRemoved: 3, created: false } },
      present: { turnOpen: false, pendingTools: [], lastWasError: true },
    });
  });

  it('is working while a prompt has no answer or a tool has no result', () => {
    const asked = { id: 'u1', timestamp: '2026-06-01T09:00:10Z', type: 'user', content: 'go' };
    const answered = { id: 'g1', timestamp: '2026-06-01T09:00:20Z', type: 'gemini', content: '', tokens: { input: 5, output: 1 }, model: 'm' };
    const running = { ...answered, toolCalls: [{ id: 't1', name: 'run_shell_command', args: {}, status: 'executing' }] };
    expect(reading([asked]).present.turnOpen).toBe(true);
    expect(reading([asked, answered]).present.turnOpen).toBe(false);
    expect(reading([asked, answered, running]).present).toMatchObject({ turnOpen: true, pendingTools: [{ name: 'run_shell_command' }] });
  });
});

describe('gemini: a conversation that is changed', () => {
  const asked = { id: 'u1', timestamp: '2026-06-01T09:00:10Z', type: 'user', content: 'go' };
  const answer = (id: string, input: number) => ({ id, timestamp: '2026-06-01T09:00:20Z', type: 'gemini', content: '', tokens: { input, output: 1, cached: 0, thoughts: 0, tool: 0 }, model: 'm' });

  it('[T19] keeps a rewound request billed and takes the context back to what remains', () => {
    const part = reading([asked, answer('g1', 1000), { ...asked, id: 'u2' }, answer('g2', 2000), { $rewindTo: 'u2' }]);
    expect(part.context).toMatchObject({ used: 1000 });
    expect(part.messages).toEqual({ user: 2, assistant: 2 });
    expect(reading([asked, answer('g1', 1000), { $rewindTo: 'never seen' }]).context).toBeUndefined();
  });

  it('sees a compression as one, whether by its checkpoint, by the smaller prompt after it, or by both', () => {
    expect(reading([asked, answer('g1', 90_000), answer('g2', 30_000)]).compactions).toBe(1);
    const checkpoint = { $set: { messages: [asked], lastUpdated: '2026-06-01T09:00:30Z' } };
    expect(reading([asked, answer('g1', 90_000), checkpoint]).compactions).toBe(1);
    expect(reading([asked, answer('g1', 90_000), checkpoint, answer('g2', 30_000)]).compactions).toBe(1);
  });

  it('does not take a small step back, a short session or a repeated checkpoint for a compression', () => {
    expect(reading([asked, answer('g1', 90_000), answer('g2', 80_000)]).compactions).toBeUndefined();
    expect(reading([asked, answer('g1', 9000), answer('g2', 1000)]).compactions).toBeUndefined();
    expect(reading([asked, answer('g1', 90_000), { $set: { messages: [asked, answer('g1', 90_000)] } }]).compactions).toBeUndefined();
  });
});

describe('gemini: where a session belongs', () => {
  let home: string;
  beforeAll(() => { home = mkdtempSync(join(tmpdir(), 'watchroom-gemini-')); });
  afterAll(() => rmSync(home, { recursive: true }));

  const read = (relative: string, records: readonly object[]) => {
    const root = join(home, '.gemini/tmp');
    const path = join(root, relative);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, relative.endsWith('.json') ? JSON.stringify(records[0]) : records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    return readFile(gemini, { path, root, machine: aMachine(home) });
  };
  const about = { sessionId: 's1', projectHash: 'x', startTime: '2026-06-01T09:00:00Z', kind: 'main' };

  it('takes the folder from .project_root, from projects.json, or from the hash of a known path', () => {
    const path = '/home/ada/garden';
    mkdirSync(join(home, '.gemini/tmp/marked'), { recursive: true });
    writeFileSync(join(home, '.gemini/tmp/marked/.project_root'), `${path}\n`);
    writeFileSync(join(home, '.gemini/projects.json'), JSON.stringify({ projects: { '/home/ada/shed': 'shed' } }));
    const hash = createHash('sha256').update('/home/ada/shed').digest('hex');
    expect(read('marked/chats/session-a.jsonl', [about]).parts[0]!.cwd).toBe(path);
    expect(read('shed/chats/session-a.jsonl', [about]).parts[0]!.cwd).toBe('/home/ada/shed');
    expect(read(`${hash}/chats/session-a.jsonl`, [{ ...about, projectHash: hash }]).parts[0]!.cwd).toBe('/home/ada/shed');
    expect(read('unknown/chats/session-a.jsonl', [about]).parts[0]!.cwd).toBeUndefined();
  });

  it('bills a sub-agent to the session whose folder it lies in', () => {
    const [part] = read('shed/chats/s1/s2.jsonl', [{ ...about, sessionId: 's2', kind: 'subagent' }]).parts;
    expect(part).toMatchObject({ nativeId: 's2', role: 'subagent', parentId: 's1' });
  });

  it('[T19] gives both generations of a resumed session one identity per call and a rank, so that it counts once', () => {
    const message = { id: 'g1', timestamp: '2026-06-01T09:00:20Z', type: 'gemini', content: '', tokens: { input: 5, output: 1 }, model: 'm' };
    const old = read('shed/chats/session-a.json', [{ ...about, messages: [message] }]);
    const migrated = read('shed/chats/session-a.jsonl', [about, message]);
    expect(callsOf(old)[0]!.message).toBe(callsOf(migrated)[0]!.message);
    expect([old.parts[0]!.copyRank, migrated.parts[0]!.copyRank]).toEqual([1, 2]);
  });

  it('looks below GEMINI_CLI_HOME when it is set, on every system', () => {
    expect(gemini.roots({ ...aMachine('/home/ada'), env: { GEMINI_CLI_HOME: '/srv/g' } })[0]!.path).toBe('/srv/g/.gemini/tmp');
    expect(gemini.roots(aMachine('C:\\Users\\ada', 'win32'))[0]!.path).toBe('C:\\Users\\ada\\.gemini\\tmp');
  });

  it('claims chats only and enters nothing else', () => {
    const root = gemini.roots(aMachine())[0]!;
    expect(gemini.claim('p/logs.json', root)).toBeUndefined();
    expect(gemini.claim('p/chats/session-1.json', root)?.kind).toBe('document');
    expect(['p', 'p/chats', 'p/chats/s1', 'p/checkpoints', 'p/chats/s1/x'].map((path) => gemini.skips!(path))).toEqual([false, false, false, true, true]);
  });
});

const samples = fileURLToPath(new URL('../../../../shared/samples', import.meta.url));
const expected = existsSync(samples) ? readFileSync(join(samples, 'expected.jsonl'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((row) => row.tool === 'gemini') : [];

(expected.length ? describe : describe.skip)('gemini: the sample transcripts beside the repository (skipped where ../shared is absent)', () => {
  it('covers every expected row', () => expect(expected).toHaveLength(26));

  for (const row of expected) it(row.file, () => {
    const findings = readFile(gemini, { path: join(samples, row.file), root: samples, as: `project/chats/${row.file.split('/').at(-1)}` });
    // Some recordings hold an earlier session too; the row covers the one it names.
    const calls = callsOf(findings).filter((call) => call.message.startsWith(`${row.sessionId}:`));
    const usage = calls.reduce((sum, call) => addUsage(sum, call.usage), {} as Usage);
    const part = findings.parts.find(({ nativeId }) => nativeId === row.sessionId);
    const sum = (counts: Readonly<Record<string, number | undefined>>): number => Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
    expect({
      sessionId: part!.nativeId, start: part!.startedAt, last: part!.lastActivityAt,
      input: (usage.input ?? 0) + (usage.cache_read ?? 0), output: usage.output ?? 0, cached: usage.cache_read ?? 0, thoughts: usage.reasoning ?? 0,
      calls: calls.length, tools: sum(part!.toolCalls), failed: sum(part!.toolErrors),
      user: part!.messages.user ?? 0, assistant: part!.messages.assistant ?? 0, system: part!.messages.system ?? 0, errors: part!.errors.api ?? 0,
      context: part!.context?.used ?? null, files: part!.filesEdited ?? 0, added: part!.linesAdded ?? 0, removed: part!.linesRemoved ?? 0,
      unknown: findings.unknownRecords, broken: findings.parseErrors,
    }).toEqual({
      sessionId: row.sessionId, start: Date.parse(row.start), last: Date.parse(row.last),
      input: (row.tok_input ?? 0) + (row.tok_tool ?? 0), output: (row.tok_output ?? 0) + (row.tok_thoughts ?? 0), cached: row.tok_cached ?? 0, thoughts: row.tok_thoughts ?? 0,
      calls: row.calls ?? 0, tools: row.tools ?? 0, failed: (row.tools ?? 0) - (row.tool_success ?? 0),
      user: row.msg_user ?? 0, assistant: row.msg_gemini ?? 0, system: (row.msg_info ?? 0) + (row.msg_error ?? 0) + (row.msg_warning ?? 0), errors: row.msg_error ?? 0,
      context: row.context_tokens_last, files: row.files_edited, added: row.lines_added, removed: row.lines_removed,
      unknown: 0, broken: {},
    });
    const models = Map.groupBy(calls, (call) => call.model ?? 'null');
    if (row.calls) expect(Object.fromEntries([...models].map(([model, uses]) => [model, uses.length]))).toEqual(row.models);
  });
});

/** The account of a session with these records after its first line. */
const reading = (records: readonly object[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-gemini-'));
  const path = join(folder, 'session-x.jsonl');
  const about = { sessionId: 's1', projectHash: 'x', startTime: '2026-06-01T09:00:00Z', kind: 'main' };
  writeFileSync(path, [about, ...records].map((record) => `${JSON.stringify(record)}\n`).join(''));
  try {
    return readFile(gemini, { path, root: folder, as: 'p/chats/session-x.jsonl' }).parts[0]!;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
