import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { carriedOf, exportFormat, exportVersion, sessionOf } from '../../src/exchange/document.ts';
import type { Carried, ExportHead } from '../../src/exchange/document.ts';
import { readDocument } from '../../src/exchange/read.ts';
import { piecesOf } from '../../src/exchange/write.ts';
import type { ReadableFormat } from '../../src/exchange/write.ts';
import { lastHealthOf } from '../../src/health/health.ts';
import { messageKinds } from '../../src/readers/conversation/message.ts';
import { publicSession } from '../../src/session/public.ts';
import { tools } from '../../src/session/tool.ts';
import { someSessions } from '../cli/some-sessions.ts';

const head: ExportHead = { format: exportFormat, version: exportVersion, exportedAt: '2026-09-01T12:00:00.000Z', by: 'watchroom 1.2.3' };
const written = async (format: ReadableFormat, sessions: readonly Carried[]): Promise<string> => {
  let text = '';
  for await (const piece of piecesOf(format, head, sessions)) text += piece;
  return text;
};

/** Words as they occur: YAML's own, quotes, line ends of every kind, other alphabets, escapes. */
const words = fc.oneof(
  fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.constantFrom('null', '~', 'yes', '0o17', '1e3', '2026-09-01', '- a', 'a: b', '# c', '"', "'", '|', '>', '\t', 'a\nb', 'a\r\nb\r', '\n\n a\n  b \n', ' lead', 'trail ', '---', '...\n', '%YAML', '\u0085\u2028', '\u001b[2J', '日本語', '{"a":1}', '<<', '*x', '&x', '!tag', '\u0000', '\ufeff'),
);
const name = words.filter((text) => text !== '__proto__');
const count = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e15, noNaN: true }).map((value) => value + 0));
const time = fc.integer({ min: 0, max: 4e12 });
const counts = fc.dictionary(name, count, { maxKeys: 4 }).map((all) => ({ ...all }));
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const known = <Fields extends object>(fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;

const session = fc.record({
  tool: fc.constantFrom(...tools), nativeId: name.filter((text) => text.length > 0), project: optional(words), cwd: optional(words), title: optional(words), gitBranch: optional(words), model: optional(words), description: optional(words), projectName: optional(words),
  tags: optional(fc.array(words, { maxLength: 3 })), startedAt: optional(time), lastActivityAt: optional(time), endedAt: optional(time), activeMs: optional(count), turns: optional(count), commits: optional(count),
  models: fc.dictionary(name, fc.record({ usage: fc.record({ input: count, output: count, reasoning: count }, { requiredKeys: ['input'] }), requests: count, microUsd: count, unpricedTokens: count }, { requiredKeys: ['usage', 'requests', 'unpricedTokens'] }), { maxKeys: 3 }),
  context: optional(fc.record({ used: count, limit: count }, { requiredKeys: ['used'] })), messages: fc.record({ user: count, assistant: count }, { requiredKeys: [] }), toolCalls: counts, toolErrors: counts, errors: fc.record({ api: count, tool: count }, { requiredKeys: [] }),
  errorTimes: fc.array(time, { maxLength: 4 }), files: fc.dictionary(name, fc.record({ reads: count, edits: count, created: fc.boolean(), linesAdded: count, linesRemoved: count, lastAt: time, editedAt: time }, { requiredKeys: ['reads', 'edits', 'created', 'linesAdded', 'linesRemoved', 'lastAt'] }), { maxKeys: 3 }),
  present: fc.record({ turnOpen: fc.boolean(), pendingTools: fc.array(fc.record({ id: words, name: words, since: time }), { maxLength: 2 }), waitingFor: words }, { requiredKeys: ['turnOpen', 'pendingTools'] }),
  rot: fc.record({ editChurn: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0), cacheCollapsed: fc.boolean() }, { requiredKeys: [] }), sources: fc.array(words, { maxLength: 2 }),
}).map((fields) => known({ ...fields, id: `${fields.tool}/${fields.nativeId}` }));

const conversation = fc.array(fc.record({ kind: fc.constantFrom(...messageKinds), text: words, at: time, model: words, tool: words, callId: words, failed: fc.constant(true as const), subagent: words }, { requiredKeys: ['kind', 'text'] }), { maxLength: 6 });
const carried = fc.record({ session, conversation: optional(conversation), missing: optional(fc.array(words, { maxLength: 2 })), redacted: optional(fc.nat()) }).map((one) => known(one) as Carried);

// fast-check makes objects without a prototype; those that are read have one.
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the file of export and import', () => {
  it.each(['json', 'yaml'] as const)('[L4] %s is read back without loss, whatever was said', async (format) => {
    await fc.assert(fc.asyncProperty(fc.array(carried, { maxLength: 3 }), async (sessions) => {
      expect(readDocument(await written(format, sessions))).toEqual({ ...head, sessions: plain(sessions) });
    }), { numRuns: 150 });
  }, 60_000);

  it('[L4] JSON and YAML tell the same: one made of the other and back is the first', async () => {
    await fc.assert(fc.asyncProperty(fc.array(carried, { maxLength: 3 }), async (sessions) => {
      const json = await written('json', sessions);
      const yaml = await written('yaml', readDocument(json).sessions);
      expect(parse(yaml)).toEqual(JSON.parse(json));
      expect(JSON.parse(await written('json', readDocument(yaml).sessions))).toEqual(JSON.parse(json));
    }), { numRuns: 100 });
  }, 60_000);

  it('[L4] a session is itself again, but past and without its processes', async () => {
    for (const session of someSessions()) {
      const [back] = readDocument(await written('yaml', [{ session: carriedOf(session) }])).sessions;
      const { fileConflicts: _, alive: __, ...rest } = session;
      expect(sessionOf(back!.session)).toEqual(plain({ ...rest, state: 'ended', processes: [] }));
    }
  });

  it('[L4] what list --format json printed (version 1) is read as well: the numbers are the same again', () => {
    for (const session of someSessions().filter(({ sources }) => sources.length > 0)) {
      const before = publicSession(session, lastHealthOf(session));
      const { sessions } = readDocument(JSON.stringify([before]));
      const again = publicSession(sessionOf(sessions[0]!.session), lastHealthOf(session));
      const { state: _, alive: __, pid: ___, pids: ____, fileConflicts: _____, runningTool: ______, endedAt: _e, filesEdited: _f, ...told } = before;
      expect(again).toMatchObject({ ...plain({ ...told, ...(Object.keys(told.tokensByModel ?? {}).length > 1 ? { tokensByModel: { 'several models': told.tokens } } : {}) }) as object });
    }
  });

  it.each([
    ['', 'it is no export of Watchroom'],
    ['[]', 'it is no export of Watchroom'],
    ['# A session\n\n| | |', 'it is neither JSON nor YAML'],
    ['{"format":"watchroom-sessions","version":2,"sessions":[', 'it is cut off, or no JSON'],
    ['a: [b', 'it is neither JSON nor YAML'],
    ['{"format":"watchroom-sessions","version":3}', 'it has version 3, this Watchroom reads up to 2'],
    ['{"format":"watchroom-sessions","version":2,"exportedAt":"","by":"","sessions":[{"session":{"id":"claude/x"}}],"complete":true}', 'it is damaged at sessions.0.session.tool'],
    ['format: watchroom-sessions\nversion: 2\nexportedAt: x\nby: x\nsessions: []\n', 'it is cut off: its end is missing'],
    ['{"hello":"world"}', 'it is no export of Watchroom'],
  ])('%j is refused: %s', (text, sentence) => {
    expect(() => readDocument(text)).toThrow(sentence);
  });
});
