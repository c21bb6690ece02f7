import { list, object, parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { openReadOnly } from '../sqlite/open.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Cursor's editor: bubbles by key. Only keys of this composer are touched; others hold credentials (TRAPS.md 22). */
export const cursorConversation: ReadConversation = function* ({ path, nativeId }) {
  const db = openReadOnly(path);
  try {
    const find = db.prepare('SELECT CAST(value AS TEXT) FROM cursorDiskKV WHERE key = ?').pluck();
    const valueOf = (key: string): Json | undefined => {
      const value = find.get(key);
      return typeof value === 'string' ? parseObject(value) : undefined;
    };
    const composer = valueOf(`composerData:${nativeId}`);
    const named = list(composer?.['fullConversationHeadersOnly']).map((header) => text(object(header)?.['bubbleId'])).filter((id) => id !== undefined);
    for (const id of named) yield* messagesOf(valueOf(`bubbleId:${nativeId}:${id}`));
    if (named.length === 0) for (const bubble of list(composer?.['conversation'])) yield* messagesOf(object(bubble));
  } finally {
    db.close();
  }
};

function* messagesOf(bubble: Json | undefined): Generator<Message> {
  if (!bubble) return;
  const at = time(bubble['createdAt']);
  const named = text(object(bubble['modelInfo'])?.['modelName']);
  const model = named === 'default' ? undefined : named;
  const thinking = text(object(bubble['thinking'])?.['text']);
  const words = text(bubble['text']);
  if (thinking !== undefined) yield message({ kind: 'thinking', text: thinking, at, model });
  if (words !== undefined) yield message(bubble['type'] === 1 ? { kind: 'prompt', text: words, at } : { kind: 'answer', text: words, at, model });
  const tool = object(bubble['toolFormerData']);
  if (!tool || text(tool['name']) === undefined) return;
  const told = { tool: text(tool['name']), callId: text(tool['toolCallId']), at };
  yield message({ kind: 'call', text: argumentsOf(tool['rawArgs'] ?? tool['params']), model, ...told });
  if (tool['result'] !== undefined || tool['error'] !== undefined) yield message({ kind: 'result', text: wordsOf(tool['result'] ?? tool['error']), failed: tool['status'] === 'error' || tool['status'] === 'cancelled' ? true : undefined, ...told });
}
