import { object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, recordsOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Copilot CLI: a log of events; its store has numbers only. A resumed file may hold an event twice. */
export const copilotCliConversation: ReadConversation = function* ({ path, nativeId }) {
  if (!path.endsWith('.jsonl')) return;
  const seen = new Set<string>();
  let session: string | undefined; // a recording may hold several
  for (const event of recordsOf(path)) {
    const id = text(event.id);
    if (id !== undefined && seen.has(id)) continue;
    if (id !== undefined) seen.add(id);
    if (event.type === 'session.start') session = text(object(event.data)?.sessionId);
    if (session !== undefined && session !== nativeId) continue;
    yield* messagesOf(String(event.type), object(event.data) ?? {}, { at: time(event.timestamp), subagent: text(event.agentId) });
  }
};

type About = { readonly at: number | undefined; readonly subagent: string | undefined };

function* messagesOf(type: string, data: Json, about: About): Generator<Message> {
  const model = text(data.model);
  switch (type) {
    case 'user.message': return yield message({ kind: data.source === undefined || data.source === 'user' ? 'prompt' : 'note', text: wordsOf(data.content), ...about });
    case 'assistant.message':
      if (text(data.reasoningText) !== undefined) yield message({ kind: 'thinking', text: String(data.reasoningText), model, ...about });
      if (text(data.content) !== undefined) yield message({ kind: 'answer', text: String(data.content), model, ...about });
      return;
    case 'tool.execution_start': return yield message({ kind: 'call', text: argumentsOf(data.arguments), tool: text(data.toolName), callId: text(data.toolCallId), model, ...about });
    case 'tool.execution_complete':
      return yield message({ kind: 'result', text: wordsOf(data.result) || (text(object(data.error)?.message) ?? ''), callId: text(data.toolCallId), failed: data.success === false ? true : undefined, ...about });
    case 'session.error': return yield message({ kind: 'error', text: text(data.message) ?? text(data.errorType) ?? 'an error', ...about });
    case 'abort': return yield message({ kind: 'error', text: `stopped: ${text(data.reason) ?? 'no reason told'}`, ...about });
    case 'session.compaction_complete': return yield message({ kind: 'compaction', text: text(data.summaryContent) ?? '', ...about });
    default: return;
  }
}
