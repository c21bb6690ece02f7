import { afterAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Book } from '../../src/readers/book.ts';
import type { Findings } from '../../src/readers/book.ts';
import { copilotCli } from '../../src/readers/copilot-cli.ts';
import type { Part } from '../../src/session/part.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const root = fileURLToPath(new URL('../fixtures/copilot-cli/session-state', import.meta.url));
const session = '7d0c5a3e-1b2f-4c6d-8e9a-00000000c0de';
const fixture = { root, rootKind: 'session-state', path: join(root, session, 'events.jsonl'), sessions: [session] };

readerContract(copilotCli, fixture);

const homes: string[] = [];
afterAll(() => homes.forEach((home) => rmSync(home, { recursive: true })));
const aHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'watchroom-copilot-'));
  homes.push(home);
  return home;
};
const write = (home: string, path: string, records: readonly object[]): string => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return join(home, path);
};
const readLog = (home: string, path: string): Findings => readFile(copilotCli, { path: join(home, path), root: join(home, path.split('/')[0]!), rootKind: path.split('/')[0]! });
const readRecords = (...records: object[]): Findings => {
  const home = aHome();
  write(home, 'session-state/s/events.jsonl', records);
  return readLog(home, 'session-state/s/events.jsonl');
};
const joined = (...all: readonly Findings[]): Findings => ({ ...all[0]!, calls: all.flatMap((findings) => findings.calls) });
const onlyPart = ({ parts }: Findings): Part => {
  expect(parts).toHaveLength(1);
  return parts[0]!;
};

const at = (seconds: number): string => new Date(Date.UTC(2026, 7, 3, 8) + seconds * 1000).toISOString();
let ids = 0;
const event = (seconds: number, type: string, data: object = {}, more: object = {}): object => ({ type, data, ...more, id: `e${(ids += 1)}`, timestamp: at(seconds), parentId: null });
const start = (seconds = 0, id = 's'): object => event(seconds, 'session.start', { sessionId: id, copilotVersion: '1.0.77', context: { cwd: '/w', branch: 'main' } });
const prompt = (seconds: number, data: object = {}): object => event(seconds, 'user.message', { content: 'go', ...data });
const answer = (seconds: number, outputTokens: number | undefined, data: object = {}): object =>
  event(seconds, 'assistant.message', { messageId: `m${seconds}`, apiCallId: `a${seconds}`, model: 'gpt-5-mini', content: 'ok', toolRequests: [], ...(outputTokens === undefined ? {} : { outputTokens }), ...data });
const shutdown = (seconds: number, models: Readonly<Record<string, readonly [requests: number, input: number, output: number, cacheRead: number]>>, data: object = {}): object =>
  event(seconds, 'session.shutdown', {
    modelMetrics: Object.fromEntries(Object.entries(models).map(([model, [count, inputTokens, outputTokens, cacheReadTokens]]) => [model, { requests: { count, cost: 0 }, usage: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: 0, reasoningTokens: 0 } }])),
    codeChanges: { linesAdded: 0, linesRemoved: 0, filesModified: [] }, currentTokens: 500, ...data,
  });

describe('copilot-cli: a whole session', () => {
  const findings = readFile(copilotCli, fixture);
  const part = onlyPart(findings);

  it('[T20] counts output by message, and input and caches from the report at shutdown, cache taken out of input', () => {
    expect(usageOf(findings)).toEqual({ input: 30_000 - 18_000 + 800 - 700, cache_read: 18_000, cache_creation_5m: 700, output: 210 + 40 + 30, reasoning: 64 });
    expect(requestsOf(findings)).toBe(5);
  });

  it('tells what happened', () => {
    expect(part).toMatchObject({
      role: 'main', cwd: '/home/ada/work/shop', gitBranch: 'feat/basket', title: 'Basket', toolVersion: '1.0.77', model: 'gpt-5-mini',
      messages: { user: 3, assistant: 5 }, turns: 2, compactions: 1, subagents: 1, commits: 1, filesEdited: 2, linesAdded: 5, linesRemoved: 1,
      toolCalls: { view: 1, edit: 1, create: 1, bash: 2, task: 1, 'mcp:tracker': 1 }, toolErrors: { 'mcp:tracker': 1 }, errors: { tool: 1 },
      context: { used: 9000, limit: 128_000 },
    });
    expect(part.files).toMatchObject({ '/home/ada/work/shop/src/basket.ts': { reads: 1, edits: 1, linesAdded: 2, linesRemoved: 1 }, '/home/ada/work/shop/src/new.ts': { created: true, linesAdded: 3 } });
    expect(part.durations?.turns?.sum).toBe(19); // from the prompt to the end of the answer that asked for no tools
  });

  it('was resumed after its end, and waits for a permission', () => {
    expect(part.present).toMatchObject({ turnOpen: true, waitingFor: 'permission', pendingTools: [{ id: 'c7', name: 'bash' }] });
    expect(part.present).not.toHaveProperty('endedAt');
  });
});

