import { afterAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Book } from '../../src/readers/book.ts';
import type { Findings } from '../../src/readers/book.ts';
import { cursor } from '../../src/readers/cursor.ts';
import type { DatabaseFormat } from '../../src/readers/reader.ts';
import { readerContract } from './contract.ts';
import { aMachine, readFile } from './read-file.ts';
import { callsOf, usageOf } from './totals.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchroom-cursor-'));
const open: Database.Database[] = [];
afterAll(() => {
  for (const db of open) db.close();
  rmSync(folder, { recursive: true });
});

interface Composer {
  readonly id: string;
  readonly data?: object;
  readonly header?: object;
  readonly bubbles?: readonly { readonly bubbleId: string; readonly type: number; readonly [field: string]: unknown }[];
}

const at = (second: number): string => new Date(1780304400000 + second * 1000).toISOString();

const garden: Composer = {
  id: 'garden',
  data: {
    name: 'Faster parser', createdAt: 1780304400000, lastUpdatedAt: 1780304460000, status: 'completed', unifiedMode: 'agent', contextTokensUsed: 42_000.4, contextTokenLimit: 200_000, contextUsagePercent: 21.2,
    totalLinesAdded: 12, totalLinesRemoved: 3, filesChangedCount: 2, modelConfig: { modelName: 'default' }, text: 'CANARY_PROMPT',
  },
  header: { name: 'Faster parser', createdAt: 1780304400000, lastUpdatedAt: 1780304460000, workspaceIdentifier: { id: 'a1b2', uri: { fsPath: '/home/ada/garden' } } },
  bubbles: [
    { bubbleId: 'b1', type: 1, text: 'CANARY_PROMPT make the parser faster', createdAt: at(5) },
    { bubbleId: 'b2', type: 2, text: '', createdAt: at(10), tokenCount: { inputTokens: 0, outputTokens: 0 }, toolFormerData: { name: 'read_file_v2', toolCallId: 't1', status: 'completed', rawArgs: '{"path":"parser.ts"}', result: 'CANARY_CODE' } },
    { bubbleId: 'b3', type: 2, text: '', createdAt: at(12), toolFormerData: { name: 'run_terminal_command_v2', toolCallId: 't2', status: 'error', rawArgs: '{}', result: 'CANARY_OUTPUT' } },
    { bubbleId: 'b4', type: 2, text: '', createdAt: at(14), toolFormerData: { name: 'edit_file_v2', toolCallId: 't3', status: 'cancelled', rawArgs: '{}', userDecision: 'rejected' } },
    { bubbleId: 'b5', type: 2, text: 'Done. CANARY_OUTPUT', createdAt: at(35), modelInfo: { modelName: 'claude-4.5-sonnet' }, tokenCount: { inputTokens: 30_000, outputTokens: 500 } },
    { bubbleId: 'b6', type: 1, text: 'CANARY_PROMPT thanks', createdAt: at(50) },
    { bubbleId: 'b7', type: 2, text: 'You are welcome', createdAt: at(52), modelInfo: { modelName: 'default' } },
  ],
};

const put = (db: Database.Database, { id, data = {}, bubbles = [] }: Composer): void => {
  const write = db.prepare('INSERT INTO cursorDiskKV VALUES (?, ?)');
  write.run(`composerData:${id}`, Buffer.from(JSON.stringify({ composerId: id, fullConversationHeadersOnly: bubbles.map(({ bubbleId, type }) => ({ bubbleId, type })), ...data })));
  for (const bubble of bubbles) write.run(`bubbleId:${id}:${bubble.bubbleId}`, JSON.stringify(bubble));
};

const putHeaders = (db: Database.Database, composers: readonly Composer[]): void => {
  const allComposers = composers.filter(({ header }) => header).map(({ id, header }) => ({ composerId: id, ...header }));
  db.prepare('INSERT INTO ItemTable VALUES (?, ?)').run('composer.composerHeaders', JSON.stringify({ allComposers }));
};

let made = 0;
const makeDatabase = (...composers: readonly Composer[]): { path: string; db: Database.Database } => {
  const path = join(folder, `state-${(made += 1)}.vscdb`);
  const db = new Database(path);
  open.push(db);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB); CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)');
  db.prepare('INSERT INTO ItemTable VALUES (?, ?)').run('cursorAuth/accessToken', 'CANARY_TOKEN');
  for (const composer of composers) put(db, composer);
  putHeaders(db, composers);
  return { path, db };
};

const format = cursor.claim('state.vscdb', { path: folder, depth: 0 }) as DatabaseFormat;
const readOn = (path: string, before?: Findings): Findings => {
  const book = new Book('cursor', before ? { memo: JSON.parse(JSON.stringify(before.memo)) } : {});
  format.read(path, book, { tool: 'cursor', path, relative: 'state.vscdb', root: { path: folder, depth: 0 }, machine: aMachine() });
  return book.take();
};
const reading = (...composers: readonly Composer[]) => readOn(makeDatabase(...composers).path);
const sessionsIn = (findings: Findings): readonly string[] => findings.parts.map((part) => part.nativeId).sort();

