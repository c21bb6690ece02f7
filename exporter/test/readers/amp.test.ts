import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { amp } from '../../src/readers/amp.ts';
import type { Findings } from '../../src/readers/book.ts';
import type { Part } from '../../src/session/part.ts';
import { countSync } from '../../src/tokens/count.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const root = fileURLToPath(new URL('../fixtures/amp/threads', import.meta.url));
const thread = 'T-5b7e1f00-1111-4222-8333-00000000c0de';
const withLedger = 'T-5b7e1f00-2222-4222-8333-00000000c0de';
const fixture = { root, path: join(root, `${thread}.json`), sessions: [thread] };
const ledgerFixture = { root, path: join(root, `${withLedger}.json`), sessions: [withLedger] };

readerContract(amp, fixture);
readerContract(amp, ledgerFixture);

const homes: string[] = [];
afterAll(() => homes.forEach((home) => rmSync(home, { recursive: true })));
const readThread = (document: unknown): Findings => {
  const home = mkdtempSync(join(tmpdir(), 'watchroom-amp-'));
  homes.push(home);
  writeFileSync(join(home, 'T-1.json'), typeof document === 'string' ? document : JSON.stringify(document));
  return readFile(amp, { root: home, path: join(home, 'T-1.json') });
};
const onlyPart = ({ parts }: Findings): Part => {
  expect(parts).toHaveLength(1);
  return parts[0]!;
};
const at = (seconds: number): number => Date.UTC(2026, 2, 2, 8) + seconds * 1000;

describe('amp: a whole thread', () => {
  const findings = readFile(amp, fixture);
  const part = onlyPart(findings);

  it('counts the messages’ three disjoint inputs and their output', () => {
    expect(usageOf(findings)).toEqual({ input: 10 + 20 + 5 + 800, cache_creation_5m: 9000 + 500, cache_read: 2000 + 11_000 + 11_500 + 10_000, output: 400 + 300 + 100 + 50 });
    expect(callsOf(findings).map((call) => [call.message, call.model])).toEqual([[`${thread}:1`, 'claude-sonnet-4-5'], [`${thread}:3`, 'claude-sonnet-4-5'], [`${thread}:5`, 'claude-sonnet-4-5'], [`${thread}:7`, 'gpt-5.4']]);
  });

  it('tells what happened', () => {
    expect(part).toMatchObject({
      role: 'main', title: 'Basket', cwd: '/home/ada/work/shop', gitBranch: 'feat/basket', model: 'gpt-5.4', startedAt: at(0),
      messages: { user: 2, assistant: 4 }, turns: 2, filesEdited: 2, linesAdded: 4, linesRemoved: 1,
      toolCalls: { Read: 1, edit_file: 1, create_file: 1, Bash: 1, 'mcp:tracker': 1 }, toolErrors: { Bash: 1 }, errors: { permission_denied: 1 },
      context: { used: 10_800, limit: 272_000, at: at(63) }, present: { turnOpen: true, pendingTools: [{ id: 'toolu_5', name: 'mcp:tracker' }] },
    });
    expect(part.files).toMatchObject({ '/home/ada/work/shop/src/basket.ts': { reads: 1, edits: 1 }, '/home/ada/work/shop/src/new.ts': { created: true, linesAdded: 2 } });
    expect(part.durations?.turns?.sum).toBe(13);
  });
});

