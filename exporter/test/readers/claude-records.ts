import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claude } from '../../src/readers/claude.ts';
import type { Findings } from '../../src/readers/book.ts';
import { readFile } from './read-file.ts';
import type { ReadOptions } from './read-file.ts';

export const aSessionId = 'aaaaaaaa-0000-4000-8000-000000000001';
export type Fields = Readonly<Record<string, unknown>>;

/** Reads records as Claude Code would have written them: one per line, in a project's folder. */
export const readRecords = (records: readonly (Fields | string)[], options: Partial<ReadOptions> = {}): Findings =>
  withTranscript(records, (path) => readFile(claude, { path, as: `-work/${aSessionId}.jsonl`, ...options }));

export const withTranscript = <Result>(records: readonly (Fields | string)[], use: (path: string) => Result): Result => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-claude-'));
  try {
    const path = join(folder, 'transcript.jsonl');
    writeFileSync(path, records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join(''));
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const head = (minute: number): Fields => ({
  isSidechain: false, userType: 'external', cwd: '/work', sessionId: aSessionId, version: '2.1.110', gitBranch: 'main',
  uuid: `uuid-${minute}`, timestamp: new Date(Date.UTC(2026, 2, 1, 10) + minute * 60_000).toISOString(),
});

/** A human's prompt at a minute of the hour. */
export const prompt = (minute: number, text: string, more: Fields = {}): Fields => ({ ...head(minute), type: 'user', message: { role: 'user', content: text }, ...more });

interface AnswerFields {
  readonly id?: string | undefined;
  readonly request?: string | undefined;
  readonly output?: number;
  readonly usage?: Fields | undefined;
  readonly content?: readonly Fields[];
  readonly model?: string;
  readonly stop?: string | null;
}

/** One row of an answer. */
export const answer = (minute: number, fields: AnswerFields = {}, more: Fields = {}): Fields => {
  const { id = 'msg_1', output = 10, usage, content = [{ type: 'text', text: 'ok' }], model = 'claude-opus-4-6', stop = 'end_turn' } = fields;
  return {
    ...head(minute), type: 'assistant', ...('request' in fields ? { requestId: fields.request } : { requestId: 'req_1' }),
    message: { model, id, type: 'message', role: 'assistant', content, stop_reason: stop, usage: { input_tokens: 1, output_tokens: output, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, ...usage } },
    ...more,
  };
};

export const toolUse = (id: string, name: string, input: Fields = {}): Fields => ({ type: 'tool_use', id, name, input });

/** The row that carries a tool's result. */
export const result = (minute: number, id: string, toolUseResult: unknown, more: { readonly error?: boolean; readonly content?: unknown } = {}): Fields => ({
  ...head(minute), type: 'user',
  message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: more.content ?? 'done', ...(more.error === undefined ? {} : { is_error: more.error }) }] },
  toolUseResult,
});

export const system = (minute: number, subtype: string, more: Fields = {}): Fields => ({ ...head(minute), type: 'system', subtype, ...more });
