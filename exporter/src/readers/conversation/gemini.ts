import { list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, documentOf, recordsOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Gemini CLI: a record is appended again with more in it, so the last of an id counts; what was rewound is no longer said. */
export const geminiConversation: ReadConversation = function* ({ path, nativeId }) {
  const subagent = /[\\/]chats[\\/]([^\\/]+)[\\/][^\\/]+$/.exec(path) ? path.split(/[\\/]/).at(-1)!.replace(/\.jsonl?$/, '') : undefined;
  for (const record of path.endsWith('.jsonl') ? standing(path, subagent === undefined ? nativeId : undefined) : list(documentOf(path)?.messages)) {
    const told = object(record);
    if (told) yield* messagesOf(told, subagent);
  }
};

/** The messages of a log that stand at its end. */
const standing = (path: string, nativeId: string | undefined): Iterable<Json> => {
  const messages = new Map<string, Json>();
  let isAsked = true;
  const put = (record: Json): void => {
    const id = text(record.id);
    if (id !== undefined && isAsked) messages.set(id, record);
  };
  for (const record of recordsOf(path)) {
    const session = text(record.sessionId);
    if (session !== undefined && 'projectHash' in record) isAsked = nativeId === undefined || session === nativeId; // a recording may hold several
    const changes = object(record.$set);
    if (changes && Array.isArray(changes.messages) && isAsked) {
      messages.clear();
      for (const one of changes.messages) if (object(one)) put(object(one)!);
    } else if ('$rewindTo' in record && isAsked) rewind(messages, text(record.$rewindTo));
    else put(record);
  }
  return messages.values();
};

const rewind = (messages: Map<string, Json>, to: string | undefined): void => {
  let dropping = to === undefined || !messages.has(to);
  for (const id of [...messages.keys()]) {
    dropping ||= id === to;
    if (dropping) messages.delete(id);
  }
};

function* messagesOf(record: Json, subagent: string | undefined): Generator<Message> {
  const about = { at: time(record.timestamp), subagent };
  switch (record.type) {
    case 'user': return yield* said(record, about);
    case 'gemini': return yield* answered(record, about);
    case 'error': return yield message({ kind: 'error', text: wordsOf(record.content), ...about });
    case 'info':
    case 'warning': return yield message({ kind: 'note', text: wordsOf(record.content), ...about });
    default: return;
  }
}

type About = { readonly at: number | undefined; readonly subagent: string | undefined };

/** Results of tools stand in the answer's own calls as well, and are taken from there. */
function* said(record: Json, about: About): Generator<Message> {
  const words = wordsOf(record.content);
  if (words !== '') yield message({ kind: /^\s*<session_context>/.test(words) ? 'note' : 'prompt', text: words, ...about });
}

function* answered(record: Json, about: About): Generator<Message> {
  const model = text(record.model);
  for (const thought of list(record.thoughts).map(object)) {
    const words = [text(thought?.subject), text(thought?.description)].filter((part) => part !== undefined).join(': ');
    if (words !== '') yield message({ kind: 'thinking', text: words, model, ...about });
  }
  const words = wordsOf(record.content);
  if (words !== '') yield message({ kind: 'answer', text: words, model, ...about });
  for (const call of list(record.toolCalls).map(object)) if (call) yield* called(call, { ...about, model });
}

function* called(call: Json, { model, ...about }: About & { readonly model: string | undefined }): Generator<Message> {
  const told = { ...about, at: time(call.timestamp) ?? about.at, tool: text(call.name), callId: text(call.id) };
  yield message({ kind: 'call', text: argumentsOf(call.args), model, ...told });
  if (call.result === undefined && call.resultDisplay === undefined) return;
  const responses = list(call.result).map((part) => object(object(object(part)?.functionResponse)?.response));
  const words = responses.map((response) => text(response?.output) ?? text(response?.error) ?? '').join('\n') || wordsOf(call.resultDisplay);
  yield message({ kind: 'result', text: words, failed: call.status === 'error' || call.status === 'cancelled' ? true : undefined, ...told });
}