describe('amp: usage', () => {
  it('comes from the usageLedger where there is one, with the caches of the message a call ended in', () => {
    const findings = readFile(amp, ledgerFixture);
    expect(usageOf(findings)).toEqual({ input: 7 + 900, cache_creation_5m: 3000, cache_read: 1000, output: 350 + 20 });
    expect(callsOf(findings).map((call) => call.message)).toEqual([`${withLedger}:1`, `${withLedger}:e2`]);
    expect(requestsOf(findings)).toBe(2);
  });

  it('of a ledger that counts the whole input side is made disjoint', () => {
    const document = { id: 'T-1', created: at(0), messages: [{ role: 'assistant', messageId: 1, content: [], usage: { inputTokens: 7, cacheReadInputTokens: 1000, totalInputTokens: 1007 } }], usageLedger: { events: [{ timestamp: '2026-03-02T08:00:05Z', tokens: { input: 1007, output: 3 }, toMessageId: 1 }] } };
    expect(usageOf(readThread(document))).toEqual({ input: 7, cache_read: 1000, output: 3 });
  });

  it('of two calls that ended in one message is counted twice', () => {
    const event = { timestamp: '2026-03-02T08:00:05Z', tokens: { input: 5, output: 3 }, toMessageId: 1 };
    expect(usageOf(readThread({ id: 'T-1', created: at(0), messages: [], usageLedger: { events: [event, event] } }))).toEqual({ input: 10, output: 6 });
  });

  it('without a model or a time is counted, the model unknown, at the thread’s start', () => {
    expect(callsOf(readThread({ id: 'T-1', created: at(0), messages: [{ role: 'assistant', messageId: 1, content: [], usage: { inputTokens: 5, outputTokens: 6 } }] }))).toMatchObject([{ model: undefined, at: at(0), usage: { input: 5, output: 6 } }]);
  });

  it('[T29] is estimated where a thread reports none, apart from what is reported', () => {
    const findings = readThread({ id: 'T-1', created: at(0), messages: [{ role: 'user', content: [{ type: 'text', text: 'hello there' }] }, { role: 'assistant', content: [{ type: 'text', text: 'good morning' }] }] });
    expect(findings.calls).toEqual([]);
    expect(onlyPart(findings).estimatedTokens).toEqual({ input: countSync('hello there'), output: countSync('good morning') });
    expect(onlyPart(readFile(amp, fixture))).not.toHaveProperty('estimatedTokens');
  });
});

describe('amp: the present', () => {
  const asked = { role: 'assistant', messageId: 1, content: [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }], meta: { sentAt: at(1) } };
  const run = (status: string): object => ({ id: 'T-1', messages: [asked, { role: 'user', content: [{ type: 'tool_result', toolUseID: 't', run: { status } }] }] });

  it('a call that waits for the human, runs, failed or was stopped', () => {
    expect(onlyPart(readThread(run('blocked-on-user'))).present).toMatchObject({ waitingFor: 'permission', pendingTools: [{ id: 't' }] });
    expect(onlyPart(readThread(run('in-progress'))).present.pendingTools).toHaveLength(1);
    expect(onlyPart(readThread(run('error'))).errors).toEqual({ tool: 1 });
    expect(onlyPart(readThread(run('cancelled'))).errors).toEqual({ interrupted: 1 });
  });

  it('a document that is no thread is counted', () => {
    expect(readThread('[').parseErrors).toEqual({ bad_json: 1 });
    expect(readThread({ id: 'T-1' }).parseErrors).toEqual({ bad_shape: 1 });
    expect(readThread({ id: 'T-1', messages: [{ role: 'brand_new' }] }).unknownRecords).toBe(1);
  });
});

describe('amp: where threads lie', () => {
  it('in every folder of $AMP_DATA_DIR, else in the data folder', () => {
    const rootsOf = (env: Record<string, string>): string[] => amp.roots({ platform: 'linux', home: '/home/ada', env }).map((one) => one.path);
    expect(rootsOf({})).toEqual(['/home/ada/.local/share/amp/threads']);
    expect(rootsOf({ XDG_DATA_HOME: '/data' })).toEqual(['/data/amp/threads']);
    expect(rootsOf({ AMP_DATA_DIR: '/a, /b' })).toEqual(['/a/threads', '/b/threads']);
    expect(amp.roots(aMachine('C:\\Users\\ada', 'win32'))[0]!.path).toBe('C:\\Users\\ada\\.local\\share\\amp\\threads');
    expect(amp.claim('settings.json', { path: '/', depth: 0 })).toBeUndefined();
  });
});
