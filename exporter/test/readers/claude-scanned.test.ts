import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Book } from '../../src/readers/book.ts';
import type { Findings } from '../../src/readers/book.ts';
import { parsedTranscript, transcript } from '../../src/readers/claude/transcript.ts';
import type { LogFormat } from '../../src/readers/reader.ts';
import { aSessionId, answer, prompt, result, toolUse } from './claude-records.ts';
import type { Fields } from './claude-records.ts';
import { mutations } from './contract.ts';
import { aMachine } from './read-file.ts';

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url));
const fixture = fileURLToPath(new URL('../fixtures/claude/projects/-home-ada-work-shop/5e0f3a52-7c1d-4b86-9a3e-2d9c41f7b010.jsonl', import.meta.url));

/** Everything is fresh, so that the growth is compared too. */
const readWith = (format: LogFormat, bytes: Buffer, relative: string): Findings => {
  const book = new Book('claude', {}, 0);
  const root = { path: '/x', depth: 5 };
  format.open(book, { tool: 'claude', path: `/x/${relative}`, relative, root, machine: aMachine() })({ bytes, position: 1000 });
  return book.take();
};

/** The findings as the ledger gets them: byte for byte. */
const toldBy = (format: LogFormat, bytes: Buffer, relative = `-work/${aSessionId}.jsonl`): string => JSON.stringify(readWith(format, bytes, relative), null, 1);

const expectSame = (bytes: Buffer, relative?: string): void => {
  const scanned = toldBy(transcript, bytes, relative);
  const parsed = toldBy(parsedTranscript, bytes, relative);
  if (scanned !== parsed) expect(scanned).toBe(parsed);
};

const lines = (...records: readonly (Fields | string)[]): Buffer => Buffer.from(records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join(''));

/** JSON of a record with one piece of its text replaced. */
const altered = (record: Fields, from: string | RegExp, to: string): string => {
  const text = JSON.stringify(record);
  const other = text.replace(from, to);
  expect(other).not.toBe(text);
  return other;
};

const patch = (...patchLines: readonly string[]): Fields => ({ filePath: '/work/ä.ts', structuredPatch: [{ oldStart: 1, lines: patchLines }] });

