import { list, object, text } from '../fields.ts';
import { message } from './message.ts';
import { argumentsOf, recordsOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** Cursor's command line: words and calls, without times, models and results. */
export const cursorAgentConversation: ReadConversation = function* ({ path }) {
  if (!path.endsWith('.jsonl')) return; // meta.json
  const subagent = /[\\/]subagents[\\/]([^\\/]+)\.jsonl$/.exec(path)?.[1];
  for (const record of recordsOf(path)) {
    for (const block of list(object(record.message)?.content).map(object)) {
      if (block?.type === 'tool_use') yield message({ kind: 'call', text: argumentsOf(block.input), tool: text(block.name), subagent });
      else if (wordsOf(block) !== '') yield message({ kind: record.role === 'user' ? 'prompt' : 'answer', text: wordsOf(block), subagent });
    }
  }
};
