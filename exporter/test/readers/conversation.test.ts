import { afterAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ledger } from '../../src/ledger/ledger.ts';
import { conversationOf, conversations } from '../../src/readers/conversation/conversation.ts';
import type { Message } from '../../src/readers/conversation/message.ts';
import { readers } from '../../src/readers/registry.ts';
import type { StoredSession } from '../../src/session/session.ts';
import { anEngine } from '../sweep/a-home.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-said-'));
  folders.push(folder);
  return folder;
};

/** The sessions of a home, as a scan finds them. */
const sessionsIn = async (home: string): Promise<readonly StoredSession[]> => {
  const ledger = new Ledger({ path: ':memory:', now: Date.now });
  await anEngine({ platform: 'linux', home, env: {} }, ledger, Date.now).engine.scan();
  const sessions = ledger.sessions('all');
  ledger.close();
  return sessions;
};

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const short = (messages: readonly Message[]): string[] => messages.map(({ kind, tool, failed, subagent, text }) => [subagent && `[${subagent}]`, failed && 'failed', kind, tool, text.replace(/\s+/g, ' ').slice(0, 30)].filter(Boolean).join(' '));
const calls = (session: StoredSession): number => Object.values(session.toolCalls).reduce((sum, count) => sum + count, 0);

it('[L4] every tool with transcripts has a conversation', () => {
  expect(Object.keys(conversations).sort()).toEqual(readers.map(({ tool }) => tool).sort());
});

describe('the words of the sample sessions', () => {
  const told = async (part: string): Promise<readonly Message[]> => {
    const session = (await sessionsIn(join(repository, 'examples/home'))).find(({ id }) => id.includes(part))!;
    const { messages, missing } = conversationOf(session);
    expect(missing).toEqual([]);
    expect(messages.filter(({ kind }) => kind === 'call')).toHaveLength(calls(session));
    expect(messages.filter(({ kind, subagent }) => kind === 'prompt' && subagent === undefined)).toHaveLength(session.turns ?? 0);
    return messages;
  };

  it('[C7] Claude: sub-agents in between, failures, compactions, interruptions', async () => {
    const messages = await told('7d0c');
    expect(short(messages).slice(0, 10)).toEqual([
      'prompt The basket forgets its teas wh', 'answer I look for where the basket is', 'call Grep {"pattern":"basket","path":"sr', 'result Grep src/basket.ts src/page.ts', 'call Read {"file_path":"/home/mira/teash',
      'result Read 1 export const basket = new Ma', 'call Agent {"description":"Who uses the b', '[b4f1c02] prompt List every place that reads or', '[b4f1c02] call Grep {"pattern":"basket\\\\.","path":', '[b4f1c02] result Grep src/page.ts:7:basket.set(tea, ',
    ]);
    expect(messages.filter(({ failed }) => failed).length).toBe(2);
    expect(messages.filter(({ kind }) => kind === 'compaction')).toHaveLength(1);
    expect(messages[1]).toMatchObject({ model: 'claude-opus-4-6', at: Date.parse('2026-11-16T09:00:06.000Z') });
  });

  it('[C7] Codex, Gemini, Copilot, OpenCode, Qwen', async () => {
    expect(short(await told('01a1')).slice(0, 3)).toEqual(['prompt Let people sort the teas by pr', 'call exec_command {"cmd": "cat src/list.ts"}', 'result exec_command Chunk ID: 1 Wall time: 0.1 sec']);
    expect(short(await told('8e4f'))).toEqual(['note <session_context> This is the ', 'prompt Explain how a tea gets its pri', 'answer I read the price list.', 'call read_file {"file_path":"/home/mira/teash', 'result read_file export const price = grams => ', 'answer Eight cents a gram.']);
    expect(short(await told('2f9d'))).toEqual(['prompt Write down how to run the shop', 'answer I add a README.', 'call create {"path":"/home/mira/teashop/RE', 'result create Created.', 'answer The README says how to start t']);
    expect(short(await told('ses_tea'))).toEqual(['prompt Shipping is free from 40 euros', 'call edit {"filePath":"/home/mira/teasho', 'result edit', 'answer Done: from 40 euros on it is f']);
    expect(short(await told('b8a3'))).toEqual(['prompt Which files name the price of ', 'call grep_search {"pattern":"sencha"}', 'result grep_search data/teas.json:3: sencha', 'answer Only data/teas.json.']);
  });
});