const fixture = makeDatabase(garden);
fixture.db.pragma('wal_checkpoint(TRUNCATE)');
readerContract(cursor, { path: fixture.path, root: folder, as: 'state.vscdb', sessions: ['garden'] });

describe('cursor: a composer', () => {
  it('[T22] tells its context, lines, name and folder', () => {
    expect(reading(garden).parts[0]).toMatchObject({
      title: 'Faster parser', cwd: '/home/ada/garden', model: 'claude-4.5-sonnet', context: { used: 42_000, limit: 200_000, at: 1780304460000 }, linesAdded: 12, linesRemoved: 3, filesEdited: 2,
      startedAt: 1780304400000, lastActivityAt: 1780304460000, messages: { user: 2, assistant: 2 }, turns: 2, present: { turnOpen: false, pendingTools: [] },
    });
  });

  it('[T22] counts tokens only of bubbles that have some, and never a cost', () => {
    const findings = reading({ ...garden, data: { ...garden.data, usageData: { default: { costInCents: 42, amount: 1 } } } });
    expect(callsOf(findings).map(({ message, model, usage, reportedCostUsd }) => [message, model, usage, reportedCostUsd])).toEqual([['garden:b5', 'claude-4.5-sonnet', { input: 30_000, output: 500 }, undefined]]);
  });

  it('counts tools with their failures and turns with their lengths, where bubbles have times', () => {
    const [part] = reading(garden).parts;
    expect(part).toMatchObject({ toolCalls: { read_file_v2: 1, run_terminal_command_v2: 1, edit_file_v2: 1 }, toolErrors: { run_terminal_command_v2: 1, edit_file_v2: 1 }, errors: { tool: 1, permission_denied: 1 } });
    expect(part!.durations).toEqual({ tools: {}, turns: expect.objectContaining({ sum: 30 + 2 }) });
  });

  it('[T22] reads bubbles without times, as before October 2025', () => {
    const [part] = reading({ ...garden, bubbles: garden.bubbles!.map((bubble) => ({ ...bubble, createdAt: undefined })) }).parts;
    expect(part).toMatchObject({ messages: { user: 2, assistant: 2 }, startedAt: 1780304400000, lastActivityAt: 1780304460000 });
    expect(part!.durations).toBeUndefined();
  });

  it('[T22] ignores orphan bubbles, which no header names, and counts a named one that has no row', () => {
    const { path, db } = makeDatabase(garden);
    db.prepare('INSERT INTO cursorDiskKV VALUES (?, ?)').run('bubbleId:garden:orphan', JSON.stringify({ type: 2, tokenCount: { inputTokens: 99, outputTokens: 99 } }));
    db.prepare('DELETE FROM cursorDiskKV WHERE key = ?').run('bubbleId:garden:b7');
    const findings = readOn(path);
    expect(usageOf(findings)).toEqual({ input: 30_000, output: 500 });
    expect(findings.parts[0]!.messages).toEqual({ user: 2, assistant: 2 });
  });

  it('reads the conversation inside the composer, as older versions keep it', () => {
    const { bubbles, ...rest } = garden;
    expect(reading({ ...rest, data: { ...rest.data, fullConversationHeadersOnly: undefined, conversation: bubbles } }).parts[0]).toMatchObject({ messages: { user: 2, assistant: 2 }, toolErrors: { run_terminal_command_v2: 1, edit_file_v2: 1 } });
  });

  it('is working while it generates, with the tool that runs', () => {
    const running = { bubbleId: 'b8', type: 2, createdAt: at(58), toolFormerData: { name: 'run_terminal_command_v2', toolCallId: 't9', status: 'loading' } };
    expect(reading({ ...garden, data: { ...garden.data, status: 'generating' }, bubbles: [...garden.bubbles!, running] }).parts[0]!.present).toMatchObject({ turnOpen: true, pendingTools: [{ name: 'run_terminal_command_v2' }] });
  });

  it('bills a sub-agent to its parent, and takes an empty tab for no session', () => {
    expect(reading({ ...garden, data: { ...garden.data, subagentInfo: { parentComposerId: 'parent' } } }).parts[0]).toMatchObject({ role: 'subagent', parentId: 'parent' });
    expect(reading({ id: 'empty', data: { createdAt: 1780304400000 } }).parts).toEqual([]);
  });

  it('counts a broken composer or bubble kind, and reads the others', () => {
    const { path, db } = makeDatabase(garden, { ...garden, id: 'odd', bubbles: [...garden.bubbles!, { bubbleId: 'b9', type: 7 }] });
    db.prepare('INSERT INTO cursorDiskKV VALUES (?, ?)').run('composerData:broken', '{"name":');
    db.prepare('INSERT INTO cursorDiskKV VALUES (?, ?)').run('bubbleId:garden:b2', 'not json');
    expect(readOn(path)).toMatchObject({ parseErrors: { bad_json: 1 }, unknownRecords: 1 });
    expect(sessionsIn(readOn(path))).toEqual(['garden', 'odd']);
  });
});