describe('copilot-cli: [T20] totals at shutdown', () => {
  it('are cumulative over the legs of a resumed session', () => {
    const findings = readRecords(start(), prompt(1), answer(2, 35), shutdown(3, { a: [1, 1000, 35, 400] }), event(60, 'session.resume'), prompt(61), answer(62, 88), shutdown(63, { a: [1, 1000, 35, 400], b: [1, 2000, 88, 0] }));
    expect(usageOf(findings)).toMatchObject({ input: 600 + 2000, cache_read: 400 });
    expect(callsOf(findings).filter((call) => call.message.includes(':shutdown:')).map((call) => [call.model, call.at])).toEqual([['a', Date.parse(at(3))], ['b', Date.parse(at(63))]]);
  });

  it('lower than before are a new counter', () => {
    expect(usageOf(readRecords(start(), answer(2, 100), shutdown(3, { 'gpt-5-mini': [1, 9000, 100, 0] }), answer(62, 50), shutdown(63, { 'gpt-5-mini': [1, 4000, 50, 0] })))).toMatchObject({ input: 13_000, output: 150 });
  });

  it('after a compaction are a new counter, unless the output shows that the old one goes on', () => {
    const compaction = event(61, 'session.compaction_complete', { success: true, postCompactionTokens: 100, tokenLimit: 128_000 });
    const first = [start(), answer(2, 100), shutdown(3, { 'gpt-5-mini': [1, 1000, 100, 0] }), answer(60, 30), compaction, answer(62, 120)];
    expect(usageOf(readRecords(...first, shutdown(63, { 'gpt-5-mini': [1, 2000, 120, 0] })))).toMatchObject({ input: 3000, output: 250 });
    expect(usageOf(readRecords(...first, shutdown(63, { 'gpt-5-mini': [3, 2000, 250, 0] })))).toMatchObject({ input: 2000, output: 250 });
  });

  it('are booked request by request, or the whole would be priced as one long request', () => {
    const findings = readRecords(start(), answer(2, 10), answer(3, 20), answer(4, 30), shutdown(5, { 'gpt-5-mini': [3, 1000, 60, 100] }));
    expect(callsOf(findings).filter((call) => call.requests === 0).map((call) => [call.usage.input, call.usage.cache_read])).toEqual([[300, 33], [300, 33], [300, 34]]);
  });

  it('add what no message told: output and requests of newer versions', () => {
    const findings = readRecords(start(), answer(2, undefined), answer(3, undefined), shutdown(4, { 'gpt-5-mini': [2, 1000, 300, 0] }));
    expect(usageOf(findings)).toMatchObject({ input: 1000, output: 300 });
    expect(requestsOf(findings)).toBe(2);
  });

  it('never take back what messages told (a rewind)', () => {
    expect(usageOf(readRecords(start(), answer(2, 185), shutdown(4, { 'gpt-5-mini': [1, 1000, 110, 0] })))).toMatchObject({ output: 185 });
  });

  it('set the changed lines, they do not add them', () => {
    const changes = (linesAdded: number, linesRemoved: number, ...filesModified: string[]): object => ({ codeChanges: { linesAdded, linesRemoved, filesModified } });
    expect(onlyPart(readRecords(start(), shutdown(3, {}, changes(10, 2, '/a')), shutdown(63, {}, changes(15, 2, '/a', '/b'))))).toMatchObject({ linesAdded: 15, linesRemoved: 2, filesEdited: 2 });
  });
});