describe('claude: the scanner and the parser tell the same', () => {
  it('of the fixture', () => expectSame(readFileSync(fixture)));

  it.each<[string, readonly (Fields | string)[]]>([
    ['a key with an escape', [altered(answer(1), '"message"', '"mess\\u0061ge"')]],
    ['a member that is repeated: the last one counts', [altered(answer(1), '"usage":', '"usage":{"input_tokens":77,"speed":"fast"},"usage":'), altered(answer(2), '"sessionId"', '"sessionId":"other","sessionId"')]],
    ['members in any order, and blanks between them', [JSON.stringify(answer(1), null, '\t').replaceAll('\n', ' '), altered(answer(2, { id: 'msg_2' }), /^\{/, '  {'), `${JSON.stringify(answer(3, { id: 'msg_3' }))}  \r`]],
    ['the names of members inside of texts and of other objects', [
      answer(1, { content: [{ type: 'text', text: '"usage":{"output_tokens":99999},"message":{"id":"x"}' }, { type: 'tool_use', id: 't', name: 'X', input: { id: 'no', type: 'tool_result', usage: { input_tokens: 5 }, message: { id: 'no' }, sessionId: 'no' } }] }),
      { ...prompt(2, 'x'), toolUseResult: { usage: { input_tokens: 1 }, message: { id: 'x' }, file: { filePath: '/a', sessionId: 'no' } } },
    ]],
    ['numbers written otherwise', [altered(answer(1), '"output_tokens":10', '"output_tokens":1e1'), altered(answer(2, { id: 'm' }), '"output_tokens":10', '"output_tokens":10.0'), altered(answer(3, { id: 'n' }), '"output_tokens":10', '"output_tokens":-0'), altered(answer(4, { id: 'o' }), '"output_tokens":10', '"output_tokens":01')]],
    ['numbers that are too great, negative, or none', [answer(1, { usage: { input_tokens: 1e12, output_tokens: 1e12 + 1 } }), answer(2, { id: 'm', usage: { input_tokens: -1 } }), answer(3, { id: 'n', usage: { input_tokens: '5', cache_creation: null, iterations: null } }), answer(4, { id: 'o', usage: { cache_creation: 7, iterations: 'x' } })]],
    ['times of other forms', [{ ...prompt(1, 'x'), timestamp: '2026-03-01T10:00:00Z' }, { ...prompt(2, 'x'), timestamp: 1_772_000_000_000 }, { ...prompt(3, 'x'), timestamp: '2026-02-30T10:00:00.000Z' }, { ...prompt(4, 'x'), timestamp: '2019-12-31T23:59:59.999Z' }, { ...prompt(5, 'x'), timestamp: '2028-02-29T23:59:59.999Z' }, { ...prompt(6, 'x'), timestamp: '2026-03-01T24:00:00.000Z' }, { ...prompt(7, 'x'), timestamp: null }, { ...prompt(8, 'x'), timestamp: 'soon' }, { ...prompt(9, 'x'), timestamp: '2099-12-31T23:59:59.999Z' }]],
    ['texts beyond ASCII, with escapes, empty and long', [{ ...prompt(1, 'x'), cwd: 'C:\\work\\"é"', gitBranch: 'ä→🛒', version: '' }, { ...prompt(2, 'x'), cwd: '', gitBranch: 'x'.repeat(500), sessionId: '' }, altered(prompt(3, 'x'), '"main"', '"m\\u0061in\\ud83d\\uded2"'), prompt(4, 'x', { gitBranch: 'x'.repeat(500) })]],
    ['session ids that are none', [{ ...prompt(1, 'x'), sessionId: '__proto__' }, { ...prompt(2, 'x'), sessionId: 'a b' }, { ...prompt(3, 'x'), sessionId: 7 }, { ...prompt(4, 'x'), sessionId: 'y'.repeat(200) }]],
    ['every beginning of a prompt', ['', '<', '[', '<command-name>/x', '[Request interrupted by user]', '[list]', '\u003ctag', '\n', '\\'].flatMap((text, index) => [prompt(index, text), { ...prompt(index, ''), message: { content: [{ type: 'text', text }] } }])],
    ['prompts of the program and bookkeeping', [prompt(1, 'x', { promptSource: 'system' }), prompt(2, 'x', { promptSource: 'typed' }), prompt(3, 'x', { isMeta: true }), prompt(4, 'x', { isMeta: false }), prompt(5, 'x', { isMeta: 'yes' }), altered(prompt(6, 'x'), '"x"', '"\\u003ccommand-name>"')]],
    ['contents of every kind', [null, 7, {}, [], [null], ['x'], [[]], [{ type: 'image', source: { data: 'AAAA' } }], [{ type: 'text' }], [{ type: 'text', text: 7 }], [{ type: 'image' }, { type: 'text', text: '' }], [{ type: 'text', text: 'a' }, { type: 'tool_result', tool_use_id: 'x' }]].map((content, index) => ({ ...prompt(index, ''), message: { content } }))],
    ['messages of every kind', [null, 7, 'x', [], {}].flatMap((message, index) => [{ ...prompt(index, ''), message }, { ...answer(index), message }])],
    ['results of every kind', [null, 7, 'x', [], [{ filePath: 'x' }], {}, { filePath: '/a' }, { filePath: '/a', structuredPatch: {} }, { filePath: '/a', structuredPatch: null }, { filePath: 7, structuredPatch: [] }, { notebook_path: '/n' }, { notebook_path: '/n', error: 'x' }, { notebook_path: '/n', error: '' }, { notebook_path: '/n', error: false }, { file: 'x' }, { file: { filePath: '/r' } }, { file: null }, { searchCount: 3 }, { searchCount: 5000 }, { searchCount: -1 }, { searchCount: 1.5 }].map((toolUseResult, index) => result(index, 't', toolUseResult))],
    ['patches', [result(1, 'a', patch('+a', '-b', ' c', '', '\\ No newline at end of file', '+')), altered(result(2, 'b', patch('+a')), '"+a"', '"\\u002ba"'), altered(result(3, 'c', patch('+a')), '"+a"', '7,null,"-x"'), result(4, 'd', { ...patch(), structuredPatch: [7, null, {}, { lines: null }, { lines: 'x' }] })]],
    ['created files', ['', 'a', 'a\n', 'a\nb', '\n', '\n\n', 'a\\n', 'a\\', '\u0007\n', 'ä\r\n', `${'x'.repeat(100)}\n`.repeat(30)].map((content, index) => result(index, 't', { type: 'create', filePath: `/f${index}`, content, structuredPatch: [] }))],
    ['created files with a patch, or with a line break written otherwise', [result(1, 't', { ...patch('+a', '+b'), type: 'create', content: 'a\nb\nc\n' }), altered(result(2, 't', { ...patch(), type: 'create', content: 'a!b', structuredPatch: [] }), 'a!b', 'a\\u000Ab\\u000a'), result(3, 't', { type: 'create', filePath: '/x', content: 7, structuredPatch: [] })]],
    ['tools', [answer(1, { content: [toolUse('a', 'Bash', { command: 'git commit -m x' }), toolUse('b', 'Edit', { s: 'ä\n"\\', n: 1.5e3 }), { type: 'tool_use', id: 'c', name: 'X' }, { type: 'tool_use', id: 'd', name: 'X', input: null }, { type: 'tool_use', id: 'e', name: 'X', input: 'text' }, { type: 'tool_use', id: '', name: 'X', input: {} }, { type: 'tool_use', id: 7, name: 'X', input: {} }] }), answer(2, { content: [toolUse('f', 'Bash', { command: 7 }), toolUse('g', 'mcp', { command: ['commit'] })] }), result(3, 'a', {}), altered(answer(4, { content: [toolUse('h', 'Bash', { command: 'git !' })] }), '!', '\\u0063ommit'), result(5, 'h', {})]],
    ['results of tools', [answer(1, { content: ['a', 'b', 'c', 'd'].map((id) => toolUse(id, 'Bash')) }), result(2, 'a', 'Error: x', { error: true, content: 'Exit code 1' }), result(3, 'b', {}, { error: false }), result(4, 'c', {}, { content: [{ type: 'text', text: 'x', is_error: true }] }), altered(result(5, 'd', {}), '"tool_use_id"', '"is_error":"yes","tool_use_id"')]],
    ['iterations', [[], [{ type: 'message', input_tokens: 1 }], [{ input_tokens: 1, cache_read_input_tokens: 2 }, { type: 'compaction', input_tokens: 9 }], [{ type: 'advisor_message' }], [{ type: 7, input_tokens: 3 }], [null, 7]].map((iterations, index) => answer(index, { id: `m${index}`, usage: { iterations } }))],
    ['errors of the program', [answer(1, { model: '<synthetic>' }, { isApiErrorMessage: true, error: 'rate_limit' }), answer(2, { model: '<synthetic>' }, { isApiErrorMessage: false })]],
    ['types of every kind', [{ type: 7 }, { type: null }, {}, { type: ['user'] }, altered(prompt(1, 'x'), '"type":"user"', '"type":"us\\u0065r"'), { ...prompt(2, 'x'), type: 'user ' }, { ...prompt(3, 'x'), type: 'a-new-one' }, { ...prompt(4, 'x'), type: 'progress' }, { ...prompt(5, 'x'), type: 'attachment', message: 'text', toolUseResult: 7 }]],
    ['lines that are no records', ['', ' ', '\r', '{', '}', '[]', '"x"', '7', 'null', 'true', '{}', '{"type":"user"', '{"type":"user"}}', '{"type":"user"},', '{"type":"user",}', '{,}', '{"a"}', '{"a":}', '{"a":1 "b":2}', '{"a":tru}', '{"a":nul}', '{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":1e}', '{"a":"\t"}', '{"a":"\\x"}', '{"a":"\\u12g4"}', '{"a":"\\', '{"a":"\\"}', '\ufeff{"type":"user"}', '\u00a0{}', "{'a':1}", '{"a":01}', '{"a":-}', '{"a":[1,]}', '{"a":[,1]}', '{"a":[1 2]}', '{"a":Infinity}', '{"a":\u00001}']],
    ['deep nesting', [`{"type":"user","x":${'['.repeat(3000)}${']'.repeat(3000)}}`, `{"type":"user","x":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`, `{"type":"user","x":${'['.repeat(62)}${']'.repeat(62)}}`, `{"type":"user","x":${'['.repeat(70)}}`]],
    ['escapes at every place of a block', Array.from({ length: 150 }, (_, length) => prompt(1, 'p', { promptId: `${'x'.repeat(length)}\\"\n\\\\"` }))],
    ['broken escapes at every place of a block', Array.from({ length: 150 }, (_, length) => `{"type":"user","a":"${'x'.repeat(length)}\\q"}`)],
    ['control characters at every place of a block', Array.from({ length: 150 }, (_, length) => `{"type":"user","a":"${'x'.repeat(length)}\u0001"}`)],
    ['escapes by number at every place of a block', Array.from({ length: 150 }, (_, length) => `{"type":"user","a":"${'x'.repeat(length)}\\u001b[0m\\u00e9\\\\u"}`)],
    ['runs of backslashes', Array.from({ length: 200 }, (_, length) => `{"type":"user","a":"${'y'.repeat(length % 7)}${'\\'.repeat(length)}"}`)],
    ['a line longer than the scanner’s window', [prompt(1, 'x'), prompt(2, 'long', { note: 'ab\n"'.repeat(200_000) }), prompt(3, 'x'), `{"type":"user","a":"${'z'.repeat(700_000)}`, prompt(4, 'x')]],
    ['more values in a line than the tape holds', [prompt(1, 'x'), result(2, 'b', patch(...Array.from({ length: 40_000 }, (_, index) => (index % 3 === 0 ? '+x' : '-y')))), prompt(3, 'x'), result(4, 'b', { filePath: `/${'p'.repeat(300_000)}`, structuredPatch: [] }), prompt(5, 'x')]],
    ['many lines', Array.from({ length: 3000 }, (_, index) => (index % 5 === 4 ? '{"broken' : answer(index % 60, { id: `m${index}`, request: `r${index}` })))],
  ])('of %s', (_what, records) => {
    expectSame(lines(...records));
    expectSame(lines(...records).subarray(0, -1)); // the last line lacks its end
  });

  it('of bytes that are no UTF-8', () => {
    for (const bad of [[0xff], [0xc3], [0xe2, 0x86], [0xf0, 0x9f], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      const [before, after] = JSON.stringify(prompt(1, 'x', { cwd: '/a|b', gitBranch: '|' })).split('|') as [string, string];
      expectSame(Buffer.concat([Buffer.from(before), Buffer.from(bad), Buffer.from(after), Buffer.from('\n')]));
      expectSame(Buffer.concat([Buffer.from('{"type":"user","sessionId":"'), Buffer.from(bad), Buffer.from('"}\n')]));
    }
  });

  it('of every mutation of the fixture', () => {
    const original = readFileSync(fixture);
    fc.assert(fc.property(fc.array(mutations, { minLength: 1, maxLength: 3 }), (several) => {
      expectSame(several.reduce((bytes: Buffer, mutation) => (bytes.length === 0 ? bytes : mutation.apply(bytes)), original));
    }), { numRuns: 1500 });
  }, 120_000);
});

(existsSync(`${shared}samples`) ? describe : describe.skip)('claude: the scanner and the parser tell the same of every sample (skipped where ../shared/samples is not beside the repository)', () => {
  const files = existsSync(`${shared}samples`) ? readdirSync(`${shared}samples/claude`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl')) : [];
  it('has samples', () => expect(files.length).toBeGreaterThanOrEqual(180));
  it('of all of them', () => {
    for (const file of files) expectSame(readFileSync(`${shared}samples/claude/${file}`), `-sample/${file.slice(file.lastIndexOf('/') + 1)}`);
  });
});

const generator = `${shared}perf/gen.mjs`;
(existsSync(generator) ? describe : describe.skip)('claude: the scanner and the parser tell the same of a made-up tree (skipped where ../shared/perf is not beside the repository)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'watchroom-tree-'));
    execFileSync(process.execPath, [generator, '--preset', 'tiny', '--seed', '7', '--out', join(folder, 'tree')], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('of all its files', () => {
    const projects = join(folder, 'tree', 'projects');
    const files = readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expectSame(readFileSync(join(projects, file)), file);
  });
});
