import { list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, recordsOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Qwen Code: one record for each message, of parts as Gemini has them. */
export const qwenConversation: ReadConversation = function* ({ path, nativeId }) {
  const seen = new Set<string>();
  for (const record of recordsOf(path)) {
    const uuid = text(record.uuid);
    if (uuid === undefined || seen.has(uuid)) continue;
    seen.add(uuid);
    const subagent = record.isSidechain === true || /[\\/]subagents[\\/]/.test(path) ? (text(record.agentId) ?? path.split(/[\\/]/).at(-1)!.replace(/\.jsonl$/, '')) : undefined;
    if (subagent === undefined && record.sessionId !== undefined && record.sessionId !== nativeId) continue;
    yield* messagesOf(record, { at: time(record.timestamp), subagent });
  }
};

type About = { readonly at: number | undefined; readonly subagent: string | undefined };

function* messagesOf(record: Json, about: About): Generator<Message> {
  if (record.type === 'system' && record.subtype === 'chat_compression') return yield message({ kind: 'compaction', text: '', ...about });
  if (record.type === 'system') return;
  const model = text(record.model);
  for (const part of list(object(record.message)?.parts).map(object)) {
    const call = object(part?.functionCall);
    const result = object(part?.functionResponse);
    const words = text(part?.text);
    if (words !== undefined && record.type === 'assistant') yield message({ kind: part?.thought === true ? 'thinking' : 'answer', text: words, model, ...about });
    if (words !== undefined && record.type === 'user') yield message({ kind: record.subtype === undefined ? 'prompt' : 'note', text: words, ...about });
    if (call) yield message({ kind: 'call', text: argumentsOf(call.args), tool: text(call.name), callId: text(call.id), model, ...about });
    if (result) yield resultOf(result, record, about);
  }
}

const resultOf = (result: Json, record: Json, about: About): Message => {
  const response = object(result.response);
  const failed = text(response?.error) !== undefined || object(record.toolCallResult)?.status === 'error';
  return message({ kind: 'result', text: text(response?.error) ?? wordsOf(response?.output), tool: text(result.name), callId: text(result.id), failed: failed ? true : undefined, ...about });
};
