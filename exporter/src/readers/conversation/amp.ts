import { list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, documentOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Amp: one document; results come back as the user's message. */
export const ampConversation: ReadConversation = function* ({ path }) {
  for (const record of list(documentOf(path)?.messages).map(object)) if (record) yield* messagesOf(record);
};

function* messagesOf(record: Json): Generator<Message> {
  const usage = object(record.usage);
  const at = time(usage?.timestamp) ?? time(object(record.meta)?.sentAt);
  const model = text(usage?.model);
  if (typeof record.content === 'string') return yield message({ kind: kindOf(record), text: record.content, at, model });
  for (const block of list(record.content).map(object)) {
    if (block?.type === 'tool_use') yield message({ kind: 'call', text: argumentsOf(block.input), tool: text(block.name), callId: text(block.id), at, model });
    else if (block?.type === 'tool_result') yield resultOf(block, at);
    else if (block?.type === 'thinking' && text(block.thinking) !== undefined) yield message({ kind: 'thinking', text: String(block.thinking), at, model });
    else if (wordsOf(block) !== '') yield message({ kind: kindOf(record), text: wordsOf(block), at, model });
  }
}

const kindOf = ({ role }: Json): Message['kind'] => (role === 'user' ? 'prompt' : role === 'assistant' ? 'answer' : 'note');

const resultOf = (block: Json, at: number | undefined): Message => {
  const run = object(block.run);
  const words = run?.result === undefined ? wordsOf(block.content ?? run?.error) : typeof run.result === 'string' ? run.result : JSON.stringify(run.result);
  return message({ kind: 'result', text: words, callId: text(block.toolUseID) ?? text(block.tool_use_id), failed: run?.status === 'error' || run?.status === 'cancelled' || run?.status === 'rejected-by-user' ? true : undefined, at });
};
