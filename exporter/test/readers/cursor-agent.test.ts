import { afterAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cursorAgent } from '../../src/readers/cursor-agent.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';

const fixtures = fileURLToPath(new URL('../fixtures/cursor-agent', import.meta.url));
const session = '33333333-0000-4000-8000-000000000001';
const meta = { root: join(fixtures, 'chats'), rootKind: 'chats', path: join(fixtures, 'chats/5f4d', session, 'meta.json'), sessions: [session] };
const transcripts = join(fixtures, 'projects/home-ada-garden/agent-transcripts');
const transcript = { root: join(fixtures, 'projects'), rootKind: 'projects', path: join(transcripts, session, `${session}.jsonl`), sessions: [session] };

readerContract(cursorAgent, meta);
readerContract(cursorAgent, transcript);

const home = mkdtempSync(join(tmpdir(), 'watchroom-cursor-agent-'));
afterAll(() => rmSync(home, { recursive: true }));

describe('cursor-agent: a session', () => {
  it('has its folder, title, times and model from meta.json, without taking the time between for active', () => {
    expect(readFile(cursorAgent, meta).parts[0]).toMatchObject({
      cwd: '/home/ada/garden', title: 'Faster parser', model: 'gpt-5.3-codex', startedAt: 1780304400000, lastActivityAt: 1780304460000, activeMs: 0, copyRank: 1,
    });
  });

  it('has its messages, tools and files from the transcript, which takes over the facts of meta.json and ranks higher', () => {
    const findings = readFile(cursorAgent, transcript);
    expect(findings.parts[0]).toMatchObject({
      cwd: '/home/ada/garden', title: 'Faster parser', startedAt: 1780304400000, copyRank: 2,
      messages: { user: 2, assistant: 3 }, turns: 2, toolCalls: { Read: 1, Grep: 1, Write: 1, StrReplace: 1 }, errors: { api: 1 },
      filesEdited: 2, linesAdded: 2 + 2, linesRemoved: 1, files: { '/home/ada/garden/parser.ts': { reads: 1, edits: 1 } }, present: { turnOpen: false, pendingTools: [] },
    });
    expect(findings.parts[0]!.durations?.tools).toBeUndefined();
  });

  it('[T29] has no tokens: what is written in it is estimated, apart from what was billed', () => {
    const findings = readFile(cursorAgent, transcript);
    expect(findings.calls).toEqual([]);
    const { input, output } = findings.parts[0]!.estimatedTokens!;
    expect(input).toBeGreaterThan(15);
    expect(output).toBeGreaterThan(60);
  });

  it('is dated by its file, as its lines have no times: what is appended now is new', () => {
    cpSync(fixtures, join(home, '.cursor'), { recursive: true });
    const path = join(home, '.cursor/projects/home-ada-garden/agent-transcripts', session, `${session}.jsonl`);
    utimesSync(path, 1780310000, 1780310000);
    const read = (freshAfter: number) => readFile(cursorAgent, { ...transcript, path, root: join(home, '.cursor/projects'), freshAfter });
    expect(read(1780309999_000).parts[0]!.lastActivityAt).toBe(1780310000_000);
    expect(read(1780309999_000).growth[0]!.growth).toMatchObject({ turns: 2, toolCalls: { Read: 1 } });
    expect(read(1780310001_000).growth).toEqual([]);
  });

  it('bills a sub-agent to its session', () => {
    const [part] = readFile(cursorAgent, { ...transcript, path: join(transcripts, session, 'subagents/44444444-0000-4000-8000-000000000001.jsonl') }).parts;
    expect(part).toMatchObject({ nativeId: '44444444-0000-4000-8000-000000000001', role: 'subagent', parentId: session, toolCalls: { Glob: 1 } });
  });

  it('leaves a transcript to the editor that has its composer, unless the command line has a session of that id', () => {
    const own = '55555555-0000-4000-8000-000000000001';
    const state = join(home, '.config/Cursor/User/globalStorage/state.vscdb');
    mkdirSync(dirname(state), { recursive: true });
    const db = new Database(state);
    db.exec('CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)');
    for (const id of [own, session]) db.prepare('INSERT INTO cursorDiskKV VALUES (?, ?)').run(`composerData:${id}`, '{}');
    db.close();
    const parts = (id: string) => {
      const path = join(home, '.cursor/projects/p/agent-transcripts', id, `${id}.jsonl`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '{"role":"user","message":{"content":[{"type":"text","text":"hi"}]}}\n');
      return readFile(cursorAgent, { path, root: join(home, '.cursor/projects'), rootKind: 'projects', machine: aMachine(home) }).parts.map((part) => part.nativeId);
    };
    expect(parts(own)).toEqual([]);
    expect(parts(session)).toEqual([session]);
    expect(parts('66666666-0000-4000-8000-000000000001')).toEqual(['66666666-0000-4000-8000-000000000001']);
  });
});