describe('the words of the others', () => {
  const fixture = (path: string): string => join(repository, 'exporter/test/fixtures', path);
  const filesOf = (path: string): string[] => readdirSync(fixture(path), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));

  it.each(['amp', 'cursor-agent', 'vscode-copilot', 'qwen'] as const)('[L4] %s: prompts and answers', (tool) => {
    const { messages, missing } = conversationOf({ tool, nativeId: 'x', sources: filesOf(tool).filter((path) => /\.jsonl?$/.test(path) && !/meta\.json|workspace\.json/.test(path)) });
    expect(missing).toEqual([]);
    const kinds = messages.map(({ kind }) => kind);
    if (tool !== 'qwen') expect([kinds.includes('prompt'), kinds.includes('answer')]).toEqual([true, true]); // Qwen's names its session
    expect(messages.every(({ text }) => typeof text === 'string')).toBe(true);
  });

  it('[L4] Cursor: only the bubbles of the composer that was asked for', () => {
    const path = join(aFolder(), 'state.vscdb');
    const db = new Database(path);
    db.exec('CREATE TABLE cursorDiskKV (key TEXT UNIQUE, value BLOB)');
    const put = (key: string, value: object): void => void db.prepare('INSERT INTO cursorDiskKV VALUES (?, ?)').run(key, JSON.stringify(value));
    put('composerData:garden', { fullConversationHeadersOnly: [{ bubbleId: 'b1', type: 1 }, { bubbleId: 'b2', type: 2 }, { bubbleId: 'b3', type: 2 }, { bubbleId: 'gone', type: 2 }] });
    put('bubbleId:garden:b1', { type: 1, text: 'Make the parser faster', createdAt: '2026-06-01T09:00:05.000Z' });
    put('bubbleId:garden:b2', { type: 2, text: '', createdAt: '2026-06-01T09:00:10.000Z', toolFormerData: { name: 'read_file_v2', toolCallId: 't1', status: 'error', rawArgs: '{"path":"parser.ts"}', result: 'no such file' } });
    put('bubbleId:garden:b3', { type: 2, text: 'It is faster.', thinking: { text: 'hm' }, modelInfo: { modelName: 'gpt-5' }, createdAt: '2026-06-01T09:00:20.000Z' });
    put('bubbleId:other:b9', { type: 1, text: 'somebody else' });
    db.close();
    expect(short(conversationOf({ tool: 'cursor', nativeId: 'garden', sources: [path] }).messages)).toEqual(['prompt Make the parser faster', 'call read_file_v2 {"path":"parser.ts"}', 'failed result read_file_v2 no such file', 'thinking hm', 'answer It is faster.']);
  });

  it('[L4] OpenCode\'s database: parts in order, sub-agents by their name, failures', () => {
    const path = join(aFolder(), 'opencode.db');
    const db = new Database(path);
    db.exec('CREATE TABLE session (id TEXT, parent_id TEXT); CREATE TABLE message (id TEXT, session_id TEXT, time_created INTEGER, data TEXT); CREATE TABLE part (id TEXT, message_id TEXT, data TEXT)');
    const at = Date.parse('2026-06-01T09:00:00Z');
    const put = (session: string, id: string, second: number, info: object, ...parts: object[]): void => {
      db.prepare('INSERT INTO message VALUES (?, ?, ?, ?)').run(id, session, at + second * 1000, JSON.stringify({ ...info, time: { created: at + second * 1000 } }));
      parts.forEach((part, index) => db.prepare('INSERT INTO part VALUES (?, ?, ?)').run(`${id}${index}`, id, JSON.stringify(part)));
    };
    db.exec("INSERT INTO session VALUES ('a', NULL), ('b', 'a'), ('c', NULL)");
    put('a', 'm1', 0, { role: 'user' }, { type: 'text', text: 'Look' }, { type: 'text', text: 'surroundings', synthetic: true });
    put('a', 'm2', 1, { role: 'assistant', modelID: 'm' }, { type: 'reasoning', text: 'hm' }, { type: 'tool', tool: 'bash', callID: 'x', state: { status: 'completed', input: { command: 'false' }, output: 'no', metadata: { exit: 1 } } });
    put('b', 'm3', 2, { role: 'assistant', modelID: 'm' }, { type: 'text', text: 'found' });
    put('c', 'm4', 3, { role: 'user' }, { type: 'text', text: 'another session' });
    put('a', 'm5', 4, { role: 'assistant', error: { name: 'MessageAbortedError' } });
    db.close();
    expect(short(conversationOf({ tool: 'opencode', nativeId: 'a', sources: [path] }).messages)).toEqual(['prompt Look', 'note surroundings', 'thinking hm', 'call bash {"command":"false"}', 'failed result bash no', '[b] answer found', 'error MessageAbortedError']);
  });

  it('[L4] a transcript that is gone is said, and the others are still read', () => {
    const here = join(repository, 'examples/home/.claude/projects/-home-mira-teashop/c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221.jsonl');
    const { messages, missing } = conversationOf({ tool: 'claude', nativeId: 'c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221', sources: ['/nowhere/gone.jsonl', here] });
    expect(missing).toEqual(['/nowhere/gone.jsonl is no longer there']);
    expect(messages.length).toBeGreaterThan(3);
    expect(conversationOf({ tool: 'aider', nativeId: 'x', sources: [] })).toEqual({ messages: [], missing: [] });
  });
});

