import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOfUri } from '../../src/readers/places/editor-folders.ts';
import { vscodeCopilot } from '../../src/readers/vscode-copilot.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const root = fileURLToPath(new URL('../fixtures/vscode-copilot', import.meta.url));
const logged = { root, path: join(root, 'workspaceStorage/a1b2/chatSessions/22222222-0000-4000-8000-000000000001.jsonl'), sessions: ['22222222-0000-4000-8000-000000000001'] };
const snapshot = { root, path: join(root, 'globalStorage/emptyWindowChatSessions/22222222-0000-4000-8000-000000000002.json'), sessions: ['22222222-0000-4000-8000-000000000002'] };

readerContract(vscodeCopilot, logged);
readerContract(vscodeCopilot, snapshot);

const folder = mkdtempSync(join(tmpdir(), 'watchroom-vscode-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (relative: string, content: string) => {
  const path = join(folder, relative);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return readFile(vscodeCopilot, { path, root: folder });
};
const lines = (...records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const chat = (requests: readonly object[], more: object = {}) => ({ kind: 0, v: { sessionId: 's', creationDate: 1780304400000, requests, ...more } });
const inLog = (...records: readonly object[]) => read('workspaceStorage/w/chatSessions/s.jsonl', lines(...records));

describe('vscode-copilot: a log of mutations', () => {
  it('is replayed: sets, appended lists, and a list cut off at an index', () => {
    const findings = readFile(vscodeCopilot, logged);
    expect(findings.records).toBe(10);
    expect(findings.parts[0]).toMatchObject({
      cwd: '/home/ada/my garden', title: 'Faster parser', toolVersion: '0.47.1', model: 'copilot/auto', copyRank: 2,
      messages: { user: 3, assistant: 2 }, turns: 3, startedAt: 1780304400000, lastActivityAt: 1780304451000, present: { turnOpen: false, pendingTools: [] },
    });
    expect(findings.parts[0]!.durations!.turns!.sum).toBe(20 + 5 + 1);
  });

  it('[T29] counts the tokens that are told: the prompt where it stands, and output alone where only completionTokens stands', () => {
    expect(callsOf(readFile(vscodeCopilot, logged)).map(({ message, model, usage }) => [message, model, usage])).toEqual([
      ['request_1', 'copilot/claude-haiku-4.5', { input: 26_000, output: 190 }],
      ['request_2', 'gpt-5-mini', { output: 40 }],
    ]);
    expect(readFile(vscodeCopilot, logged).parts[0]!.context).toMatchObject({ used: 26_000 });
  });

  it('counts tools by the names of the rounds, denials, failures by kind, and the lines of its edits', () => {
    expect(readFile(vscodeCopilot, logged).parts[0]).toMatchObject({
      toolCalls: { read_file: 1, run_in_terminal: 1 }, errors: { permission_denied: 1, rate_limit: 1, interrupted: 1 },
      // two lines for line 3, one inserted at line 9
      filesEdited: 1, linesAdded: 3, linesRemoved: 1, files: { '/home/ada/my garden/parser.ts': { reads: 1, edits: 1 } },
    });
  });

  it('is working while a request is pending, and waits while it needs input', () => {
    const request = (value: number) => ({ requestId: 'r', timestamp: 1780304410000, message: {}, modelState: { value } });
    expect(inLog(chat([request(0)])).parts[0]!.present).toMatchObject({ turnOpen: true });
    expect(inLog(chat([request(4)])).parts[0]!.present).toMatchObject({ turnOpen: true, waitingFor: 'input' });
    expect(inLog(chat([request(1)])).parts[0]!.present).toMatchObject({ turnOpen: false });
  });

  it('waits for the rest of a half-written last line, and counts lines that lead nowhere', () => {
    const whole = lines(chat([{ requestId: 'r', timestamp: 1780304410000 }]));
    expect(read('workspaceStorage/w/chatSessions/half.jsonl', `${whole}{"kind":1,"k":["requ`).parseErrors).toEqual({});
    expect(read('workspaceStorage/w/chatSessions/broken.jsonl', `{"kind":1,"k"\n${whole}`).parseErrors).toEqual({ bad_json: 1 });
    const nowhere = [['requests', 7, 'x'], ['nothing', 'here'], ['__proto__', 'polluted'], ['requests', 1e9], []].map((k) => ({ kind: 1, k, v: 1 }));
    expect(inLog(chat([{ requestId: 'r', timestamp: 1780304410000 }]), ...nowhere, { kind: 2, k: ['sessionId'], v: [1] }, { kind: 9 })).toMatchObject({ parseErrors: { bad_shape: 6 }, unknownRecords: 1 });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('is no session before something was asked', () => {
    expect(inLog(chat([])).parts).toEqual([]);
  });
});

describe('vscode-copilot: a snapshot', () => {
  it('tells the same, with the older marks of an end', () => {
    const findings = readFile(vscodeCopilot, snapshot);
    expect(usageOf(findings)).toEqual({ input: 1200, output: 80 });
    expect(requestsOf(findings)).toBe(1);
    expect(findings.parts[0]).toMatchObject({
      toolVersion: '0.25.0', copyRank: 1, messages: { user: 2, assistant: 1 }, turns: 2, toolCalls: { copilot_findFiles: 1 }, errors: { interrupted: 1 }, context: { used: 1200 },
      lastActivityAt: 1780304420000, present: { turnOpen: false },
    });
    expect(findings.parts[0]!.cwd).toBeUndefined();
  });

  it.each([
    ['on the request', { promptTokens: 10, outputTokens: 2 }],
    ['in its usage', { usage: { promptTokens: 10, completionTokens: 2 } }],
    ['in the usage of the result', { result: { usage: { promptTokens: 10, completionTokens: 2 } } }],
    ['in the metadata of the result', { result: { metadata: { promptTokens: 10, outputTokens: 2 } } }],
  ])('finds tokens %s', (_place, fields) => {
    expect(usageOf(inLog(chat([{ requestId: 'r', timestamp: 1780304410000, ...fields }])))).toEqual({ input: 10, output: 2 });
  });
});

describe('vscode-copilot: where it looks', () => {
  it('names the project of a workspace of several folders, which has no folder of its own', () => {
    mkdirSync(join(folder, 'workspaceStorage/several'), { recursive: true });
    writeFileSync(join(folder, 'workspaceStorage/several/workspace.json'), '{"workspace":"file:///home/ada/orchard.code-workspace"}');
    const [part] = read('workspaceStorage/several/chatSessions/s.jsonl', lines(chat([{ requestId: 'r', timestamp: 1780304410000 }]))).parts;
    expect(part).toMatchObject({ project: 'orchard' });
    expect(part!.cwd).toBeUndefined();
  });

  it.each([
    ['file:///home/ada/my%20garden', '/home/ada/my garden'], ['file:///c%3A/Users/ada/garden', 'c:\\Users\\ada\\garden'],
    ['vscode-remote://wsl%2Bubuntu/home/ada/garden/', '/home/ada/garden'], ['not a uri', undefined], ['file:///', undefined], ['file:///%ff', undefined],
  ])('reads the folder URI %s as %s', (uri, path) => expect(folderOfUri(uri)).toBe(path));

  it('looks where Code, Insiders and VSCodium keep it on each system, and in the remote server', () => {
    const paths = (platform: 'linux' | 'darwin' | 'win32', home: string) => vscodeCopilot.roots(aMachine(home, platform)).map((place) => place.path);
    expect(paths('linux', '/home/ada')).toEqual(expect.arrayContaining(['/home/ada/.config/Code/User', '/home/ada/.config/Code - Insiders/User', '/home/ada/.config/VSCodium/User', '/home/ada/.vscode-server/data/User']));
    expect(paths('darwin', '/Users/ada')[0]).toBe('/Users/ada/Library/Application Support/Code/User');
    expect(paths('win32', 'C:\\Users\\ada')[0]).toBe('C:\\Users\\ada\\AppData\\Roaming\\Code\\User');
  });

  it('enters the folders of chats only, never the debug logs and transcripts that tell the same turns again', () => {
    const open = ['workspaceStorage', 'workspaceStorage/a', 'workspaceStorage/a/chatSessions', 'globalStorage', 'globalStorage/emptyWindowChatSessions'];
    const shut = ['History', 'workspaceStorage/a/GitHub.copilot-chat', 'workspaceStorage/a/GitHub.copilot-chat/transcripts', 'globalStorage/github.copilot-chat'];
    expect(open.filter((path) => vscodeCopilot.skips!(path))).toEqual([]);
    expect(shut.filter((path) => !vscodeCopilot.skips!(path))).toEqual([]);
    expect(vscodeCopilot.claim('workspaceStorage/a/GitHub.copilot-chat/transcripts/s.jsonl', { path: root, depth: 9 })).toBeUndefined();
  });
});

const samples = fileURLToPath(new URL('../../../../shared/samples/vscode-copilot/siropkin+budi', import.meta.url));

(existsSync(samples) ? describe : describe.skip)('vscode-copilot: the sample chats beside the repository (skipped where ../shared is absent)', () => {
  const sample = (name: string) => readFile(vscodeCopilot, { path: join(samples, name), root: samples, as: `workspaceStorage/x/chatSessions/${name}` });

  it('vscode_chat_0_47_0: output by hand, as each request tells its completionTokens; no prompt size is told', () => {
    // requests 2 to 9 (the first was cancelled unanswered): 65 | 109 | 115 117 214 | 89 | 257 | 39, the last set by a later line
    const findings = sample('vscode_chat_0_47_0.jsonl');
    expect(usageOf(findings)).toEqual({ output: 65 + 109 + 115 + 117 + 214 + 89 + 257 + 39 });
    expect(requestsOf(findings)).toBe(8);
    expect(findings.parts[0]).toMatchObject({ messages: { user: 9, assistant: 8 }, toolCalls: { replace_string_in_file: 1, read_file: 1 }, errors: { interrupted: 1 }, present: { turnOpen: false } });
    expect(findings.unknownRecords).toBe(1); // the comment that its authors put on line 1
  });

  it('vscode_chat_0_47_0_streaming: the same log before its last request was answered', () => {
    const findings = sample('vscode_chat_0_47_0_streaming.jsonl');
    expect(usageOf(findings)).toEqual({ output: 65 + 109 + 115 + 117 + 214 + 89 + 257 });
    expect(findings.parts[0]).toMatchObject({ messages: { user: 9, assistant: 7 }, present: { turnOpen: true } });
  });

  it('vscode_chat_0_47_0_v5: one request, 26412 in and 191 out', () => {
    const findings = sample('vscode_chat_0_47_0_v5.jsonl');
    expect(usageOf(findings)).toEqual({ input: 26_412, output: 191 });
    expect(findings.parts[0]).toMatchObject({ nativeId: 'd88dcb3c-e25a-4a3a-a78c-65f6fff39273', title: 'Sanitized title', model: 'copilot/claude-haiku-4.5', context: { used: 26_412 } });
  });
});