const aStore = (home: string, rows: readonly (readonly [session: string, seconds: number, input: number | null, output: number, read: number, write: number])[]): string => {
  const path = join(home, 'session-store.db');
  const db = new Database(path);
  db.exec(`CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, cwd TEXT, repository TEXT, branch TEXT, summary TEXT, created_at TEXT);
    CREATE TABLE IF NOT EXISTS assistant_usage_events (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, turn_index INTEGER, model TEXT NOT NULL, input_tokens INTEGER, output_tokens INTEGER,
      cache_read_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER, initiator TEXT, total_nano_aiu INTEGER, created_at TEXT DEFAULT (datetime('now')));`);
  const insert = db.prepare('INSERT INTO assistant_usage_events (session_id, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, created_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?)');
  for (const [id, seconds, ...tokens] of rows) insert.run(id, 'gpt-5-mini', ...tokens, at(seconds).slice(0, 19).replace('T', ' '));
  db.prepare("INSERT OR IGNORE INTO sessions VALUES ('gone', '/w', 'ada/shop', 'main', 'CANARY_PROMPT', '2026-08-03 08:00:00')").run();
  db.close();
  return path;
};
const readStore = (path: string, memo: Record<string, unknown> = {}): Findings => {
  const format = copilotCli.claim('session-store.db', { path: dirname(path), depth: 0, kind: 'store' });
  if (format?.kind !== 'database') throw new Error('the store is not claimed as a database');
  const book = new Book('copilot-cli', { memo });
  format.read(path, book, { tool: 'copilot-cli', path, relative: 'session-store.db', root: { path: dirname(path), depth: 0, kind: 'store' }, machine: aMachine() });
  return book.take();
};

describe('copilot-cli: [T20] session-store.db', () => {
  it('gives input and caches as they happen, and nothing that the session’s messages tell', () => {
    const home = aHome();
    write(home, 'session-state/s/events.jsonl', [start(), answer(2, 40), answer(5, 60)]);
    const store = readStore(aStore(home, [['s', 2, 1000, 40, 700, 200], ['s', 5, 1100, 60, 900, 0]]));
    const all = joined(readLog(home, 'session-state/s/events.jsonl'), store);
    expect(usageOf(all)).toEqual({ input: 100 + 200, cache_read: 1600, cache_creation_5m: 200, output: 100, reasoning: 0 });
    expect(requestsOf(all)).toBe(2);
    expect(store.parts).toEqual([]);
  });

  it('leaves nothing for a shutdown to add, or only what it misses', () => {
    const home = aHome();
    aStore(home, [['s', 5, 1100, 60, 900, 0], ['s', 100, 7000, 1, 0, 0]]);
    write(home, 'session-state/s/events.jsonl', [start(), answer(2, 40), answer(5, 60), shutdown(9, { 'gpt-5-mini': [2, 2100, 100, 1600] })]);
    const log = readLog(home, 'session-state/s/events.jsonl');
    expect(usageOf(log)).toMatchObject({ input: 2100 - 1600 - 200, cache_read: 700, output: 100 });
    expect(usageOf(joined(log, readStore(join(home, 'session-store.db'))))).toMatchObject({ input: 500 + 7000, cache_read: 1600, output: 100 });
    expect(requestsOf(log)).toBe(2);
  });

  it('gives everything where messages tell no output, and a shutdown adds nothing', () => {
    const home = aHome();
    aStore(home, [['s', 2, 1000, 40, 0, 0], ['s', 5, 1100, 60, 900, 0]]);
    write(home, 'session-state/s/events.jsonl', [start(), answer(2, undefined), answer(5, undefined), shutdown(9, { 'gpt-5-mini': [2, 2100, 100, 900] })]);
    const all = joined(readLog(home, 'session-state/s/events.jsonl'), readStore(join(home, 'session-store.db')));
    expect(usageOf(all)).toMatchObject({ input: 1200, cache_read: 900, output: 100 });
    expect(requestsOf(all)).toBe(2);
  });

  it('waits with rows of a session whose log has no answer yet', () => {
    const home = aHome();
    write(home, 'session-state/s/events.jsonl', [start(), prompt(1)]);
    const path = aStore(home, [['gone', 1, 10, 1, 0, 0], ['s', 2, 1000, 40, 0, 0]]);
    const early = readStore(path);
    expect(early.calls.map(({ session: one }) => one)).toEqual(['copilot-cli/gone']);
    write(home, 'session-state/s/events.jsonl', [start(), prompt(1), answer(2, 40)]);
    const later = readStore(path, early.memo);
    expect(usageOf(later)).toEqual({ input: 1000, cache_read: 0, cache_creation_5m: 0, reasoning: 0 });
    expect(readStore(path, later.memo).calls).toEqual([]);
  });

  it('tells a session whose log is gone: use, folder and branch, never its summary', () => {
    const findings = readStore(aStore(aHome(), [['gone', 1, 10, 1, 4, 0]]));
    expect(onlyPart(findings)).toMatchObject({ nativeId: 'gone', cwd: '/w', gitBranch: 'main', model: 'gpt-5-mini', startedAt: Date.parse(at(1)) });
    expect(usageOf(findings)).toMatchObject({ input: 6, cache_read: 4, output: 1 });
    expect(JSON.stringify(findings)).not.toContain('CANARY');
  });

  it('without the table, or with rows that cannot be, has nothing to count', () => {
    const home = aHome();
    const db = new Database(join(home, 'session-store.db'));
    db.exec('CREATE TABLE turns (id INTEGER)');
    db.close();
    expect(readStore(join(home, 'session-store.db')).calls).toEqual([]);
    expect(readStore(aStore(aHome(), [['gone', 1, 10, 1, 40, 0]])).parseErrors).toEqual({ bad_shape: 1 });
  });
});

