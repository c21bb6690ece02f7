import { readFileSync } from 'node:fs';
import { Book } from '../book.ts';
import { amount, list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { replay } from '../vscode-copilot/replay.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, documentOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Copilot Chat in VS Code: requests with the parts of their answers. */
export const vscodeCopilotConversation: ReadConversation = function* ({ path }) {
  const chat = path.endsWith('.jsonl') ? replay(readFileSync(path), new Book('vscode-copilot', {})) : documentOf(path);
  for (const request of list(chat?.['requests']).map(object)) if (request) yield* messagesOf(request);
};

function* messagesOf(request: Json): Generator<Message> {
  const at = time(request['timestamp']);
  const result = object(request['result']);
  const elapsed = amount(object(result?.['timings'])?.['totalElapsed']);
  const model = text(object(result?.['metadata'])?.['resolvedModel']) ?? text(request['modelId']);
  const asked = wordsOf(object(request['message']) ?? request['message']);
  if (asked !== '') yield message({ kind: 'prompt', text: asked, at });
  yield* callsOf(request, { at, model });
  const answer = list(request['response']).map(answerOf).join('');
  if (answer.trim() !== '') yield message({ kind: 'answer', text: answer, model, at: at === undefined || elapsed === undefined ? at : Math.trunc(at + elapsed) });
  const error = text(object(result?.['errorDetails'])?.['message']);
  if (error !== undefined) yield message({ kind: 'error', text: error, at });
}

/** Rounds tell the arguments; until a result is there the parts of the response tell the names. */
function* callsOf(request: Json, { at, model }: { readonly at: number | undefined; readonly model: string | undefined }): Generator<Message> {
  const metadata = object(object(request['result'])?.['metadata']);
  const calls = list(metadata?.['toolCallRounds']).flatMap((round) => list(object(round)?.['toolCalls'])).map(object).filter((call) => call !== undefined);
  const results = object(metadata?.['toolCallResults']);
  for (const call of calls) {
    const callId = text(call['id']);
    yield message({ kind: 'call', text: argumentsOf(call['arguments']), tool: text(call['name']), callId, at, model });
    const told = callId === undefined ? '' : wordsOf(object(results?.[callId])?.['content']);
    if (told !== '') yield message({ kind: 'result', text: told, tool: text(call['name']), callId, at });
  }
  if (calls.length > 0) return;
  for (const part of list(request['response']).map(object))
    if (part?.['kind'] === 'toolInvocationSerialized') yield message({ kind: 'call', text: wordsOf(part['pastTenseMessage'] ?? part['invocationMessage']), tool: text(part['toolId']), callId: text(part['toolCallId']), at, model });
}

/** Words of an answer have no kind, or stand as markdown. */
const answerOf = (value: unknown): string => {
  const part = object(value);
  if (!part || (part['kind'] !== undefined && part['kind'] !== 'markdownContent')) return '';
  return wordsOf(part['kind'] === undefined ? part : part['content']);
};
