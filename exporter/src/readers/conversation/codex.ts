import { failureOf } from '../codex/outcome.ts';
import { list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, recordsOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Codex: what went to and from the model. A fork begins with the words of its parent. */
export const codexConversation: ReadConversation = function* ({ path }) {
  let model: string | undefined;
  for (const record of recordsOf(path)) {
    const payload = object(record.payload);
    if (record.type === 'turn_context') model = text(payload?.model) ?? model;
    const told = messageOf(record.type === 'response_item' || !payload ? (payload ?? record) : { ...payload, type: `${String(record.type)}/${String(payload.type)}` }, { at: time(record.timestamp), model });
    if (told) yield told;
  }
};

const messageOf = (item: Json, { at, model }: { readonly at: number | undefined; readonly model: string | undefined }): Message | undefined => {
  const callId = text(item.call_id) ?? text(item.id);
  switch (item.type) {
    case 'message': return spoken(item, { at, model });
    case 'reasoning': return filled(message({ kind: 'thinking', text: wordsOf(item.summary), at, model }));
    case 'function_call': return message({ kind: 'call', text: argumentsOf(item.arguments), tool: text(item.name), callId, at, model });
    case 'custom_tool_call': return message({ kind: 'call', text: argumentsOf(item.input), tool: text(item.name), callId, at, model });
    case 'local_shell_call':
    case 'web_search_call': return message({ kind: 'call', text: argumentsOf(item.action), tool: String(item.type).replace(/_call$/, ''), callId, at, model });
    case 'function_call_output':
    case 'custom_tool_call_output': return message({ kind: 'result', text: wordsOf(item.output), callId, failed: failureOf(item.output) === undefined ? undefined : true, at });
    case 'event_msg/turn_aborted': return message({ kind: 'error', text: `the turn was stopped: ${text(item.reason) ?? 'no reason told'}`, at });
    case 'event_msg/error': return message({ kind: 'error', text: text(item.message) ?? 'an error', at });
    default: return String(item.type).startsWith('compacted/') ? message({ kind: 'compaction', text: text(item.message) ?? '', at }) : undefined;
  }
};

const spoken = (item: Json, { at, model }: { readonly at: number | undefined; readonly model: string | undefined }): Message | undefined => {
  const words = list(item.content).map(wordsOf).join('\n');
  if (item.role === 'assistant') return filled(message({ kind: 'answer', text: words, at, model }));
  return filled(message({ kind: item.role === 'user' && !injected.test(words) ? 'prompt' : 'note', text: words, at }));
};

/** Surroundings that Codex sends as the user's. */
const injected = /^\s*(?:<(?:user_instructions|environment_context|permissions|turn_aborted|skills?|INSTRUCTIONS|user_shell_command)\b|# AGENTS\.md)/;

const filled = (told: Message): Message | undefined => (told.text === '' ? undefined : told);