describe('cursor: a database that goes on', () => {
  const named = (id: string, second: number, listed = true): Composer => ({
    ...garden, id, data: { ...garden.data, lastUpdatedAt: 1780304460000 + second * 1000 }, ...(listed ? { header: { ...garden.header, lastUpdatedAt: 1780304460000 + second * 1000 } } : { header: undefined as never }),
  });

  it('[T22] reads again only the composers that were updated, whether they are listed or not', () => {
    const all = [named('a', 1), named('b', 2), named('c', 3, false), named('d', 4)];
    const { path, db } = makeDatabase(...all);
    let findings = readOn(path);
    expect(sessionsIn(findings)).toEqual(['a', 'b', 'c', 'd']);
    expect(sessionsIn(readOn(path, findings))).toEqual(['d']); // the newest: two changes may share a millisecond
    const later = named('a', 5);
    put(db, later);
    putHeaders(db, [later, ...all.slice(1)]);
    findings = readOn(path, findings);
    expect(sessionsIn(findings)).toEqual(['a', 'd']);
    put(db, named('c', 6, false));
    expect(sessionsIn(readOn(path, findings))).toEqual(['a', 'c']);
  });

  it('[T22] brings nothing of the login that stands in the same database', () => {
    expect(JSON.stringify(reading(garden))).not.toContain('CANARY_TOKEN');
  });

  it('[T23] takes changes of the log beside it for its own, and is no session without the table', () => {
    expect(cursor.sidecarOf!('state.vscdb-wal')).toBe('state.vscdb');
    const { path, db } = makeDatabase();
    db.exec('DROP TABLE cursorDiskKV');
    expect(readOn(path).parts).toEqual([]);
  });
});

describe('cursor: estimates', () => {
  const untold: Composer = { ...garden, bubbles: garden.bubbles!.map((bubble) => ({ ...bubble, tokenCount: { inputTokens: 0, outputTokens: 0 } })) };

  it('[T29] counts what is written where Cursor tells no tokens at all, and nothing where it tells some', () => {
    const { input, output } = reading(untold).parts[0]!.estimatedTokens!;
    expect(input).toBeGreaterThan(10);
    expect(output).toBeGreaterThan(5);
    expect(reading(garden).parts[0]!.estimatedTokens).toBeUndefined();
  });

  it('[T29] goes on from the last bubble counted and comes to the same', () => {
    const grown: Composer = { ...untold, bubbles: [...untold.bubbles!, { bubbleId: 'b8', type: 1, text: 'and now the lexer' }, { bubbleId: 'b9', type: 2, text: 'It is faster now.' }] };
    const { path, db } = makeDatabase({ ...untold, data: { ...untold.data, status: 'generating' } });
    const before = readOn(path);
    put(db, grown);
    const after = readOn(path, before).parts[0]!.estimatedTokens!;
    expect(after).toEqual(reading(grown).parts[0]!.estimatedTokens);
    expect(after.output).toBeGreaterThan(before.parts[0]!.estimatedTokens!.output!);
  });

  it('leaves out composers that were old when the newest was updated', () => {
    const old: Composer = { ...untold, id: 'old', data: { ...untold.data, lastUpdatedAt: 1770000000000 }, header: { ...untold.header, lastUpdatedAt: 1770000000000 } };
    const estimated = Object.fromEntries(reading(untold, old).parts.map((part) => [part.nativeId, part.estimatedTokens !== undefined]));
    expect(estimated).toEqual({ garden: true, old: false });
  });
});

describe('cursor: where it looks', () => {
  it('opens the global database of the editor on each system', () => {
    expect(cursor.roots(aMachine())[0]).toEqual({ path: '/home/ada/.config/Cursor/User/globalStorage', depth: 0 });
    expect(cursor.roots(aMachine('/Users/ada', 'darwin'))[0]!.path).toBe('/Users/ada/Library/Application Support/Cursor/User/globalStorage');
    expect(cursor.roots(aMachine('C:\\Users\\ada', 'win32'))[0]!.path).toBe('C:\\Users\\ada\\AppData\\Roaming\\Cursor\\User\\globalStorage');
    expect(cursor.claim('storage.json', cursor.roots(aMachine())[0]!)).toBeUndefined();
  });
});

const sample = fileURLToPath(new URL('../../../../shared/samples/cursor/S2thend+cursor-history/tests/compatibility/fixtures/v016/composer-global-state.vscdb', import.meta.url));

(existsSync(sample) ? describe : describe.skip)('cursor: the sample database beside the repository (skipped where ../shared is absent)', () => {
  it('is damaged (its strings were shortened in place), which is an error of that database and nothing more', () => {
    copyFileSync(sample, join(folder, 'sample.vscdb'));
    expect(() => readFile(cursor, { path: join(folder, 'sample.vscdb'), as: 'state.vscdb' })).toThrow(/malformed/);
  });
});
