import { saysOf } from '../claude/prompt.ts';
import { list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, recordsOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Claude Code: a row for each block of an answer. A forked or resumed file repeats rows under the same uuid. */
export const claudeConversation: ReadConversation = function* ({ path, nativeId }) {
  const seen = new Set<string>();
  for (const record of recordsOf(path)) {
    const uuid = text(record.uuid);
    if (uuid !== undefined && seen.has(uuid)) continue;
    if (uuid !== undefined) seen.add(uuid);
    if (record.sessionId !== undefined && record.sessionId !== nativeId) continue;
    yield* messagesOf(record);
  }
};

function* messagesOf(record: Json): Generator<Message> {
  const about = { at: time(record.timestamp), subagent: record.isSidechain === true ? (text(record.agentId) ?? 'aside') : undefined };
  if (record.type === 'user') yield* said(record, about);
  else if (record.type === 'assistant') yield* answered(record, about);
  else if (record.type === 'system' && record.subtype === 'compact_boundary') yield message({ kind: 'compaction', text: wordsOf(record.content), ...about });
  else if (record.type === 'system' && record.subtype === 'api_error') yield message({ kind: 'error', text: text(object(record.error)?.message) ?? 'the request failed and is tried again', ...about });
}

type About = Pick<Message, never> & { readonly at: number | undefined; readonly subagent: string | undefined };

function* said(record: Json, about: About): Generator<Message> {
  const content = object(record.message)?.content;
  for (const result of list(content).map(object).filter((block) => block?.type === 'tool_result') as Json[])
    yield message({ kind: 'result', text: wordsOf(result.content), callId: text(result.tool_use_id), failed: result.is_error === true ? true : undefined, ...about });
  const words = typeof content === 'string' ? content : wordsOf(list(content).filter((block) => object(block)?.type !== 'tool_result'));
  if (words === '') return;
  const says = saysOf(record, content);
  yield message({ kind: says === 'prompt' ? 'prompt' : says === 'interrupted' ? 'error' : 'note', text: words, ...about });
}

function* answered(record: Json, about: About): Generator<Message> {
  const answer = object(record.message);
  const model = text(answer?.model);
  for (const block of list(answer?.content).map(object)) {
    if (block?.type === 'text' && text(block.text) !== undefined) yield message({ kind: record.isApiErrorMessage === true ? 'error' : 'answer', text: String(block.text), model, ...about });
    if (block?.type === 'thinking' && text(block.thinking) !== undefined) yield message({ kind: 'thinking', text: String(block.thinking), model, ...about });
    if (block?.type === 'tool_use' || block?.type === 'server_tool_use') yield message({ kind: 'call', text: argumentsOf(block.input), tool: text(block.name), callId: text(block.id), model, ...about });
  }
}