const samples = fileURLToPath(new URL('../../../../shared/samples/', import.meta.url));
interface Row { readonly file: string; readonly tool: 'claude' | 'codex' | 'gemini' | 'copilot-cli' | 'opencode'; readonly sessionId: string | null }
const rows = existsSync(samples) ? readFileSync(join(samples, 'expected.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Row).filter(({ tool }) => tool !== 'opencode') : [];
const placeOf = ({ tool, file, sessionId }: Row): string => {
  const id = sessionId ?? 'unnamed';
  switch (tool) {
    case 'claude': return `.claude/projects/-home-ada-shop/${basename(file) === 'transcript.jsonl' || /snapshots/.test(file) ? `${id}.jsonl` : basename(file)}`;
    case 'codex': return `.codex/sessions/2026/01/01/rollout-2026-01-01T00-00-00-${id}.jsonl`;
    case 'gemini': return `.gemini/tmp/shop/chats/session-2026-01-01T00-00-${id.slice(0, 8)}${file.endsWith('.jsonl') ? '.jsonl' : '.json'}`;
    default: return `.copilot/session-state/${id}/events.jsonl`;
  }
};

(rows.length > 0 ? describe : describe.skip)(`samples${rows.length > 0 ? '' : ' (skipped: ../shared/samples is not beside the repository)'}`, () => {
  it('[C7] every tool call that was counted is in the conversation, and no other, in every recorded session', async () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const row of rows) {
      const home = aFolder();
      const path = join(home, placeOf(row));
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(join(samples, row.file), path);
      for (const session of await sessionsIn(home)) {
        const { messages, missing } = conversationOf(session);
        seen += 1;
        if (missing.length > 0 || messages.filter(({ kind }) => kind === 'call').length !== calls(session)) wrong.push(`${row.file} ${session.id}`);
      }
    }
    expect({ wrong, enough: seen > 200 }).toEqual({ wrong: [], enough: true });
  }, 120_000);
});