describe('copilot-cli: what happens in a session', () => {
  it('a recording of several sessions is split by session.start', () => {
    const findings = readRecords(start(0, 'one'), answer(1, 10), shutdown(2, { 'gpt-5-mini': [1, 100, 10, 0] }), start(3, 'two'), answer(4, 20), shutdown(5, { 'gpt-5-mini': [1, 300, 20, 0] }));
    expect(findings.parts.map((part) => part.nativeId)).toEqual(['one', 'two']);
    expect(usageOf(findings)).toMatchObject({ input: 400, output: 30 });
  });

  it('a file that holds its lines twice tells everything once', () => {
    const lines = [start(), prompt(1), answer(2, 10), shutdown(3, { 'gpt-5-mini': [1, 100, 10, 0] }), event(60, 'session.resume'), prompt(61), answer(62, 20), shutdown(63, { 'gpt-5-mini': [2, 300, 30, 0] })];
    const once = readRecords(...lines);
    for (const twice of [[...lines, ...lines], lines.flatMap((line) => [line, line])]) {
      const findings = readRecords(...twice);
      expect(findings.parts).toEqual(once.parts);
      expect(usageOf(findings)).toEqual(usageOf(once));
    }
  });

  it('turns are the human’s: not reminders, not autopilot going on, not orders to sub-agents', () => {
    const part = onlyPart(readRecords(start(), prompt(1), prompt(2, { source: 'system' }), prompt(3, { isAutopilotContinuation: true }), event(4, 'user.message', { source: 'agent-s' }, { agentId: 'c1' })));
    expect(part).toMatchObject({ turns: 1, messages: { user: 4 }, present: { turnOpen: true } });
  });

  it('a denied permission is the error of the call, or an error of its own when there is no call', () => {
    const asked = event(2, 'permission.requested', { requestId: 'p', permissionRequest: { kind: 'shell', toolCallId: 'c' } });
    const denied = event(3, 'permission.completed', { requestId: 'p', result: { kind: 'denied-interactively-by-user' } });
    const call = event(1, 'tool.execution_start', { toolCallId: 'c', toolName: 'bash', arguments: {} });
    const part = onlyPart(readRecords(start(), call, asked, denied, event(4, 'tool.execution_complete', { toolCallId: 'c', success: false })));
    expect(part).toMatchObject({ errors: { permission_denied: 1 }, toolErrors: { bash: 1 } });
    expect(part.present.waitingFor).toBeUndefined();
    expect(onlyPart(readRecords(start(), asked, denied)).errors).toEqual({ permission_denied: 1 });
  });

  it('errors have their kind, and end the turn', () => {
    const kinds = [{ errorType: 'rate_limit' }, { errorType: 'query', statusCode: 429 }, { errorType: 'query', statusCode: 529 }, { errorType: 'query' }];
    expect(onlyPart(readRecords(start(), prompt(1), ...kinds.map((data) => event(2, 'session.error', data))))).toMatchObject({ errors: { rate_limit: 2, overloaded: 1, api: 1 }, present: { turnOpen: false } });
    expect(onlyPart(readRecords(start(), prompt(1), event(2, 'abort', { reason: 'user_initiated' })))).toMatchObject({ errors: { interrupted: 1 }, present: { turnOpen: false } });
  });

  it('chunks of one answer are one message and one call', () => {
    const chunk = (index: number): object => answer(2, 50, { messageId: `m${index}`, apiCallId: 'a', chunkIndex: index, chunkCount: 2 });
    const findings = readRecords(start(), chunk(0), chunk(1), shutdown(3, { 'gpt-5-mini': [1, 100, 50, 0] }));
    expect(onlyPart(findings).messages).toEqual({ assistant: 1 });
    expect(usageOf(findings)).toMatchObject({ output: 50 });
    expect(requestsOf(findings)).toBe(1);
  });

  it('counts a record of a kind it does not know', () => {
    expect(readRecords(start(), event(1, 'session.brand_new')).unknownRecords).toBe(1);
  });
});