describe('cursor-agent: where it looks', () => {
  it('claims meta.json of chats and transcripts of projects, and enters nothing else', () => {
    const [chats, projects] = cursorAgent.roots(aMachine());
    expect([chats!.path, projects!.path]).toEqual(['/home/ada/.cursor/chats', '/home/ada/.cursor/projects']);
    expect(cursorAgent.claim('h/s/meta.json', chats!)?.kind).toBe('document');
    expect(['h/s/store.db', 'h/s/prompt_history.json'].map((path) => cursorAgent.claim(path, chats!))).toEqual([undefined, undefined]);
    expect(['p/agent-transcripts/a.jsonl', 'p/agent-transcripts/a/a.jsonl', 'p/agent-transcripts/a/subagents/b.jsonl'].map((path) => cursorAgent.claim(path, projects!)?.kind)).toEqual(['log', 'log', 'log']);
    expect(cursorAgent.claim('p/agent-transcripts/a/a.txt', projects!)).toBeUndefined();
    expect(['p', 'p/agent-transcripts', 'p/agent-transcripts/a', 'p/agent-transcripts/a/subagents', `5f4d/${session}`].filter((path) => cursorAgent.skips!(path))).toEqual([]);
    expect(['p/mcps', 'p/terminals', 'p/agent-transcripts/a/other'].filter((path) => !cursorAgent.skips!(path))).toEqual([]);
  });
});

const samples = fileURLToPath(new URL('../../../../shared/samples/cursor/S2thend+cursor-history/tests/fixtures', import.meta.url));

(existsSync(samples) ? describe : describe.skip)('cursor-agent: the sample transcripts beside the repository (skipped where ../shared is absent)', () => {
  const sample = (path: string) => readFile(cursorAgent, { path: join(samples, path), root: join(samples, 'store-root/projects'), rootKind: 'projects', as: path.startsWith('transcripts') ? `p/agent-transcripts/${path.split('/').at(-1)}` : path.slice('store-root/projects/'.length) });

  it('counts by hand: lines with role user and assistant are messages, tool_use parts are calls', () => {
    expect(sample('transcripts/with-tools.jsonl').parts[0]).toMatchObject({ messages: { user: 1, assistant: 1 }, turns: 1, toolCalls: { Read: 1 }, files: { '/tmp/foo.txt': { reads: 1 } } });
    expect(sample('transcripts/multi-parts.jsonl').parts[0]).toMatchObject({ messages: { assistant: 1 }, toolCalls: { Grep: 1, Glob: 1 } });
    expect(sample('transcripts/user-only.jsonl').parts[0]).toMatchObject({ messages: { user: 1 }, turns: 1, present: { turnOpen: true }, estimatedTokens: { input: 7 } }); // What| is| |2|+|2|?
    expect(sample('transcripts/error-line.jsonl').parts[0]).toMatchObject({ messages: { user: 1, assistant: 1 }, errors: { api: 1 } });
    expect(sample('transcripts/error-only.jsonl').parts[0]).toMatchObject({ messages: {}, errors: { api: 1 } });
  });

  it('finds the folder of a session in the meta.json of the same id', () => {
    const id = 'aaaaaaaa-0000-0000-0000-000000000001';
    const [part] = sample(`store-root/projects/d-1-yuyu-proj-cursor-history/agent-transcripts/${id}/${id}.jsonl`).parts;
    expect(part).toMatchObject({ nativeId: id, cwd: '/mnt/d/1_yuyu_proj/cursor-history', startedAt: 1783737832293 });
  });
});
