import type { Database } from 'better-sqlite3';
import type { EpochMs } from '../../session/part.ts';
import type { Book } from '../book.ts';
import { count, list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';

/** One entry of a conversation. */
export interface Bubble {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  /** Missing before 2025-10. */
  readonly at: EpochMs | undefined;
  readonly model: string | undefined;
  /** Undefined: Cursor tells none, which is the rule since version 3. */
  readonly tokens: { readonly input: number; readonly output: number } | undefined;
  readonly tool: { readonly id: string; readonly name: string; readonly status: string | undefined; readonly input: string | undefined; readonly rejected: boolean } | undefined;
  /** Fetched when asked for: only estimates need it. */
  readonly text: () => string;
}

/** The fields that are taken out of a bubble, which may hold megabytes of context beside them. */
const fields = {
  type: '$.type', createdAt: '$.createdAt', input: '$.tokenCount.inputTokens', output: '$.tokenCount.outputTokens', model: '$.modelInfo.modelName',
  toolName: '$.toolFormerData.name', toolStatus: '$.toolFormerData.status', toolId: '$.toolFormerData.toolCallId', toolInput: '$.toolFormerData.rawArgs', decision: '$.toolFormerData.userDecision',
} as const;
type Row = { readonly [Field in keyof typeof fields]: unknown };

/**
 * The bubbles of a composer in their order: those its headers name (one in six rows belongs to none), or the ones inside it in
 * older versions. A named bubble without a row is still a message.
 */
export function* bubblesOf({ db, id: composer, composer: data }: { readonly db: Database; readonly id: string; readonly composer: Json }, book: Book): Generator<Bubble> {
  const value = `SELECT CAST(value AS TEXT) AS v FROM cursorDiskKV WHERE key = ?`;
  const selected = Object.entries(fields).map(([name, path]) => `json_extract(v, '${path}') AS ${name}`).join(', ');
  const row = db.prepare(`SELECT ${selected} FROM (${value}) WHERE json_valid(v)`);
  const words = db.prepare(`SELECT json_extract(v, '$.text') FROM (${value}) WHERE json_valid(v)`).pluck();
  const named = list(data['fullConversationHeadersOnly']);
  for (const entry of named) {
    const header = object(entry);
    const id = text(header?.['bubbleId']);
    if (!header || !id) continue;
    const key = `bubbleId:${composer}:${id}`;
    const found = row.get(key) as Row | undefined;
    const bubble = bubbleOf(id, { type: header['type'], ...found }, () => textOf(words.get(key)));
    if (bubble) yield bubble;
    else book.unknown();
  }
  if (named.length > 0) return;
  for (const [index, entry] of list(data['conversation']).entries()) {
    const inside = object(entry);
    const bubble = inside && bubbleOf(text(inside['bubbleId']) ?? `${index}`, rowOf(inside), () => textOf(inside['text']));
    if (bubble) yield bubble;
    else book.unknown();
  }
}

const rowOf = (bubble: Json): Row => {
  const [tokens, tool] = [object(bubble['tokenCount']), object(bubble['toolFormerData'])];
  return {
    type: bubble['type'], createdAt: bubble['createdAt'], input: tokens?.['inputTokens'], output: tokens?.['outputTokens'], model: object(bubble['modelInfo'])?.['modelName'],
    toolName: tool?.['name'], toolStatus: tool?.['status'], toolId: tool?.['toolCallId'], toolInput: tool?.['rawArgs'], decision: tool?.['userDecision'],
  };
};

const bubbleOf = (id: string, row: Partial<Row>, words: () => string): Bubble | undefined => {
  const role = row.type === 1 ? 'user' : row.type === 2 ? 'assistant' : undefined;
  if (!role) return undefined;
  const [input, output, tool] = [count(row.input) ?? 0, count(row.output) ?? 0, text(row.toolName)];
  const model = text(row.model);
  return {
    id, role,
    at: time(row.createdAt),
    model: model === 'default' ? undefined : model, // "default" is Auto: which model it was is not told
    tokens: input + output > 0 ? { input, output } : undefined,
    tool: tool === undefined ? undefined : { id: text(row.toolId) ?? id, name: tool, status: text(row.toolStatus), input: text(row.toolInput), rejected: row.decision === 'rejected' },
    text: words,
  };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