describe('copilot-cli: where sessions lie', () => {
  it('below $COPILOT_HOME, else ~/.copilot; a flat file of old is a session too', () => {
    expect(copilotCli.roots(aMachine('/home/ada')).map((one) => one.path)).toEqual(['/home/ada/.copilot', '/home/ada/.copilot/session-state', '/home/ada/.copilot/history-session-state']);
    expect(copilotCli.roots({ platform: 'linux', home: '/home/ada', env: { COPILOT_HOME: '/data/copilot' } })[0]!.path).toBe('/data/copilot');
    const home = aHome();
    write(home, 'session-state/flat.jsonl', [answer(1, 10)]);
    expect(onlyPart(readLog(home, 'session-state/flat.jsonl'))).toMatchObject({ nativeId: 'flat', copyRank: 2 });
    expect(copilotCli.claim('config.json', { path: '/', depth: 0, kind: 'store' })).toBeUndefined();
    expect(copilotCli.sidecarOf!('session-store.db-wal')).toBe('session-store.db');
    expect(copilotCli.sidecarOf!(`${session}/workspace.yaml`)).toBe(`${session}/events.jsonl`);
  });

  it('a lock says which process works on a session', () => {
    const home = aHome();
    cpSync(root, join(home, '.copilot/session-state'), { recursive: true });
    writeFileSync(join(home, '.copilot/session-state', session, 'inuse.4711.lock'), '4711');
    writeFileSync(join(home, '.copilot/session-state', session, 'inuse.x.lock'), '');
    expect(copilotCli.live!(aMachine(home))).toEqual([{ tool: 'copilot-cli', pid: 4711, nativeId: session, cwd: '/home/ada/work/shop', writtenAt: expect.any(Number) }]);
    expect(copilotCli.live!(aMachine(aHome()))).toEqual([]);
  });

  it('reads a workspace.yaml that is none as nothing', () => {
    const home = aHome();
    write(home, 'session-state/s/events.jsonl', [start(), answer(1, 10)]);
    for (const words of ['{', 'name: [1]', '- a', `id: other\nname: Other\n`]) {
      writeFileSync(join(home, 'session-state/s/workspace.yaml'), words);
      expect(onlyPart(readLog(home, 'session-state/s/events.jsonl'))).not.toHaveProperty('title');
    }
    expect(readFileSync(join(home, 'session-state/s/events.jsonl'), 'utf8')).toContain('session.start');
  });
});
